//! From a foreign body to PowerShell: each place becomes the variable of a field.
//!
//! A stand-in, a word that occurs nowhere else, is put at every place; our own scan then says
//! whether it stands in a string, in a comment or in code, and the parser which word of a command
//! it is part of. Quotes follow from that and never from a guess; a place of which nobody can say
//! what it is part of refuses the body.

mod place;
mod quotes;

use std::ops::Range;

use crate::cmdlet::repair::repair;
use crate::powershell::scan::{Normalised, QuotedKind, scan};
use crate::powershell::{self, SyntaxError};
use crate::snippet::read::{MAX_BYTES, ReadError};

use super::entry::{Body, Piece};
use super::names::Names;
use super::unix;

/// A body as PowerShell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// The text.
    pub text: String,
    /// The variable of each place of the body; `None` when it is used nowhere.
    pub fields: Vec<Option<Field>>,
    /// What was changed on the way.
    pub notes: Vec<String>,
}

/// The variable of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name, without `$`.
    pub name: String,
    /// True when it stands in code everywhere: what is given as its default is PowerShell.
    pub in_code: bool,
}

/// A place in the text.
pub(super) struct Mark {
    /// What stands there for now.
    token: String,
    /// Index of the place.
    place: usize,
    /// How the file wrote it.
    written: String,
}

/// Where a place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Code,
    String,
    Comment,
}

/// A range of the text and what comes in its place.
type Edit = (Range<usize>, String);

/// Turns a body. The error says why it cannot be one of a snippet.
pub fn turn(body: &Body) -> Result<Turned, String> {
    if body.too_many {
        return Err("it has more placeholders than a form can have fields".into());
    }
    let (text, marks) = stand_ins(body);
    if text.len() > MAX_BYTES {
        return Err(ReadError::TooLarge.to_string());
    }
    let mut taken = Names::of_body(&text);
    let names: Vec<String> = body
        .places
        .iter()
        .enumerate()
        .map(|(n, place)| {
            let wanted = match &place.name {
                Some(name) => name.clone(),
                None => lead(body, n).unwrap_or_else(|| format!("Value{}", n + 1)),
            };
            taken.take(&wanted)
        })
        .collect();
    let mut notes = Vec::new();
    let (text, stands) = match attempt(&text, &marks, &names) {
        Ok(done) => done,
        Err(why) => {
            let (repaired, told) = repaired(&text, &marks).ok_or_else(|| why.clone())?;
            notes = told;
            attempt(&repaired, &marks, &names).map_err(|_| why)?
        }
    };
    let script = powershell::parse(&text).map_err(|e| no_powershell(&e))?;
    if script.commands.is_empty() {
        return Err("there is no command in it".into());
    }
    if let Some(why) = unix::reason(&text, &script) {
        return Err(why);
    }
    let fields = names
        .into_iter()
        .enumerate()
        .map(|(n, name)| {
            let mut mine = marks
                .iter()
                .zip(&stands)
                .filter(|(mark, stands)| mark.place == n && **stands != Stands::Comment)
                .peekable();
            mine.peek()?;
            let in_code = mine.all(|(_, stands)| *stands == Stands::Code);
            Some(Field { name, in_code })
        })
        .collect();
    Ok(Turned {
        text,
        fields,
        notes,
    })
}

/// The parameter that a place stands right behind, at its first place.
pub fn lead(body: &Body, place: usize) -> Option<String> {
    let at = body
        .pieces
        .iter()
        .position(|p| matches!(p, Piece::Place { place: n, .. } if *n == place))?;
    let Some(Piece::Text(before)) = body.pieces.get(at.checked_sub(1)?) else {
        return None;
    };
    let before = before.trim_end_matches(['\'', '"']);
    let word = before.trim_end_matches([' ', ':']);
    if word.len() == before.len() {
        return None;
    }
    let name_at = word
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|at| word[*at..].starts_with('-'))?;
    let name = &word[name_at + 1..];
    // `-eq 'x'` and its kin are operators.
    (name.len() > 2 && word[..name_at].ends_with([' ', '\n', '\t'])).then(|| name.to_owned())
}

fn stand_ins(body: &Body) -> (String, Vec<Mark>) {
    let written = body.written().to_lowercase();
    let mut stem = String::from("zq");
    while written.contains(&stem) {
        stem.push('q');
    }
    let mut text = String::new();
    let mut marks = Vec::new();
    for piece in &body.pieces {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Place { place, written } => {
                let token = format!("{stem}{}z", marks.len());
                text.push_str(&token);
                marks.push(Mark {
                    token,
                    place: *place,
                    written: written.clone(),
                });
            }
        }
    }
    (text, marks)
}

