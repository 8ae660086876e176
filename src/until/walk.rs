//! From an object to the value that a path names.

use serde_json::Value;

use super::compare::shown;
use super::goal::Path;

/// The one property of what is no object: a line of text, a number.
pub(super) const VALUE: &str = "Value";

/// Names that tell objects from each other, the best first: what cmdlets for Lync and Skype for
/// Business call their objects' names.
const NAMES: [&str; 13] = [
    "Identity",
    "Name",
    "DatabaseName",
    "ReplicaFqdn",
    "MachineFqdn",
    "ComputerName",
    "PoolFqdn",
    "Fqdn",
    "SipAddress",
    "DisplayName",
    "ServiceName",
    "Id",
    VALUE,
];

/// What a path leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Found<'v> {
    /// A value.
    One(&'v Value),
    /// The values of a list, or of a property of each object in a list, as PowerShell enumerates
    /// members.
    List(Vec<&'v Value>),
    /// There is no such property.
    Missing,
    /// It lies below something that is empty, named by its path.
    Below(String),
}

/// Follows a path.
pub(super) fn follow<'v>(object: &'v Value, path: &Path) -> Found<'v> {
    if !object.is_object() && path.0.len() == 1 && path.0[0].eq_ignore_ascii_case(VALUE) {
        return Found::One(object);
    }
    let (mut values, mut list) = (vec![object], false);
    for (n, name) in path.0.iter().enumerate() {
        let mut next = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Object(_) => match property(value, name) {
                    Some(value) => next.push(value),
                    None => return Found::Missing,
                },
                Value::Null if n > 0 => return Found::Below(path.0[..n].join(".")),
                _ => return Found::Missing,
            }
        }
        // Lists in lists are one list.
        values = Vec::with_capacity(next.len());
        for value in next {
            match value {
                Value::Array(items) => {
                    list = true;
                    values.extend(items);
                }
                value => values.push(value),
            }
        }
        // What an empty list's objects have is not known.
        if values.is_empty() && n + 1 < path.0.len() {
            return Found::Below(path.0[..=n].join("."));
        }
    }
    match (list, values.as_slice()) {
        (false, [value]) => Found::One(value),
        _ => Found::List(values),
    }
}

/// A property, whatever the case of its name.
fn property<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    let map = object.as_object()?;
    map.get(name).or_else(|| {
        let same = |key: &&String| key.to_lowercase() == name.to_lowercase();
        map.keys().find(same).and_then(|key| map.get(key))
    })
}

/// What to call an object: what it is named by, else its place among all, from 1.
pub(super) fn name(object: &Value, place: usize) -> String {
    if !object.is_object() {
        return format!("line {place}");
    }
    let named = NAMES.iter().find_map(|name| match property(object, name) {
        Some(value @ (Value::String(_) | Value::Number(_))) => Some(shown(value)),
        _ => None,
    });
    named
        .filter(|name| name != "empty")
        .unwrap_or_else(|| format!("object {place}"))
}

/// The names of the properties of all objects at the place where a path leaves them, for a hint: of
/// `Owner.Stat` those of `Owner`.
pub(super) fn siblings(objects: &[Value], path: &Path) -> (usize, Vec<String>) {
    let mut deepest = (0, Vec::new());
    for depth in 0..path.0.len() {
        let mut names: Vec<String> = Vec::new();
        for object in objects {
            let holders = match depth {
                0 => vec![object],
                _ => match follow(object, &Path(path.0[..depth].to_vec())) {
                    Found::One(value) => vec![value],
                    Found::List(values) => values,
                    Found::Missing | Found::Below(_) => continue,
                },
            };
            for holder in holders {
                match holder.as_object() {
                    Some(map) => names.extend(map.keys().cloned()),
                    None if depth == 0 => names.push(VALUE.to_owned()),
                    None => {}
                }
            }
        }
        names.sort();
        names.dedup();
        if names.is_empty() {
            break;
        }
        let is_there = names
            .iter()
            .any(|name| name.to_lowercase() == path.0[depth].to_lowercase());
        deepest = (depth, names);
        if !is_there {
            break;
        }
    }
    deepest
}
