//! How the jobs of a run on several targets stand, and their answers side by side.

use std::borrow::Cow;

use crate::execute::fanout::{Answer, Unsent};
use crate::execute::output::{Line, Stream};
use crate::execute::{JobState, TransportError};
use crate::tui::message::JobId;

use super::group::Row;
use super::report::Report;
use super::state::{Job, State};
use super::window::Window;

impl Job {
    /// How it stands, in a word. Among several a target that is down is told from one that failed.
    pub fn word(&self) -> &'static str {
        let Some(member) = &self.member else {
            return self.state.word();
        };
        let error = self.end.as_ref().and_then(|e| e.error.as_ref());
        match (self.state, error) {
            _ if member.asks => "asks",
            _ if matches!(member.unsent, Some(Unsent::Stopped { .. })) => "held back",
            (
                JobState::Failed,
                Some(TransportError::Unreachable { .. } | TransportError::TimedOut { .. }),
            ) => "unreachable",
            (state, _) => state.word(),
        }
    }

    /// The same, with how far it is where it tells that: `running, 40%`.
    pub fn standing(&self) -> Cow<'static, str> {
        match (self.state, self.activities.percent()) {
            (JobState::Running, Some(percent)) => Cow::Owned(format!("running, {percent}%")),
            _ => Cow::Borrowed(self.word()),
        }
    }

    /// csdeck's exit code for it, once it ended.
    pub fn exit(&self) -> Option<i32> {
        let answer = self.member.as_ref().and_then(|m| m.answer.as_ref());
        let ended = self.end.as_ref().map(|end| end.exit());
        ended.map(|exit| answer.map_or(exit, |answer| answer.exit))
    }
}

impl State {
    /// Takes in what a job of a group answered in the end.
    pub fn answered(&mut self, id: JobId, answer: Box<Answer>, unsent: Option<Unsent>) {
        let job = self.jobs.iter_mut().find(|j| j.id == id);
        if let Some(member) = job.and_then(|j| j.member.as_mut()) {
            (member.answer, member.unsent) = (Some(answer), unsent);
        }
    }

    /// The answers of the group of this job to be set side by side, once all of it ended, with the
    /// number of the comparison.
    pub fn compare(&mut self, id: JobId) -> Option<(u64, u64, Vec<Answer>)> {
        let group = self.jobs.iter().find(|j| j.id == id)?.group()?;
        if !self.members(group).all(|j| j.state.is_final()) {
            return None;
        }
        let answers = self.members(group);
        let answers = answers.filter_map(|j| j.member.as_ref()?.answer.as_deref().cloned());
        let answers: Vec<Answer> = answers.collect();
        let waiting = self.groups.iter_mut().find(|g| g.id == group)?;
        waiting.compares += 1;
        Some((group, waiting.compares, answers))
    }

    /// Takes a comparison in, unless something began again meanwhile.
    pub fn compared(&mut self, id: u64, number: u64, report: Report) {
        let ended = self.members(id).all(|j| j.state.is_final());
        let group = self.groups.iter_mut().find(|g| g.id == id);
        if let Some(group) = group.filter(|g| ended && g.compares == number) {
            group.report = Some(report);
            self.refresh(id);
        }
    }

    /// Makes what is shown of a group anew.
    pub fn refresh(&mut self, id: u64) {
        self.reword(id);
        if self.row() == Some(Row::Group(id)) {
            // Marks and places of other lines.
            self.look.mark = None;
            self.refind();
        }
    }

    /// Makes the words of what is shown of a group anew; its lines stay as many as they were.
    pub fn reword(&mut self, id: u64) {
        let report = self.group(id).and_then(|g| g.report.as_ref());
        let lines = match report {
            Some(report) => report.lines.clone(),
            None => self.members(id).flat_map(standing).collect(),
        };
        if let Some(group) = self.groups.iter_mut().find(|g| g.id == id) {
            group.shown = Window::whole(lines);
        }
    }

    /// How the jobs of a group stand: `3 targets: 1 succeeded, 1 differs, 1 unreachable`.
    pub fn summary(&self, id: u64) -> String {
        let report = self.group(id).and_then(|g| g.report.as_ref());
        let mut counts: Vec<(&str, usize)> = WORDS.iter().map(|w| (*w, 0)).collect();
        let mut all = 0;
        for job in self.members(id) {
            all += 1;
            let odd = report.is_some_and(|r| r.odd.contains(&job.target));
            let word = if odd { "differs" } else { job.word() };
            if let Some((_, count)) = counts.iter_mut().find(|(w, _)| *w == word) {
                *count += 1;
            }
        }
        let parts = counts.into_iter().filter(|(_, count)| *count > 0);
        let parts = parts.map(|(word, count)| match (word, count) {
            ("differs", 2..) => format!("{count} differ"),
            ("asks", 2..) => format!("{count} ask"),
            _ => format!("{count} {word}"),
        });
        format!("{all} targets: {}", parts.collect::<Vec<_>>().join(", "))
    }
}

/// The words that a job of a group can have, in the order in which they are counted.
const WORDS: [&str; 12] = [
    "queued",
    "connecting",
    "running",
    "cancelling",
    "asks",
    "succeeded",
    "differs",
    "failed",
    "unreachable",
    "lost",
    "cancelled",
    "held back",
];

/// How a job stands, and why it ended badly.
fn standing(job: &Job) -> Vec<Line> {
    let mut lines = vec![Line::new(
        Stream::Output,
        format!("{}: {}", job.target, job.standing()),
    )];
    let answer = job.member.as_ref().and_then(|m| m.answer.as_ref());
    let error = job.end.as_ref().and_then(|e| e.error.as_ref());
    let why = answer
        .and_then(|a| a.why.clone())
        .or_else(|| error.map(ToString::to_string));
    let why = why.unwrap_or_default();
    lines.extend(
        why.lines()
            .map(|l| Line::new(Stream::Error, format!("    {l}"))),
    );
    lines
}
