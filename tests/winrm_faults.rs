//! Sessions of WinRM on a server and a network that fail: every run ends in a named state, keeps what
//! came, and sends no text twice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "winrm_faults/again.rs"]
mod again;
#[path = "support/winrm.rs"]
mod lab;
#[path = "support/process.rs"]
mod process;
#[path = "winrm_faults/refuse.rs"]
mod refuse;
#[path = "winrm_faults/rig.rs"]
mod rig;
#[path = "winrm_faults/sessions.rs"]
mod sessions;
#[path = "winrm_faults/stop.rs"]
mod stop;
