//! CLIXML: PowerShell's objects as XML (MS-PSRP 2.2.5).
//!
//! What remoting sends, what `Export-Clixml` writes and what powershell.exe puts on a redirected
//! standard error. [`Value`] is the whole of it; nothing is lost between reading and writing.

mod value;

pub use value::{Body, Container, Object, Value};
