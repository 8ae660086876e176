//! A form: one input per field, and the command they make.

use crate::cmdlet::{Cmdlet, Parameter};
use crate::powershell::{Kind, LiteralError, list};
use crate::snippet::{
    Field, FieldError, Meaning, Plan, ReadError, RenderError, Rendered, Snippet, Values, render,
};
use crate::suggest::{Engagement, Known, Suggestion, suggestions};
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
    /// The parameter of the reference that each field is passed to, where there is one.
    pub meanings: Vec<Option<(&'static Cmdlet, &'static Parameter)>>,
    /// What the form was made from, when nobody wrote the snippet.
    pub plan: Option<Plan>,
    /// What was put into a field by something else than the user, and by what; it counts as long
    /// as the field holds exactly that.
    pub origins: Vec<Option<(String, String)>>,
    /// What the field with the cursor can be filled with.
    pub offered: Vec<Suggestion>,
    /// What of the topology was filled in last, as it is noted beside the fields.
    pub filled_for: Option<String>,
    /// The variables that were filled in last.
    pub engagement: Option<Engagement>,
    /// True until a key goes into the field that the cursor came to.
    pub fresh: bool,
    /// True while fields that are not required and empty are out of sight.
    pub folded: bool,
}

/// A form with more fields than this shows the required ones first.
const FOLD_FROM: usize = 8;

impl Form {
    /// A form with the defaults filled in.
    pub fn new(snippet: &Snippet) -> Form {
        let inputs: Vec<LineInput> = snippet
            .fields
            .iter()
            .map(|f| LineInput::new(&default_text(f)))
            .collect();
        let meanings = snippet
            .fields
            .iter()
            .map(|f| snippet.parameter_of(&f.name))
            .collect();
        let mut form = Form {
            snippet: snippet.clone(),
            inputs,
            focus: 0,
            result: Err(RenderError::Fields(Vec::new())),
            meanings,
            plan: None,
            origins: vec![None; snippet.fields.len()],
            offered: Vec::new(),
            filled_for: None,
            engagement: None,
            fresh: true,
            folded: false,
        };
        form.refresh();
        form
    }

    /// A form made from the reference, nothing filled in.
    pub fn of_plan(plan: Plan) -> Result<Form, ReadError> {
        let mut form = Form::new(&plan.snippet()?);
        form.folded =
            form.inputs.len() > FOLD_FROM && form.snippet.fields.iter().any(|f| f.required);
        form.plan = Some(plan);
        Ok(form)
    }

    /// The same command in another parameter set, what is filled in taken along; `None` when the
    /// form has no such set.
    pub fn with_set(&self, set: &str) -> Option<Result<Form, ReadError>> {
        let plan = self.plan.as_ref()?;
        let set = plan.cmdlet.set(set)?;
        Some(Form::of_plan(plan.with_set(set)).map(|mut form| {
            for (field, input) in self.snippet.fields.iter().zip(&self.inputs) {
                form.put(&field.name, input.text());
            }
            form.folded &= self.folded;
            form.refresh();
            form
        }))
    }

    /// Fills empty fields with what another form has in fields of the same name.
    pub fn take_over(&mut self, other: &Form) {
        for (field, input) in other.snippet.fields.iter().zip(&other.inputs) {
            let at = self
                .snippet
                .fields
                .iter()
                .position(|f| f.name == field.name);
            if at.is_some_and(|n| self.inputs[n].text().is_empty()) {
                self.put(&field.name, input.text());
            }
        }
        self.refresh();
    }

    /// Puts a text into the field of this name, if there is one; [`Form::refresh`] comes after.
    pub fn put(&mut self, name: &str, text: &str) {
        let at = self
            .snippet
            .fields
            .iter()
            .position(|f| f.name.eq_ignore_ascii_case(name));
        if let Some(input) = at.and_then(|n| self.inputs.get_mut(n)) {
            *input = LineInput::new(text);
        }
    }

    /// Puts values into fields, with where they come from; [`Form::refresh`] comes after. What the
    /// user typed stays, unless `over` says that the value was chosen just now.
    pub fn prefill(&mut self, values: Vec<(usize, Vec<String>, String)>, over: bool) {
        for (n, value, note) in values {
            let (Some(input), Some(field)) = (self.inputs.get_mut(n), self.snippet.fields.get(n))
            else {
                continue;
            };
            let untouched = input.text().is_empty() || input.text() == default_text(field);
            if untouched || over {
                let text = match field.list {
                    true => list::join(&value),
                    false => value.into_iter().next().unwrap_or_default(),
                };
                *input = LineInput::new(&text);
                self.origins[n] = Some((text, note));
            }
        }
        self.refresh();
    }

    /// Where the text of a field comes from, when the user did not type it.
    pub fn origin_of(&self, n: usize) -> Option<&str> {
        let (text, note) = self.origins.get(n)?.as_ref()?;
        (self.inputs.get(n)?.text() == text).then_some(note.as_str())
    }

    /// True when a field holds a value that the user did not type: its default, or what was filled
    /// in.
    pub fn is_untouched(&self, n: usize) -> bool {
        let (Some(field), Some(input)) = (self.snippet.fields.get(n), self.inputs.get(n)) else {
            return false;
        };
        let text = input.text();
        !text.is_empty() && (text == default_text(field) || self.origin_of(n).is_some())
    }

