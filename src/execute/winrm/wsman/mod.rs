//! WS-Management: envelopes, answers, faults (MS-WSMV, DSP0226).
//!
//! Text only, nothing here sends: [`Shell`] writes the requests of one remote shell, [`Answer::read`]
//! reads what comes back.

pub mod answer;
pub mod fault;
pub mod request;
#[cfg(test)]
mod tests;

pub use answer::{Answer, AnswerError, CommandState, Stream};
pub use fault::Fault;
pub use request::{IDENTIFY, Operation, Shell, Signal};

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
const MICROSOFT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
const SHELL: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
const POWERSHELL: &str = "http://schemas.microsoft.com/powershell";
