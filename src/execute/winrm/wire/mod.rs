//! HTTP over TCP or TLS: one connection, one security context, sealed bodies.
//!
//! [`Client`] takes an envelope and gives the answer. What it does on the way: connect, judge the
//! server's certificate, log in on that same connection, seal over HTTP, open the answer. Over HTTP
//! nothing that could be read is sent or believed.

mod binding;
mod body;
mod challenge;
mod client;
mod connect;
mod error;
mod http;
mod login;
pub mod sealed;
mod settings;
mod tls_fault;
mod trust;

pub use binding::Certificate;
pub use client::{Client, Facts, Reply};
pub use error::{Phase, Unreached, WireError};
pub use settings::{ClientCertificate, Fingerprint, NoFingerprint, Scheme, Settings, Trust};
pub use tls_fault::{TlsFault, TlsWhy};
