//! Choosing the value of a field from everything that is known.

use crate::suggest::Suggestion;
use crate::tui::widget::input::LineInput;

/// The choices of one field, filtered by typed words; several can be marked for a list.
#[derive(Debug)]
pub struct Picker {
    /// The field's name.
    pub field: String,
    /// True for a field that takes several values.
    pub list: bool,
    /// True when only what is listed fits.
    pub closed: bool,
    /// The words; what is typed can also be taken as the value itself.
    pub input: LineInput,
    /// The highlighted row of what is found.
    pub selected: usize,
    /// The values that are marked, in the order of marking.
    pub marked: Vec<String>,
    /// A command that asks a server for values; it only reads.
    pub ask: Option<String>,
    all: Vec<Suggestion>,
}

impl Picker {
    /// A picker over these suggestions. `held` is what the field holds now: for a list the marks
    /// it starts with.
    pub fn new(
        field: &str,
        list: bool,
        closed: bool,
        held: Vec<String>,
        all: Vec<Suggestion>,
        ask: Option<String>,
    ) -> Picker {
        let at = |held: &String| all.iter().position(|s| s.value.eq_ignore_ascii_case(held));
        let selected = held.first().and_then(at).unwrap_or(0);
        Picker {
            field: field.to_owned(),
            list,
            closed,
            input: LineInput::default(),
            selected,
            marked: if list { held } else { Vec::new() },
            ask,
            all,
        }
    }

    /// The suggestions that hold every word in their value or note.
    pub fn found(&self) -> Vec<&Suggestion> {
        let words: Vec<String> = self
            .input
            .text()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let holds = |s: &&Suggestion| {
            let text = format!("{} {}", s.value, s.note).to_lowercase();
            words.iter().all(|w| text.contains(w))
        };
        self.all.iter().filter(holds).collect()
    }

    /// How many suggestions there are at all.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True when the value is marked.
    pub fn is_marked(&self, value: &str) -> bool {
        self.marked.iter().any(|m| m.eq_ignore_ascii_case(value))
    }

    /// Marks the highlighted row or takes its mark away, and goes on to the next row.
    pub fn mark(&mut self) {
        let found = self.found();
        let last = found.len().saturating_sub(1);
        let Some(value) = found.get(self.selected).map(|s| s.value.clone()) else {
            return;
        };
        match self.is_marked(&value) {
            true => self.marked.retain(|m| !m.eq_ignore_ascii_case(&value)),
            false => self.marked.push(value),
        }
        self.selected = (self.selected + 1).min(last);
    }

    /// What is chosen: the marks of a list and what was searched for, else the highlighted row, else what was typed.
    pub fn chosen(&self) -> Vec<String> {
        let row = self.found().get(self.selected).map(|s| s.value.clone());
        let typed = self.input.text().trim();
        let searched = !typed.is_empty();
        let typed = (!self.closed && searched).then(|| typed.to_owned());
        let row = row.or(typed);
        if !self.list || self.marked.is_empty() {
            return row.into_iter().collect();
        }
        // Who searched for one more means it, marked or not.
        let more = row.filter(|value| searched && !self.is_marked(value));
        self.marked.iter().cloned().chain(more).collect()
    }
}
