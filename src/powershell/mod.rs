//! The language: character classes, safe literals, and parsing of scripts into commands.
//!
//! Two readers stand behind [`parse`]: our own [`scan`] of quotes and brackets by PowerShell's
//! classes, and the tree-sitter grammar. A text that either refuses is refused.

pub mod ast;
pub mod chars;
pub mod clixml;
pub mod copy;
pub mod encoded;
pub mod kind;
pub mod list;
pub mod literal;
mod parse;
pub mod scan;

use std::fmt;

use thiserror::Error;

pub use ast::{
    Argument, Command, Element, Opaque, Piece, Script, Statement, StatementKind, Value, ValueKind,
};
pub use copy::{About, Copied, CopyError, CopyForm, copy};
pub use kind::{Kind, Written};
pub use literal::LiteralError;
pub use parse::lines::{OneLineError, one_line, windows_lines};
pub use parse::parse;

/// A place in a text: both counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The place of a byte offset; an offset behind the end, or inside a character, is moved
    /// back.
    pub fn of(text: &str, offset: usize) -> Self {
        let head = &text[..text.floor_char_boundary(offset)];
        let line_start = head.rfind('\n').map_or(0, |n| n + 1);
        Position {
            line: head.matches('\n').count() + 1,
            column: head[line_start..].chars().count() + 1,
        }
    }
}

/// Places in a text that is asked for many of them: the beginnings of its lines, found once.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// The lines of a text.
    pub fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(n, _)| n + 1))
            .collect();
        Lines { text, starts }
    }

    /// The place of a byte offset, as [`Position::of`] gives it.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        Position {
            line,
            column: self.text[start..offset].chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A text that is not PowerShell, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{position}: {message}")]
pub struct SyntaxError {
    /// Where it goes wrong.
    pub position: Position,
    /// What is wrong.
    pub message: String,
    /// A form in the text that csdeck's grammar is known to misread: the text may be fine, and
    /// csdeck still cannot see through it.
    pub misread: Option<&'static str>,
}

impl SyntaxError {
    /// Something wrong at a place.
    pub fn new(position: Position, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            position,
            message: message.into(),
            misread: None,
        }
    }
}
