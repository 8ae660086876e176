//! What is waited for, as it was read; printed, it reads the same again.

use std::fmt::{self, Write as _};

use jiff::SignedDuration;

use super::lex::{is_name, is_plain};
use super::pattern::Pattern;

/// A statement on all objects of an answer together.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// Every object is so.
    All(Condition),
    /// At least one object is so.
    Any(Condition),
    /// No object is so.
    None(Condition),
    /// So many objects, or so many that are so.
    Count(Option<Condition>, Operator, u64),
    /// All of these.
    And(Vec<Goal>),
    /// One of these.
    Or(Vec<Goal>),
    /// Not this.
    Not(Box<Goal>),
}

/// A statement on one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A property is so.
    Test(Test),
    /// All of these.
    And(Vec<Condition>),
    /// One of these.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

/// A property, held against something.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The property.
    pub path: Path,
    /// How it is held against the operand.
    pub operator: Operator,
    /// What it is held against.
    pub operand: Operand,
}

/// The names from an object to a value within it: `Owner.State`. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(pub Vec<String>);

/// What stands right of an operator; which of the three is the operator's choice.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A value.
    One(Literal),
    /// Several, of `-in` and `-notin`.
    Several(Vec<Literal>),
    /// A pattern, of `-like`, `-match` and their negations.
    Pattern(Pattern),
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// The characters, without quotation marks.
    pub text: String,
    /// What they stand for.
    pub kind: Kind,
}

/// What a value stands for. What stands in quotation marks is text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// True or false.
    Truth(bool),
    /// A number.
    Number,
    /// A span of time: `5m`, `00:05:00`.
    Span(SignedDuration),
    /// Text.
    Text,
}

/// How a property is held against a value; PowerShell's about_Comparison_Operators. Case never
/// matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `-eq`
    Eq,
    /// `-ne`
    Ne,
    /// `-gt`
    Gt,
    /// `-ge`
    Ge,
    /// `-lt`
    Lt,
    /// `-le`
    Le,
    /// `-like`: with the wildcards `*`, `?` and `[a-z]`
    Like,
    /// `-notlike`
    NotLike,
    /// `-match`: a regular expression
    Match,
    /// `-notmatch`
    NotMatch,
    /// `-in`
    In,
    /// `-notin`
    NotIn,
    /// `-contains`: a list holds it
    Contains,
    /// `-notcontains`
    NotContains,
}

impl Operator {
    /// All of them.
    pub const ALL: [Operator; 14] = [
        Operator::Eq,
        Operator::Ne,
        Operator::Gt,
        Operator::Ge,
        Operator::Lt,
        Operator::Le,
        Operator::Like,
        Operator::NotLike,
        Operator::Match,
        Operator::NotMatch,
        Operator::In,
        Operator::NotIn,
        Operator::Contains,
        Operator::NotContains,
    ];

    /// The operator as it is written.
    pub fn word(self) -> &'static str {
        match self {
            Operator::Eq => "-eq",
            Operator::Ne => "-ne",
            Operator::Gt => "-gt",
            Operator::Ge => "-ge",
            Operator::Lt => "-lt",
            Operator::Le => "-le",
            Operator::Like => "-like",
            Operator::NotLike => "-notlike",
            Operator::Match => "-match",
            Operator::NotMatch => "-notmatch",
            Operator::In => "-in",
            Operator::NotIn => "-notin",
            Operator::Contains => "-contains",
            Operator::NotContains => "-notcontains",
        }
    }

    /// The operator that says the contrary.
    #[must_use]
    pub fn contrary(self) -> Operator {
        match self {
            Operator::Eq => Operator::Ne,
            Operator::Ne => Operator::Eq,
            Operator::Gt => Operator::Le,
            Operator::Ge => Operator::Lt,
            Operator::Lt => Operator::Ge,
            Operator::Le => Operator::Gt,
            Operator::Like => Operator::NotLike,
            Operator::NotLike => Operator::Like,
            Operator::Match => Operator::NotMatch,
            Operator::NotMatch => Operator::Match,
            Operator::In => Operator::NotIn,
            Operator::NotIn => Operator::In,
            Operator::Contains => Operator::NotContains,
            Operator::NotContains => Operator::Contains,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Goal::All(condition) => write!(f, "all {condition}"),
            Goal::Any(condition) => write!(f, "any {condition}"),
            Goal::None(condition) => write!(f, "none {condition}"),
            Goal::Count(None, operator, count) => write!(f, "count {} {count}", operator.word()),
            Goal::Count(Some(condition), operator, count) => {
                write!(
                    f,
                    "count {} {} {count}",
                    in_brackets(condition),
                    operator.word()
                )
            }
            Goal::And(parts) => joined(f, parts, "-and", |part| format!("({part})")),
            Goal::Or(parts) => joined(f, parts, "-or", |part| format!("({part})")),
            Goal::Not(goal) => write!(f, "-not ({goal})"),
        }
    }
}

