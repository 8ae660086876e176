//! What the Run pane knows.

use std::collections::VecDeque;

use crate::execute::{Event, JobEnd, JobState};
use crate::tui::message::JobId;

/// Lines of one job that are kept; older ones are dropped, and counted.
pub const MAX_LINES: usize = 10_000;

/// Jobs of a session that are kept.
pub const MAX_JOBS: usize = 100;

/// A job of this session.
#[derive(Debug)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// The target's name.
    pub target: String,
    /// The text, byte for byte.
    pub text: String,
    /// Where it is.
    pub state: JobState,
    /// What it said; states are not kept here.
    pub lines: VecDeque<Event>,
    /// How many lines were dropped.
    pub dropped: usize,
    /// How it ended.
    pub end: Option<JobEnd>,
}

/// The jobs, newest first.
#[derive(Debug, Default)]
pub struct State {
    /// The jobs, newest first.
    pub jobs: Vec<Job>,
    /// Index of the selected job.
    pub selected: usize,
    /// Lines scrolled back from the end of the output.
    pub back: usize,
    next: JobId,
}

impl State {
    /// A new job at the top, selected.
    pub fn start(&mut self, target: &str, text: &str) -> JobId {
        self.next += 1;
        self.jobs.insert(
            0,
            Job {
                id: self.next,
                target: target.to_owned(),
                text: text.to_owned(),
                state: JobState::Queued,
                lines: VecDeque::new(),
                dropped: 0,
                end: None,
            },
        );
        // Only ended jobs are let go.
        if self.jobs.len() > MAX_JOBS
            && let Some(oldest) = self.jobs.iter().rposition(|j| j.state.is_final())
        {
            self.jobs.remove(oldest);
        }
        self.selected = 0;
        self.back = 0;
        self.next
    }

    /// Takes in what a job said.
    pub fn event(&mut self, id: JobId, event: Event) {
        let back = &mut self.back;
        let selected = self.jobs.get(self.selected).is_some_and(|j| j.id == id);
        let Some(job) = self.jobs.iter_mut().find(|j| j.id == id) else {
            return;
        };
        match event {
            Event::State(state) => {
                if !job.state.is_final() {
                    job.state = state;
                }
            }
            line => {
                job.lines.push_back(line);
                if job.lines.len() > MAX_LINES {
                    job.lines.pop_front();
                    job.dropped += 1;
                }
                // Whoever scrolled back keeps looking at the same lines.
                if selected && *back > 0 {
                    *back = (*back + 1).min(job.lines.len());
                }
            }
        }
    }

    /// Takes in how a job ended.
    pub fn ended(&mut self, id: JobId, end: JobEnd) {
        if let Some(job) = self.jobs.iter_mut().find(|j| j.id == id) {
            job.state = end.state;
            job.end = Some(end);
        }
    }

    /// The selected job.
    pub fn current(&self) -> Option<&Job> {
        self.jobs.get(self.selected)
    }

    /// How many jobs have not ended.
    pub fn running(&self) -> usize {
        self.jobs.iter().filter(|j| !j.state.is_final()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_bounded_and_counted() {
        let mut state = State::default();
        let id = state.start("lab", "Get-X");
        for n in 0..MAX_LINES + 5 {
            state.event(id, Event::Output(n.to_string()));
        }
        let job = state.current().expect("job");
        assert_eq!((job.lines.len(), job.dropped), (MAX_LINES, 5));
        assert_eq!(job.lines.front(), Some(&Event::Output("5".into())));
    }

    #[test]
    fn a_running_job_is_never_let_go() {
        let mut state = State::default();
        let first = state.start("lab", "Start-Sleep 600");
        for _ in 0..MAX_JOBS {
            let id = state.start("lab", "Get-X");
            state.ended(
                id,
                JobEnd {
                    state: JobState::Succeeded,
                    host_exit: Some(0),
                    error: None,
                },
            );
        }
        assert!(state.jobs.iter().any(|j| j.id == first));
        assert_eq!(state.jobs.len(), MAX_JOBS);
    }
}
