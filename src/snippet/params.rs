//! The `param()` block.
//!
//! Split by our own scan and not by the grammar, which takes `[int]$A = 1, [switch]$B` for one
//! parameter with an array as its default; PowerShell does not (a default is an expression
//! without the comma operator).

use std::ops::Range;

use crate::powershell::scan::{Normalised, scan};
use crate::powershell::{
    self, Element, Kind, Position, StatementKind, SyntaxError, Value, ValueKind, literal,
};

use super::model::Field;

/// What the head of a script says.
#[derive(Debug, Default)]
pub struct Params {
    /// The fields in order, without help.
    pub fields: Vec<Field>,
    /// `DefaultParameterSetName`.
    pub default_set: Option<String>,
    /// `ConfirmImpact`.
    pub confirm_impact: Option<String>,
    /// Names of parameters whose default is not a constant.
    pub computed_defaults: Vec<String>,
}

/// Reads the block that stands at `span` of `source` (attributes of the script included).
pub fn read(source: &str, span: Range<usize>) -> Result<Params, SyntaxError> {
    let block = source.get(span.clone()).unwrap_or("");
    let scanned = scan(block)?;
    let code = &scanned.code;
    let reader = Reader {
        source,
        offset: span.start,
        block,
        scanned: &scanned,
    };
    let mut params = Params::default();
    let mut at = 0;
    loop {
        at += code[at..].len() - code[at..].trim_start().len();
        if code[at..].starts_with('[') {
            let end = closing(code, at);
            reader.script_attribute(at + 1..end, &mut params);
            at = end + 1;
        } else {
            break;
        }
    }
    let Some(open) = code[at..].find('(').map(|n| at + n) else {
        return Ok(params);
    };
    let close = closing(code, open);
    for chunk in split(code, open + 1..close, ',') {
        if !code[chunk.clone()].trim().is_empty() {
            let field = reader.parameter(chunk, &mut params)?;
            params.fields.push(field);
        }
    }
    Ok(params)
}

struct Reader<'a> {
    source: &'a str,
    offset: usize,
    block: &'a str,
    scanned: &'a Normalised,
}

