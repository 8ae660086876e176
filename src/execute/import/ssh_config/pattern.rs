//! Patterns of ssh_config(5): `*`, `?`, and lists with `!`.

/// Whether a text is of a pattern; `*` is any number of characters, `?` is one.
pub fn matches(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0, 0);
    // Where to go on when the last star has to take one character more.
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(x) if *x == '?' || x == c => {
                p += 1;
                t += 1;
            }
            _ => match &mut star {
                Some((after, taken)) => {
                    *taken += 1;
                    (p, t) = (*after, *taken);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

/// Whether a text is of one of the patterns and of none with a `!` in front.
pub fn matches_any<'a>(text: &str, patterns: impl IntoIterator<Item = &'a str>) -> bool {
    let mut found = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(not) if matches(text, not) => return false,
            Some(_) => {}
            None => found |= matches(text, pattern),
        }
    }
    found
}

/// True for a pattern that is a name.
pub fn is_name(pattern: &str) -> bool {
    !pattern.is_empty() && !pattern.contains(['*', '?', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (text, pattern, wanted) in [
            ("fe01", "fe*", true),
            ("fe01", "fe??", true),
            ("fe01", "fe?", false),
            ("fe01.kestrel.lan", "*.kestrel.lan", true),
            ("aXbXc", "a*X?", true),
            ("", "*", true),
            ("", "?", false),
            ("a", "", false),
            ("FE01", "fe01", false),
            (&"a".repeat(5_000), "*a*a*a*a*a*a*b", false),
        ] {
            assert_eq!(matches(text, pattern), wanted, "{text} {pattern}");
        }
        assert!(matches_any("fe01", ["!fe02", "fe*"]));
        assert!(!matches_any("fe01", ["fe*", "!fe01"]));
        assert!(!matches_any("fe01", ["!fe02"]));
    }
}
