//! Looking into values the way PowerShell does.

use super::value::{Body, Object, Value};

/// What the type names of an object that was sent begin with.
const DESERIALIZED: &str = "Deserialized.";

impl Value {
    /// The value of a property, in any case: what was added to the object comes before what its type
    /// has. A dictionary's keys come first, as with PowerShell's `$table.Name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }

    /// The object, when it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The value without the properties that were added to it: a primitive, or the object itself.
    pub fn bare(&self) -> &Value {
        match self {
            Value::Object(object) => match &object.body {
                Body::Primitive(value) => value.bare(),
                _ => self,
            },
            _ => self,
        }
    }

    /// True for `$null`.
    pub fn is_null(&self) -> bool {
        *self == Value::Null
    }

    /// The text of a string and of what is written as one; not a number's.
    pub fn as_str(&self) -> Option<&str> {
        match self.bare() {
            Value::String(text)
            | Value::Guid(text)
            | Value::Uri(text)
            | Value::Version(text)
            | Value::Xml(text)
            | Value::ScriptBlock(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number of any kind that fits, an enumeration's too.
    pub fn as_i64(&self) -> Option<i64> {
        match self.bare() {
            Value::Byte(n) => Some(i64::from(*n)),
            Value::SByte(n) => Some(i64::from(*n)),
            Value::U16(n) => Some(i64::from(*n)),
            Value::I16(n) => Some(i64::from(*n)),
            Value::U32(n) => Some(i64::from(*n)),
            Value::I32(n) => Some(i64::from(*n)),
            Value::U64(n) => i64::try_from(*n).ok(),
            Value::I64(n) => Some(*n),
            _ => None,
        }
    }

    /// A truth value; nothing else counts as one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.bare() {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.as_object()?.body {
            Body::List(_, items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a dictionary, in order.
    pub fn as_dictionary(&self) -> Option<&[(Value, Value)]> {
        match &self.as_object()?.body {
            Body::Dictionary(entries) => Some(entries),
            _ => None,
        }
    }

    /// The name of its .NET type, without `Deserialized.`; empty for `$null` and for an object that
    /// came without one.
    pub fn type_name(&self) -> &str {
        match self {
            Value::Null => "",
            Value::Bool(_) => "System.Boolean",
            Value::String(_) => "System.String",
            Value::Char(_) => "System.Char",
            Value::Byte(_) => "System.Byte",
            Value::SByte(_) => "System.SByte",
            Value::U16(_) => "System.UInt16",
            Value::I16(_) => "System.Int16",
            Value::U32(_) => "System.UInt32",
            Value::I32(_) => "System.Int32",
            Value::U64(_) => "System.UInt64",
            Value::I64(_) => "System.Int64",
            Value::Single(_) => "System.Single",
            Value::Double(_) => "System.Double",
            Value::Decimal(_) => "System.Decimal",
            Value::DateTime(_) => "System.DateTime",
            Value::Duration(_) => "System.TimeSpan",
            Value::Guid(_) => "System.Guid",
            Value::Uri(_) => "System.Uri",
            Value::Version(_) => "System.Version",
            Value::Xml(_) => "System.Xml.XmlDocument",
            Value::ScriptBlock(_) => "System.Management.Automation.ScriptBlock",
            Value::Bytes(_) => "System.Byte[]",
            Value::SecureString(_) => super::text::SECURE_STRING,
            Value::Object(object) => object.type_name(),
        }
    }

    /// True when it is of a type or of one that derives from it; `Deserialized.` counts as the same.
    pub fn is_of(&self, type_name: &str) -> bool {
        match self {
            Value::Object(object) => object.is_of(type_name),
            _ => self.type_name() == type_name,
        }
    }
}

impl Object {
    /// See [`Value::get`].
    pub fn get(&self, name: &str) -> Option<&Value> {
        let entries: &[(Value, Value)] = match &self.body {
            Body::Dictionary(entries) => entries,
            _ => &[],
        };
        let entry = entries
            .iter()
            .find(|(key, _)| key.as_str().is_some_and(|key| same(key, name)));
        entry.map(|(_, value)| value).or_else(|| {
            self.extended
                .iter()
                .chain(&self.adapted)
                .find(|(known, _)| same(known, name))
                .map(|(_, value)| value)
        })
    }

    /// See [`Value::type_name`].
    pub fn type_name(&self) -> &str {
        let name = self.type_names.first().map_or("", String::as_str);
        match (name, &self.body) {
            ("", Body::Primitive(value)) => value.type_name(),
            (name, _) => bare_name(name),
        }
    }

    /// See [`Value::is_of`].
    pub fn is_of(&self, type_name: &str) -> bool {
        self.type_names
            .iter()
            .any(|own| bare_name(own) == type_name)
            || matches!(&self.body, Body::Primitive(value) if value.is_of(type_name))
    }
}

fn bare_name(name: &str) -> &str {
    name.strip_prefix(DESERIALIZED).unwrap_or(name)
}

/// Names are the same in any case, also outside of ASCII.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || (!(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase())
}
