//! A form: one input per field, and the command they make.

use crate::powershell::{Kind, list};
use crate::snippet::{Field, FieldError, RenderError, Rendered, Snippet, Values, render};
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
                (false, true) => list::split(text)
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
            Kind::Switch => vec!["", "on"],
            Kind::Bool => vec!["true", "false"],
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
        Kind::Switch => if default.first().is_some_and(|d| d == "true") {
            "on"
        } else {
            ""
        }
        .to_owned(),
        _ if field.list => list::join(default),
        _ => default.join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snippet::Library;

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
