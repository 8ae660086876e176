//! Secrets that are found by how they look: where a text cannot be parsed, and in the places that
//! the parsed script does not show.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::powershell::chars::{is_double_quote, is_single_quote};
use crate::snippet::is_secret_name;

#[expect(
    clippy::unwrap_used,
    reason = "constant patterns, covered by the tests"
)]
fn pattern(text: &str) -> Regex {
    let single = "['\u{2018}\u{2019}\u{201a}\u{201b}]";
    let not_single = "[^'\u{2018}\u{2019}\u{201a}\u{201b}]";
    let double = "[\"\u{201c}\u{201d}\u{201e}]";
    let not_double = "[^\"\u{201c}\u{201d}\u{201e}`]";
    let quoted = format!(
        r"@{single}[^\n]*\n(?s:.*?)\n{single}@|@{double}[^\n]*\n(?s:.*?)\n{double}@|{single}(?:{not_single}|{single}{single})*{single}|{double}(?:{not_double}|`(?s:.)|{double}{double})*{double}"
    );
    Regex::new(&text.replace("QUOTED", &quoted)).unwrap()
}

/// `$Pin = `, `Password = ` in a table, `[string]$Pin = ` in a parameter block.
static ASSIGNED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"([A-Za-z_][\w-]*)["'}]?\s*=\s*(?:\[[\w.\[\]]+\]\s*)?"#));

/// `-Password `, where the text cannot be parsed.
static PARAMETER: LazyLock<Regex> =
    LazyLock::new(|| pattern("[-\u{2013}\u{2014}\u{2015}]([A-Za-z]\\w*)(?:\\s*:\\s*|[ \\t]+)"));

/// A string at this place.
static STRING: LazyLock<Regex> = LazyLock::new(|| pattern("^(?:QUOTED)"));

/// A string or number at this place.
static STRING_OR_NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:QUOTED|\d+)"));

/// A string or word at this place; no variable and no expression.
static ANY_VALUE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:QUOTED|[^\s$(@{;|&)}\-][^\s;|&)}]*)"));

/// `Password=x` within a string, `/password:x` as a word.
static IN_LITERAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:password|passwd|passphrase|pwd|accountkey|sharedaccesskey|client_?secret)\s*=\s*[^\s;$]|^[/-]{1,2}\w*(?:password|passwd|passphrase|pwd)[:=][^$]",
    )
});

/// A string that is piped into a secure one.
static PIPED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(QUOTED)\s*\)?\s*\|\s*ConvertTo-SecureString\b"));

/// `[PSCredential]::new(...)`, `New-Object PSCredential(...)`.
static MADE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:credential\]\s*::\s*new\s*|credential)\(([^)]*)\)"));

/// What stands in places that the parsed script does not show: loops, parameter blocks, calls.
pub(super) fn by_pattern(text: &str, spans: &mut Vec<Range<usize>>) {
    for found in ASSIGNED.captures_iter(text) {
        let (Some(all), Some(name)) = (found.get(0), found.get(1)) else {
            continue;
        };
        if !is_secret_name(name.as_str()) {
            continue;
        }
        let pin = name.as_str().to_ascii_lowercase().ends_with("pin");
        let value: &Regex = if pin { &STRING_OR_NUMBER } else { &STRING };
        spans.extend(behind(text, all.end(), value));
    }
    for pattern in [&*PIPED, &*MADE] {
        spans.extend(
            pattern
                .captures_iter(text)
                .filter_map(|found| found.get(1))
                .filter(|m| m.as_str().contains(is_quote))
                .map(|m| m.range()),
        );
    }
}

fn is_quote(c: char) -> bool {
    is_single_quote(c) || is_double_quote(c)
}

/// What a pattern finds at a place.
fn behind(text: &str, at: usize, value: &Regex) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let found = value.find(rest)?;
    Some(at + found.start()..at + found.end())
}

/// The values of parameters that are called like a secret, in a text that cannot be parsed.
pub(super) fn parameters(text: &str, spans: &mut Vec<Range<usize>>) {
    for found in PARAMETER.captures_iter(text) {
        let (Some(all), Some(name)) = (found.get(0), found.get(1)) else {
            continue;
        };
        if is_secret_name(name.as_str()) {
            spans.extend(behind(text, all.end(), &ANY_VALUE));
        }
    }
}

/// True for a literal that holds a secret beside its name: a connection string, `/password:x`.
pub(super) fn in_literal(source: &str) -> bool {
    IN_LITERAL.is_match(source)
}