/// The repair of a text from a web page, when every place is still there.
fn repaired(text: &str, marks: &[Mark]) -> Option<(String, Vec<String>)> {
    let repaired = repair(text);
    let whole = |mark: &Mark| repaired.text.matches(&mark.token).count() == 1;
    if repaired.text == text || !marks.iter().all(whole) {
        return None;
    }
    let told = crate::cmdlet::repair::told(&repaired.changes);
    Some((repaired.text, told))
}

pub(super) fn no_powershell(error: &SyntaxError) -> String {
    format!("it is no PowerShell: in the body, {error}")
}

/// The text with variables at the places, and where each stands.
fn attempt(text: &str, marks: &[Mark], names: &[String]) -> Result<(String, Vec<Stands>), String> {
    let scanned = scan(text).map_err(|e| no_powershell(&e))?;
    let name = |mark: &Mark| names.get(mark.place).map_or("", String::as_str);
    let mut stands = Vec::new();
    let mut edits: Vec<Edit> = Vec::new();
    let mut alone: Vec<&Mark> = Vec::new();
    let mut words: Vec<&Mark> = Vec::new();
    let mut strings: Vec<(Range<usize>, QuotedKind, Vec<&Mark>)> = Vec::new();
    for mark in marks {
        let at = text.find(&mark.token).unwrap_or(0);
        let range = at..at + mark.token.len();
        if scanned.code.contains(&mark.token) {
            stands.push(Stands::Code);
            let is_alone = place::is_alone(text, &scanned, &range)?;
            if is_alone { &mut alone } else { &mut words }.push(mark);
            continue;
        }
        let Some(quoted) = innermost(&scanned, &range) else {
            return Err(unclear(mark));
        };
        if quoted.1 == QuotedKind::Comment {
            stands.push(Stands::Comment);
            edits.push((range, mark.written.clone()));
            continue;
        }
        stands.push(Stands::String);
        match strings.iter_mut().find(|(span, ..)| *span == quoted.0) {
            Some((_, _, inside)) => inside.push(mark),
            None => strings.push((quoted.0, quoted.1, vec![mark])),
        }
    }
    for (span, kind, inside) in strings {
        let inside: Vec<(&Mark, &str)> = inside.into_iter().map(|m| (m, name(m))).collect();
        edits.extend(quotes::string(text, &scanned, &span, kind, &inside)?);
    }
    let text = apply(text, edits);
    let with_variables = |text: &str| {
        alone.iter().fold(text.to_owned(), |text, mark| {
            text.replace(&mark.token, &format!("${}", name(mark)))
        })
    };
    let mut edits: Vec<Edit> = Vec::new();
    if !words.is_empty() {
        let inside: Vec<(&Mark, &str)> = words.iter().map(|m| (*m, name(m))).collect();
        // An operator wants a variable beside it, a list of bare words a bare word.
        let parsed: Vec<(String, Vec<Range<usize>>)> = [with_variables(&text), text.clone()]
            .into_iter()
            .filter_map(|text| {
                let script = powershell::parse(&text).ok()?;
                Some((text, place::bare_words(&script)))
            })
            .collect();
        let parsed: Result<Vec<_>, String> = words
            .iter()
            .map(|mark| {
                let found = parsed
                    .iter()
                    .find_map(|(text, words)| word_of(text, words, mark));
                let word = found.ok_or_else(|| unclear(mark))?;
                let within = word.find(&mark.token).unwrap_or(0);
                let start = text.find(&mark.token).unwrap_or(0).saturating_sub(within);
                Ok((start..start + word.len(), quotes::word(&word, &inside)?))
            })
            .collect();
        edits = parsed?;
        edits.dedup();
    }
    let text = with_variables(&apply(&text, edits));
    if let Some(mark) = marks.iter().find(|mark| text.contains(&mark.token)) {
        return Err(unclear(mark));
    }
    powershell::parse(&text).map_err(|e| no_powershell(&e))?;
    Ok((text, stands))
}

/// The bare word, of those at these ranges, in which a place stands.
fn word_of(text: &str, words: &[Range<usize>], mark: &Mark) -> Option<String> {
    let at = text.find(&mark.token)?;
    let span = words.iter().find(|span| span.contains(&at))?;
    Some(text[span.clone()].to_owned())
}

fn innermost(scanned: &Normalised, range: &Range<usize>) -> Option<(Range<usize>, QuotedKind)> {
    let around = |span: &Range<usize>| span.start <= range.start && range.end <= span.end;
    // Inner ones come first.
    let quoted = scanned.quoted.iter().find(|q| around(&q.span))?;
    Some((quoted.span.clone(), quoted.kind))
}

fn unclear(mark: &Mark) -> String {
    format!(
        "what {} is part of cannot be told: put it in quotes, or blanks around it",
        mark.written
    )
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::new();
    let mut at = 0;
    for (range, with) in edits {
        out.push_str(text.get(at..range.start).unwrap_or(""));
        out.push_str(&with);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

#[cfg(test)]
mod tests;
