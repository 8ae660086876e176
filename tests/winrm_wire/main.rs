//! The wire to a WinRM server, the log-in on it and the trust in it, against the lab's server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/tap.rs"]
mod tap;
#[path = "../support/winrm.rs"]
mod winrm;
#[path = "../support/wire.rs"]
mod wire;

mod broken;
mod log_in;
mod trust;

/// The beginning of NTLM's third message in base64: the proof of the password.
const PROOF: &str = "TlRMTVNTUAADAAAA";
