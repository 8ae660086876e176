//! A form: one input per field, and the command they make.

use crate::snippet::{
    Field, FieldError, FieldKind, RenderError, Rendered, Snippet, Values, render,
};
use crate::tui::widget::input::LineInput;

/// A snippet being filled in.
#[derive(Debug, Clone)]
pub struct Form {
    /// The snippet.
    pub snippet: Snippet,
    /// One input per field, in order.
    pub inputs: Vec<LineInput>,
    /// The field with the cursor.
    pub focus: usize,
    /// What the fields make: the command, or what is wrong.
    pub result: Result<Rendered, RenderError>,
}

impl Form {
    /// A form with the defaults filled in.
    pub fn new(snippet: &Snippet) -> Form {
        let inputs: Vec<LineInput> = snippet
            .fields
            .iter()
            .map(|f| LineInput::new(&default_text(f)))
            .collect();
        let mut form = Form {
            snippet: snippet.clone(),
            inputs,
            focus: 0,
            result: Err(RenderError::Fields(Vec::new())),
        };
        form.refresh();
        form
    }

    /// Renders anew; after every change.
    pub fn refresh(&mut self) {
        self.result = render(&self.snippet, &self.values());
    }

    /// What was filled in. An untouched default stays a default; an emptied one is left out; an
    /// empty field is unset.
    pub fn values(&self) -> Values {
        let mut values = Values::default();
        for (field, input) in self.snippet.fields.iter().zip(&self.inputs) {
            let text = input.text();
            if text == default_text(field) {
                continue;
            }
            match (text.is_empty(), field.list) {
                (true, _) => values.clear(&field.name),
                (false, true) => split_list(text)
                    .into_iter()
                    .for_each(|v| values.add(&field.name, v)),
                (false, false) => values.add(&field.name, text),
            }
        }
        values
    }

    /// What is wrong with a field.
    pub fn error_of(&self, field: &Field) -> Option<&str> {
        match &self.result {
            Err(RenderError::Fields(errors)) => errors
                .iter()
                .find(|e: &&FieldError| e.field == field.name)
                .map(|e| e.message.as_str()),
            _ => None,
        }
    }

    /// Moves the cursor to another field, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = self.inputs.len() as isize;
        if count > 0 {
            self.focus = (self.focus as isize + by).rem_euclid(count) as usize;
        }
    }

    /// Replaces the text of the field with the cursor.
    pub fn set_current(&mut self, text: &str) {
        if let Some(input) = self.inputs.get_mut(self.focus) {
            *input = LineInput::new(text);
            self.refresh();
        }
    }

    /// Goes to the next or previous choice of the field with the cursor.
    pub fn cycle(&mut self, by: isize) {
        let Some(field) = self.snippet.fields.get(self.focus) else {
            return;
        };
        let choices: Vec<&str> = match field.kind {
            FieldKind::Switch => vec!["", "on"],
            FieldKind::Bool => vec!["true", "false"],
            _ => field.choices.iter().map(String::as_str).collect(),
        };
        if choices.is_empty() {
            return;
        }
        let current = self.inputs[self.focus].text();
        let at = choices.iter().position(|c| c.eq_ignore_ascii_case(current));
        let next = at.map_or(0, |at| {
            (at as isize + by).rem_euclid(choices.len() as isize) as usize
        });
        let next = choices[next].to_owned();
        self.set_current(&next);
    }
}

/// The default as it stands in the input.
fn default_text(field: &Field) -> String {
    let Some(default) = &field.default else {
        return String::new();
    };
    match field.kind {
        FieldKind::Switch => if default.first().is_some_and(|d| d == "true") {
            "on"
        } else {
            ""
        }
        .to_owned(),
        _ => default
            .iter()
            .map(|v| match field.list {
                true => quoted_element(v),
                false => v.clone(),
            })
            .collect::<Vec<_>>()
            .join(","),
    }
}

fn quoted_element(value: &str) -> String {
    if value.contains(',') || value.starts_with('\'') {
        format!("'{}'", value.replace('\'', "''"))
    } else {
        value.to_owned()
    }
}

/// Splits a list at commas; an element that holds one stands in single quotes, a quote in it
/// doubled, as in PowerShell. Blanks around elements are dropped.
pub fn split_list(text: &str) -> Vec<String> {
    let mut elements = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(quoted) = rest.strip_prefix('\'') {
            let mut element = String::new();
            let mut chars = quoted.char_indices().peekable();
            let mut end = quoted.len();
            while let Some((n, c)) = chars.next() {
                if c != '\'' {
                    element.push(c);
                } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
                    element.push('\'');
                } else {
                    end = n + 1;
                    break;
                }
            }
            // What stands between the quote and the next comma belongs to the element: nothing
            // that was typed is dropped.
            let (tail, next) = match quoted[end..].split_once(',') {
                Some((tail, next)) => (tail, Some(next)),
                None => (&quoted[end..], None),
            };
            element.push_str(tail.trim_end());
            elements.push(element);
            match next {
                Some(next) => rest = next,
                None => return elements,
            }
        } else {
            match rest.split_once(',') {
                Some((element, tail)) => {
                    elements.push(element.trim_end().to_owned());
                    rest = tail;
                }
                None => {
                    elements.push(rest.trim_end().to_owned());
                    return elements;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snippet::Library;

    #[test]
    fn lists_split_at_commas() {
        assert_eq!(split_list("E:\\L, F:\\D"), ["E:\\L", "F:\\D"]);
        assert_eq!(split_list("'a,b', it's"), ["a,b", "it's"]);
        assert_eq!(split_list("'q''q'"), ["q'q"]);
        assert_eq!(split_list("a,"), ["a", ""]);
        assert_eq!(split_list("'a,b',"), ["a,b", ""]);
        assert_eq!(split_list("'a'b, c"), ["ab", "c"]);
    }

    #[test]
    fn the_preview_is_what_the_command_line_renders() {
        let library = Library::built_in();
        let snippet = library
            .get("database/install-cms-database")
            .expect("shipped");
        let mut form = Form::new(snippet);
        assert!(form.result.is_err());
        let at = |form: &Form, name: &str| {
            form.snippet
                .fields
                .iter()
                .position(|f| f.name == name)
                .expect("field")
        };
        form.focus = at(&form, "SqlServerFqdn");
        form.set_current("sql01.kestrel.lan");
        form.focus = at(&form, "DatabasePaths");
        form.set_current("E:\\L,F:\\D");
        let mut values = Values::default();
        values.add("SqlServerFqdn", "sql01.kestrel.lan");
        values.add("DatabasePaths", "E:\\L");
        values.add("DatabasePaths", "F:\\D");
        assert_eq!(form.result, render(snippet, &values));
        form.focus = at(&form, "SqlInstanceName");
        form.set_current("");
        assert!(
            form.result
                .as_ref()
                .is_ok_and(|r| !r.text.contains("SqlInstanceName"))
        );
        form.focus = at(&form, "Clean");
        form.cycle(1);
        assert!(
            form.result
                .as_ref()
                .is_ok_and(|r| r.text.ends_with(" -Clean"))
        );
        form.cycle(1);
        assert!(
            form.result
                .as_ref()
                .is_ok_and(|r| !r.text.contains("-Clean"))
        );
    }
}
