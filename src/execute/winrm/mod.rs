//! PowerShell on a server behind WinRM.
//!
//! In layers, each to be read alone: bytes to the server and back (`wire`), who the user is and how
//! bodies are sealed (`auth`), WS-Management envelopes and faults (`wsman`), PowerShell remoting
//! without input and output (`psrp`), and the session that joins them.

pub mod auth;
pub mod commands;
pub mod endpoint;
pub mod psrp;
pub mod wire;
pub mod wsman;
