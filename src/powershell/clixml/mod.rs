//! CLIXML: PowerShell's objects as XML (MS-PSRP 2.2.5).
//!
//! What remoting sends, what `Export-Clixml` writes and what powershell.exe puts on a redirected
//! standard error. [`Value`] is the whole of it; nothing is lost between reading and writing.
//!
//! [`one`] and [`document`] read, [`write`](write()) and [`write_document`] write, [`to_json`] says
//! it in JSON. A text from a server is hostile: no DTD, no entities but the predefined ones, a limit
//! of depth, and values that the wire shares are not multiplied without end.

mod access;
mod error;
mod escape;
mod json;
mod read;
mod text;
mod time;
mod value;
mod write;

pub use error::ClixmlError;
pub use json::to_json;
pub use read::{DEPTH_LIMIT, Item, SHARED_BYTES, SHARED_VALUES, VALUES_LIMIT, document, one, read};
pub use value::{Body, CYCLE, Container, MEMBER_SET, MISSING, Object, PROGRESS, UNKNOWN, Value};
pub use write::{write, write_document};

#[cfg(test)]
mod tests;
