//! Kinds of value, and how a typed text of each kind is written in a command.
//!
//! The text a user types is never code: whatever it holds, the literal made of it is one argument.
//! Only [`Kind::Object`] takes PowerShell, and only what reads as a single constant or a single
//! expression in brackets.

use super::ast::{Argument, Element, StatementKind, Value, ValueKind};
use super::literal::{self, LiteralError};
use super::{list, parse};

/// How a value of a parameter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Present or absent.
    Switch,
    /// A string, or what PowerShell converts from one: names, FQDNs, identities, enumerators.
    Text,
    /// `$true` or `$false`.
    Bool,
    /// A whole number between these limits, inclusive.
    Integer(i128, i128),
    /// A GUID.
    Guid,
    /// A date with a time.
    DateTime,
    /// A span of time.
    TimeSpan,
    /// A list that is replaced, or added to and removed from (PSListModifier).
    ListChange,
    /// A hashtable.
    Hashtable,
    /// A password; never text.
    Secret,
    /// A user name with its password; never text.
    Credential,
    /// An object that other commands make: only a constant or an expression gives one.
    Object,
}

/// A typed value, checked and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The PowerShell literal: one argument.
    pub literal: String,
    /// The plain text of the value, for strings in which it is put.
    pub text: String,
    /// PowerShell's truth of the value.
    pub truth: bool,
}

impl Kind {
    /// The kind of a .NET type or PowerShell type accelerator; case does not matter, and what has
    /// no better word is text (about_Type_Accelerators).
    pub fn of_type(name: &str) -> Kind {
        let lower = name.to_ascii_lowercase();
        let short = lower.strip_prefix("system.").unwrap_or(&lower);
        let integer = |low: i128, high: i128| Kind::Integer(low, high);
        match short {
            "switch" | "switchparameter" | "management.automation.switchparameter" => Kind::Switch,
            "bool" | "boolean" => Kind::Bool,
            "byte" => integer(0, u8::MAX.into()),
            "sbyte" => integer(i8::MIN.into(), i8::MAX.into()),
            "short" | "int16" => integer(i16::MIN.into(), i16::MAX.into()),
            "ushort" | "uint16" => integer(0, u16::MAX.into()),
            "int" | "int32" => integer(i32::MIN.into(), i32::MAX.into()),
            "uint" | "uint32" => integer(0, u32::MAX.into()),
            "long" | "int64" => integer(i64::MIN.into(), i64::MAX.into()),
            "ulong" | "uint64" => integer(0, u64::MAX.into()),
            "guid" => Kind::Guid,
            "datetime" => Kind::DateTime,
            "timespan" => Kind::TimeSpan,
            "hashtable" | "collections.hashtable" => Kind::Hashtable,
            "securestring" | "security.securestring" => Kind::Secret,
            "pscredential" | "management.automation.pscredential" => Kind::Credential,
            "object" | "psobject" | "management.automation.psobject" => Kind::Object,
            _ => Kind::Text,
        }
    }

