//! Text cut into rows of a given width without losing a character.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cuts at exactly `width` columns, wherever that falls: commands must be readable back from the
/// screen, so no blank is dropped. Line feeds begin new rows.
pub fn hard(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut rows = Vec::new();
    for line in text.split('\n') {
        let mut row = String::new();
        let mut used = 0;
        for grapheme in line.graphemes(true) {
            let w = grapheme.width();
            // A character wider than a whole row stands alone in it.
            if used + w > width && !row.is_empty() {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            row.push_str(grapheme);
            used += w;
        }
        rows.push(row);
    }
    rows
}

/// Wraps prose at blanks; words longer than a row are cut.
pub fn soft(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut rows = Vec::new();
    for line in text.split('\n') {
        let indent: String = line
            .chars()
            .take_while(|c| *c == ' ')
            .take(width / 2)
            .collect();
        let mut row = indent.clone();
        for word in line.split_whitespace() {
            let fits = row.width() + word.width() + usize::from(row.len() > indent.len()) <= width;
            if !fits && row.len() > indent.len() {
                rows.push(std::mem::replace(&mut row, indent.clone()));
            }
            if row.len() > indent.len() {
                row.push(' ');
            }
            row.push_str(word);
            if row.width() > width {
                let mut parts = hard(&row, width);
                row = parts.pop().unwrap_or_default();
                rows.append(&mut parts);
            }
        }
        rows.push(row);
    }
    rows
}

/// The beginning of a text, at most `width` columns wide, with `…` (or `~`) when it was cut.
pub fn clip(text: &str, width: usize, ascii: bool) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        if out.width() + grapheme.width() + 1 > width {
            break;
        }
        out.push_str(grapheme);
    }
    if width > 0 {
        out.push(if ascii { '~' } else { '…' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn soft_wrap_keeps_words() {
        assert_eq!(soft("one two three", 7), ["one two", "three"]);
        assert_eq!(soft("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(clip("replica", 5, false), "repl…");
        // One pass: a server's endless word must not stop the console.
        assert_eq!(soft(&"x".repeat(1_000_000), 80).len(), 12_500);
    }

    proptest! {
        #[test]
        fn hard_wrap_loses_nothing(text in "[^\\p{Cc}]{0,60}", width in 2usize..20) {
            prop_assert_eq!(hard(&text, width).concat(), text);
        }

        #[test]
        fn nothing_is_wider_than_the_row(text in "\\PC{0,60}", width in 4usize..20) {
            for row in hard(&text, width).iter().chain(&soft(&text, width)) {
                prop_assert!(row.width() <= width, "{row:?}");
            }
        }
    }
}
