//! A file of workflows as it is read: known keys with their lines, unknown ones by name.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// A YAML document: a workflow, or a list of workflows.
pub struct Document(pub Vec<Workflow>);

/// A workflow.
#[derive(Default)]
pub struct Workflow {
    /// Line of its first key.
    pub line: usize,
    /// `name`.
    pub name: Option<String>,
    /// `command`.
    pub command: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `arguments`.
    pub arguments: Vec<Argument>,
    /// `shells`, with the line.
    pub shells: Option<(usize, Vec<String>)>,
    /// All other keys, with their lines.
    pub other: Vec<(usize, String)>,
}

/// An argument of a workflow.
pub struct Argument {
    /// Line of its name.
    pub line: usize,
    /// `name`.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// `default_value`.
    pub default_value: Option<String>,
}

fn line<T>(spanned: &Spanned<T>) -> usize {
    usize::try_from(spanned.referenced.line())
        .unwrap_or(1)
        .max(1)
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Document;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a workflow with a name and a command")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Document, A::Error> {
                Ok(Document(vec![workflow(map)?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = seq.next_element::<Workflow>()? {
                    all.push(one);
                }
                Ok(Document(all))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Workflow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Workflow;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a workflow with a name and a command")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Workflow, A::Error> {
                workflow(map)
            }
        }
        deserializer.deserialize_map(One)
    }
}

fn workflow<'de, A: MapAccess<'de>>(mut map: A) -> Result<Workflow, A::Error> {
    let mut workflow = Workflow::default();
    while let Some(key) = map.next_key::<Spanned<String>>()? {
        let at = line(&key);
        if workflow.line == 0 {
            workflow.line = at;
        }
        match key.value.as_str() {
            "name" => workflow.name = map.next_value()?,
            "command" => workflow.command = map.next_value()?,
            "description" => workflow.description = map.next_value()?,
            "tags" => workflow.tags = map.next_value::<Option<_>>()?.unwrap_or_default(),
            "arguments" => {
                workflow.arguments = map.next_value::<Option<_>>()?.unwrap_or_default();
            }
            "shells" => {
                let shells: Option<Vec<String>> = map.next_value()?;
                workflow.shells = shells.map(|shells| (at, shells));
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
                workflow.other.push((at, key.value));
            }
        }
    }
    Ok(workflow)
}

impl<'de> Deserialize<'de> for Argument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Raw {
            name: Spanned<String>,
            description: Option<String>,
            default_value: Option<String>,
        }
        let raw = Raw::deserialize(deserializer)?;
        Ok(Argument {
            line: line(&raw.name),
            name: raw.name.value,
            description: raw.description,
            default_value: raw.default_value,
        })
    }
}
