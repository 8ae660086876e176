//! How texts and queries are made comparable: lower case, and hyphens of every kind left out.
//!
//! `Get-CsUser`, `getcsuser` and `get-csuser` fold to the same word, and so do `sign-in` and
//! `signin`. Where the parts of a word began is kept beside it.

use std::ops::Range;

/// Where parts of a folded word begin: bit n is byte n. Bytes from 64 on have no bit.
pub(super) type Bounds = u64;

/// Longest word that is kept, in bytes; what is behind is not searched. Names and paths are far
/// shorter; longer are only encoded blobs.
pub(super) const MAX_WORD: usize = 256;

/// The dashes that PowerShell takes for one, and those that word processors put there.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Appends a word in folded form and says where its parts begin: at its start, behind what is
/// neither letter nor digit, at a capital behind a small letter (`CsUser`), at the last of several
/// capitals (`UMCallRouter`), at a digit behind a letter (`sql01`).
pub(super) fn fold_into(word: &str, out: &mut String) -> Bounds {
    if word.is_ascii() {
        fold_ascii(word.as_bytes(), out)
    } else {
        fold_any(word, out)
    }
}

fn fold_any(word: &str, out: &mut String) -> Bounds {
    let start = out.len();
    let mut bounds = 0;
    let mut before: Option<char> = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let at = out.len() - start;
        if !is_dash(c) {
            let begins = match before {
                None => true,
                Some(b) => c.is_alphanumeric() && begins_part(b, c, chars.peek().copied()),
            };
            if (begins || at == 0) && at < 64 {
                bounds |= 1 << at;
            }
            out.extend(c.to_lowercase());
            if out.len() - start > MAX_WORD {
                out.truncate(start + at);
                break;
            }
        }
        before = Some(c);
    }
    bounds
}

/// The same for ASCII, which nearly all words of scripts are.
fn fold_ascii(word: &[u8], out: &mut String) -> Bounds {
    let mut bounds = 0;
    let mut at = 0;
    let mut before = b'-';
    for (n, byte) in word.iter().copied().enumerate() {
        if byte != b'-' {
            if at == MAX_WORD {
                break;
            }
            let begins = byte.is_ascii_alphanumeric()
                && (!before.is_ascii_alphanumeric()
                    || (before.is_ascii_lowercase() && byte.is_ascii_uppercase())
                    || (before.is_ascii_alphabetic() && byte.is_ascii_digit())
                    || (before.is_ascii_uppercase()
                        && byte.is_ascii_uppercase()
                        && word.get(n + 1).is_some_and(u8::is_ascii_lowercase)));
            if (begins || at == 0) && at < 64 {
                bounds |= 1 << at;
            }
            out.push(char::from(byte.to_ascii_lowercase()));
            at += 1;
        }
        before = byte;
    }
    bounds
}

fn begins_part(before: char, c: char, next: Option<char>) -> bool {
    !before.is_alphanumeric()
        || (before.is_lowercase() && c.is_uppercase())
        || (before.is_alphabetic() && c.is_numeric())
        || (before.is_uppercase() && c.is_uppercase() && next.is_some_and(char::is_lowercase))
}

/// A word in folded form.
pub(super) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

/// Folded, without the blanks too: for values such as `dial plan`, which may be typed
/// `dial-plan` or `dialplan`.
pub(super) fn fold_value(value: &str) -> String {
    value.split_whitespace().map(fold).collect()
}

/// True when a part begins at this byte.
pub(super) fn begins(bounds: Bounds, at: usize) -> bool {
    at < 64 && bounds >> at & 1 == 1
}

/// True when a part of the word ends in front of this byte.
pub(super) fn ends(word: &[u8], bounds: Bounds, at: usize) -> bool {
    match word.get(at) {
        None => true,
        Some(byte) => begins(bounds, at) || (byte.is_ascii() && !byte.is_ascii_alphanumeric()),
    }
}

/// Where words of a query stand in a text: byte ranges of the text, in order, none touching the
/// next. For the rows that are drawn; `needles` as [`super::Found::needles`] gives them.
pub fn marks(text: &str, needles: &[String]) -> Vec<Range<usize>> {
    let mut folded = String::with_capacity(text.len());
    // The place in the text of every byte of the folded form.
    let mut places: Vec<Range<usize>> = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if is_dash(c) {
            continue;
        }
        folded.extend(c.to_lowercase());
        places.resize(folded.len(), at..at + c.len_utf8());
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for needle in needles.iter().filter(|n| !n.is_empty()) {
        for (at, _) in folded.match_indices(needle.as_str()) {
            let (first, last) = (places.get(at), places.get(at + needle.len() - 1));
            if let (Some(first), Some(last)) = (first, last) {
                found.push(first.start..last.end);
            }
        }
    }
    found.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(word: &str) -> (String, Vec<usize>) {
        let mut folded = String::new();
        let bounds = fold_into(word, &mut folded);
        let at = (0..64).filter(|at| begins(bounds, *at)).collect();
        (folded, at)
    }

    #[test]
    fn parts_begin_where_a_reader_sees_them_begin() {
        let of = |word: &str, at: &[usize]| (word.to_owned(), at.to_vec());
        assert_eq!(parts("Get-CsUser"), of("getcsuser", &[0, 3, 5]));
        assert_eq!(parts("UMCallRouter"), of("umcallrouter", &[0, 2, 6]));
        assert_eq!(parts("users/set-pin"), of("users/setpin", &[0, 6, 9]));
        assert_eq!(parts("$SqlFqdn,"), of("$sqlfqdn,", &[0, 1, 4]));
        assert_eq!(parts("sql01–a"), of("sql01a", &[0, 3, 5]));
        assert_eq!(parts("ÜberÄnderung"), of("überänderung", &[0, 5]));
        assert_eq!(parts("--"), of("", &[]));
    }

    proptest! {
        #[test]
        fn both_ways_to_fold_are_one(word in "[ -~]{0,80}|[a-zA-Z-]{240,270}") {
            let (mut one, mut other) = (String::new(), String::new());
            let bounds = fold_ascii(word.as_bytes(), &mut one);
            prop_assert_eq!(bounds, fold_any(&word, &mut other));
            prop_assert_eq!(one, other);
        }
    }
}
