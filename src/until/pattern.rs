//! The patterns of `-like` and `-match`.

use regex::{Regex, RegexBuilder};

/// How large a pattern may become when it is made ready, in bytes.
const SIZE: usize = 1 << 20;

/// A pattern, ready to be held against text. Case does not matter. The time it takes grows with the
/// text alone (the `regex` crate has no backtracking).
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Pattern {
    /// A regular expression, found anywhere in a text.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn matching(text: &str) -> Result<Pattern, String> {
        Pattern::of(text, text)
    }

    /// A text with PowerShell's wildcards (about_Wildcards): `*`, `?`, `[abc]`, `[a-z]`; a backtick
    /// takes the meaning from the next character. It stands for the whole text.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn like(text: &str) -> Result<Pattern, String> {
        let mut regex = String::from(r"\A(?s:");
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            match c {
                '*' => regex.push_str(".*"),
                '?' => regex.push('.'),
                '`' => regex.push_str(&regex::escape(
                    &characters
                        .next()
                        .map_or_else(|| c.to_string(), String::from),
                )),
                '[' => {
                    let (set, rest) = characters
                        .as_str()
                        .split_once(']')
                        .filter(|(set, _)| !set.is_empty())
                        .ok_or("a [ of a wildcard needs its ], as in [a-z]; `[ is the character itself")?;
                    regex.push('[');
                    for c in set.chars() {
                        // A dash stays one: it makes a range.
                        match c {
                            '-' => regex.push('-'),
                            c => regex.push_str(&regex::escape(&c.to_string())),
                        }
                    }
                    regex.push(']');
                    characters = rest.chars();
                }
                c => regex.push_str(&regex::escape(&c.to_string())),
            }
        }
        regex.push_str(r")\z");
        Pattern::of(text, &regex)
    }

    fn of(text: &str, regex: &str) -> Result<Pattern, String> {
        let regex = RegexBuilder::new(regex)
            .case_insensitive(true)
            .size_limit(SIZE)
            .build()
            .map_err(|e| match e {
                regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                // Its last line says what is wrong, those before it draw where.
                e => {
                    let text = e.to_string();
                    let last = text.lines().last().unwrap_or_default();
                    last.trim_start_matches("error: ").to_owned()
                }
            })?;
        Ok(Pattern {
            text: text.to_owned(),
            regex,
        })
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when the text is so.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}
