//! Single characters that blog software put in the place of others.

use std::ops::Range;

use super::draft::Edit;

/// Characters of no width: they are no blanks to PowerShell, so that a name with one in it is
/// another name. The soft hyphen is one as well: it shows only where a line was broken.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

/// Everything that looks like a hyphen. PowerShell takes U+2013 to U+2015 for one, the others
/// not.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

pub(super) fn invisible(at: usize, c: char) -> Edit {
    Edit::new(
        at..at + 1,
        "",
        "invisible",
        format!(
            "U+{:04X} cannot be seen and makes another word of this one",
            c as u32
        ),
    )
}

/// A blank that is no plain one.
pub(super) fn blank(at: usize, c: char) -> Option<Edit> {
    (c != ' ' && c != '\t').then(|| {
        Edit::new(
            at..at + 1,
            " ",
            "blank",
            format!("U+{:04X} is a blank of typesetters", c as u32),
        )
    })
}

pub(super) fn behind_back_tick(range: Range<usize>) -> Edit {
    Edit::new(
        range,
        "",
        "back-tick",
        "a back-tick continues the line only when nothing stands behind it",
    )
}

fn dash(at: usize, c: char) -> Edit {
    Edit::new(
        at..at + 1,
        "-",
        "dash",
        format!("U+{:04X} is a typographic dash", c as u32),
    )
}

/// A dash in front of a letter, where a token begins: a parameter or an operator.
pub(super) fn parameter_dash(chars: &[char], at: usize) -> Option<Edit> {
    let c = *chars.get(at)?;
    let letter = chars.get(at + 1).is_some_and(|c| c.is_alphabetic());
    (letter && c != '-' && is_dash(c)).then(|| dash(at, c))
}

/// The dash of `Verb-Noun` in a command's name.
pub(super) fn name_dash(chars: &[char], word: Range<usize>) -> Option<Edit> {
    let letters = chars.get(word.clone())?;
    let verb = letters
        .iter()
        .take_while(|c| c.is_ascii_alphabetic())
        .count();
    let c = *letters.get(verb)?;
    let noun = letters
        .get(verb + 1)
        .is_some_and(|c| c.is_ascii_alphabetic());
    (verb > 1 && noun && c != '-' && is_dash(c)).then(|| dash(word.start + verb, c))
}