    /// What the user should type, in words.
    pub fn hint(self) -> &'static str {
        match self {
            Kind::Switch => "on or off",
            Kind::Text => "text",
            Kind::Bool => "true or false",
            Kind::Integer(0, _) => "whole number, not negative",
            Kind::Integer(..) => "whole number",
            Kind::Guid => "GUID",
            Kind::DateTime => "date and time, 2025-10-14T14:00:00",
            Kind::TimeSpan => "time span, [d.]hh:mm:ss",
            Kind::ListChange => "a,b to replace; add=a,b; remove=c",
            Kind::Hashtable => "key=value; key=value",
            Kind::Secret => "asked when it runs",
            Kind::Credential => "asked when it runs",
            Kind::Object => "(command that makes it), 'a','b' or @{key='value'}",
        }
    }

    /// True for what is asked when the command runs and never typed into a form.
    pub fn is_secret(self) -> bool {
        matches!(self, Kind::Secret | Kind::Credential)
    }

    /// The literal for a typed text. The error says what is wanted.
    pub fn write(self, typed: &str) -> Result<Written, LiteralError> {
        let wanted = |what: &'static str| LiteralError::Not {
            typed: typed.to_owned(),
            what,
        };
        match self {
            Kind::Switch | Kind::Bool => {
                let on = literal::boolean(typed).ok_or_else(|| wanted("true or false"))?;
                Ok(Written {
                    literal: format!("${on}"),
                    text: on.to_string(),
                    truth: on,
                })
            }
            Kind::Integer(low, high) => {
                let number: i128 = typed.trim().parse().map_err(|_| wanted("a whole number"))?;
                if !(low..=high).contains(&number) {
                    return Err(LiteralError::Range { number, low, high });
                }
                Ok(Written {
                    literal: number.to_string(),
                    text: number.to_string(),
                    truth: number != 0,
                })
            }
            Kind::Guid if !literal::is_guid(typed) => Err(wanted(
                "a GUID such as 4f1e2a90-8c7d-4e6b-9a01-2b3c4d5e6f70",
            )),
            Kind::DateTime => match literal::date_time(typed) {
                Some(iso) => text(&iso),
                None => Err(wanted("a date and time such as 2025-10-14T14:00:00")),
            },
            Kind::TimeSpan if !literal::is_time_span(typed) => {
                Err(wanted("a time span such as 00:30:00 or 1.12:00:00"))
            }
            Kind::Guid | Kind::TimeSpan | Kind::Text => text(typed),
            Kind::ListChange => list_change(typed),
            Kind::Hashtable => hashtable(typed),
            Kind::Object => object(typed),
            Kind::Secret | Kind::Credential => Err(LiteralError::Secret),
        }
    }

    /// The expression that asks for a secret when the command runs; `None` for other kinds.
    pub fn question(self, name: &str) -> Option<Result<String, LiteralError>> {
        let literal = literal::single_quoted(name);
        match self {
            Kind::Secret => Some(literal.map(|n| format!("(Read-Host -AsSecureString {n})"))),
            Kind::Credential => Some(literal.map(|n| format!("(Get-Credential -Message {n})"))),
            _ => None,
        }
    }
}

fn text(value: &str) -> Result<Written, LiteralError> {
    Ok(Written {
        literal: literal::single_quoted(value)?,
        text: value.to_owned(),
        truth: !value.is_empty(),
    })
}

fn written(literal: String, typed: &str) -> Written {
    Written {
        literal,
        text: typed.trim().to_owned(),
        truth: true,
    }
}

/// `a,b` replaces; `add=a,b; remove=c` changes; `@{add='a'}` as PowerShell writes it.
fn list_change(typed: &str) -> Result<Written, LiteralError> {
    const KEYS: [&str; 3] = ["add", "remove", "replace"];
    if typed.trim() == "@()" {
        // The empty list: everything goes.
        return Ok(Written {
            truth: false,
            ..written(literal::array(&[])?, typed)
        });
    }
    let entries = if typed.trim_start().starts_with("@{") {
        hash_of(typed)?
    } else {
        match pairs(typed) {
            // Without any pair it is no change: nothing, or a `;` that belongs to an element.
            Some(pairs)
                if !pairs.is_empty() && pairs.iter().all(|(key, _)| is_one_of(key, &KEYS)) =>
            {
                pairs
            }
            _ => return Ok(written(literal::array(&list::split(typed))?, typed)),
        }
    };
    match entries.iter().find(|(key, _)| !is_one_of(key, &KEYS)) {
        Some((key, _)) => Err(LiteralError::Key {
            key: key.clone(),
            wanted: "add, remove or replace",
        }),
        None => Ok(written(literal::hashtable(&entries)?, typed)),
    }
}

fn is_one_of(key: &str, keys: &[&str]) -> bool {
    keys.iter().any(|k| k.eq_ignore_ascii_case(key))
}

fn hashtable(typed: &str) -> Result<Written, LiteralError> {
    let entries = if typed.trim_start().starts_with("@{") {
        hash_of(typed)?
    } else {
        pairs(typed).ok_or_else(|| LiteralError::Not {
            typed: typed.to_owned(),
            what: "a hashtable: key=value; key=value",
        })?
    };
    Ok(written(literal::hashtable(&entries)?, typed))
}

/// `key=a,b; key=c`; `None` when a part has no key.
fn pairs(typed: &str) -> Option<Vec<(String, Vec<String>)>> {
    list::split_at(typed, ';')
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=')?;
            let key = key.trim();
            let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
            plain.then(|| (key.to_owned(), list::split(value)))
        })
        .collect()
}

