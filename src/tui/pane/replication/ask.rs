//! What the pane asks its user to type.

use crate::tui::widget::input::LineInput;

/// What is to be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The time of the poll to look at.
    Poll,
    /// When the change was made that is watched.
    Since,
    /// Why this replica is left out.
    Reason(String),
    /// The file for the report.
    Report,
}

/// A line that is asked for.
#[derive(Debug)]
pub struct Question {
    /// What it is.
    pub wanted: Wanted,
    /// What was typed so far.
    pub input: LineInput,
    /// What was wrong with the last answer.
    pub problem: Option<String>,
}

impl Question {
    /// A question with this in its line.
    pub fn new(wanted: Wanted, text: &str) -> Question {
        Question {
            wanted,
            input: LineInput::new(text),
            problem: None,
        }
    }

    /// The heading.
    pub fn title(&self) -> String {
        match &self.wanted {
            Wanted::Poll => "Look at which time?".to_owned(),
            Wanted::Since => "When was the change made?".to_owned(),
            Wanted::Reason(fqdn) => format!("Leave {fqdn} out: why?"),
            Wanted::Report => "Save the report in which file?".to_owned(),
        }
    }

    /// What can be typed, or what is wrong with it.
    pub fn hint(&self) -> &str {
        if let Some(problem) = &self.problem {
            return problem;
        }
        match &self.wanted {
            Wanted::Poll => "22:14, 22:14:30, or how long ago: 5m. Enter goes there.",
            Wanted::Since => "22:14, or how long ago: 5m. The watch begins anew.",
            Wanted::Reason(_) => "It is shown and reported, and not waited for.",
            Wanted::Report => "Markdown, for the change ticket; never over a file.",
        }
    }
}
