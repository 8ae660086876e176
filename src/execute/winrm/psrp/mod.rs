//! PowerShell remoting (MS-PSRP) without input and output: bytes in, events and bytes out.
//!
//! [`Pool`] is the whole of it for its user. Below it, from the wire up: [`fragment`] cuts messages
//! and puts them together, `message` is a message's header, `command`, `host` and `records` are what
//! messages carry, `key` seals secrets, `outbox` holds what waits to be sent.

mod build;
mod command;
mod error;
pub mod fragment;
mod guid;
mod host;
mod host_info;
mod key;
mod message;
mod outbox;
mod pipeline;
mod pool;
mod receive;
mod records;
mod state;
#[cfg(test)]
mod tests;
mod twins;

pub use command::{Argument, Command, PipelineOptions};
pub use error::PsrpError;
pub use guid::Guid;
pub use host::{Answer, Choice, FieldAnswer, HostCall, HostMethod, HostPrompt, PromptField};
pub use host_info::HostInfo;
pub use key::KeyPair;
pub use message::Kind;
pub use outbox::Piece;
pub use pipeline::{PipelineEvent, PipelineId, PipelineState};
pub use pool::Pool;
pub use records::{ErrorRecord, Progress};
pub use state::{PoolEvent, PoolOptions, PoolState, Version};
