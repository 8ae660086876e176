//! Lists as they are typed into one line: elements between commas.

use super::chars::is_single_quote;

/// Splits a list at commas; an element that holds one stands in single quotes, a quote in it
/// doubled, as in PowerShell. Blanks around elements are dropped.
pub fn split(text: &str) -> Vec<String> {
    split_at(text, ',')
        .iter()
        .map(|part| unquoted(part.trim()))
        .collect()
}

/// Splits at a separator that stands in no single quotes. A quote opens only where an element
/// begins: an apostrophe within a word is one. The parts are as written.
pub fn split_at(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut begins = true;
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((n, c)) = chars.next() {
        if quoted {
            // A doubled quote is one of the element's own.
            quoted = c != '\'' || chars.next_if(|(_, next)| *next == '\'').is_some();
        } else if c == separator {
            parts.push(&text[start..n]);
            start = n + c.len_utf8();
            begins = true;
        } else {
            quoted = begins && c == '\'';
            begins = matches!(c, ',' | ';' | '=') || begins && c.is_whitespace();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The value of an element: what stands in quotes without them, everything else as it is. What
/// follows the closing quote belongs to it: nothing that was typed is dropped.
fn unquoted(element: &str) -> String {
    let Some(rest) = element.strip_prefix('\'') else {
        return element.to_owned();
    };
    let mut out = String::new();
    let mut chars = rest.char_indices().peekable();
    while let Some((n, c)) = chars.next() {
        if c != '\'' {
            out.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            out.push('\'');
        } else {
            out.push_str(&rest[n + 1..]);
            break;
        }
    }
    out
}

/// The elements as one line that [`split`] reads back.
pub fn join(elements: &[String]) -> String {
    elements
        .iter()
        .map(|e| quoted(e))
        .collect::<Vec<_>>()
        .join(",")
}

fn quoted(element: &str) -> String {
    let plain = !element.contains([',', ';', '='])
        && !element.starts_with(is_single_quote)
        && !element.starts_with('@')
        && element.trim() == element;
    if plain {
        element.to_owned()
    } else {
        format!("'{}'", element.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_split_at_commas() {
        assert_eq!(split("E:\\L, F:\\D"), ["E:\\L", "F:\\D"]);
        assert_eq!(split("'a,b', it's"), ["a,b", "it's"]);
        assert_eq!(split("'q''q'"), ["q'q"]);
        assert_eq!(split("a,"), ["a", ""]);
        assert_eq!(split("'a,b',"), ["a,b", ""]);
        assert_eq!(split("'a'b, c"), ["ab", "c"]);
        assert_eq!(
            split_at("add='a;b',c; remove=d", ';'),
            ["add='a;b',c", " remove=d"]
        );
    }

    proptest! {
        #[test]
        fn a_joined_list_splits_into_the_same(elements in prop::collection::vec("[a-c,;=' ’\\\\]{0,6}", 1..4)) {
            prop_assert_eq!(split(&join(&elements)), elements);
        }
    }
}
