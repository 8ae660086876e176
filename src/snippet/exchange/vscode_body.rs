//! The body of a VS Code snippet: tab stops, placeholders, choices, variables and transforms. The
//! grammar is that of its page "Snippets in Visual Studio Code".

use super::entry::{Body, Place};
use super::vscode::variable;

/// How deep placeholders may nest.
const MAX_DEPTH: usize = 8;

/// A body, and what of it is lost. The error says where it cannot be read.
pub fn read(text: &str) -> Result<(Body, Vec<String>), String> {
    let mut reader = Reader {
        text,
        at: 0,
        body: Body::default(),
        numbers: Vec::new(),
        notes: Vec::new(),
        within: false,
    };
    reader.all()?;
    Ok((reader.body, reader.notes))
}

/// Text as it is written in a body.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '$' | '}' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `${1|a,b|}`.
pub fn choice(number: usize, choices: &[String]) -> String {
    let escaped: Vec<String> = choices
        .iter()
        .map(|choice| {
            let mut out = String::new();
            for c in choice.chars() {
                if matches!(c, ',' | '|' | '\\') {
                    out.push('\\');
                }
                out.push(c);
            }
            out
        })
        .collect();
    format!("${{{number}|{}|}}", escaped.join(","))
}

/// True for a word that may be the name of a field.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    body: Body,
    /// The place of each number.
    numbers: Vec<(String, usize)>,
    notes: Vec<String>,
    /// True within another placeholder.
    within: bool,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn all(&mut self) -> Result<(), String> {
        loop {
            let rest = self.rest();
            let next = rest.find(['$', '\\']).filter(|_| !self.body.too_many);
            let Some(next) = next else {
                self.body.text(rest);
                return Ok(());
            };
            self.body.text(&rest[..next]);
            self.at += next;
            if let Some(c) = self.escaped() {
                self.body.text(c);
            } else if !self.placeholder(0)? {
                let one = &self.rest()[..1];
                self.body.text(one);
                self.at += 1;
            }
        }
    }

    /// `\$`, `\}` and `\\`; a back-slash in front of anything else is one.
    fn escaped(&mut self) -> Option<&'a str> {
        let after = self.rest().strip_prefix('\\')?;
        let length = if after.starts_with(['$', '}', '\\']) {
            1
        } else {
            0
        };
        let shown = if length == 1 { &after[..1] } else { "\\" };
        self.at += 1 + length;
        Some(shown)
    }

    /// What begins with a `$`; false when it is text.
    fn placeholder(&mut self, depth: usize) -> Result<bool, String> {
        let start = self.at;
        let rest = self.rest();
        let Some(after) = rest.strip_prefix('$') else {
            return Ok(false);
        };
        let (inner, braced) = match after.strip_prefix('{') {
            Some(inner) => (inner, true),
            None => (after, false),
        };
        let digits = inner.starts_with(|c: char| c.is_ascii_digit());
        let in_name = |c: char| match digits {
            true => c.is_ascii_digit(),
            false => c.is_ascii_alphanumeric() || c == '_',
        };
        let length = inner.find(|c| !in_name(c)).unwrap_or(inner.len());
        if length == 0 {
            return Ok(false);
        }
        let name = &inner[..length];
        self.at += 1 + usize::from(braced) + length;
        if !braced {
            self.put(name, Place::default(), start);
            return Ok(true);
        }
        if depth >= MAX_DEPTH {
            return Err("placeholders nest too deep".into());
        }
        let rest = self.rest();
        let mut place = Place::default();
        if rest.starts_with('}') {
            self.at += 1;
        } else if rest.starts_with(':') {
            self.at += 1;
            let (text, nested) = self.default(depth)?;
            if nested {
                self.notes.push(format!(
                    "{} holds another placeholder: it is one field without a default",
                    &self.text[start..self.at]
                ));
            } else if !text.is_empty() {
                place.default = Some(text);
            }
        } else if rest.starts_with('|') && digits {
            self.at += 1;
            place.choices = self.choices(start)?;
        } else if rest.starts_with('/') {
            self.transform(start)?;
        } else {
            // No placeholder at all: VS Code shows it as it is.
            self.at = start;
            return Ok(false);
        }
        self.put(name, place, start);
        Ok(true)
    }

    /// The text of a placeholder up to its end, and whether another one stands in it.
    fn default(&mut self, depth: usize) -> Result<(String, bool), String> {
        let start = self.at;
        let mut text = String::new();
        let mut nested = false;
        loop {
            let rest = self.rest();
            if rest.starts_with('}') {
                self.at += 1;
                return Ok((text, nested));
            }
            if let Some(c) = self.escaped() {
                text.push_str(c);
                continue;
            }
            if rest.starts_with('$') {
                // Within another one it is no place of its own.
                let outside = std::mem::replace(&mut self.within, true);
                let found = self.placeholder(depth + 1)?;
                self.within = outside;
                if found {
                    nested = true;
                    continue;
                }
            }
            let Some(c) = rest.chars().next() else {
                return Err(self.unclosed(start));
            };
            text.push(c);
            self.at += c.len_utf8();
        }
    }

    fn choices(&mut self, start: usize) -> Result<Vec<String>, String> {
        let mut choices = vec![String::new()];
        loop {
            let rest = self.rest();
            if rest.starts_with("|}") {
                self.at += 2;
                return Ok(choices);
            }
            let mut chars = rest.chars();
            let Some(mut c) = chars.next() else {
                return Err(self.unclosed(start));
            };
            self.at += c.len_utf8();
            match (c, chars.next()) {
                (',', _) => {
                    choices.push(String::new());
                    continue;
                }
                ('\\', Some(next @ (',' | '|' | '\\'))) => {
                    c = next;
                    self.at += next.len_utf8();
                }
                _ => {}
            }
            if let Some(last) = choices.last_mut() {
                last.push(c);
            }
        }
    }

    /// `/regex/format/options}`: read over and told.
    fn transform(&mut self, start: usize) -> Result<(), String> {
        let mut slashes = 0;
        let mut depth = 0usize;
        let mut escaped = false;
        for (at, c) in self.rest().char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '/' if depth == 0 => slashes += 1,
                '{' if slashes == 2 => depth += 1,
                '}' if depth > 0 => depth -= 1,
                '}' if slashes >= 3 => {
                    self.at += at + 1;
                    let written = &self.text[start..self.at];
                    self.notes.push(format!("{written}: the transform is lost"));
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(self.unclosed(start))
    }

    fn unclosed(&self, start: usize) -> String {
        let shown: String = self.text[start..].chars().take(20).collect();
        format!("a placeholder is never closed: {shown}")
    }

    /// Adds a place: of a number, or of a variable.
    fn put(&mut self, name: &str, place: Place, start: usize) {
        if self.within {
            return;
        }
        let written = &self.text[start..self.at];
        if !name.starts_with(|c: char| c.is_ascii_digit()) {
            let place = variable(name, place.default);
            let field = place.name.clone().unwrap_or_default();
            self.notes.push(format!(
                "{written} is a variable of VS Code; it is the field {field}"
            ));
            self.body.place(place, written);
            return;
        }
        let number = name.trim_start_matches('0');
        if number.is_empty() {
            // Where the cursor ends.
            if let Some(text) = place.default {
                self.body.text(&text);
            }
            return;
        }
        let known = self.numbers.iter().find(|(n, _)| n == number);
        match known.map(|(_, index)| *index) {
            Some(index) => {
                if let Some(mine) = self.body.places.get_mut(index) {
                    mine.learn(place);
                }
                self.body.again(index, written);
            }
            None => {
                self.numbers
                    .push((number.to_owned(), self.body.places.len()));
                self.body.place(place, written);
            }
        }
    }
}

#[cfg(test)]
mod tests;
