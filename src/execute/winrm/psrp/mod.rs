//! PowerShell remoting (MS-PSRP) without input and output: bytes in, events and bytes out.

mod command;

pub use command::{Argument, Command};
