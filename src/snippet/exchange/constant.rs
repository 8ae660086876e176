//! The few commands of a cheat sheet's `$` lines that are nothing but a list of constants.
//!
//! They are read, never run: `echo` and `printf` of quoted or plain words. Whatever could mean
//! anything else to a shell (a pipe, an expansion, a pattern) is no constant.

/// The lines that the command prints; `None` when it is no list of constants.
pub fn values(command: &str) -> Option<Vec<String>> {
    // navi puts the values of other variables in place of `<x>`.
    if command.contains('<') {
        return None;
    }
    let words = words(command)?;
    let (name, arguments) = words.split_first()?;
    let printed = match name.as_str() {
        "echo" => echo(arguments)?,
        "printf" => printf(arguments)?,
        _ => return None,
    };
    let lines: Vec<String> = printed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    (!lines.is_empty()).then_some(lines)
}

/// The command that prints these lines; `None` when a cheat sheet cannot hold one of them.
pub fn write(values: &[String]) -> Option<String> {
    let fits = |value: &String| {
        !value.trim().is_empty()
            && value.trim() == value
            && !value.contains("---")
            && !value.contains(['<', '\n', '\r', '\\'])
    };
    if values.is_empty() || !values.iter().all(fits) {
        return None;
    }
    let quoted: Vec<String> = values
        .iter()
        .map(|value| format!("'{}'", value.replace('\'', r"'\''")))
        .collect();
    Some(match quoted.as_slice() {
        [one] => format!("echo {one}"),
        many => format!(r"printf '%s\n' {}", many.join(" ")),
    })
}

fn echo(arguments: &[String]) -> Option<String> {
    let mut escapes = false;
    let mut rest = arguments;
    while let Some((first, more)) = rest.split_first() {
        match first.as_str() {
            "-n" | "-E" => {}
            "-e" | "-ne" | "-en" => escapes = true,
            _ => break,
        }
        rest = more;
    }
    let text = rest.join(" ");
    match (escapes, text.contains('\\')) {
        (_, false) => Some(text),
        (true, true) => unescape(&text),
        // Shells do not agree on it.
        (false, true) => None,
    }
}

fn printf(arguments: &[String]) -> Option<String> {
    let (format, values) = arguments.split_first()?;
    match (format.as_str(), values) {
        (r"%s\n", [_, ..]) => Some(values.join("\n")),
        (_, []) if !format.contains('%') => unescape(format),
        _ => None,
    }
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                '\\' => '\\',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

/// The words of a command line, quotes undone; `None` when a shell would do more than that.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => double(&mut chars, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(chars.next()?),
            _ if c.is_control() || "|&;<>()$`{}*?[]~#!=".contains(c) => return None,
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

fn double(chars: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            '"' => return Some(()),
            '$' | '`' | '!' => return None,
            '\\' => match chars.next()? {
                c @ ('"' | '\\' | '$' | '`') => word.push(c),
                other => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn constants() {
        for (command, wanted) in [
            ("echo rtc", Some(vec!["rtc"])),
            ("echo 'a b'  c", Some(vec!["a b c"])),
            (
                r#"echo -e "User\nApplication""#,
                Some(vec!["User", "Application"]),
            ),
            (r"printf 'a\nb\n'", Some(vec!["a", "b"])),
            (r"printf '%s\n' 'it'\''s' b", Some(vec!["it's", "b"])),
            ("echo $(whoami)", None),
            ("echo `whoami`", None),
            ("echo a | tr a b", None),
            ("echo \"$HOME\"", None),
            ("echo *", None),
            ("echo a; rm x", None),
            ("echo \"<other>/x\"", None),
            (r"echo 'a\nb'", None),
            ("cat /etc/passwd", None),
            ("echo 'open", None),
            ("echo", None),
            ("", None),
        ] {
            let wanted = wanted.map(|w| w.into_iter().map(str::to_owned).collect());
            assert_eq!(values(command), wanted, "{command}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(lines in proptest::collection::vec("[ -~ä]{1,12}", 1..4)) {
            if let Some(command) = write(&lines) {
                prop_assert_eq!(values(&command), Some(lines));
            }
        }
    }
}
