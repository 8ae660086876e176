//! The command line of the Run pane: what is typed, what the check says of it, completions, and the
//! commands of before.

use std::ops::Range;

use crate::cmdlet::{Risk, Severity, check_script, judge};
use crate::suggest::complete::{Completion, Open, complete, open_at_end, word_at_end};
use crate::suggest::{Commands, Known};
use crate::tui::widget::input::LineInput;

/// A longer text is not checked while it is typed, in bytes; the question before a run checks it.
const LONGEST: usize = 8 << 10;

/// Commands of before that a search lists.
const MOST_FOUND: usize = 50;

/// A command being typed.
#[derive(Debug, Default)]
pub struct CommandLine {
    /// The line.
    pub input: LineInput,
    /// The completions that are offered.
    pub popup: Option<Popup>,
    /// The search in the commands of before.
    pub search: Option<Search>,
    /// What is said of the line.
    pub checked: Checked,
    /// The command of before that is in the line, 0 the newest.
    walk: Option<usize>,
    /// What was typed before that.
    draft: String,
}

/// Completions.
#[derive(Debug)]
pub struct Popup {
    /// What there is.
    pub completion: Completion,
    /// The one that stands in the line.
    pub chosen: Option<usize>,
    /// The line without it.
    before: String,
}

/// A search in the commands of before.
#[derive(Debug, Default)]
pub struct Search {
    /// The words.
    pub words: LineInput,
    /// The highlighted one of what is found.
    pub selected: usize,
}

impl Search {
    /// The commands that have all words, newest first.
    pub fn found<'c>(&self, commands: &'c Commands) -> Vec<&'c str> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some((n, command)) = commands.find(self.words.text(), from)
            && found.len() < MOST_FOUND
        {
            found.push(command);
            from = n + 1;
        }
        found
    }
}

/// How loud something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is not finished.
    Calm,
    /// Worth a look.
    Warning,
    /// It will not work.
    Error,
}

/// What is said of a line as it is typed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Its risk, once it can be read.
    pub risk: Option<Risk>,
    /// What is wrong or missing.
    pub says: Option<(Tone, String)>,
}

impl Checked {
    /// Looks at a line. What stands in the word that is being typed is not held against it.
    pub fn of(text: &str) -> Checked {
        let says = |tone, text: &str| Some((tone, text.to_owned()));
        if text.trim().is_empty() {
            return Checked::default();
        }
        if text.len() > LONGEST {
            return Checked {
                risk: None,
                says: says(Tone::Calm, "long: it is checked when you press Enter"),
            };
        }
        let judgement = match judge(text) {
            Ok(judgement) => judgement,
            Err(error) => {
                let open = open_at_end(text).map(|open| match open {
                    Open::Quote => "not finished: a string is open",
                    Open::Bracket => "not finished: a bracket is open",
                    Open::Operator => "not finished: something has to follow",
                });
                return Checked {
                    risk: None,
                    says: match open {
                        Some(open) => says(Tone::Calm, open),
                        None => Some((Tone::Error, error.to_string())),
                    },
                };
            }
        };
        let typed = text[..word_at_end(text)].chars().count();
        let in_word = |column: usize| column > typed && !text.ends_with(char::is_whitespace);
        let finding = check_script(text, &judgement.script, None)
            .into_iter()
            .find(|f| !in_word(f.column));
        Checked {
            risk: Some(judgement.risk),
            says: finding.map(|f| {
                let missing = matches!(f.rule, "missing-parameter" | "missing-value");
                let tone = match f.severity {
                    _ if missing => Tone::Calm,
                    Severity::Warning => Tone::Warning,
                    Severity::Error => Tone::Error,
                };
                (tone, f.message)
            }),
        }
    }
}

impl CommandLine {
    fn changed(&mut self) {
        self.checked = Checked::of(self.input.text());
    }

    /// Something was typed: the completions are those of the new word.
    pub fn typed(&mut self, known: Known<'_>) {
        self.walk = None;
        self.changed();
        if self.popup.is_some() {
            self.popup = self.offered(known);
        }
    }

    fn offered(&self, known: Known<'_>) -> Option<Popup> {
        let completion = complete(self.input.text(), self.input.cursor(), known);
        (!completion.candidates.is_empty()).then(|| Popup {
            completion,
            chosen: None,
            before: self.input.text().to_owned(),
        })
    }

