//! `<PR>`: a progress record where it is no message of its own, as on a redirected standard error.
//! MS-PSRP does not describe it; this is what powershell.exe writes.

use super::super::error::ClixmlError;
use super::super::escape::decode;
use super::super::value::{Object, PROGRESS, Value};
use super::cursor::local;
use super::{Reader, primitive};

/// The elements in the order that they are written in, with their properties' names.
pub(in super::super) const ELEMENTS: [(&str, &str); 8] = [
    ("AV", "Activity"),
    ("AI", "ActivityId"),
    ("S", "CurrentOperation"),
    ("PI", "ParentActivityId"),
    ("PC", "PercentComplete"),
    ("T", "Type"),
    ("SR", "SecondsRemaining"),
    ("SD", "StatusDescription"),
];

impl Reader<'_> {
    /// The record whose start was read, to its end.
    pub(super) fn progress(&mut self) -> Result<Value, ClixmlError> {
        let mut adapted = Vec::new();
        while let Some(child) = self.cursor.child()? {
            let name = local(&child);
            let known = ELEMENTS.iter().find(|(element, _)| *element == name);
            let value = match (known, name) {
                (None, "Nil") => {
                    self.cursor.text()?;
                    adapted.push(("CurrentOperation".to_owned(), Value::Null));
                    continue;
                }
                (None, name) => {
                    let value = self.unknown(name)?;
                    adapted.push((super::quoted(name), value));
                    continue;
                }
                (Some((element @ ("AI" | "PI" | "PC" | "SR"), _)), _) => {
                    let text = self.cursor.text()?;
                    Value::I32(primitive::number(self.cursor.at(), element, &text)?)
                }
                _ => Value::String(decode(self.cursor.text()?).into_owned()),
            };
            if let Some((_, property)) = known {
                adapted.push(((*property).to_owned(), value));
            }
        }
        Ok(Value::Object(Box::new(Object {
            type_names: vec![PROGRESS.to_owned()],
            adapted,
            ..Object::default()
        })))
    }
}
