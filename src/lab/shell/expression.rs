//! Expressions beyond plain values: members of a value, the time, and the few facts about the
//! session that scripts ask for.

use jiff::Timestamp;

use super::call::{Port, Result, Stop};
use super::eval::{Shell, Source, refusal};
use super::value::{Object, Value, View, net_date};

/// A value, and whether its time was turned into UTC.
struct Reached {
    value: Value,
    utc: bool,
}

impl Shell<'_> {
    /// The value of an expression that the parser does not take apart.
    pub(super) fn other(&mut self, source: Source<'_>, port: &mut Port<'_>) -> Result<Value> {
        Ok(self.reach(source, port)?.value)
    }

    fn reach(&mut self, source: Source<'_>, port: &mut Port<'_>) -> Result<Reached> {
        self.deeper(|shell| shell.reach_inner(source, port))
    }

    fn reach_inner(&mut self, source: Source<'_>, port: &mut Port<'_>) -> Result<Reached> {
        let text = source.text().trim();
        let squeezed: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase();
        // "Is this session elevated?" in the usual spellings; the lab's always is.
        if squeezed.contains("windowsprincipal]") && squeezed.contains(".isinrole(") {
            return Ok(Reached {
                value: Value::Bool(true),
                utc: false,
            });
        }
        match squeezed.as_str() {
            "[datetime]::utcnow" | "[system.datetime]::utcnow" => {
                return Ok(Reached {
                    value: Value::Date(self.now()),
                    utc: true,
                });
            }
            "[datetime]::now" | "[system.datetime]::now" => {
                return Ok(Reached {
                    value: Value::Date(self.now()),
                    utc: false,
                });
            }
            _ => {}
        }
        let lead = source.text().len() - source.text().trim_start().len();
        let Some((dot, member, arguments)) = last_member(text) else {
            let value = self.source_value(source.slice(lead, lead + text.len()), port)?;
            return Ok(Reached { value, utc: false });
        };
        let base = self.reach(source.slice(lead, lead + dot), port)?;
        match arguments {
            None => Ok(Reached {
                value: base.value.property(member),
                utc: false,
            }),
            Some(arguments) => {
                method(base, member, arguments).ok_or_else(|| Stop::Unsupported(refusal(text)))
            }
        }
    }
}

/// Splits `base.Member` or `base.Member(arguments)` at its last dot outside brackets and quotes.
fn last_member(text: &str) -> Option<(usize, &str, Option<&str>)> {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    let mut dot = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.checked_sub(1)?,
            (None, '.') if depth == 0 => dot = Some(at),
            (None, c) if depth == 0 && (c.is_whitespace() || c == ',') => return None,
            _ => {}
        }
    }
    let dot = dot.filter(|at| *at > 0)?;
    let member = text.get(dot + 1..)?;
    let name_end = member
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(member.len());
    let (name, tail) = member.split_at(name_end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if tail.is_empty() {
        return Some((dot, name, None));
    }
    let inner = tail.strip_prefix('(')?.strip_suffix(')')?;
    Some((dot, name, Some(inner.trim())))
}

fn method(base: Reached, name: &str, arguments: &str) -> Option<Reached> {
    let time = time_of(&base.value);
    let literal = || crate::powershell::literal::value_of(arguments);
    let text = |text: String| {
        Some(Reached {
            value: Value::Text(text),
            utc: false,
        })
    };
    match (name.to_ascii_lowercase().as_str(), time) {
        ("touniversaltime", Some(at)) if arguments.is_empty() => Some(Reached {
            value: Value::Date(at),
            utc: true,
        }),
        ("tolocaltime", Some(at)) if arguments.is_empty() => Some(Reached {
            value: Value::Date(at),
            utc: false,
        }),
        ("tostring", Some(at)) if !arguments.is_empty() => {
            text(net_date(at, &literal()?, base.utc))
        }
        ("tostring", _) if arguments.is_empty() => text(base.value.text()),
        ("toupper", None) if arguments.is_empty() => text(base.value.text().to_uppercase()),
        ("tolower", None) if arguments.is_empty() => text(base.value.text().to_lowercase()),
        ("trim", None) if arguments.is_empty() => text(base.value.text().trim().to_owned()),
        _ => None,
    }
}

fn time_of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Date(at) => Some(*at),
        Value::Object(Object {
            view: View::Text(_),
            ..
        }) => match value.property("value") {
            Value::Date(at) => Some(at),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_split_at_the_last_dot() {
        assert_eq!(
            last_member("(Get-CsPool a.b).Fqdn"),
            Some((16, "Fqdn", None))
        );
        assert_eq!(
            last_member("$x.ToString('a.b')"),
            Some((2, "ToString", Some("'a.b'")))
        );
        assert_eq!(last_member("'a.b'"), None);
        assert_eq!(last_member("1.5"), None);
        assert_eq!(last_member(").x"), None);
    }
}