    /// Completes the word, or goes to the next completion; false when there is none.
    pub fn complete(&mut self, known: Known<'_>, back: bool) -> bool {
        if self.popup.is_some() {
            self.step(back);
            return true;
        }
        let Some(popup) = self.offered(known) else {
            return false;
        };
        let span = popup.completion.span.clone();
        let typed = &self.input.text()[span.start..span.end.min(self.input.cursor())];
        match popup.completion.candidates.as_slice() {
            [one] => {
                let text = one.text.clone();
                self.put(span, &text);
            }
            _ => match popup.completion.common_part(typed) {
                // The list stays for what comes next.
                Some(common) => {
                    self.put(span, &common);
                    self.popup = self.offered(known);
                }
                None => {
                    self.popup = Some(popup);
                    self.step(back);
                }
            },
        }
        true
    }

    /// The next completion, or the one before, into the line.
    pub fn step(&mut self, back: bool) {
        let Some(popup) = &mut self.popup else {
            return;
        };
        let last = popup.completion.candidates.len().saturating_sub(1);
        let chosen = match (popup.chosen, back) {
            (None, false) => 0,
            (None, true) => last,
            (Some(n), false) => {
                if n >= last {
                    0
                } else {
                    n + 1
                }
            }
            (Some(n), true) => n.checked_sub(1).unwrap_or(last),
        };
        popup.chosen = Some(chosen);
        let Some(candidate) = popup.completion.candidates.get(chosen) else {
            return;
        };
        let (text, span) = (candidate.text.clone(), popup.completion.span.clone());
        self.input.set(&popup.before.clone());
        self.put(span, &text);
    }

    fn put(&mut self, span: Range<usize>, text: &str) {
        self.input.replace(span, text);
        self.changed();
    }

    /// Closes the completions; the line is as it was, or keeps the one that was chosen.
    pub fn close_popup(&mut self, keep: bool) {
        if let Some(popup) = self.popup.take().filter(|p| !keep && p.chosen.is_some()) {
            self.input.set(&popup.before);
            self.changed();
        }
    }

    /// Takes the command of before, or the one after it.
    pub fn walk(&mut self, commands: &Commands, older: bool) {
        let next = match (self.walk, older) {
            (None, true) => Some(0),
            (None, false) => return,
            (Some(n), true) => Some(n + 1),
            (Some(n), false) => n.checked_sub(1),
        };
        if self.walk.is_none() {
            self.draft = self.input.text().to_owned();
        }
        match next {
            Some(n) => match commands.get(n) {
                Some(command) => self.input.set(command),
                None => return,
            },
            None => self.input.set(&self.draft.clone()),
        }
        self.walk = next;
        self.popup = None;
        self.changed();
    }

    /// Takes what the search found.
    pub fn take_found(&mut self, commands: &Commands) {
        if let Some(search) = self.search.take()
            && let Some(command) = search.found(commands).get(search.selected)
        {
            self.input.set(command);
            self.changed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> Option<(Tone, String)> {
        Checked::of(text).says
    }

    #[test]
    fn what_is_not_finished_is_said_calmly_or_not_at_all() {
        for text in [
            "",
            "Get",
            "Get-CsPoo",
            "Get-CsPool",
            "Get-CsPool -Ident",
            "Get-CsPool -Identity 'x'",
        ] {
            assert_eq!(says(text), None, "{text}");
        }
        for (text, word) in [
            ("Get-CsPool -Identity 'x", "a string is open"),
            ("Get-CsPool (", "a bracket is open"),
            ("Get-CsPool | ", "has to follow"),
            ("Get-CsPool -Identity ", "needs a value"),
            ("Install-CsDatabase ", "needs"),
        ] {
            let (tone, text) = says(text).unwrap_or_else(|| panic!("{text}"));
            assert!(tone == Tone::Calm && text.contains(word), "{text}");
        }
        for text in ["Get-CsPoool ", "Get-CsPool -Identiti x ", "Get-CsPool )"] {
            assert!(
                says(text).is_some_and(|(tone, _)| tone == Tone::Error),
                "{text}"
            );
        }
        assert_eq!(Checked::of("Remove-CsUser a").risk, Some(Risk::Destructive));
    }
}
