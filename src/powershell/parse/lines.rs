//! The line ends of a script: which of them end a statement, and the script without them.

use std::ops::Range;

use thiserror::Error;
use tree_sitter::Node;

use super::{children, named, tree_of};
use crate::powershell::literal::is_refused;
use crate::powershell::scan::{Normalised, scan};
use crate::powershell::{Position, SyntaxError, parse};

/// Why a script cannot stand on one line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OneLineError {
    /// It is not PowerShell.
    #[error("{0}")]
    Syntax(#[from] SyntaxError),
    /// There is no command in it.
    #[error("there is nothing to run in it")]
    Empty,
    /// A string or here-string holds a line end, which belongs to its value.
    #[error("{0}: a text goes over several lines here; its line end cannot be taken away")]
    Text(Position),
    /// A tab or another control character stands in a string. A console that gets it typed acts
    /// on it: a tab completes.
    #[error("{0}: a control character in a text; a console would act on it")]
    Control(Position),
    /// The joined line reads differently, or cannot be read.
    #[error("its lines cannot be joined without changing what they say")]
    Changed,
}

/// The script on one line: `; ` where a line end separates two statements or two entries of a
/// hashtable, a blank where it separates nothing. Which of the two it is, the grammar's tree says.
/// Comments to the end of a line and over several lines are left out, and tabs become blanks: a
/// console takes a tab for the key that completes. What comes out is read again
/// and has the same tree, or it is refused.
pub fn one_line(source: &str) -> Result<String, OneLineError> {
    let unified = source.replace("\r\n", "\n").replace('\r', "\n");
    let source = unified.trim_matches('\n');
    parse(source)?;
    let source = &with_blanks(source, &scan(source)?);
    let normalised = scan(source)?;
    let tree = tree_of(&normalised)?;
    let ends = line_ends(source, &normalised);
    if let Some(end) = ends.iter().find(|end| end.place == Place::Text) {
        return Err(OneLineError::Text(Position::of(source, end.offset)));
    }
    let between = between(tree.root_node(), &normalised.text);
    let line = joined(source, &cuts(source, &normalised, &ends, &between));
    if line.trim().is_empty() {
        return Err(OneLineError::Empty);
    }
    if let Some(c) = line.chars().find(|c| is_refused(*c) && *c != '\n') {
        let comments = &normalised.comments();
        let place = source
            .match_indices(c)
            .map(|(offset, _)| offset)
            .find(|offset| !within(comments, *offset))
            .unwrap_or(0);
        return Err(OneLineError::Control(Position::of(source, place)));
    }
    parse(&line).map_err(|_| OneLineError::Changed)?;
    let same = outline(source)? == outline(&line)?;
    if same && !line.contains('\n') {
        Ok(line)
    } else {
        Err(OneLineError::Changed)
    }
}

/// The source with a blank for every tab and its like between words.
fn with_blanks(source: &str, normalised: &Normalised) -> String {
    let mut blanks = normalised
        .text
        .match_indices(' ')
        .map(|(n, _)| normalised.original(n))
        .peekable();
    source
        .char_indices()
        .map(|(offset, c)| {
            while blanks.next_if(|blank| *blank < offset).is_some() {}
            let is_blank = blanks.peek() == Some(&offset);
            if is_blank && is_refused(c) { ' ' } else { c }
        })
        .collect()
}

/// The script with CR LF at the end of every line. A line end within a string stays as it is: it
/// is part of a value.
pub fn windows_lines(source: &str) -> Result<String, SyntaxError> {
    let normalised = scan(source)?;
    let mut kept = line_ends(source, &normalised)
        .into_iter()
        .filter(|end| end.place == Place::Text)
        .map(|end| end.offset)
        .peekable();
    let mut out = String::with_capacity(source.len() + 64);
    let mut chars = source.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let in_text = kept.next_if_eq(&offset).is_some();
        match c {
            '\r' | '\n' if !in_text => {
                if c == '\r' {
                    chars.next_if(|(_, next)| *next == '\n');
                }
                out.push_str("\r\n");
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    Comment,
    Text,
}

/// A carriage return or line feed of the source.
struct LineEnd {
    /// Bytes of the source.
    offset: usize,
    /// Bytes of the grammar's text.
    normalised: usize,
    place: Place,
}

fn line_ends(source: &str, normalised: &Normalised) -> Vec<LineEnd> {
    let is_end = |byte: Option<&u8>| matches!(byte, Some(b'\n' | b'\r'));
    let comments = normalised.comments();
    let mut comments = comments.iter().peekable();
    let mut found: Vec<LineEnd> = Vec::new();
    for (n, byte) in normalised.text.bytes().enumerate() {
        let offset = normalised.original(n);
        // The scan puts line ends in for the grammar; those are not the source's.
        let own = is_end(source.as_bytes().get(offset))
            && found.last().is_none_or(|last| last.offset < offset);
        if !matches!(byte, b'\n' | b'\r') || !own {
            continue;
        }
        while comments.next_if(|c| c.end <= offset).is_some() {}
        let place = if comments.peek().is_some_and(|c| c.contains(&offset)) {
            Place::Comment
        } else if is_end(normalised.code.as_bytes().get(n)) {
            Place::Code
        } else {
            Place::Text
        };
        found.push(LineEnd {
            offset,
            normalised: n,
            place,
        });
    }
    found
}

/// Where one statement of a list has ended and the next has not begun; the same for the entries
/// of a hashtable. Bytes of the grammar's text, in order; no two overlap, however lists nest.
fn between(root: Node<'_>, text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        let inner = named(node);
        if matches!(node.kind(), "statement_list" | "hash_literal_body") {
            let mut end = None;
            for part in inner.iter().filter(|n| !is_nothing(n)) {
                found.extend(end.map(|end| end..part.start_byte()));
                let written = text.get(part.byte_range()).unwrap_or("").trim_end();
                end = Some(part.start_byte() + written.len());
            }
        }
        waiting.extend(inner);
    }
    found.sort_by_key(|range| range.start);
    found
}

fn is_nothing(node: &Node<'_>) -> bool {
    matches!(node.kind(), "comment" | "empty_statement")
}

/// True for an offset in one of these ranges, which are in order.
fn within(ranges: &[Range<usize>], offset: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= offset);
    ranges
        .get(next)
        .is_some_and(|range| range.contains(&offset))
}

