//! Places in strings and words: the text around them stays what it is, and nothing else expands.

use std::ops::Range;

use crate::powershell::chars::{is_double_quote, is_single_quote};
use crate::powershell::literal;
use crate::powershell::scan::{Normalised, QuotedKind};

use super::place::opens_hash;
use super::{Edit, Mark};

/// The edits for a string with places in it. `inside`: the places with the names of their
/// variables.
pub fn string(
    text: &str,
    scanned: &Normalised,
    span: &Range<usize>,
    kind: QuotedKind,
    inside: &[(&Mark, &str)],
) -> Result<Vec<Edit>, String> {
    let written = &text[span.clone()];
    if let ([(mark, name)], QuotedKind::Single | QuotedKind::Double) = (inside, kind)
        && is_all(written, &mark.token)
        && is_token(text, scanned, span)
    {
        return Ok(vec![(span.clone(), format!("${name}"))]);
    }
    match kind {
        QuotedKind::Single => {
            let value = literal::value_of(written)
                .ok_or_else(|| format!("the string {written} cannot be read"))?;
            Ok(vec![(span.clone(), double_quoted(&value, inside))])
        }
        QuotedKind::Double | QuotedKind::HereDouble => inside
            .iter()
            .map(|(mark, name)| {
                let at = written.find(&mark.token).unwrap_or(0);
                plain_before(&written[..at], mark)?;
                let start = span.start + at;
                Ok((start..start + mark.token.len(), format!("${{{name}}}")))
            })
            .collect(),
        QuotedKind::HereSingle | QuotedKind::Comment => Err(format!(
            "{} stands in a here-string of @' '@, in which nothing expands: use @\" \"@",
            inside
                .first()
                .map_or("a place", |(mark, _)| mark.written.as_str())
        )),
    }
}

/// A bare word with places in it, as a string.
pub fn word(word: &str, inside: &[(&Mark, &str)]) -> Result<String, String> {
    let plain = |c: char| {
        !(is_single_quote(c)
            || is_double_quote(c)
            || matches!(c, '$' | '`' | '#' | '@' | '(' | ')' | '{' | '}'))
    };
    // An @ within a word is a letter, as in an address.
    let rest = word.get(1..).unwrap_or("").replace('@', "");
    if word.starts_with('@') || word.starts_with('-') || !rest.chars().all(plain) {
        let mut shown = word.to_owned();
        for (mark, _) in inside {
            shown = shown.replace(&mark.token, &mark.written);
        }
        return Err(format!(
            "a placeholder stands in {shown}, which is no plain word: put the word in quotes"
        ));
    }
    Ok(double_quoted(word, inside))
}

/// True when nothing but the token stands between the quotes.
fn is_all(written: &str, token: &str) -> bool {
    let mut chars = written.chars();
    chars.next();
    chars.next_back();
    chars.as_str() == token
}

/// True when the string is a value of its own and no part of a word.
fn is_token(text: &str, scanned: &Normalised, span: &Range<usize>) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, ')' | '}' | ',' | ';' | '|');
    if !text[span.end..].chars().next().is_none_or(ends) {
        return false;
    }
    let before = &text[..span.start];
    match before.chars().next_back() {
        None | Some('(' | '{' | ',' | ';' | '|') => true,
        Some(c) if c.is_whitespace() => true,
        Some(':') => {
            let word = before
                .rsplit(|c: char| c.is_whitespace())
                .next()
                .unwrap_or("");
            let name = word.trim_end_matches(':').strip_prefix('-');
            name.is_some_and(|n| n.chars().all(|c| c.is_alphanumeric()))
        }
        Some('=') => {
            let hidden: String = hide(scanned, before);
            opens_hash(&hidden)
        }
        _ => false,
    }
}

/// The text with strings and comments taken out.
fn hide(scanned: &Normalised, before: &str) -> String {
    let mut hidden = vec![false; before.len()];
    // Outer ones come last; what is in them needs no second look.
    for quoted in scanned.quoted.iter().rev() {
        if hidden.get(quoted.span.start) == Some(&false) {
            let end = quoted.span.end.min(hidden.len());
            hidden[quoted.span.start..end].fill(true);
        }
    }
    before
        .char_indices()
        .filter(|(at, _)| !hidden[*at])
        .map(|(_, c)| c)
        .collect()
}

/// Fails when the place would be escaped, or be part of a variable.
fn plain_before(before: &str, mark: &Mark) -> Result<(), String> {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '?');
    let ticks = before.chars().rev().take_while(|c| *c == '`').count();
    if before.trim_end_matches(in_name).ends_with('$') || ticks % 2 == 1 {
        return Err(format!(
            "{} stands right behind a variable or a back-tick",
            mark.written
        ));
    }
    Ok(())
}

/// `"..."` with this text, and the variables at their places. What would expand or end the string
/// is escaped.
fn double_quoted(text: &str, inside: &[(&Mark, &str)]) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if is_double_quote(c) || matches!(c, '$' | '`') {
            out.push('`');
        }
        out.push(c);
    }
    out.push('"');
    for (mark, name) in inside {
        out = out.replace(&mark.token, &format!("${{{name}}}"));
    }
    out
}
