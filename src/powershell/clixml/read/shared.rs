//! Values that stand once on the wire and are referred to (MS-PSRP 2.2.5.2.2, 2.2.5.2.3).
//!
//! [`Value`] is a tree, so a reference becomes a copy. Only what is referred to is kept for that, and
//! copies have a budget: ten lines of references to references would otherwise be a billion values.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use super::super::error::ClixmlError;
use super::super::value::{Body, CYCLE, MISSING, Object, Value};
use super::{DEPTH_LIMIT, SHARED_BYTES, SHARED_VALUES};

/// The objects and type names that may be referred to.
pub(super) struct Shared<'a> {
    /// The identifiers that any `<Ref>` names.
    wanted: HashSet<&'a str>,
    /// Objects that are read to their end.
    kept: HashMap<String, Kept>,
    /// The identifiers of the objects that are open.
    open: Vec<String>,
    /// `<TN RefId>`.
    pub(super) types: HashMap<String, Vec<String>>,
    values: usize,
    bytes: usize,
    /// What `<TNRef>` may still cost, in bytes.
    names: usize,
}

struct Kept {
    value: Value,
    size: Size,
}

/// What a string costs beside its bytes.
const STRING: usize = size_of::<String>();

/// How large a value is.
#[derive(Clone, Copy, Default)]
struct Size {
    values: usize,
    bytes: usize,
    height: usize,
}

impl<'a> Shared<'a> {
    pub(super) fn of(xml: &'a str) -> Self {
        Shared {
            wanted: wanted(xml),
            kept: HashMap::new(),
            open: Vec::new(),
            types: HashMap::new(),
            values: 0,
            bytes: 0,
            names: SHARED_BYTES.saturating_add(xml.len().saturating_mul(8)),
        }
    }

    /// False when no object will be referred to.
    pub(super) fn has_references(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// An object begins; true when it has to be closed with its value.
    pub(super) fn open(&mut self, id: &str) -> bool {
        let wanted = self.wanted.contains(id);
        if wanted {
            self.open.push(id.to_owned());
        }
        wanted
    }

    /// The object that was opened last is read.
    pub(super) fn close(&mut self, value: &Value, at: u64) -> Result<(), ClixmlError> {
        let Some(id) = self.open.pop() else {
            return Ok(());
        };
        let size = measure(value);
        self.spend(size, at)?;
        let kept = Kept {
            value: value.clone(),
            size,
        };
        self.kept.insert(id, kept);
        Ok(())
    }

    /// The object of an identifier, at a depth.
    pub(super) fn copy(&mut self, id: &str, depth: usize, at: u64) -> Result<Value, ClixmlError> {
        if self.open.iter().any(|open| open == id) {
            let words = "(an object that this one is within)";
            return Ok(marker(CYCLE.to_owned(), words.to_owned()));
        }
        let Some(size) = self.kept.get(id).map(|kept| kept.size) else {
            let words = "(an object that was not sent)";
            return Ok(marker(MISSING.to_owned(), words.to_owned()));
        };
        if depth + size.height > DEPTH_LIMIT {
            return Err(ClixmlError::Deep { at });
        }
        self.spend(size, at)?;
        Ok(self
            .kept
            .get(id)
            .map_or(Value::Null, |kept| kept.value.clone()))
    }

    /// The type names of a `<TNRef>`; none when they were not sent. Each object of a large document
    /// refers to its type's, so what they may cost grows with the document.
    pub(super) fn names(&mut self, id: &str, at: u64) -> Result<Vec<String>, ClixmlError> {
        let Some(names) = self.types.get(id) else {
            return Ok(Vec::new());
        };
        let cost: usize = names.iter().map(|name| name.len() + STRING).sum();
        match self.names.checked_sub(cost) {
            Some(left) => self.names = left,
            None => return Err(ClixmlError::Shared { at }),
        }
        Ok(names.clone())
    }

    fn spend(&mut self, size: Size, at: u64) -> Result<(), ClixmlError> {
        self.values = self.values.saturating_add(size.values);
        self.bytes = self.bytes.saturating_add(size.bytes);
        if self.values > SHARED_VALUES || self.bytes > SHARED_BYTES {
            return Err(ClixmlError::Shared { at });
        }
        Ok(())
    }
}

/// A value that stands for what cannot be shown: a type that says so, and words.
pub(super) fn marker(type_name: String, words: String) -> Value {
    Value::Object(Box::new(Object {
        type_names: vec![type_name],
        to_string: Some(words),
        ..Object::default()
    }))
}

/// The identifiers of all references in a text, found without reading it. A document without any,
/// which is nearly every one, keeps nothing.
fn wanted(xml: &str) -> HashSet<&str> {
    let mut wanted = HashSet::new();
    for name in ["<Ref", ":Ref"] {
        for at in memmem::find_iter(xml.as_bytes(), name) {
            let rest = &xml[at + name.len()..];
            let tag = &rest[..memchr::memchr(b'>', rest.as_bytes()).unwrap_or(rest.len())];
            if let Some(id) = tag.find("RefId").and_then(|at| quoted(&tag[at..])) {
                wanted.insert(id);
            }
        }
    }
    wanted
}

/// The first text in quotes.
fn quoted(text: &str) -> Option<&str> {
    let from = text.find(['"', '\''])?;
    let quote = char::from(*text.as_bytes().get(from)?);
    text[from + 1..].split_once(quote).map(|(id, _)| id)
}

/// The size of a value; as deep as it was read.
fn measure(value: &Value) -> Size {
    let mut size = Size {
        values: 1,
        bytes: text_bytes(value),
        height: 0,
    };
    let Value::Object(object) = value else {
        return size;
    };
    let mut within = Size::default();
    let mut add = |value: &Value| {
        let inner = measure(value);
        within.values += inner.values;
        within.bytes += inner.bytes;
        within.height = within.height.max(inner.height);
    };
    match &object.body {
        Body::None => {}
        Body::Primitive(value) => add(value),
        Body::List(_, items) => items.iter().for_each(&mut add),
        Body::Dictionary(entries) => entries.iter().for_each(|(key, value)| {
            add(key);
            add(value);
        }),
    }
    for (name, value) in object.adapted.iter().chain(&object.extended) {
        add(value);
        size.bytes += name.len() + STRING;
    }
    size.values += within.values;
    size.height = within.height + 1;
    size.bytes += within.bytes + object.to_string.as_ref().map_or(0, String::len);
    for name in &object.type_names {
        size.bytes += name.len() + STRING;
    }
    size
}

fn text_bytes(value: &Value) -> usize {
    match value {
        Value::String(text)
        | Value::Decimal(text)
        | Value::DateTime(text)
        | Value::Duration(text)
        | Value::Guid(text)
        | Value::Uri(text)
        | Value::Version(text)
        | Value::Xml(text)
        | Value::ScriptBlock(text) => text.len(),
        Value::Bytes(bytes) | Value::SecureString(bytes) => bytes.len(),
        _ => 0,
    }
}