/// A part of the source that goes: line ends, and comments next to them.
struct Cut {
    span: Range<usize>,
    /// True when it separates statements.
    ends: bool,
}

fn cuts(
    source: &str,
    normalised: &Normalised,
    ends: &[LineEnd],
    between: &[Range<usize>],
) -> Vec<Cut> {
    let bytes = source.as_bytes();
    let comments = normalised.comments();
    let dropped = comments.iter().filter(|c| {
        let written = source.get((*c).clone()).unwrap_or("");
        written.starts_with('#') || written.contains(is_refused)
    });
    let mut parts: Vec<Cut> = dropped
        .map(|c| Cut {
            span: c.clone(),
            ends: false,
        })
        .collect();
    for end in ends.iter().filter(|end| end.place == Place::Code) {
        let ticks = bytes[..end.offset]
            .iter()
            .rev()
            .take_while(|b| **b == b'`')
            .count();
        // A back-tick at the end of a line takes the line end's meaning away.
        let continued = ticks % 2 == 1 && !within(&comments, end.offset - 1);
        parts.push(Cut {
            span: end.offset - usize::from(continued)..end.offset + 1,
            ends: !continued && within(between, end.normalised),
        });
    }
    parts.sort_by_key(|cut| cut.span.start);
    let mut cuts: Vec<Cut> = Vec::new();
    for part in parts {
        match cuts.last_mut() {
            Some(last)
                if source
                    .get(last.span.end..part.span.start)
                    .is_some_and(|blank| blank.trim().is_empty()) =>
            {
                last.span.end = part.span.end;
                last.ends |= part.ends;
            }
            _ => cuts.push(part),
        }
    }
    cuts
}

fn joined(source: &str, cuts: &[Cut]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for cut in cuts {
        let written = source.get(at..cut.span.start).unwrap_or("");
        // It begins a line: the indentation goes.
        out.push_str(written.trim_start());
        at = cut.span.end;
        trim_end(&mut out);
        if source.get(at..).unwrap_or("").trim().is_empty() {
            break;
        }
        if !out.is_empty() {
            let separated = out.ends_with(';') || !cut.ends;
            out.push_str(if separated { " " } else { "; " });
        }
    }
    out.push_str(source.get(at..).unwrap_or("").trim_start());
    if !cuts.is_empty() {
        trim_end(&mut out);
    }
    out
}

/// Takes blanks away, but for one that a back-tick makes a letter.
fn trim_end(out: &mut String) {
    let trimmed = out.trim_end();
    if !trimmed.ends_with('`') {
        out.truncate(trimmed.len());
    }
}

/// The tree of a text without comments, separators and blanks: kinds by depth, and what the
/// leaves say.
fn outline(source: &str) -> Result<Vec<(usize, u16, String)>, SyntaxError> {
    let normalised = scan(source)?;
    let tree = tree_of(&normalised)?;
    let mut out = Vec::new();
    let mut waiting = vec![(tree.root_node(), 0)];
    while let Some((node, depth)) = waiting.pop() {
        if is_nothing(&node) {
            continue;
        }
        let inner = children(node);
        let mut said = String::new();
        if inner.is_empty() {
            let text = normalised.text.get(node.byte_range()).unwrap_or("");
            said = text.replace("`\n", "").trim().to_owned();
            if said.is_empty() || said == ";" {
                continue;
            }
        }
        out.push((depth, node.kind_id(), said));
        waiting.extend(inner.into_iter().rev().map(|n| (n, depth + 1)));
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
