//! Forms that PowerShell takes and the grammar does not: its known false alarms.

use std::sync::LazyLock;

use regex::Regex;

use crate::powershell::scan::Normalised;

/// The first such form in a text.
pub(super) fn form(text: &Normalised) -> Option<&'static str> {
    if glued_quote(text) {
        return Some("quotes inside a word");
    }
    FORMS
        .iter()
        .find(|(pattern, _)| pattern.is_match(&text.code))
        .map(|(_, what)| *what)
}

#[expect(
    clippy::unwrap_used,
    reason = "constant patterns, covered by the tests"
)]
static FORMS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (
            r"(?im)\b(?:break|continue)[ \t]+[A-Za-z_]",
            "break or continue with a label",
        ),
        (
            r"(?i)\.(?:begin|class|continue|data|do|dynamicparam|else|end|enum|exit|filter|finally|for|foreach|function|hidden|if|in|param|process|return|static|switch|throw|trap|try|until|using|while)\b",
            "a property that is called like a keyword",
        ),
        (r"`[^\r\n]", "a back-tick inside a word"),
        (
            r"(?:^|[\s,(])(?:--?|/[A-Za-z]+:|~|\.\.?)(?:[\s,)]|$)",
            "an argument that is a dash, a dot or a slash with a colon",
        ),
    ]
    .into_iter()
    .map(|(pattern, what)| (Regex::new(pattern).unwrap(), what))
    .collect()
});

/// A quote directly behind a letter, a digit or a path's separator: strings are blank in `code`.
fn glued_quote(text: &Normalised) -> bool {
    let (all, code) = (text.text.as_bytes(), text.code.as_bytes());
    (1..all.len().min(code.len())).any(|n| {
        matches!(all[n], b'\'' | b'"')
            && code[n] == b' '
            && (code[n - 1].is_ascii_alphanumeric() || matches!(code[n - 1], b'\\' | b'/' | b'='))
    })
}
