//! Conditions: `$_.UpToDate -eq $false -and $_.ReplicaFqdn -like 'sg*'`, as in Where-Object and
//! `if`.

use super::value::Value;

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
enum Operand {
    /// `$_` and its members.
    Item(Vec<String>),
    /// A value that was known when the condition was read.
    Fixed(Value),
}

/// A condition on one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The operand is true.
    Truth(Box<Term>),
    /// Both sides, joined by `-and` (true) or `-or` (false), from left to right.
    Joined(Box<Condition>, bool, Box<Condition>),
}

/// One comparison, perhaps negated.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    negated: bool,
    left: Operand,
    compared: Option<(String, Operand)>,
}

/// The comparison operators the lab knows, without their dash.
pub const OPERATORS: [&str; 13] = [
    "eq", "ne", "like", "notlike", "match", "notmatch", "gt", "lt", "ge", "le", "contains", "in",
    "notin",
];

impl Condition {
    /// Reads a condition; `variables` gives the values of variables other than `$_`.
    ///
    /// # Errors
    /// What the lab cannot read, in words.
    pub fn read(text: &str, variables: &dyn Fn(&str) -> Option<Value>) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut rest = tokens.as_slice();
        let mut all = Self::term(&mut rest, variables)?;
        while let Some((joint, tail)) = rest.split_first() {
            let and = match joint {
                Token::Operator(word) if word == "and" => true,
                Token::Operator(word) if word == "or" => false,
                other => return Err(format!("the lab does not read {other:?} in a condition")),
            };
            rest = tail;
            let next = Self::term(&mut rest, variables)?;
            all = Condition::Joined(Box::new(all), and, Box::new(next));
        }
        Ok(all)
    }

    /// The condition `property operator value`.
    pub fn on_property(property: &str, operator: &str, value: Value) -> Self {
        let left = Operand::Item(vec![property.to_owned()]);
        let compared = Some((operator.to_ascii_lowercase(), Operand::Fixed(value)));
        Condition::Truth(Box::new(Term {
            negated: false,
            left,
            compared,
        }))
    }

    /// True when the condition holds for this object.
    pub fn holds(&self, item: &Value) -> bool {
        match self {
            Condition::Joined(a, true, b) => a.holds(item) && b.holds(item),
            Condition::Joined(a, false, b) => a.holds(item) || b.holds(item),
            Condition::Truth(term) => term.holds(item),
        }
    }

    fn term(
        rest: &mut &[Token],
        variables: &dyn Fn(&str) -> Option<Value>,
    ) -> Result<Self, String> {
        let mut negated = false;
        while let [Token::Not, tail @ ..] = rest {
            negated = !negated;
            *rest = tail;
        }
        let left = operand(rest, variables)?;
        let mut compared = None;
        if let [Token::Operator(word), tail @ ..] = rest
            && OPERATORS.contains(&comparison(word))
        {
            *rest = tail;
            compared = Some((comparison(word).to_owned(), operand(rest, variables)?));
        }
        Ok(Condition::Truth(Box::new(Term {
            negated,
            left,
            compared,
        })))
    }
}

/// The operator without the `i` or `c` that names its case rule; all ignore case here.
fn comparison(word: &str) -> &str {
    match word.strip_prefix(['i', 'c']) {
        Some(bare) if OPERATORS.contains(&bare) && word != "in" => bare,
        _ => word,
    }
}

impl Term {
    fn holds(&self, item: &Value) -> bool {
        let left = self.left.value(item);
        let result = match &self.compared {
            None => left.is_true(),
            Some((operator, right)) => compare(&left, operator, &right.value(item)),
        };
        result != self.negated
    }
}

impl Operand {
    fn value(&self, item: &Value) -> Value {
        match self {
            Operand::Fixed(value) => value.clone(),
            Operand::Item(members) => members
                .iter()
                .fold(item.clone(), |value, name| value.property(name)),
        }
    }
}

/// Compares two values by an operator of [`OPERATORS`]; text without regard to case.
fn compare(left: &Value, operator: &str, right: &Value) -> bool {
    let among = |list: &Value, one: &Value| match list {
        Value::List(values) => values.iter().any(|v| equal(v, one)),
        single => equal(single, one),
    };
    match operator {
        "eq" => equal(left, right),
        "ne" => !equal(left, right),
        "like" => like(&right.text(), &left.text()),
        "notlike" => !like(&right.text(), &left.text()),
        "match" => matches(left, right),
        "notmatch" => !matches(left, right),
        "contains" => among(left, right),
        "in" => among(right, left),
        "notin" => !among(right, left),
        "gt" => order(left, right).is_some_and(std::cmp::Ordering::is_gt),
        "lt" => order(left, right).is_some_and(std::cmp::Ordering::is_lt),
        "ge" => order(left, right).is_some_and(std::cmp::Ordering::is_ge),
        "le" => order(left, right).is_some_and(std::cmp::Ordering::is_le),
        _ => false,
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        // The left side decides the type, and any text but the empty one is true.
        (Value::Bool(a), b) => *a == b.is_true(),
        (a, b) => a.text().eq_ignore_ascii_case(&b.text()),
    }
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (a, b) => Some(a.text().to_lowercase().cmp(&b.text().to_lowercase())),
    }
}

fn matches(left: &Value, right: &Value) -> bool {
    let pattern = regex::RegexBuilder::new(&right.text())
        .case_insensitive(true)
        .size_limit(1 << 20)
        .build();
    pattern.is_ok_and(|p| p.is_match(&left.text()))
}