impl Reader<'_> {
    /// The original text for a range of the scanned one.
    fn text(&self, range: Range<usize>) -> &str {
        self.block
            .get(self.scanned.original(range.start)..self.scanned.original(range.end))
            .unwrap_or("")
            .trim()
    }

    fn error(&self, at: usize, message: String) -> SyntaxError {
        SyntaxError::new(
            Position::of(self.source, self.offset + self.scanned.original(at)),
            message,
        )
    }

    fn script_attribute(&self, range: Range<usize>, params: &mut Params) {
        let (name, arguments) = self.attribute(range);
        if !name.eq_ignore_ascii_case("CmdletBinding") {
            return;
        }
        for (key, value) in arguments {
            let value = value.as_deref().and_then(literal::value_of);
            if key.eq_ignore_ascii_case("DefaultParameterSetName") {
                params.default_set = value;
            } else if key.eq_ignore_ascii_case("ConfirmImpact") {
                params.confirm_impact = value;
            }
        }
    }

    /// Name and arguments (`key` or `key = value`, as written) of an attribute's inside.
    fn attribute(&self, range: Range<usize>) -> (&str, Vec<(String, Option<String>)>) {
        let code = &self.scanned.code;
        let Some(open) = code[range.clone()].find('(').map(|n| range.start + n) else {
            return (self.text(range), Vec::new());
        };
        let close = closing(code, open);
        let arguments = split(code, open + 1..close, ',')
            .into_iter()
            .filter(|r| !self.text(r.clone()).is_empty())
            .map(|r| match code[r.clone()].find('=') {
                Some(n) => (
                    self.text(r.start..r.start + n).to_owned(),
                    Some(self.text(r.start + n + 1..r.end).to_owned()),
                ),
                None => (self.text(r).to_owned(), None),
            })
            .collect();
        (self.text(range.start..open), arguments)
    }

    fn parameter(&self, chunk: Range<usize>, params: &mut Params) -> Result<Field, SyntaxError> {
        let code = &self.scanned.code;
        let mut field = Field {
            name: String::new(),
            kind: Kind::Text,
            list: false,
            required: false,
            default: None,
            choices: Vec::new(),
            range: None,
            pattern: None,
            sets: Vec::new(),
            help: String::new(),
        };
        let mut at = chunk.start;
        loop {
            at += code[at..chunk.end].len() - code[at..chunk.end].trim_start().len();
            if !code[at..chunk.end].starts_with('[') {
                break;
            }
            let end = closing(code, at);
            self.field_attribute(at + 1..end, &mut field)?;
            at = end + 1;
        }
        let Some(rest) = code[at..chunk.end].strip_prefix('$') else {
            return Err(self.error(at, "a parameter's $name is missing here".into()));
        };
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        field.name = rest[..length].to_owned();
        let rest_at = at + 1 + length;
        if let Some(equals) = code[rest_at..chunk.end].find('=') {
            let written = self.text(rest_at + equals + 1..chunk.end);
            // Objects and tables stay as they are written; an expression that needs nothing else
            // is as good as a constant.
            let whole = matches!(field.kind, Kind::Object | Kind::Hashtable)
                && !written.contains('$')
                && field.kind.write(written).is_ok();
            match constant(written) {
                _ if whole => field.default = Some(vec![written.to_owned()]),
                Some(values) if field.kind == Kind::Switch || field.kind == Kind::Bool => {
                    field.default =
                        values.map(|v| v.iter().map(|s| s.to_ascii_lowercase()).collect());
                }
                Some(values) => field.default = values,
                None => params.computed_defaults.push(field.name.clone()),
            }
        }
        Ok(field)
    }

    fn field_attribute(&self, range: Range<usize>, field: &mut Field) -> Result<(), SyntaxError> {
        let at = range.start;
        let (name, arguments) = self.attribute(range);
        let short = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
        match short.trim_end_matches("attribute") {
            "parameter" => {
                for (key, value) in arguments {
                    let on = value
                        .as_deref()
                        .is_none_or(|v| !v.eq_ignore_ascii_case("$false") && v != "0");
                    let text = value.as_deref().and_then(literal::value_of);
                    match key.to_ascii_lowercase().as_str() {
                        "mandatory" => field.required |= on,
                        "parametersetname" => field.sets.extend(text),
                        "helpmessage" => field.help = text.unwrap_or_default(),
                        _ => {}
                    }
                }
            }
            "validateset" => {
                for (value, _) in arguments
                    .into_iter()
                    .filter(|(k, v)| v.is_none() && !k.is_empty())
                {
                    match constant(&value) {
                        Some(Some(values)) => field.choices.extend(values),
                        _ => {
                            return Err(
                                self.error(at, format!("ValidateSet takes constants, not {value}"))
                            );
                        }
                    }
                }
            }
            "validaterange" => {
                let bounds: Vec<Option<i128>> =
                    arguments.iter().map(|(v, _)| v.parse().ok()).collect();
                match bounds.as_slice() {
                    [Some(low), Some(high)] => field.range = Some((*low, *high)),
                    _ => {
                        return Err(
                            self.error(at, "ValidateRange takes two whole numbers here".into())
                        );
                    }
                }
            }
            "validatepattern" => match arguments.first().and_then(|(v, _)| literal::value_of(v)) {
                Some(pattern) => field.pattern = Some(pattern),
                None => return Err(self.error(at, "ValidatePattern takes one string".into())),
            },
            kind if arguments.is_empty() => {
                let element = kind.strip_suffix("[]");
                field.list = element.is_some();
                field.kind = Kind::of_type(element.unwrap_or(kind));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The constant that a default is: `Some(None)` for `$null`, `None` when it is not constant.
#[expect(
    clippy::option_option,
    reason = "no default, a null default and a computed one are three things"
)]
pub(super) fn constant(written: &str) -> Option<Option<Vec<String>>> {
    let script = powershell::parse(written).ok()?;
    let [statement] = script.statements.as_slice() else {
        return None;
    };
    let StatementKind::Pipeline(elements) = &statement.kind else {
        return None;
    };
    match elements.as_slice() {
        [Element::Expression(value)] => constant_value(value),
        // A bare word such as Dual in ValidateSet(Dual) reads as a command.
        _ => None,
    }
}

#[expect(clippy::option_option, reason = "as above")]
fn constant_value(value: &Value) -> Option<Option<Vec<String>>> {
    match &value.kind {
        ValueKind::Text(text) | ValueKind::Number(text) => Some(Some(vec![text.clone()])),
        ValueKind::Variable(name) if name.eq_ignore_ascii_case("null") => Some(None),
        ValueKind::Variable(name)
            if name.eq_ignore_ascii_case("true") || name.eq_ignore_ascii_case("false") =>
        {
            Some(Some(vec![name.to_ascii_lowercase()]))
        }
        ValueKind::Array(items) => {
            let mut all = Vec::new();
            for item in items {
                all.extend(constant_value(item)??);
            }
            Some(Some(all))
        }
        ValueKind::Nested(statements) => match statements.as_slice() {
            [] => Some(None),
            [one] => match &one.kind {
                StatementKind::Pipeline(elements) => match elements.as_slice() {
                    [Element::Expression(value)] => constant_value(value),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The place of the bracket that closes the one at `open`; the scan made sure there is one.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (n, c) in code[open..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return open + n;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Splits a range at a separator that stands in no bracket.
fn split(code: &str, range: Range<usize>, separator: char) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut depth = 0usize;
    let mut start = range.start;
    for (n, c) in code.get(range.clone()).unwrap_or("").char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                parts.push(start..range.start + n);
                start = range.start + n + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(start..range.end);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammars_blind_spot() {
        let source = "param([int]$A = 1, [switch]$B, [string[]]$C = @('x','y'), $D = (Get-Date))";
        let params = read(source, 0..source.len()).expect("reads");
        let names: Vec<_> = params
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.kind, f.list))
            .collect();
        assert_eq!(
            names,
            [
                ("A", Kind::Integer(i32::MIN.into(), i32::MAX.into()), false),
                ("B", Kind::Switch, false),
                ("C", Kind::Text, true),
                ("D", Kind::Text, false)
            ]
        );
        assert_eq!(params.fields[0].default, Some(vec!["1".into()]));
        assert_eq!(params.fields[1].default, None);
        assert_eq!(params.fields[2].default, Some(vec!["x".into(), "y".into()]));
        assert_eq!(params.computed_defaults, ["D"]);
    }

    #[test]
    fn attributes() {
        let source = "[CmdletBinding(DefaultParameterSetName = 'P', ConfirmImpact='High')]\nparam(\n# first, of two\n[Parameter(Mandatory, ParameterSetName='P')][Parameter(ParameterSetName='Q', HelpMessage=\"a, b\")]\n[ValidateSet('a','b,c')][ValidatePattern('^[a-z]{1,2}$')]\n[string]\n$X,\n[ValidateRange(1, 5)][int]$Y)";
        let params = read(source, 0..source.len()).expect("reads");
        assert_eq!(params.default_set.as_deref(), Some("P"));
        assert_eq!(params.confirm_impact.as_deref(), Some("High"));
        let x = &params.fields[0];
        assert!(x.required);
        assert_eq!(x.sets, ["P", "Q"]);
        assert_eq!(x.choices, ["a", "b,c"]);
        assert_eq!(x.pattern.as_deref(), Some("^[a-z]{1,2}$"));
        assert_eq!(x.help, "a, b");
        assert_eq!(params.fields[1].range, Some((1, 5)));
    }
}
