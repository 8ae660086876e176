//! The panes: one room each, with its state, its update and its view.

pub mod replication;
pub mod run;
pub mod snippets;
pub mod topology;

/// A pane of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The deployment as a tree.
    Topology,
    /// The snippet library and its forms.
    Snippets,
    /// The replication watcher.
    Replication,
    /// Jobs and their output.
    Run,
}

impl Pane {
    /// All panes, left to right.
    pub const ALL: [Pane; 4] = [Pane::Topology, Pane::Snippets, Pane::Replication, Pane::Run];

    /// The word on the tab.
    pub fn title(self) -> &'static str {
        match self {
            Pane::Topology => "Topology",
            Pane::Snippets => "Snippets",
            Pane::Replication => "Replication",
            Pane::Run => "Run",
        }
    }

    /// The place in [`Pane::ALL`].
    pub fn index(self) -> usize {
        Pane::ALL.iter().position(|p| *p == self).unwrap_or(0)
    }
}

/// A filter line: being typed, or kept.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The words.
    pub input: super::widget::input::LineInput,
    /// True while keys go to it.
    pub typing: bool,
}

impl Filter {
    /// The words, in lower case.
    pub fn words(&self) -> Vec<String> {
        self.input
            .text()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect()
    }

    /// True when every word occurs in the text.
    pub fn keeps(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.words().iter().all(|w| text.contains(w))
    }

    /// Drops the words; true when there were some, or when it was being typed.
    pub fn clear(&mut self) -> bool {
        let had = self.typing || !self.input.text().is_empty();
        *self = Filter::default();
        had
    }

    /// The filter as it stands in a pane's title: `/words`.
    pub fn shown(&self) -> String {
        match (self.typing, self.input.text()) {
            (false, "") => String::new(),
            (true, text) => format!(" /{text}_"),
            (false, text) => format!(" /{text}"),
        }
    }
}
