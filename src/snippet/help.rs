//! Comment-based help (about_Comment_Based_Help).

use super::model::Notes;

/// The sections of a script's help.
#[derive(Debug, Default)]
pub struct Help {
    sections: Vec<(String, String, String)>,
}

impl Help {
    /// Reads the first block comment that holds a help keyword.
    pub fn read(source: &str) -> Help {
        let mut rest = source;
        while let Some(start) = rest.find("<#") {
            let Some(length) = rest[start..].find("#>") else {
                break;
            };
            let help = Help::of_comment(&rest[start + 2..start + length]);
            if !help.sections.is_empty() {
                return help;
            }
            rest = &rest[start + length + 2..];
        }
        Help::default()
    }

    fn of_comment(comment: &str) -> Help {
        let mut sections: Vec<(String, String, Vec<&str>)> = Vec::new();
        for line in comment.lines() {
            let trimmed = line.trim();
            let keyword = trimmed
                .strip_prefix('.')
                .and_then(|t| t.split_whitespace().next())
                .filter(|w| is_keyword(w));
            if let Some(word) = keyword {
                let argument = trimmed[1 + word.len()..].trim().to_owned();
                sections.push((word.to_ascii_uppercase(), argument, Vec::new()));
            } else if let Some((_, _, lines)) = sections.last_mut() {
                lines.push(line);
            }
        }
        Help {
            sections: sections
                .into_iter()
                .map(|(k, a, lines)| (k, a, dedent(&lines)))
                .collect(),
        }
    }

    /// The text of a section, empty when it is missing.
    pub fn text(&self, keyword: &str) -> String {
        self.all(keyword).into_iter().next().unwrap_or_default()
    }

    /// The text of every section of this keyword, in order.
    pub fn all(&self, keyword: &str) -> Vec<String> {
        self.sections
            .iter()
            .filter(|(k, _, _)| k == keyword)
            .map(|(_, _, text)| text.clone())
            .collect()
    }

    /// The `.PARAMETER` sections: name and text.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sections
            .iter()
            .filter(|(k, _, _)| k == "PARAMETER")
            .map(|(_, name, text)| (name.as_str(), text.as_str()))
    }

    /// A section split at commas and line ends.
    pub fn list(&self, keyword: &str) -> Vec<String> {
        self.text(keyword)
            .split([',', '\n'])
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(String::from)
            .collect()
    }

    /// `.NOTES` with its keys; a line without a key goes on with the one before.
    pub fn notes(&self) -> Notes {
        let mut notes = Notes::default();
        let mut ignored = String::new();
        let mut current = "";
        for line in self.text("NOTES").lines() {
            let (key, value) = match line.split_once(':') {
                Some((key, value))
                    if matches!(key.trim(), "RunsOn" | "Gates" | "Verify" | "Rollback") =>
                {
                    (key.trim(), value)
                }
                _ => (current, line),
            };
            current = key;
            let slot = match key {
                "RunsOn" => &mut notes.runs_on,
                "Gates" => &mut notes.gates,
                "Verify" => &mut notes.verify,
                "Rollback" => &mut notes.rollback,
                _ => &mut ignored,
            };
            if !slot.is_empty() && !value.trim().is_empty() {
                slot.push(' ');
            }
            slot.push_str(value.trim());
        }
        notes
    }
}

fn is_keyword(word: &str) -> bool {
    [
        "SYNOPSIS",
        "DESCRIPTION",
        "PARAMETER",
        "EXAMPLE",
        "INPUTS",
        "OUTPUTS",
        "NOTES",
        "LINK",
        "COMPONENT",
        "ROLE",
        "FUNCTIONALITY",
    ]
    .iter()
    .any(|k| word.eq_ignore_ascii_case(k))
}

fn dedent(lines: &[&str]) -> String {
    let indent = lines
        .iter()
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.len() - l.trim_start().len())
        .min()
        .unwrap_or(0);
    let text: Vec<&str> = lines
        .iter()
        .map(|l| l.get(indent..).unwrap_or("").trim_end())
        .collect();
    text.join("\n").trim_matches('\n').to_owned()
}
