//! The `.ps1` text of an entry, in the form in which snippets are written.

use std::fmt::Write as _;

use crate::powershell::{LiteralError, literal};

/// Everything that goes into the file.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// `.SYNOPSIS`, one line.
    pub title: String,
    /// `.DESCRIPTION`; empty when there is none.
    pub description: String,
    /// `.FUNCTIONALITY`.
    pub tags: Vec<String>,
    /// `param()`, in order.
    pub fields: Vec<Declared>,
    /// What runs.
    pub body: String,
}

/// A parameter of the script.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// Its name, without `$`.
    pub name: String,
    /// Its type, such as `string[]`.
    pub of_type: String,
    /// The default as a PowerShell constant; without one the parameter is mandatory.
    pub default: Option<String>,
    /// `ValidateSet`.
    pub choices: Vec<String>,
    /// `.PARAMETER`; empty when nothing is known.
    pub help: String,
}

impl Script {
    /// The text. The error is a choice that no literal can hold.
    pub fn text(&self) -> Result<String, LiteralError> {
        let mut text = format!("<#\n.SYNOPSIS\n{}\n", line(&self.title));
        section(&mut text, "DESCRIPTION", &lines(&self.description));
        for field in &self.fields {
            section(
                &mut text,
                &format!("PARAMETER {}", field.name),
                &lines(&field.help),
            );
        }
        let tags: Vec<String> = self
            .tags
            .iter()
            .map(|tag| line(tag).replace(',', " "))
            .filter(|tag| !tag.trim().is_empty())
            .collect();
        section(&mut text, "FUNCTIONALITY", &tags.join(", "));
        text.push_str("#>\n[CmdletBinding()]\nparam(");
        for (n, field) in self.fields.iter().enumerate() {
            text.push_str(if n == 0 { "\n" } else { ",\n\n" });
            let _ = writeln!(
                text,
                "    [Parameter({})]",
                if field.default.is_none() {
                    "Mandatory = $true"
                } else {
                    ""
                }
            );
            if !field.choices.is_empty() {
                let _ = writeln!(
                    text,
                    "    [ValidateSet({})]",
                    literal::array(&field.choices)?
                );
            }
            let _ = write!(text, "    [{}]\n    ${}", field.of_type, field.name);
            if let Some(default) = &field.default {
                let _ = write!(text, " = {default}");
            }
        }
        if !self.fields.is_empty() {
            text.push('\n');
        }
        let _ = write!(text, ")\n\n{}\n", self.body.trim_end());
        Ok(text)
    }
}

fn section(text: &mut String, keyword: &str, content: &str) {
    if !content.is_empty() {
        let _ = writeln!(text, ".{keyword}\n{content}");
    }
}

/// Text for a comment: nothing in it ends the comment, begins a section of the help or acts on a
/// terminal.
pub fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let safe: String = text
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !crate::text::is_unsafe(*c))
        .collect();
    let safe = safe.replace("#>", "# >");
    let lines: Vec<&str> = safe
        .lines()
        .map(|line| match line.trim_start() {
            // A line of the help that begins with a dot may be a keyword.
            dotted if dotted.starts_with('.') => {
                dotted.trim_start_matches(|c: char| c == '.' || c.is_whitespace())
            }
            _ => line.trim_end(),
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

/// The same, as one line.
pub fn line(text: &str) -> String {
    lines(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
