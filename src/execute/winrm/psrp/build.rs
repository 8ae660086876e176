//! Values in the shape that the protocol's messages have them.

use crate::powershell::clixml::{Body, Container, Object, Value};

/// An object with nothing but added properties: what every message and structure of 2.2.2 and 2.2.3 is.
pub(super) fn record<const N: usize>(properties: [(&str, Value); N]) -> Value {
    record_of(properties.into())
}

/// The same from a list of any length.
pub(super) fn record_of(properties: Vec<(&str, Value)>) -> Value {
    Value::Object(Box::new(Object {
        extended: properties
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        ..Object::default()
    }))
}

/// An enumeration's value: its number with its name and its type's names (2.2.5.2.7).
pub(super) fn enumeration(type_name: &str, name: &str, number: i32) -> Value {
    Value::Object(Box::new(Object {
        type_names: names(&[
            type_name,
            "System.Enum",
            "System.ValueType",
            "System.Object",
        ]),
        to_string: Some(name.to_owned()),
        body: Body::Primitive(Value::I32(number)),
        ..Object::default()
    }))
}

/// A list, as .NET's ArrayList.
pub(super) fn list(items: Vec<Value>) -> Value {
    Value::Object(Box::new(Object {
        type_names: names(&["System.Collections.ArrayList", "System.Object"]),
        body: Body::List(Container::List, items),
        ..Object::default()
    }))
}

/// A dictionary, as .NET's Hashtable.
pub(super) fn table(entries: Vec<(Value, Value)>) -> Value {
    dictionary(&["System.Collections.Hashtable", "System.Object"], entries)
}

/// A dictionary of a type.
pub(super) fn dictionary(type_names: &[&str], entries: Vec<(Value, Value)>) -> Value {
    Value::Object(Box::new(Object {
        type_names: names(type_names),
        body: Body::Dictionary(entries),
        ..Object::default()
    }))
}

/// An object of a .NET type with that type's properties.
pub(super) fn typed(type_names: &[&str], text: &str, properties: Vec<(&str, Value)>) -> Value {
    Value::Object(Box::new(Object {
        type_names: names(type_names),
        to_string: Some(text.to_owned()),
        adapted: properties
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        ..Object::default()
    }))
}

pub(super) fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
