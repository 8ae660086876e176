//! What goes to standard output and standard error, and in which form.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use clap::ValueEnum;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::exit::Failure;
use super::status;
use crate::cmdlet::Finding;
use crate::text::{is_unsafe, visible, visible_line};

/// The forms that data can be printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object per line, as things happen.
    Jsonl,
    /// A tree for people (topology only).
    Tree,
}

/// Standard output. A reader that goes away (`| head`) is no error: what comes after is dropped,
/// and the command ends with the exit code it would have had.
pub struct Out {
    writer: BufWriter<Stdout>,
    closed: bool,
    terminal: bool,
}

impl Out {
    /// This process's standard output.
    pub fn new() -> Out {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        Out {
            writer: BufWriter::new(stdout),
            closed: false,
            terminal,
        }
    }

    /// True when somebody looks at it directly.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// True once the reader went away: a command without an end of its own may stop.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Text for people, made safe, with a line end behind it.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.exact(&format!("{}\n", visible(text)))
    }

    /// One line for people: whatever is in it, it stays one line.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.exact(&format!("{}\n", visible_line(text)))
    }

    /// Text that another program will read: byte for byte, unless a terminal would act on it.
    pub fn raw(&mut self, text: &str) -> Result<(), Failure> {
        if self.terminal {
            self.text(text)
        } else {
            self.exact(&format!("{text}\n"))
        }
    }

    /// A table: columns as wide as their widest cell. Cells are made safe. No rows, no heading.
    pub fn table(&mut self, heading: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
        for line in table(heading, rows) {
            self.exact(&format!("{line}\n"))?;
        }
        Ok(())
    }

    /// One JSON document, indented.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text =
            serde_json::to_string_pretty(value).map_err(|e| Failure::failed(e.to_string()))?;
        self.exact(&format!("{}\n", escape(&text)))
    }

    /// One JSON object on one line.
    pub fn jsonl(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(|e| Failure::failed(e.to_string()))?;
        self.exact(&format!("{}\n", escape(&text)))
    }

    /// A list in the form asked for; `row` gives the cells for people.
    pub fn list<T: Serialize>(
        &mut self,
        format: Format,
        items: &[T],
        heading: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), Failure> {
        match format {
            Format::Json => self.json(&items),
            Format::Jsonl => items.iter().try_for_each(|item| self.jsonl(item)),
            Format::Table | Format::Tree => {
                let rows: Vec<Vec<String>> = items.iter().map(row).collect();
                self.table(heading, &rows)
            }
        }
    }

    /// A finding, as compilers write them: place, severity, text, rule.
    pub fn finding(&mut self, name: &str, f: &Finding) -> Result<(), Failure> {
        self.line(&format!("{name}:{f}"))
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        let result = self.writer.write_all(bytes);
        self.check(result)
    }

    /// Hands everything over to the reader.
    pub fn flush(&mut self) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        let result = self.writer.flush();
        self.check(result)
    }

    fn exact(&mut self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    fn check(&mut self, result: io::Result<()>) -> Result<(), Failure> {
        match result {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(e) => Err(Failure::failed(format!(
                "cannot write to standard output: {e}"
            ))),
            Ok(()) => Ok(()),
        }
    }
}

impl Default for Out {
    fn default() -> Self {
        Out::new()
    }
}

/// Text for people on standard error, made safe. That nobody reads it is no error.
pub fn note(text: &str) {
    status::wipe();
    let _ = writeln!(io::stderr().lock(), "{}", visible(text));
}

/// JSON with every character that could act on a terminal written as `\uXXXX`: the reader gets
/// the same string. Such characters stand only inside strings; all are below U+10000.
fn escape(json: &str) -> String {
    if !json.chars().any(is_unsafe) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_unsafe(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn table(heading: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let heading = heading.iter().map(|h| (*h).to_owned()).collect();
    let safe = |row: &Vec<String>| {
        row.iter()
            .map(|cell| visible_line(cell).into_owned())
            .collect()
    };
    let all: Vec<Vec<String>> = std::iter::once(heading)
        .chain(rows.iter().map(safe))
        .collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or(0);
    let width = |n: usize| {
        all.iter()
            .filter_map(|row| row.get(n))
            .map(|cell| cell.width())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let draw = |row: &Vec<String>| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        line.truncate(line.trim_end().len());
        line
    };
    all.iter().map(draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_strings_survive_escaping() {
        let nasty = "a\u{9b}31m\u{202e}b\u{7f}\u{1b}\n\u{feff}ü";
        let text = serde_json::to_string(nasty).expect("serialises");
        let escaped = escape(&text);
        assert!(!escaped.chars().any(is_unsafe), "{escaped}");
        assert_eq!(
            serde_json::from_str::<String>(&escaped).expect("reads"),
            nasty
        );
    }

    #[test]
    fn columns_line_up_by_width_on_screen() {
        let rows = [
            vec!["日本".into(), "x".into()],
            vec!["a".into(), "y\n".into()],
        ];
        assert_eq!(
            table(&["name", "b"], &rows),
            ["name  b", "日本  x", "a     y\u{240a}"]
        );
        assert!(table(&["name"], &[]).is_empty());
    }
}
