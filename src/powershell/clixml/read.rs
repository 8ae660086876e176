//! CLIXML read.

mod cursor;
mod object;
mod primitive;
mod progress;
mod shared;

use quick_xml::events::BytesStart;

use super::error::quoted;
use super::escape::decode;
use super::{ClixmlError, Value};
use cursor::{Cursor, local};
use shared::Shared;

pub(super) use progress::ELEMENTS as PROGRESS_ELEMENTS;

/// How deep values may be nested. PowerShell itself serialises at most some 50 levels.
pub const DEPTH_LIMIT: usize = 100;

/// How many values the references of one document may stand for. On the wire a reference is a few
/// bytes, and references to references multiply.
pub const SHARED_VALUES: usize = 1 << 20;

/// How many bytes of text the references of one document may stand for.
pub const SHARED_BYTES: usize = 64 << 20;

/// How many values a document may hold; an object counts as four. `<Obj/>` is six bytes on the wire and
/// some two hundred in memory.
pub const VALUES_LIMIT: usize = 1 << 22;

/// A value of a document, with where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The stream's name (`S="Error"`), as it stands; `None` for output.
    pub stream: Option<String>,
    /// The value.
    pub value: Value,
}

/// Reads an `<Objs>` document, or an element that stands alone, into its values with their streams.
pub fn document(xml: &str) -> Result<Vec<Item>, ClixmlError> {
    // .NET's writers begin with a byte order mark.
    let xml = xml.trim_start_matches('\u{feff}');
    let mut reader = Reader::new(xml);
    let root = reader.cursor.root()?;
    let mut items = Vec::new();
    if local(&root) == "Objs" {
        while let Some(start) = reader.cursor.child()? {
            items.push(reader.item(&start)?);
        }
    } else if is_value(local(&root)) {
        items.push(reader.item(&root)?);
    } else {
        return Err(ClixmlError::Element {
            at: reader.cursor.at(),
            element: quoted(local(&root)),
            expected: "<Objs> or a value",
        });
    }
    reader.cursor.end()?;
    Ok(items)
}

/// Reads a document, whatever streams its values belong to; see [`document`].
pub fn read(xml: &str) -> Result<Vec<Value>, ClixmlError> {
    Ok(document(xml)?.into_iter().map(|item| item.value).collect())
}

/// Reads the one value of a text: what the data of a PSRP message is (MS-PSRP 2.2.2).
pub fn one(xml: &str) -> Result<Value, ClixmlError> {
    let mut items = document(xml)?;
    match items.pop() {
        Some(item) if items.is_empty() => Ok(item.value),
        last => Err(ClixmlError::Count {
            found: items.len() + usize::from(last.is_some()),
        }),
    }
}

/// True for the names of elements that are values (MS-PSRP 2.2.5.1, 2.2.5.2).
fn is_value(name: &str) -> bool {
    matches!(name, "Obj" | "Ref" | "PR") || primitive::is_primitive(name)
}

/// The state of one reading.
struct Reader<'a> {
    cursor: Cursor<'a>,
    shared: Shared<'a>,
    /// How many objects are open.
    depth: usize,
    /// How many values were read.
    values: usize,
}

impl<'a> Reader<'a> {
    fn new(xml: &'a str) -> Self {
        Reader {
            cursor: Cursor::new(xml),
            shared: Shared::of(xml),
            depth: 0,
            values: 0,
        }
    }

    fn item(&mut self, start: &BytesStart<'a>) -> Result<Item, ClixmlError> {
        let stream = self.cursor.attribute(start, "S")?;
        Ok(Item {
            stream: stream.map(|name| decode(name).into_owned()),
            value: self.value(start)?,
        })
    }

    /// The value whose start was read, to its end.
    fn value(&mut self, start: &BytesStart<'a>) -> Result<Value, ClixmlError> {
        self.count(1)?;
        match local(start) {
            "Obj" => self.object(start),
            "Ref" => self.reference(start),
            "PR" => self.progress(),
            name => match primitive::read(&mut self.cursor, name)? {
                Some(value) => Ok(value),
                None => self.unknown(name),
            },
        }
    }

    /// What the specification does not know is kept as its text.
    fn unknown(&mut self, name: &str) -> Result<Value, ClixmlError> {
        let text = self.cursor.inner()?;
        let name = super::UNKNOWN.to_owned() + &quoted(name);
        Ok(shared::marker(name, decode(text).into_owned()))
    }

    /// Takes values from what a document may hold.
    fn count(&mut self, values: usize) -> Result<(), ClixmlError> {
        self.values += values;
        if self.values > VALUES_LIMIT {
            return Err(ClixmlError::Many {
                at: self.cursor.at(),
            });
        }
        Ok(())
    }

    /// Goes one level down.
    fn down(&mut self) -> Result<(), ClixmlError> {
        self.count(3)?;
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(ClixmlError::Deep {
                at: self.cursor.at(),
            });
        }
        Ok(())
    }
}
