//! What can go wrong with PowerShell remoting.

use thiserror::Error;

use super::fragment::FragmentError;
use super::message::Kind;
use super::state::PoolState;
use crate::powershell::clixml::ClixmlError;

/// Why remoting cannot go on, or why a call was refused. An error of [`Pool::receive`] breaks the
/// pool; those of the other calls change nothing.
///
/// [`Pool::receive`]: super::Pool::receive
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PsrpError {
    /// The fragments do not make messages.
    #[error("the server's answer cannot be put together: {0}")]
    Fragment(#[from] FragmentError),
    /// A message with less than its header.
    #[error("the server sent a message of {0} bytes, which is less than a header")]
    ShortMessage(usize),
    /// A message that a client sends came from the server.
    #[error("the server sent a message that only a client sends")]
    NotForUs,
    /// The data of a message is not UTF-8.
    #[error("the server sent a message that is not UTF-8")]
    NotUtf8,
    /// The data of a message is not CLIXML.
    #[error("the server's message {kind:?} cannot be read: {error}")]
    Unreadable {
        /// What the message is.
        kind: Kind,
        /// What the reader says.
        error: ClixmlError,
    },
    /// The data of a message lacks something that it must have.
    #[error("the server's message {kind:?} has no usable {property}")]
    Missing {
        /// What the message is.
        kind: Kind,
        /// The name of what is not there.
        property: &'static str,
    },
    /// The server's remoting is of another generation.
    #[error("the server speaks version {0} of PowerShell remoting; csdeck knows 2.0 to 2.3")]
    Version(String),
    /// The key exchange did not work out.
    #[error("no key could be agreed on for passwords: {0}")]
    KeyExchange(&'static str),
    /// A secret cannot be sealed or opened yet.
    #[error("no key for passwords was agreed on yet")]
    NoKey,
    /// A secret was not sealed.
    #[error("a password could not be sealed")]
    Seal,
    /// What the server sealed cannot be opened, or is no secure string.
    #[error("what the server sealed cannot be opened with the session's key")]
    Unseal,
    /// A value that is no secure string.
    #[error("this value is no secure string")]
    NotSealed,
    /// A server that asks and does not listen.
    #[error("the server asks without waiting for answers")]
    TooManyCalls,
    /// Not a GUID.
    #[error("'{0}' is no GUID")]
    BadGuid(String),
    /// The pool does not take pipelines now.
    #[error("the runspace pool is {0}, so it takes no pipeline")]
    NotOpen(PoolState),
    /// A pipeline without commands.
    #[error("a pipeline without a command cannot run")]
    NoCommands,
    /// Several statements for a server that runs one at a time.
    #[error(
        "the server's PowerShell (2.0) runs one statement in a pipeline, and this has {0}: send them \
         one after the other"
    )]
    OneStatement(usize),
    /// A pipeline that is not there, or not any more.
    #[error("there is no such pipeline (any more)")]
    NoPipeline,
    /// Input for a pipeline that was begun without, or whose input has ended.
    #[error("this pipeline takes no (more) input")]
    NoInput,
    /// An answer of the wrong kind, or outside of what was offered.
    #[error("this is no answer to what the server asked")]
    WrongAnswer,
}