/// True when the text fits the wildcard pattern (`*`, `?`), in any case.
pub fn like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Variable(Vec<String>),
    Text(String),
    Number(i64),
    Operator(String),
    Not,
    Comma,
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let dash = crate::powershell::chars::is_dash(first);
        let after = &rest[first.len_utf8()..];
        let word_end = |s: &str| {
            s.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .unwrap_or(s.len())
        };
        if first == '$' {
            let mut members = Vec::new();
            let mut tail = after;
            loop {
                let end = word_end(tail);
                if end == 0 {
                    return Err(format!("the lab does not read {rest:?} in a condition"));
                }
                members.push(tail[..end].to_owned());
                tail = &tail[end..];
                match tail.strip_prefix('.') {
                    Some(next) => tail = next,
                    None => break,
                }
            }
            out.push(Token::Variable(members));
            rest = tail;
        } else if first == '\'' || first == '"' {
            let end = after
                .find(first)
                .ok_or("a quote is not closed in a condition")?;
            let inner = &after[..end];
            if first == '"' && inner.contains(['$', '`']) {
                return Err("the lab does not expand strings in a condition".to_owned());
            }
            out.push(Token::Text(inner.to_owned()));
            rest = &after[end + 1..];
        } else if first == '!' {
            out.push(Token::Not);
            rest = after;
        } else if first == ',' {
            out.push(Token::Comma);
            rest = after;
        } else if dash && after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end = word_end(after);
            let word = after[..end].to_ascii_lowercase();
            out.push(if word == "not" {
                Token::Not
            } else {
                Token::Operator(word)
            });
            rest = &after[end..];
        } else if first.is_ascii_digit()
            || (dash && after.starts_with(|c: char| c.is_ascii_digit()))
        {
            let digits = if dash { after } else { rest };
            let end = digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
            let number: i64 = digits[..end]
                .parse()
                .map_err(|_| "a number is too large in a condition")?;
            out.push(Token::Number(if dash { -number } else { number }));
            rest = &digits[end..];
        } else {
            return Err(format!("the lab does not read {rest:?} in a condition"));
        }
        rest = rest.trim_start();
    }
    Ok(out)
}

fn operand(
    rest: &mut &[Token],
    variables: &dyn Fn(&str) -> Option<Value>,
) -> Result<Operand, String> {
    let first = single(rest, variables)?;
    if !matches!(rest, [Token::Comma, ..]) {
        return Ok(first);
    }
    let mut values = vec![first];
    while let [Token::Comma, tail @ ..] = rest {
        *rest = tail;
        values.push(single(rest, variables)?);
    }
    let fixed = values.into_iter().map(|o| match o {
        Operand::Fixed(value) => Ok(value),
        Operand::Item(_) => Err("the lab does not read $_ in a list".to_owned()),
    });
    Ok(Operand::Fixed(Value::List(
        fixed.collect::<Result<_, _>>()?,
    )))
}

fn single(
    rest: &mut &[Token],
    variables: &dyn Fn(&str) -> Option<Value>,
) -> Result<Operand, String> {
    let (first, tail) = rest.split_first().ok_or("a condition ends too early")?;
    *rest = tail;
    Ok(match first {
        Token::Text(text) => Operand::Fixed(Value::from(text.as_str())),
        Token::Number(n) => Operand::Fixed(Value::Int(*n)),
        Token::Variable(members) => match members.split_first() {
            Some((name, members)) if name == "_" || name.eq_ignore_ascii_case("PSItem") => {
                Operand::Item(members.to_vec())
            }
            Some((name, members)) => {
                let value = variables(name).unwrap_or(Value::Null);
                Operand::Fixed(
                    members
                        .iter()
                        .fold(value, |value, member| value.property(member)),
                )
            }
            None => Operand::Fixed(Value::Null),
        },
        other => return Err(format!("the lab does not read {other:?} in a condition")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::value::Object;
    use super::*;

    fn holds(condition: &str) -> Result<bool, String> {
        let row = Object::new()
            .with("UpToDate", false)
            .with("ReplicaFqdn", "sgedge02.kestrel.lan")
            .with("N", 3_i64);
        let row = Value::from(row.with("Empty", Value::Null));
        let variables = |name: &str| match name {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        };
        Condition::read(condition, &variables).map(|c| c.holds(&row))
    }

    #[test]
    fn conditions() {
        for (condition, expected) in [
            ("$_.UpToDate -eq $false", true),
            ("!$_.UpToDate", true),
            ("-not $_.UpToDate -and $_.ReplicaFqdn -like 'SGEDGE*'", true),
            ("$_.UpToDate", false),
            ("$PSItem.N -gt 2 -and $_.N -le 3", true),
            ("$_.N -eq -3", false),
            ("$_.Empty -eq $null", true),
            ("$_.Empty -ne $null", false),
            ("$_.ReplicaFqdn -match '^sg.*02'", true),
            ("$_.ReplicaFqdn -notmatch '('", true),
            ("$_.ReplicaFqdn -in 'a','sgedge02.kestrel.lan'", true),
            ("$_.UpToDate -or $_.N -eq 3", true),
            ("$_.ReplicaFqdn -ilike \"*.lan\"", true),
        ] {
            assert_eq!(holds(condition), Ok(expected), "{condition}");
        }
        assert!(
            holds("(1)").is_err()
                && holds("").is_err()
                && holds("$_ -and").is_err()
                && holds("'a").is_err()
        );
    }

    #[test]
    fn wildcards() {
        assert!(
            like("*", "") && like("a*c?", "abbcd") && !like("a?", "a") && like("*.lan", "x.LAN")
        );
        assert!(!like("a*b*c", "acb"));
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in "[$_.a-z '\"!,0-9\\-\u{2013}\u{e9}-]{0,40}") {
            let _ = holds(&text);
        }
    }
}
