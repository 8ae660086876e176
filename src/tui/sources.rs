//! What forms are filled in from: the loaded topology, the variables of the engagement, earlier
//! values, and what servers answered in this session.

use crate::app::App;
use crate::execute::JobState;
use crate::execute::objects;
use crate::execute::output::Stream;
use crate::suggest::{Capture, Engagement, History, Known};
use crate::topology::Topology;

use super::pane::run::Job;

/// Answers that are kept for suggestions; older ones are let go.
const MOST_ANSWERS: usize = 20;

/// The sources of suggestions.
#[derive(Debug, Default)]
pub struct Sources {
    /// The loaded topology.
    pub topology: Option<Topology>,
    /// The variables of the engagement.
    pub engagement: Engagement,
    /// What was filled in before.
    pub history: History,
    /// What servers answered, newest first.
    captures: Vec<Capture>,
}

impl Sources {
    /// Reads what is kept in files; what cannot be read is told and empty.
    pub fn load(app: &App, topology: Option<Topology>) -> (Sources, Vec<String>) {
        let mut problems = Vec::new();
        let engagement = app.engagement().unwrap_or_else(|e| {
            problems.push(e.to_string());
            Engagement::default()
        });
        let history = History::load(&app.paths.history()).unwrap_or_else(|e| {
            problems.push(e.to_string());
            History::default()
        });
        let sources = Sources {
            topology,
            engagement,
            history,
            captures: Vec::new(),
        };
        (sources, problems)
    }

    /// The sources as suggestions are made from them.
    pub fn known(&self) -> Known<'_> {
        Known {
            topology: self.topology.as_ref(),
            engagement: Some(&self.engagement),
            history: Some(&self.history),
            captures: &self.captures,
        }
    }

    /// Takes in what a job answered, when it ended well.
    pub fn answered(&mut self, job: &Job) {
        if job.state != JobState::Succeeded {
            return;
        }
        let output = job.output.iter().map(|(_, line)| line);
        let mut lines: Vec<String> = output
            .filter(|line| line.stream == Stream::Output)
            .map(|line| line.text.clone())
            .collect();
        // Objects have their properties as Format-List would print them.
        let objects = job.answer.objects();
        let places: Vec<usize> = (0..objects.len()).collect();
        lines.extend(objects::list(objects, &places));
        if let Some(capture) = Capture::of(&job.target, &job.text, &lines) {
            let same = |c: &Capture| c.target == capture.target && c.command == capture.command;
            self.captures.retain(|c| !same(c));
            self.captures.insert(0, capture);
            self.captures.truncate(MOST_ANSWERS);
        }
    }
}
