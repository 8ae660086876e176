//! Values as PowerShell puts them into a string: with the invariant culture (about_Quoting_Rules).

use std::collections::{HashMap, HashSet};

use super::time;
use super::value::{Body, MEMBER_SET, Object, Value};

/// What stands for a secure string wherever it is shown.
pub(super) const SECURE_STRING: &str = "System.Security.SecureString";

/// The type of an object without a .NET type of its own.
pub(super) const CUSTOM: &str = "System.Management.Automation.PSCustomObject";

impl Value {
    /// The value as PowerShell's `"$value"` has it: `True`, `11/24/2026 14:57:54`, `1.02:03:04`, the
    /// elements of a list with blanks between, `@{Name=value; ...}` for a custom object, an object's
    /// own words, or its type's name. XML is its text, which PowerShell would call `#document`.
    pub fn text(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::String(text)
            | Value::Decimal(text)
            | Value::Guid(text)
            | Value::Uri(text)
            | Value::Version(text)
            | Value::Xml(text)
            | Value::ScriptBlock(text) => text.clone(),
            Value::Char(unit) => String::from_utf16_lossy(&[*unit]),
            Value::Byte(n) => n.to_string(),
            Value::SByte(n) => n.to_string(),
            Value::U16(n) => n.to_string(),
            Value::I16(n) => n.to_string(),
            Value::U32(n) => n.to_string(),
            Value::I32(n) => n.to_string(),
            Value::U64(n) => n.to_string(),
            Value::I64(n) => n.to_string(),
            Value::Single(n) => float(f64::from(*n), &n.to_string(), &format!("{n:E}")),
            Value::Double(n) => float(*n, &n.to_string(), &format!("{n:E}")),
            Value::DateTime(text) => time::invariant(text),
            Value::Duration(text) => time::span(text),
            Value::Bytes(bytes) => joined(bytes.iter().map(u8::to_string)),
            Value::SecureString(_) => SECURE_STRING.to_owned(),
            Value::Object(object) => object.text(),
        }
    }
}

impl Object {
    /// See [`Value::text`].
    pub fn text(&self) -> String {
        if let Some(words) = &self.to_string {
            return words.clone();
        }
        match &self.body {
            Body::Primitive(value) => value.text(),
            Body::List(_, items) => joined(items.iter().map(Value::text)),
            Body::None if self.is_custom() => self.custom_text(),
            Body::None | Body::Dictionary(_) => self.type_name().to_owned(),
        }
    }

    /// True for objects that are nothing but their properties.
    pub(super) fn is_custom(&self) -> bool {
        self.type_names.is_empty() || self.is_of(CUSTOM)
    }

    /// The properties that PowerShell lists: those of its type in their order, then those that were
    /// added to it. A name that both have stands once, in the first place with the added value.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &Value)> {
        let mut added: HashMap<&str, &(String, Value)> = HashMap::new();
        let mut own_names: HashSet<&str> = HashSet::new();
        if !self.adapted.is_empty() && !self.extended.is_empty() {
            for member in &self.extended {
                added.entry(&member.0).or_insert(member);
            }
            own_names.extend(self.adapted.iter().map(|(name, _)| name.as_str()));
        }
        let own = self
            .adapted
            .iter()
            .map(move |member| added.get(member.0.as_str()).copied().unwrap_or(member));
        let rest = self
            .extended
            .iter()
            .filter(move |(name, _)| !own_names.contains(name.as_str()));
        own.chain(rest)
            .filter(|(_, value)| !is_member_set(value))
            .map(|(name, value)| (name.as_str(), value))
    }

    /// `@{Name=value; Other=value}`; lists within are their types' names, as in PowerShell.
    fn custom_text(&self) -> String {
        let properties = self.properties().map(|(name, value)| {
            let text = match value {
                Value::Object(inner) if inner.to_string.is_none() => match inner.body {
                    Body::List(..) | Body::Dictionary(_) => inner.type_name().to_owned(),
                    _ => value.text(),
                },
                Value::Bytes(_) => value.type_name().to_owned(),
                value => value.text(),
            };
            format!("{name}={text}")
        });
        format!("@{{{}}}", properties.collect::<Vec<_>>().join("; "))
    }
}

/// True for what stands within `<MS>` under its own name: no property.
fn is_member_set(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|object| object.type_names == [MEMBER_SET])
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(" ")
}

/// A number as .NET writes it: without an exponent from 1E-05 to 1E+15, its exponent of two digits.
/// Always all digits that it takes to read the same number again, where Windows PowerShell stops at
/// 15 (7 for a single).
fn float(n: f64, plain: &str, scientific: &str) -> String {
    if n.is_nan() {
        return "NaN".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if n == 0.0 || (1e-5..1e15).contains(&n.abs()) {
        return plain.to_owned();
    }
    match scientific.split_once('E') {
        Some((digits, exponent)) => match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}E-{exponent:0>2}"),
            None => format!("{digits}E+{exponent:0>2}"),
        },
        None => plain.to_owned(),
    }
}
