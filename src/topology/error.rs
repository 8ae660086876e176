//! Why a topology document could not be read.

use thiserror::Error;

/// Why a topology document could not be read. Positions count from 1; columns count characters.
///
/// The texts may quote the document: make them safe before showing them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The document has more bytes than `limit`.
    #[error("the document is larger than {limit} bytes")]
    TooLarge {
        /// The largest accepted size in bytes.
        limit: usize,
    },
    /// The document is within the size limit but built to exhaust a parser: more than `limit`
    /// of `what`. No real topology comes near these limits.
    #[error("the document has more than {limit} {what}")]
    TooComplex {
        /// What there are too many of.
        what: &'static str,
        /// The largest accepted number.
        limit: usize,
    },
    /// The bytes are not text in UTF-8 or UTF-16.
    #[error("the document is not UTF-8 or UTF-16 text: {reason}")]
    Encoding {
        /// What is wrong, with the byte offset where it is known.
        reason: String,
    },
    /// The text is not well-formed XML; also a file that was cut off.
    #[error("line {line}, column {column}: not well-formed XML: {reason}")]
    NotXml {
        /// Line of the fault, from 1.
        line: u32,
        /// Column of the fault in characters, from 1.
        column: u32,
        /// The XML parser's words.
        reason: String,
    },
    /// The document carries a document type definition. Topology documents have none, and
    /// entities declared in one are the classic way to blow up a reader.
    #[error("the document has a document type definition (DTD), which no topology has: refused")]
    Refused,
    /// Well-formed XML, but not a topology.
    #[error(
        "the root element is '{found}', not 'Topology' (Get-CsTopology -AsXml) \
         or 'TopologyBuilder' (.tbxml)"
    )]
    WrongRoot {
        /// Local name of the root element.
        found: String,
    },
    /// The root element is right, but it holds no topology.
    #[error("the '{root}' element holds no {missing}")]
    NoTopology {
        /// Local name of the root element.
        root: &'static str,
        /// The element that is missing.
        missing: &'static str,
    },
}
