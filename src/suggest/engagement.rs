//! The variables of an engagement: what is the same in every form of one customer's night, set
//! once in `engagement.toml` of the config folder.
//!
//! ```toml
//! customer = "Kestrel Shipping"
//! pool = "sgpool01.kestrel.lan"
//! sql-server = "sgsql01.kestrel.lan"
//! RegistrarPort = "5061"       # a field's own name serves as well
//! ```

use std::collections::BTreeMap;

use thiserror::Error;
use toml_edit::DocumentMut;

use crate::powershell::{list, literal};
use crate::snippet::{Field, Meaning, Snippet, is_secret_name};

/// Variables that stand for every field of a meaning.
const NAMES: &[(&str, Meaning)] = &[
    ("pool", Meaning::Pool),
    ("sql-server", Meaning::SqlServer),
    ("sql-instance", Meaning::SqlInstance),
    ("database-paths", Meaning::ServerPaths),
    ("computer", Meaning::Computer),
    ("site", Meaning::Site),
    ("file-share", Meaning::FileShare),
    ("domain", Meaning::SipDomain),
    ("ou", Meaning::OrganizationalUnit),
];

/// The variables; names keep their spelling and are compared without case, `-` and `_`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Engagement {
    variables: BTreeMap<String, String>,
}

/// Why a file or a variable cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EngagementError {
    /// It is no TOML; the text holds line and column.
    #[error("{0}")]
    Toml(String),
    /// A value that is no text.
    #[error("{0} is no text: put its value in quotes")]
    NotText(String),
    /// A name that is none.
    #[error("{0:?} is no variable's name: letters, digits, - and _")]
    Name(String),
    /// A value that no field takes.
    #[error("{0}: {1}")]
    Value(String, String),
    /// Something that looks like a secret.
    #[error("{0} looks like a secret: csdeck asks for those and keeps none")]
    Secret(String),
}

impl Engagement {
    /// Reads `engagement.toml`; an empty text holds no variables.
    pub fn read(text: &str) -> Result<Engagement, EngagementError> {
        let table: toml::Table = toml::from_str(text)
            .map_err(|e| EngagementError::Toml(e.to_string().trim_end().to_owned()))?;
        let mut variables = BTreeMap::new();
        for (name, value) in table {
            let toml::Value::String(value) = value else {
                return Err(EngagementError::NotText(name));
            };
            check(&name, &value)?;
            variables.insert(name, value);
        }
        Ok(Engagement { variables })
    }

    /// The text of `engagement.toml` with a variable set, or taken away by `None`. Comments and
    /// everything else stay as they are.
    pub fn with(text: &str, name: &str, value: Option<&str>) -> Result<String, EngagementError> {
        let mut document: DocumentMut = text
            .parse()
            .map_err(|e: toml_edit::TomlError| EngagementError::Toml(e.to_string()))?;
        let known = document
            .iter()
            .map(|(key, _)| key.to_owned())
            .find(|key| plain(key) == plain(name))
            .unwrap_or_else(|| name.to_owned());
        match value {
            Some(value) => {
                check(name, value)?;
                let mut new = toml_edit::Value::from(value);
                // The comment behind the old value stays.
                if let Some(old) = document.get(&known).and_then(|item| item.as_value()) {
                    *new.decor_mut() = old.decor().clone();
                }
                document[&known] = toml_edit::Item::Value(new);
            }
            None => {
                document.remove(&known);
            }
        }
        Ok(document.to_string())
    }

    /// Name and value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// The variables for a field: the one that is called like it, then those of its meaning.
    pub fn of(&self, field: &Field, meaning: Meaning) -> Vec<(&str, &str)> {
        let named = plain(&field.name);
        let by_name = self.iter().filter(|(name, _)| plain(name) == named);
        let by_meaning = self.iter().filter(|(name, _)| {
            let means = |(n, m): &(&str, Meaning)| plain(n) == plain(name) && *m == meaning;
            plain(name) != named && NAMES.iter().any(means)
        });
        by_name.chain(by_meaning).collect()
    }

    /// Why the value of a variable does not look like what its name means.
    pub fn doubt(name: &str, value: &str) -> Option<String> {
        let known = NAMES.iter().find(|(n, _)| plain(n) == plain(name));
        match known {
            Some((_, Meaning::ServerPaths)) => None,
            Some((name, meaning)) => meaning.doubt(value).map(|why| format!("{name}: {why}")),
            None => None,
        }
    }

    /// True when two names are one: case, `-` and `_` do not matter.
    pub fn same_name(a: &str, b: &str) -> bool {
        plain(a) == plain(b)
    }

    /// The names that stand for every field of their meaning.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// What the variables put into a form that opens: required fields without a default whose
    /// name or meaning one of them has, as index of the field, name of the variable and the
    /// elements of its value. A form that has several fields of one meaning (from where and to where) gets none of them by
    /// meaning: which one is meant is the user's to say. `-Identity` is filled in by name only.
    pub fn fills(&self, snippet: &Snippet) -> Vec<(usize, String, Vec<String>)> {
        let meanings = snippet.meanings();
        let mut fills = Vec::new();
        for (n, field) in snippet.fields.iter().enumerate() {
            if !field.required || field.default.is_some() {
                continue;
            }
            let alone = meanings.iter().filter(|m| **m == meanings[n]).count() == 1
                && !field.name.eq_ignore_ascii_case("Identity");
            let found = self
                .of(field, meanings[n])
                .into_iter()
                .find(|(name, _)| alone || plain(name) == plain(&field.name));
            if let Some((name, value)) = found.filter(|_| meanings[n] != Meaning::Secret) {
                fills.push((n, name.to_owned(), elements(field, value)));
            }
        }
        fills
    }
}

/// The elements that a variable gives a field: a list is written as in a form, `D:\a,E:\b`.
pub fn elements(field: &Field, value: &str) -> Vec<String> {
    match field.list {
        true => list::split(value),
        false => vec![value.to_owned()],
    }
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '-' | '_'));
    letters.flat_map(char::to_lowercase).collect()
}

fn check(name: &str, value: &str) -> Result<(), EngagementError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        return Err(EngagementError::Name(name.to_owned()));
    }
    if is_secret_name(name) {
        return Err(EngagementError::Secret(name.to_owned()));
    }
    literal::single_quoted(value)
        .map(|_| ())
        .map_err(|e| EngagementError::Value(name.to_owned(), e.to_string()))
}