    /// Finds anew what the field with the cursor can be filled with.
    pub fn offer(&mut self, known: Known<'_>) {
        let Some(field) = self.snippet.fields.get(self.focus) else {
            self.offered.clear();
            return;
        };
        let filled = |name: &str| {
            let at = self.snippet.fields.iter().position(|f| f.name == name)?;
            self.inputs.get(at).map(|input| input.text().to_owned())
        };
        self.offered = suggestions(&self.snippet, field, &filled, known);
    }

    /// True when a field takes several values.
    pub fn takes_several(&self, n: usize) -> bool {
        let field = self.snippet.fields.get(n);
        field.is_some_and(|f| f.list || self.snippet.kind_of(f) == Kind::ListChange)
    }

    /// The elements that a field holds.
    pub fn elements(&self, n: usize) -> Vec<String> {
        let text = self.inputs.get(n).map_or("", |input| input.text());
        match (text.trim().is_empty(), self.takes_several(n)) {
            (true, _) => Vec::new(),
            (false, true) => list::split(text),
            (false, false) => vec![text.to_owned()],
        }
    }

    /// Puts elements into a field; one that takes a single value takes the first.
    pub fn set_elements(&mut self, n: usize, elements: &[String]) {
        let text = match self.takes_several(n) {
            true => list::join(elements),
            false => elements.first().cloned().unwrap_or_default(),
        };
        if let Some(input) = self.inputs.get_mut(n) {
            *input = LineInput::new(&text);
            self.refresh();
        }
    }

    /// What was filled in by hand, as the history keeps it: field and text. Choices, switches and
    /// defaults say nothing about the next time; secrets are never among the fields.
    pub fn to_remember(&self) -> Vec<(String, String)> {
        let meanings = self.snippet.meanings();
        let fields = self.snippet.fields.iter().zip(&self.inputs).zip(meanings);
        fields
            .filter(|((field, input), meaning)| {
                **meaning != Meaning::Secret
                    && !matches!(field.kind, Kind::Switch | Kind::Bool)
                    && field.choices.is_empty()
                    && input.text() != default_text(field)
            })
            .flat_map(|((field, input), _)| {
                let elements = match field.list {
                    true => list::split(input.text()),
                    false => vec![input.text().to_owned()],
                };
                elements
                    .into_iter()
                    .map(|value| (field.name.clone(), value))
            })
            .collect()
    }

    /// Puts the cursor on the first required field that is empty.
    pub fn focus_first_empty(&mut self) {
        let empty =
            |n: &usize| self.snippet.fields[*n].required && self.inputs[*n].text().is_empty();
        if let Some(n) = self.shown().into_iter().find(empty) {
            self.focus = n;
        }
    }

    /// The fields in sight, in order. Folded: those that are required or filled in.
    pub fn shown(&self) -> Vec<usize> {
        (0..self.inputs.len())
            .filter(|n| {
                !self.folded
                    || *n == self.focus
                    || self.snippet.fields[*n].required
                    || !self.inputs[*n].text().is_empty()
            })
            .collect()
    }

    /// Folds the fields that are neither required nor filled in, or shows them.
    pub fn fold(&mut self) {
        self.folded = !self.folded;
        let field = self.snippet.fields.get(self.focus);
        let idle = self
            .inputs
            .get(self.focus)
            .is_none_or(|i| i.text().is_empty());
        if self.folded && idle && !field.is_some_and(|f| f.required) {
            self.focus = 0;
        }
    }

    /// The values that a field can take, when there is a list of them: its own, else what the
    /// reference names.
    pub fn choices(&self, n: usize) -> Vec<&str> {
        let Some(field) = self.snippet.fields.get(n) else {
            return Vec::new();
        };
        match (field.kind, self.meanings.get(n).copied().flatten()) {
            (Kind::Switch, _) => vec!["", "on"],
            (Kind::Bool, _) => vec!["true", "false"],
            (_, Some((_, parameter))) if field.choices.is_empty() => parameter.values.clone(),
            _ => field.choices.iter().map(String::as_str).collect(),
        }
    }

    /// The `.ps1` text that keeps this form as a snippet of one's own, what is filled in as its
    /// defaults. A snippet that somebody wrote is kept as it is.
    pub fn source(&self) -> Result<String, LiteralError> {
        match &self.plan {
            Some(plan) => plan.source(&self.values()),
            None => Ok(self.snippet.source.clone()),
        }
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

    /// What looks wrong about a field; no reason to refuse it.
    pub fn doubt_of(&self, field: &Field) -> Option<&str> {
        let doubts = self.result.as_ref().ok().map(|r| r.doubts.as_slice());
        doubts?
            .iter()
            .find(|d| d.field == field.name)
            .map(|d| d.message.as_str())
    }

    /// Moves the cursor to another field in sight, around the ends.
    pub fn step(&mut self, by: isize) {
        let shown = self.shown();
        let at = shown.iter().position(|n| *n == self.focus).unwrap_or(0) as isize;
        self.fresh = true;
        if !shown.is_empty() {
            self.focus = shown[(at + by).rem_euclid(shown.len() as isize) as usize];
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
        let mut choices = self.choices(self.focus);
        if choices.is_empty() {
            choices = self.offered.iter().map(|s| s.value.as_str()).collect();
        }
        if choices.is_empty() {
            return;
        }
        let current = self.inputs[self.focus].text();
        let at = choices.iter().position(|c| c.eq_ignore_ascii_case(current));
        let next = at.map_or(0, |at| {
            (at as isize + by).rem_euclid(choices.len() as isize) as usize
        });
        let next = vec![choices[next].to_owned()];
        self.set_elements(self.focus, &next);
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
mod tests;
