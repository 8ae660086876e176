//! Opening, leaving and starting forms.

use crate::snippet::{Plan, ReadError, Snippet};
use crate::suggest::Known;

use super::form::Form;
use super::state::{Left, Opened, Row, State};

impl State {
    /// Opens the form of the selected row, as it was left, or filled in from what is known. What
    /// the list is for goes into the form in either case.
    pub fn open(&mut self, known: Known<'_>) -> Opened {
        let opened = self.open_row(known);
        if let (Some(form), Some((subject, _))) = (&mut self.form, &self.subject) {
            let note = format!("from the topology: {}", subject.name);
            // Once for each subject: what the user then changes is the user's.
            if form.filled_for.as_deref() != Some(note.as_str()) {
                let fills = subject.fills(&form.snippet).into_iter();
                form.prefill(
                    fills.map(|(n, v)| (n, vec![v], note.clone())).collect(),
                    true,
                );
                form.focus_first_empty();
                form.filled_for = Some(note);
            }
        }
        if let Some(form) = &mut self.form {
            form.offer(known);
        }
        opened
    }

    fn open_row(&mut self, known: Known<'_>) -> Opened {
        match self.row(self.selected) {
            None => Opened::Done,
            // Never another snippet in the place of the one that somebody put there.
            Some(row @ Row::Snippet(_)) if self.is_broken(row) => {
                Opened::Failed("its file cannot be used: e opens it, see below".into())
            }
            Some(Row::Snippet(snippet)) => {
                let left = self.left.get(&Left::Snippet(snippet.id.clone()));
                let mut form = match left {
                    Some(form) if is_of(form, snippet) => form.clone(),
                    // The file was changed since: what was filled in goes into the new form.
                    Some(old) => {
                        let mut form = Form::new(snippet);
                        form.take_over(old);
                        form
                    }
                    None => Form::new(snippet),
                };
                fill_in(&mut form, known);
                self.form = Some(form);
                Opened::Done
            }
            Some(Row::Cmdlet(cmdlet)) if self.sets.contains_key(cmdlet.name) => {
                let set = self.sets.get(cmdlet.name).and_then(|s| cmdlet.set(s));
                match set.or_else(|| cmdlet.first_set()) {
                    Some(set) => self.open_plan(Plan::new(cmdlet, set), known),
                    None => Opened::Done,
                }
            }
            Some(Row::Cmdlet(cmdlet)) if cmdlet.default_set.is_none() && cmdlet.sets.len() > 1 => {
                Opened::Choose(cmdlet.name)
            }
            Some(Row::Cmdlet(cmdlet)) => match cmdlet.first_set() {
                Some(set) => self.open_plan(Plan::new(cmdlet, set), known),
                None => Opened::Done,
            },
        }
    }

    /// Opens the form of a plan, as it was left, or filled in from what is known.
    pub fn open_plan(&mut self, plan: Plan, known: Known<'_>) -> Opened {
        match self.left.get(&Left::Plan(plan.id())) {
            Some(form) => self.form = Some(form.clone()),
            None => match Form::of_plan(plan) {
                Ok(form) => self.form = Some(form),
                Err(error) => return failed(&error),
            },
        }
        if let Some(form) = &mut self.form {
            fill_in(form, known);
            form.offer(known);
        }
        Opened::Done
    }

    /// Takes the open form of a cmdlet to another of its parameter sets; what is filled in goes
    /// along where the set has the field.
    pub fn change_set(&mut self, set: &str) -> Opened {
        let Some(form) = &self.form else {
            return Opened::Done;
        };
        match form.with_set(set) {
            Some(Ok(mut new)) => {
                // What the other set has no field for waits there, and what waited here is back.
                if let Some(earlier) = self.left.get(&key_of(&new)) {
                    new.take_over(earlier);
                }
                if let Some(old) = self.form.take() {
                    self.keep(old);
                }
                self.form = Some(new);
            }
            Some(Err(error)) => return failed(&error),
            None => {}
        }
        Opened::Done
    }

    /// Starts the open form anew, as if it had never been filled in.
    pub fn reset(&mut self, known: Known<'_>) -> Opened {
        let Some(old) = self.form.take() else {
            return Opened::Done;
        };
        self.left.remove(&key_of(&old));
        match old.plan {
            Some(plan) => self.open_plan(plan, known),
            None => {
                let snippet = self.library.get(&old.snippet.id).unwrap_or(&old.snippet);
                let mut form = Form::new(snippet);
                fill_in(&mut form, known);
                form.offer(known);
                self.form = Some(form);
                Opened::Done
            }
        }
    }

    /// Keeps a form that is not open, for when its row is opened.
    pub fn keep(&mut self, form: Form) {
        if let Some(plan) = &form.plan {
            self.sets.insert(plan.cmdlet.name, plan.set.name);
        }
        self.left.insert(key_of(&form), form);
    }

    /// Closes the form and remembers it.
    pub fn close(&mut self) {
        self.table = None;
        if let Some(form) = self.form.take() {
            self.keep(form);
        }
    }
}

/// Puts the variables of the engagement into the fields of a form that nobody filled in.
fn fill_in(form: &mut Form, known: Known<'_>) {
    let Some(engagement) = known.engagement.filter(|e| !e.is_empty()) else {
        return;
    };
    // Once for each state of the variables: what the user emptied stays empty.
    if form.engagement.as_ref() == Some(engagement) {
        return;
    }
    form.engagement = Some(engagement.clone());
    let note = |name: String| format!("engagement: {name}");
    let fills = engagement.fills(&form.snippet).into_iter();
    form.prefill(
        fills.map(|(n, name, v)| (n, v, note(name))).collect(),
        false,
    );
    form.focus_first_empty();
}

/// True when the form was made from this very file.
fn is_of(form: &Form, snippet: &Snippet) -> bool {
    form.snippet.layer == snippet.layer && form.snippet.source == snippet.source
}

fn key_of(form: &Form) -> Left {
    let id = form.snippet.id.clone();
    match form.plan {
        Some(_) => Left::Plan(id),
        None => Left::Snippet(id),
    }
}

fn failed(error: &ReadError) -> Opened {
    Opened::Failed(format!("this form cannot be made: {error}"))
}