impl fmt::Display for Condition {
    /// In brackets unless it is one test, so that it can stand behind `all`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = |f: &mut fmt::Formatter<'_>, parts, word| {
            f.write_char('(')?;
            joined(f, parts, word, Condition::to_string)?;
            f.write_char(')')
        };
        match self {
            Condition::Test(test) => write!(f, "{test}"),
            Condition::And(all) => parts(f, all, "-and"),
            Condition::Or(all) => parts(f, all, "-or"),
            Condition::Not(condition) => write!(f, "-not {}", in_brackets(condition)),
        }
    }
}

fn in_brackets(condition: &Condition) -> String {
    match condition {
        Condition::And(_) | Condition::Or(_) => condition.to_string(),
        _ => format!("({condition})"),
    }
}

fn joined<T>(
    f: &mut fmt::Formatter<'_>,
    parts: &[T],
    word: &str,
    text: impl Fn(&T) -> String,
) -> fmt::Result {
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            write!(f, " {word} ")?;
        }
        f.write_str(&text(part))?;
    }
    Ok(())
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.path, self.operator.word(), self.operand)
    }
}

/// The words that say how many objects are meant, where a property's name could stand.
pub(super) const QUANTIFIERS: [&str; 4] = ["all", "any", "none", "count"];

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = &self.0;
        let word = names.first().map_or("", String::as_str);
        if names.len() == 1 && !is_name(word) {
            return f.write_str(&quoted(word));
        }
        if QUANTIFIERS.iter().any(|q| q.eq_ignore_ascii_case(word)) {
            f.write_str("$_.")?;
        }
        f.write_str(&names.join("."))
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::One(literal) => write!(f, "{literal}"),
            Operand::Several(literals) => {
                let all: Vec<String> = literals.iter().map(Literal::to_string).collect();
                write!(f, "({})", all.join(", "))
            }
            Operand::Pattern(pattern) => f.write_str(&quoted(pattern.text())),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A word that would be read as something else stays in its quotation marks.
        match self.kind {
            Kind::Text if !is_plain(&self.text) || Literal::word(&self.text).kind != Kind::Text => {
                f.write_str(&quoted(&self.text))
            }
            _ => f.write_str(&self.text),
        }
    }
}

/// In single quotation marks, as PowerShell writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if super::lex::is_single_quote(c) {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
}

impl Literal {
    /// What stands in quotation marks.
    pub(super) fn quoted(text: String) -> Literal {
        Literal {
            text,
            kind: Kind::Text,
        }
    }

    /// A word without quotation marks.
    pub(super) fn word(text: &str) -> Literal {
        let bare = text.strip_prefix('$').unwrap_or(text);
        let kind = match bare.to_ascii_lowercase().as_str() {
            "null" => Kind::Null,
            "true" => Kind::Truth(true),
            "false" => Kind::Truth(false),
            _ if super::compare::Number::of(text).is_some() => Kind::Number,
            _ => super::compare::span(text).map_or(Kind::Text, Kind::Span),
        };
        Literal {
            text: text.to_owned(),
            kind,
        }
    }
}
