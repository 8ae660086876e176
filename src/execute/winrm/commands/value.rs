//! Values without a language: constants, lists and hashtables of them.

use std::ops::Range;

use super::number::{as_written, number};
use super::{ELSEWHERE, FILTER, NotExpressible, Reader, WRITE_OUT};
use crate::powershell::chars::{is_dash, is_double_quote, is_single_quote};
use crate::powershell::clixml::{Body, Container, Object, Value};
use crate::powershell::{
    Argument, Element, Piece, Statement, StatementKind, Value as Written, ValueKind, literal,
};

impl Reader<'_> {
    /// An argument of a command; `text` when a string is wanted.
    pub(super) fn argument(&self, value: &Written, text: bool) -> Result<Value, NotExpressible> {
        let written = self.slice(value.span.clone());
        match &value.kind {
            ValueKind::Number(_) | ValueKind::Bare(_) if number(written).is_some() => {
                match number(written) {
                    Some(_) if text => Ok(Value::String(written.to_owned())),
                    Some(number) => Ok(as_written(number, written)),
                    None => self.unknown(value),
                }
            }
            _ => self.value(value),
        }
    }

    /// A value in a list or on its own.
    fn value(&self, value: &Written) -> Result<Value, NotExpressible> {
        let start = value.span.start;
        let written = self.slice(value.span.clone());
        match &value.kind {
            ValueKind::Text(_) => match literal::value_of(written) {
                Some(text) => Ok(Value::String(text)),
                None => self.unknown(value),
            },
            ValueKind::Bare(_) | ValueKind::Number(_) => match number(written) {
                Some(number) => Ok(number),
                None if matches!(value.kind, ValueKind::Bare(_)) => self.bare(value),
                None => self.no(
                    start,
                    &format!("{written} is a number that not every PowerShell reads the same"),
                    "Write it in quotes, or in plain digits",
                ),
            },
            ValueKind::Variable(_) => match written.to_ascii_lowercase().as_str() {
                "$true" => Ok(Value::Bool(true)),
                "$false" => Ok(Value::Bool(false)),
                "$null" => Ok(Value::Null),
                _ => self.no(start, &format!("{written} is a variable"), WRITE_OUT),
            },
            ValueKind::Expandable(pieces) => self.expandable(value, pieces),
            ValueKind::Array(elements) => {
                let mut list = Vec::with_capacity(elements.len());
                let mut at = start;
                for (n, element) in elements.iter().enumerate() {
                    let joint = if n == 0 { "" } else { "," };
                    self.gap(at..element.span.start, joint, ELSEWHERE)?;
                    at = element.span.end;
                    list.push(self.value(element)?);
                }
                self.gap(at..value.span.end, "", ELSEWHERE)?;
                Ok(array(list))
            }
            ValueKind::Nested(statements) => self.nested(value, statements),
            ValueKind::Hash(entries) => self.hash(value, entries),
            ValueKind::Block(_) => self.no(start, "a script block", FILTER),
            ValueKind::Other => match here_string(written) {
                Some(text) => Ok(Value::String(text)),
                None => self.unknown(value),
            },
        }
    }

    fn unknown<T>(&self, value: &Written) -> Result<T, NotExpressible> {
        let written: String = self.slice(value.span.clone()).chars().take(40).collect();
        let why = format!("{written} is an expression, which has to be computed");
        self.no(value.span.start, &why, WRITE_OUT)
    }

    fn bare(&self, value: &Written) -> Result<Value, NotExpressible> {
        let written = self.slice(value.span.clone());
        let special = |c: char| {
            is_single_quote(c)
                || is_double_quote(c)
                || "`$(){};|&<>,".contains(c)
                || c.is_whitespace()
        };
        match written.is_empty() || written.starts_with(is_dash) || written.contains(special) {
            true => self.no(
                value.span.start,
                &format!("{written} is no plain word"),
                "Write it in single quotes",
            ),
            false => Ok(Value::String(written.to_owned())),
        }
    }

    /// A string in double quotes with escapes and nothing that is filled in.
    fn expandable(&self, value: &Written, pieces: &[Piece]) -> Result<Value, NotExpressible> {
        let start = value.span.start;
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable(name) => {
                    let why = format!("${name} is filled into a string");
                    return self.no(start, &why, "Write the text itself, in single quotes");
                }
                Piece::Other => {
                    let why = "something is computed in a string";
                    return self.no(start, why, "Write the text itself, in single quotes");
                }
            }
        }
        let written = self.slice(value.span.clone());
        let inner: Vec<char> = written.chars().skip(1).collect();
        let mut at = inner.iter().peekable();
        while let Some(c) = at.next() {
            let known = match c {
                '`' => matches!(
                    at.next(),
                    Some('n' | 'r' | 't' | '0' | '`' | '"' | '\'' | '$')
                ),
                c => *c == '"' || !is_double_quote(*c),
            };
            if !known {
                let advice = "Write the text in single quotes";
                return self.no(start, "an escape that csdeck does not know", advice);
            }
        }
        Ok(Value::String(out))
    }

    fn nested(&self, value: &Written, statements: &[Statement]) -> Result<Value, NotExpressible> {
        let written = self.slice(value.span.clone());
        let (open, list) = match written {
            w if w.starts_with("@(") => (2, true),
            w if w.starts_with("$(") => {
                return self.no(value.span.start, "$(...) is computed", WRITE_OUT);
            }
            _ => (1, false),
        };
        let (mut at, end) = (value.span.start + open, value.span.end.saturating_sub(1));
        let mut values = Vec::new();
        for statement in statements {
            self.gap(at..statement.span.start, ";", ELSEWHERE)?;
            at = statement.span.end;
            let StatementKind::Pipeline(elements) = &statement.kind else {
                return self.unknown(value);
            };
            let inner = match elements.as_slice() {
                [Element::Expression(inner)] => inner,
                [Element::Command(command), ..] => {
                    let name = command.name.as_deref().unwrap_or("a command");
                    let why = format!("the answer of {name} would be a value");
                    let advice = "Run that first, and write the value itself";
                    return self.no(command.span.start, &why, advice);
                }
                _ => return self.unknown(value),
            };
            self.gap(statement.span.start..inner.span.start, "", ELSEWHERE)?;
            self.gap(inner.span.end..statement.span.end, "", ELSEWHERE)?;
            match (self.value(inner)?, &inner.kind) {
                // A list in @( ) is that list, a list in ( ) too.
                (Value::Object(object), ValueKind::Array(_)) if list => match object.body {
                    Body::List(_, elements) => values.extend(elements),
                    _ => return self.unknown(value),
                },
                (one, _) => values.push(one),
            }
        }
        self.gap(at..end, ";", ELSEWHERE)?;
        match (list, values.len()) {
            (true, _) => Ok(array(values)),
            (false, 1) => Ok(values.remove(0)),
            (false, _) => self.unknown(value),
        }
    }

    fn hash(
        &self,
        value: &Written,
        entries: &[(String, Written)],
    ) -> Result<Value, NotExpressible> {
        let mut at = value.span.start + 2;
        let mut pairs: Vec<(Value, Value)> = Vec::new();
        for (key, one) in entries {
            let head = at..one.span.start;
            self.key(head, key)?;
            at = one.span.end;
            let taken = |(k, _): &(Value, Value)| matches!(k, Value::String(k) if k.to_lowercase() == key.to_lowercase());
            if pairs.iter().any(taken) {
                let why = format!("{key:?} stands in the hashtable twice");
                return self.no(one.span.start, &why, WRITE_OUT);
            }
            pairs.push((Value::String(key.clone()), self.value(one)?));
        }
        self.gap(at..value.span.end.saturating_sub(1), ";", ELSEWHERE)?;
        Ok(Value::Object(Box::new(Object {
            type_names: names(&["System.Collections.Hashtable", "System.Object"]),
            body: Body::Dictionary(pairs),
            ..Object::default()
        })))
    }

    /// Sees to it that in front of a hashtable's value only its key and `=` stand.
    fn key(&self, head: Range<usize>, key: &str) -> Result<(), NotExpressible> {
        let written = self.slice(head.clone());
        let free = |c: char| c == ';' || c.is_whitespace();
        let bare = written.trim_start_matches(free).trim_end();
        let bare = bare.strip_suffix('=').unwrap_or("").trim_end();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let same = match bare.chars().all(plain) && !bare.starts_with(|c: char| c.is_ascii_digit())
        {
            true => bare == key && !bare.is_empty(),
            false => literal::value_of(bare).as_deref() == Some(key),
        };
        match same {
            true => Ok(()),
            false => {
                let why = format!("the key {key:?} is not a plain word or string");
                self.no(head.start, &why, "Write the key in single quotes")
            }
        }
    }

    /// The block of a `-Filter` that takes a string: PowerShell binds what stands between the braces.
    pub(super) fn filter(&self, value: &Written) -> Result<Value, NotExpressible> {
        let written = self.slice(value.span.clone());
        let inner = written
            .strip_prefix('{')
            .and_then(|w| w.strip_suffix('}'))
            .unwrap_or("");
        for (n, _) in inner.match_indices('$') {
            let rest = inner.get(n + 1..).unwrap_or("");
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
            let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
            let known = ["true", "false", "null"];
            if !known.iter().any(|k| k.eq_ignore_ascii_case(name)) {
                let why = format!("the filter uses ${name}, which has no value there");
                return self.no(
                    value.span.start,
                    &why,
                    "Write the value itself into the filter",
                );
            }
        }
        Ok(Value::String(inner.to_owned()))
    }

    /// The words of `(Read-Host 'words')`, and whether it is for a secret.
    pub(super) fn question(
        &self,
        value: &Written,
    ) -> Result<Option<(String, bool)>, NotExpressible> {
        let ValueKind::Nested(statements) = &value.kind else {
            return Ok(None);
        };
        let [statement] = statements.as_slice() else {
            return Ok(None);
        };
        let StatementKind::Pipeline(elements) = &statement.kind else {
            return Ok(None);
        };
        let [Element::Command(command)] = elements.as_slice() else {
            return Ok(None);
        };
        let single = self.slice(value.span.clone()).starts_with('(');
        if !single || !command.is("Read-Host") {
            return Ok(None);
        }
        let (mut prompt, mut secret) = (None, false);
        let mut at = command.span.start + "Read-Host".len();
        for argument in &command.arguments {
            self.gap(at..argument.span().start, "", ELSEWHERE)?;
            at = argument.span().end;
            let is = |name: &str, full: &str| crate::powershell::ast::begins(name, full);
            let words = match argument {
                Argument::Parameter {
                    name, value: None, ..
                } if is(name, "AsSecureString") => {
                    secret = true;
                    continue;
                }
                Argument::Parameter {
                    name, value: None, ..
                } if is(name, "Prompt") => continue,
                Argument::Parameter {
                    name,
                    value: Some(words),
                    ..
                } if is(name, "Prompt") => words,
                Argument::Value(words) => words,
                _ => return self.unknown(value),
            };
            match (self.value(words)?, &prompt) {
                (Value::String(words), None) => prompt = Some(words),
                _ => return self.unknown(value),
            }
        }
        self.gap(at..value.span.end.saturating_sub(1), "", ELSEWHERE)?;
        Ok(Some((prompt.unwrap_or_default(), secret)))
    }
}

/// A list as PowerShell sends an array.
fn array(values: Vec<Value>) -> Value {
    Value::Object(Box::new(Object {
        type_names: names(&["System.Object[]", "System.Array", "System.Object"]),
        body: Body::List(Container::List, values),
        ..Object::default()
    }))
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// What stands in a here-string in which nothing expands: between the line of `@'` and that of `'@`.
fn here_string(written: &str) -> Option<String> {
    let inner = written.strip_prefix('@')?.strip_suffix('@')?;
    let inner = inner
        .strip_prefix(is_single_quote)?
        .strip_suffix(is_single_quote)?;
    let (head, rest) = inner.split_once('\n')?;
    if !head.trim().is_empty() {
        return None;
    }
    match rest.strip_suffix('\n') {
        Some(text) => Some(text.strip_suffix('\r').unwrap_or(text).to_owned()),
        None => rest.is_empty().then(String::new),
    }
}
