//! The header of a message (MS-PSRP 2.2.1).
//!
//! Forty bytes, little-endian: destination (1 client, 2 server), type, the pool's id, the pipeline's id
//! or zeros; then the data, UTF-8 XML.

use super::PsrpError;
use super::guid::Guid;

/// Bytes of a message's header.
pub const HEADER: usize = 40;

const TO_CLIENT: u32 = 1;
const TO_SERVER: u32 = 2;

/// UTF-8's byte order mark, which some servers put in front of the data.
const MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// What a message is (MS-PSRP 2.2.1, the table of MessageType).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Its number on the wire.
            pub fn number(self) -> u32 {
                match self {
                    $(Kind::$name => $number,)*
                }
            }

            /// The kind with a number; `None` for one that the specification does not have.
            pub fn from_number(number: u32) -> Option<Kind> {
                match number {
                    $($number => Some(Kind::$name),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// Both ways: versions.
    SessionCapability = 0x0001_0002,
    /// To the server: a new pool.
    InitRunspacePool = 0x0001_0004,
    /// To the server: the public half of our key pair.
    PublicKey = 0x0001_0005,
    /// To the client: the session's key, sealed with it.
    EncryptedSessionKey = 0x0001_0006,
    /// To the client: the server wants a key.
    PublicKeyRequest = 0x0001_0007,
    /// To the server: a pool that is there already.
    ConnectRunspacePool = 0x0001_0008,
    /// To the server.
    SetMaxRunspaces = 0x0002_1002,
    /// To the server.
    SetMinRunspaces = 0x0002_1003,
    /// To the client: an answer to one of the two, or a number of free runspaces.
    RunspaceAvailability = 0x0002_1004,
    /// To the client: what became of the pool.
    RunspacePoolState = 0x0002_1005,
    /// To the server: a pipeline.
    CreatePipeline = 0x0002_1006,
    /// To the server.
    GetAvailableRunspaces = 0x0002_1007,
    /// To the client: an event that somebody registered for.
    UserEvent = 0x0002_1008,
    /// To the client: what the server tells of itself.
    ApplicationPrivateData = 0x0002_1009,
    /// To the server.
    GetCommandMetadata = 0x0002_100A,
    /// To the client: the bounds of the pool that was connected to.
    RunspacePoolInitData = 0x0002_100B,
    /// To the server.
    ResetRunspaceState = 0x0002_100C,
    /// To the client: a question from outside a pipeline.
    RunspacePoolHostCall = 0x0002_1100,
    /// To the server: its answer.
    RunspacePoolHostResponse = 0x0002_1101,
    /// To the server: an object for a pipeline.
    PipelineInput = 0x0004_1002,
    /// To the server: no more of them.
    EndOfPipelineInput = 0x0004_1003,
    /// To the client: an object from a pipeline.
    PipelineOutput = 0x0004_1004,
    /// To the client.
    ErrorRecord = 0x0004_1005,
    /// To the client: what became of a pipeline.
    PipelineState = 0x0004_1006,
    /// To the client.
    DebugRecord = 0x0004_1007,
    /// To the client.
    VerboseRecord = 0x0004_1008,
    /// To the client.
    WarningRecord = 0x0004_1009,
    /// To the client.
    ProgressRecord = 0x0004_1010,
    /// To the client.
    InformationRecord = 0x0004_1011,
    /// To the client: a question from a pipeline.
    PipelineHostCall = 0x0004_1100,
    /// To the server: its answer.
    PipelineHostResponse = 0x0004_1101,
}

/// A message from the server, its header read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is; a number that the specification does not have stays a number.
    pub kind: Result<Kind, u32>,
    /// The pool it is for.
    pub pool: Guid,
    /// The pipeline it is for.
    pub pipeline: Option<Guid>,
    /// Its data, without a byte order mark.
    pub data: &'a str,
}

impl<'a> Message<'a> {
    /// Reads a message that is for the client.
    pub fn read(bytes: &'a [u8]) -> Result<Message<'a>, PsrpError> {
        let short = || PsrpError::ShortMessage(bytes.len());
        let (destination, rest) = bytes.split_first_chunk().ok_or_else(short)?;
        let (kind, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (pool, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (pipeline, data) = rest.split_first_chunk().ok_or_else(short)?;
        if u32::from_le_bytes(*destination) != TO_CLIENT {
            return Err(PsrpError::NotForUs);
        }
        let number = u32::from_le_bytes(*kind);
        let pipeline = Guid::from_wire(*pipeline);
        let data = data.strip_prefix(MARK).unwrap_or(data);
        Ok(Message {
            kind: Kind::from_number(number).ok_or(number),
            pool: Guid::from_wire(*pool),
            pipeline: (pipeline != Guid::EMPTY).then_some(pipeline),
            data: std::str::from_utf8(data).map_err(|_| PsrpError::NotUtf8)?,
        })
    }
}

/// True when a message is for a pipeline, as far as its beginning is there.
pub fn is_for(begun: &[u8], pipeline: Guid) -> bool {
    begun.get(HEADER - 16..HEADER) == Some(&pipeline.to_wire()[..])
}

/// Writes a message for the server.
pub fn write(kind: Kind, pool: Guid, pipeline: Option<Guid>, data: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + data.len());
    out.extend_from_slice(&TO_SERVER.to_le_bytes());
    out.extend_from_slice(&kind.number().to_le_bytes());
    out.extend_from_slice(&pool.to_wire());
    out.extend_from_slice(&pipeline.unwrap_or(Guid::EMPTY).to_wire());
    out.extend_from_slice(data.as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_forty_bytes_in_little_endian() {
        let pool: Guid = "00112233-4455-6677-8899-aabbccddeeff".parse().unwrap();
        let bytes = write(Kind::CreatePipeline, pool, None, "<Nil/>");
        assert_eq!(bytes[..8], [2, 0, 0, 0, 6, 0x10, 2, 0]);
        assert_eq!(bytes[8..24], pool.to_wire());
        assert_eq!(bytes[24..40], [0; 16]);
        assert_eq!(&bytes[40..], b"<Nil/>");
        assert_eq!(Message::read(&bytes), Err(PsrpError::NotForUs));
    }

    #[test]
    fn a_servers_message_is_read() {
        let pool = Guid::random();
        let pipeline = Guid::random();
        let mut bytes = write(
            Kind::PipelineOutput,
            pool,
            Some(pipeline),
            "\u{FEFF}<S>x</S>",
        );
        bytes[0] = 1;
        let message = Message::read(&bytes).unwrap();
        assert_eq!(message.kind, Ok(Kind::PipelineOutput));
        assert_eq!(message.pool, pool);
        assert_eq!(message.pipeline, Some(pipeline));
        assert_eq!(message.data, "<S>x</S>");
        bytes[4..8].copy_from_slice(&0x0007_0000u32.to_le_bytes());
        assert_eq!(Message::read(&bytes).unwrap().kind, Err(0x0007_0000));
        bytes.truncate(39);
        assert_eq!(Message::read(&bytes), Err(PsrpError::ShortMessage(39)));
        assert_eq!(Message::read(&[]), Err(PsrpError::ShortMessage(0)));
    }
}
