//! A parsed script: owned, small, and free of the grammar's node names.

use std::ops::Range;

use super::scan::Normalised;

/// A parsed script.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    /// The top level, in order.
    pub statements: Vec<Statement>,
    /// Every command anywhere in the script, also inside blocks, sub-expressions and strings, in
    /// source order.
    pub commands: Vec<Command>,
    /// What cannot be judged by reading: method calls, dot-sourcing, computed command names.
    pub opaque: Vec<Opaque>,
    /// The bytes of the `param(...)` block at the head, brackets included.
    pub param_block: Option<Range<usize>>,
    /// Names of the functions and filters that it defines, at any depth.
    pub functions: Vec<String>,
    /// What the scan in front of the grammar made of the text.
    pub scanned: Normalised,
}

/// A place that hides what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Opaque {
    /// Bytes of the source.
    pub span: Range<usize>,
    /// What it is, in words.
    pub what: &'static str,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Bytes of the source.
    pub span: Range<usize>,
    /// What it is.
    pub kind: StatementKind,
}

/// The kinds of statement that csdeck tells apart.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// Commands and expressions joined by `|`.
    Pipeline(Vec<Element>),
    /// `$a = value` or `$a.b = value`, with a plain `=`.
    Assignment {
        /// The variable's name without `$`.
        variable: String,
        /// The member, for `$a.b`.
        member: Option<String>,
        /// What is assigned.
        value: Value,
    },
    /// `if (condition) { body }` without `elseif` or `else`.
    If {
        /// The condition as written.
        condition: String,
        /// The block's statements.
        body: Vec<Statement>,
    },
    /// Anything else: loops, functions, `try`, ...
    Other,
}

/// A part of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// A command with its arguments.
    Command(Command),
    /// An expression.
    Expression(Value),
}

/// A command as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The name as written, without a module prefix, a path and `&`; `None` when it is
    /// computed.
    pub name: Option<String>,
    /// True when the name is the path of a program or script and not a command's name.
    pub by_path: bool,
    /// The arguments in order.
    pub arguments: Vec<Argument>,
    /// True when another part of the pipeline stands in front of it.
    pub piped: bool,
    /// True when output goes to a file (`>`; not `2>&1` or `> $null`).
    pub writes_file: bool,
    /// Bytes of the source.
    pub span: Range<usize>,
}

impl Command {
    /// The parameters that were given, with the value that belongs to each: behind its colon, or
    /// the next argument that is no parameter. Reading alone cannot know a switch: its "value"
    /// may be an argument of its own.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, Option<&Value>)> {
        self.arguments
            .iter()
            .enumerate()
            .filter_map(|(n, argument)| match argument {
                Argument::Parameter { name, value, .. } => {
                    let next = match self.arguments.get(n + 1) {
                        Some(Argument::Value(value)) => Some(value),
                        _ => None,
                    };
                    Some((name.as_str(), value.as_ref().or(next)))
                }
                _ => None,
            })
    }

    /// True when the name is the given one; PowerShell ignores case.
    pub fn is(&self, name: &str) -> bool {
        self.name
            .as_deref()
            .is_some_and(|n| n.eq_ignore_ascii_case(name))
    }

    /// True when a parameter was given that PowerShell could bind to `full`: the name itself or a
    /// beginning of it of at least two letters. Says nothing about its value.
    pub fn may_give(&self, full: &str) -> bool {
        self.arguments.iter().any(|a| match a {
            Argument::Parameter { name, .. } => is_abbreviation(name, full),
            _ => false,
        })
    }

    /// True when arguments come from a hashtable that reading cannot see into.
    pub fn has_splat(&self) -> bool {
        self.arguments
            .iter()
            .any(|a| matches!(a, Argument::Splat { .. }))
    }
}

/// True when `name` is `full` or a beginning of at least two letters of it, in any case.
pub fn is_abbreviation(name: &str, full: &str) -> bool {
    name.len() >= 2 && begins(name, full)
}

/// True when `word` is `full` or a beginning of it, in any case; the empty word begins nothing.
pub fn begins(word: &str, full: &str) -> bool {
    !word.is_empty()
        && full
            .get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word))
}

impl Argument {
    /// Bytes of the source.
    pub fn span(&self) -> Range<usize> {
        match self {
            Argument::Parameter { span, .. } | Argument::Splat { span, .. } => span.clone(),
            Argument::Value(value) => value.span.clone(),
        }
    }
}

/// An argument of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// `-Name`, or `-Name:value`.
    Parameter {
        /// The name without its dash.
        name: String,
        /// The value that hangs on it by a colon.
        value: Option<Value>,
        /// Bytes of the source, with the value.
        span: Range<usize>,
    },
    /// A value of its own.
    Value(Value),
    /// `@name`.
    Splat {
        /// The variable's name.
        name: String,
        /// Bytes of the source.
        span: Range<usize>,
    },
}

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Bytes of the source.
    pub span: Range<usize>,
    /// What it is.
    pub kind: ValueKind,
}

/// The kinds of value that csdeck tells apart.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// A bare word.
    Bare(String),
    /// A string without anything that expands, unquoted.
    Text(String),
    /// A number as written.
    Number(String),
    /// `$name`, without `$`; `true`, `false` and `null` too.
    Variable(String),
    /// A double-quoted string in which something expands.
    Expandable(Vec<Piece>),
    /// `a,b,c`.
    Array(Vec<Value>),
    /// `@(...)`, `(...)` or `$(...)`.
    Nested(Vec<Statement>),
    /// `@{ k = v; ... }`.
    Hash(Vec<(String, Value)>),
    /// `{ ... }`.
    Block(Vec<Statement>),
    /// Anything else.
    Other,
}

/// A part of an expanding string.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Plain characters, escapes undone.
    Text(String),
    /// `$name` or `${name}`.
    Variable(String),
    /// `$(...)` and everything else.
    Other,
}
