//! Lines of ssh_config(5) as words, by the rules of OpenSSH's `readconf.c` and `argv_split`.

/// A line that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The keyword in lower case.
    pub keyword: String,
    /// The words behind it, quotes and escapes undone; a comment is not among them.
    pub words: Vec<String>,
    /// What is behind the keyword as it stands there.
    pub rest: String,
}

/// Reads a line; `None` for one that is blank or a comment. The error says what is wrong.
pub fn line(text: &str) -> Result<Option<Line>, &'static str> {
    let text = text.trim_end_matches([' ', '\t', '\r', '\n', '\x0c']);
    let text = text.trim_start_matches([' ', '\t', '\r']);
    if text.is_empty() || text.starts_with('#') {
        return Ok(None);
    }
    let end = text.find([' ', '\t', '=']).unwrap_or(text.len());
    let (keyword, rest) = text.split_at(end);
    let keyword = keyword.trim_matches('"').to_lowercase();
    // One equals sign may stand between the two, with blanks around it.
    let rest = rest.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix('=').unwrap_or(rest);
    let rest = rest.trim_start_matches([' ', '\t']);
    if keyword.is_empty() {
        return Err("a line begins with a keyword");
    }
    let words = words(rest)?;
    if words.is_empty() {
        return Err("a value is missing behind the keyword");
    }
    Ok(Some(Line {
        keyword,
        words,
        rest: rest.to_owned(),
    }))
}

/// Splits at blanks; `"` and `'` hold together what is between them, a backslash is one unless a quote,
/// a backslash or (outside of quotes) a blank follows. A `#` where a word would begin ends the line.
pub fn words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.peek().copied() {
        if matches!(first, ' ' | '\t') {
            chars.next();
            continue;
        }
        if first == '#' {
            break;
        }
        let (mut word, mut quote) = (String::new(), None);
        while let Some(c) = chars.next() {
            match (c, quote) {
                ('\\', _) => {
                    let escaped = |next: &char| {
                        matches!(next, '\'' | '"' | '\\') || (quote.is_none() && *next == ' ')
                    };
                    word.push(chars.next_if(escaped).unwrap_or('\\'));
                }
                (' ' | '\t', None) => break,
                ('"' | '\'', None) => quote = Some(c),
                (c, Some(open)) if c == open => quote = None,
                (c, _) => word.push(c),
            }
        }
        if quote.is_some() {
            return Err("a quote is not closed");
        }
        found.push(word);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_split_as_ssh_does() {
        for (text, wanted) in [
            ("a b\tc", vec!["a", "b", "c"]),
            ("\"a b\" 'c d'e", vec!["a b", "c de"]),
            ("kestrel\\ops", vec!["kestrel\\ops"]),
            (
                "kestrel\\\\ops a\\ b \"a\\ b\" \"\\\"\"",
                vec!["kestrel\\ops", "a b", "a\\ b", "\""],
            ),
            ("a#b #c", vec!["a#b"]),
            ("\"\"", vec![""]),
        ] {
            assert_eq!(words(text).expect(text), wanted, "{text}");
        }
        assert!(words("a \"b").is_err());
    }

    #[test]
    fn keywords_and_equals_signs() {
        let read = |text: &str| line(text).expect(text).map(|l| (l.keyword, l.words));
        let port = Some(("port".to_owned(), vec!["2222".to_owned()]));
        for text in [
            "Port 2222",
            "  port=2222",
            "PORT = 2222 # x",
            "\tPort\t2222\r",
            "Port =2222",
        ] {
            assert_eq!(read(text), port, "{text}");
        }
        assert_eq!(read("# x"), None);
        assert_eq!(read("  "), None);
        assert!(line("Port").is_err() && line("Port # 22").is_err() && line("= x").is_err());
    }

    proptest! {
        /// What stands in quotes with quotes and backslashes escaped is that very text.
        #[test]
        fn quoted_words_come_back(all in prop::collection::vec("[^\r\n]{0,12}", 0..4)) {
            let quoted: Vec<String> = all
                .iter()
                .map(|w| format!("\"{}\"", w.replace('\\', "\\\\").replace('"', "\\\"").replace('\'', "\\'")))
                .collect();
            prop_assert_eq!(words(&quoted.join(" ")), Ok(all));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,60}") {
            let _ = line(&text);
        }
    }
}