/// A command with this text as its one argument.
fn probe(typed: &str) -> String {
    format!("X -P {typed}")
}

/// The one argument that a text reads as, alone on a line; its places are those in the [`probe`].
fn single_value(typed: &str) -> Option<Value> {
    let probe = probe(typed);
    let script = parse(&probe).ok()?;
    let [statement] = script.statements.as_slice() else {
        return None;
    };
    let StatementKind::Pipeline(elements) = &statement.kind else {
        return None;
    };
    match elements.as_slice() {
        [Element::Command(command)] if !command.writes_file => {
            match command.arguments.as_slice() {
                // Nothing stands around it: no comment that would swallow what follows.
                [
                    Argument::Parameter { value: None, .. },
                    Argument::Value(value),
                ] if probe.get(value.span.clone()) == Some(typed.trim()) => Some(value.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}

fn hash_of(typed: &str) -> Result<Vec<(String, Vec<String>)>, LiteralError> {
    let wanted = || LiteralError::Not {
        typed: typed.to_owned(),
        what: "a hashtable of constants such as @{add='a','b'}",
    };
    let probe = probe(typed);
    match single_value(typed).map(|v| v.kind) {
        Some(ValueKind::Hash(entries)) => entries
            .into_iter()
            .map(|(key, value)| Some((key, constants(&value, &probe)?)))
            .collect::<Option<_>>()
            .ok_or_else(wanted),
        _ => Err(wanted()),
    }
}

/// The constants of a value that stands in `source`.
fn constants(value: &Value, source: &str) -> Option<Vec<String>> {
    match &value.kind {
        ValueKind::Text(text) | ValueKind::Bare(text) | ValueKind::Number(text) => {
            Some(vec![text.clone()])
        }
        ValueKind::Array(items) => items.iter().try_fold(Vec::new(), |mut all, item| {
            all.extend(constants(item, source)?);
            Some(all)
        }),
        ValueKind::Nested(statements) => match statements.as_slice() {
            // The empty array; `$()` is nothing at all.
            [] if source.get(value.span.clone())?.starts_with('@') => Some(Vec::new()),
            [one] => match &one.kind {
                StatementKind::Pipeline(elements) => match elements.as_slice() {
                    [Element::Expression(value)] => constants(value, source),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// A constant or an expression in brackets, taken as it stands.
fn object(typed: &str) -> Result<Written, LiteralError> {
    let fits = |value: &Value| match &value.kind {
        ValueKind::Nested(_) | ValueKind::Hash(_) | ValueKind::Text(_) | ValueKind::Number(_) => {
            true
        }
        ValueKind::Array(items) => items
            .iter()
            .all(|i| matches!(i.kind, ValueKind::Text(_) | ValueKind::Number(_))),
        ValueKind::Variable(name) => ["true", "false", "null"]
            .iter()
            .any(|k| name.eq_ignore_ascii_case(k)),
        _ => false,
    };
    if let Some(c) = typed.chars().find(|c| literal::is_refused(*c)) {
        return Err(literal::control(typed, c));
    }
    match single_value(typed).filter(fits) {
        Some(_) => Ok(written(typed.trim().to_owned(), typed)),
        None => Err(LiteralError::Not {
            typed: typed.to_owned(),
            what: "one constant ('a', 5, @{key='value'}) or one expression in brackets, such as (Get-CsPool -Identity 'pool01')",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(kind: Kind, typed: &str) -> Option<String> {
        kind.write(typed).ok().map(|written| written.literal)
    }

    #[test]
    fn a_change_of_a_list_has_an_entry() {
        let change = |typed| literal(Kind::ListChange, typed);
        assert_eq!(
            change("add=a; remove=b").as_deref(),
            Some("@{add='a';remove='b'}")
        );
        assert_eq!(change(";").as_deref(), Some("';'"));
        assert_eq!(change("").as_deref(), Some("''"));
    }

    #[test]
    fn an_empty_array_in_a_hashtable_is_a_constant() {
        let table = |typed| literal(Kind::Hashtable, typed);
        assert_eq!(table("@{a=@();b='c'}").as_deref(), Some("@{a=@();b='c'}"));
        assert_eq!(table("@{a=$()}"), None);
    }
}
