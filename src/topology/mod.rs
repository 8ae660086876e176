//! Topology documents read into one model.
//!
//! Two containers describe the same deployment in different shapes: the *published* XML that
//! `Get-CsTopology -AsXml` prints (composite ids, flat lists) and the *Topology Builder* file
//! `.tbxml` (GUIDs, clusters nested in sites). [`read`] tells them apart by the root element,
//! never by the file name, and gives one [`Topology`] in one canonical order, so that the two
//! documents of one deployment compare equal.
//!
//! Nothing here talks to a server, and nothing sanitises text: names keep the document's bytes
//! and case; whoever shows them makes them safe. Dependencies between services contain cycles,
//! so nothing recurses over them.

mod assemble;
mod builder;
mod decode;
mod error;
mod index;
mod json;
mod model;
mod parts;
mod published;
mod query;
mod roles;
pub mod tree;
mod xml;

#[cfg(test)]
mod tests;

pub use error::ReadError;
pub use model::{
    FileStore, Location, Machine, NetInterface, Pool, Port, Problem, Service, SimpleUrl, Site,
    SiteKind, SourceKind, SqlInstance, Topology, Trunk, Unknown,
};
pub use query::{ExpectedReplica, SqlServer};
pub use roles::{PoolRole, product_code, product_name, role_words, service_prefix};

/// The largest document [`read`] accepts, in bytes. A deployment of about 16 machines takes
/// 60 KB, so this is a thousand times that.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Reads a topology document of either container.
///
/// The bytes may be UTF-8 with or without a byte order mark, or UTF-16 of either byte order
/// (which `>` in Windows PowerShell writes). Parts that are not understood do not fail the
/// reading; they are listed in [`Topology::unknown`] and [`Topology::problems`].
///
/// # Errors
/// See [`ReadError`]: too large or too complex, not decodable, not well-formed XML (with line
/// and column), a document type definition, another root element, or a root without a topology.
pub fn read(bytes: &[u8]) -> Result<Topology, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { limit: MAX_BYTES });
    }
    let text = decode::text(bytes)?;
    let document = xml::parse(&text)?;
    let mut notes = xml::Notes::new(&text);
    let root = document.root_element();
    let draft = match root.tag_name().name() {
        published::ROOT => published::read(root, &mut notes)?,
        builder::ROOT => builder::read(root, &mut notes)?,
        other => {
            return Err(ReadError::WrongRoot {
                found: other.to_owned(),
            });
        }
    };
    Ok(assemble::assemble(draft, notes))
}
