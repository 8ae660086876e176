//! Jobs that were started together on several targets: one row that unfolds.

use std::time::Duration;

use crate::execute::fanout::{Answer, Policy, Unsent};
use crate::execute::output::{Line, Stream};
use crate::execute::{JobState, TransportError};
use crate::gate::Approved;
use crate::tui::message::JobId;

use super::report::Report;
use super::state::{Job, State};
use super::window::Window;

/// A run on several targets.
#[derive(Debug)]
pub struct Group {
    /// Its number; jobs carry it.
    pub id: u64,
    /// The text, byte for byte.
    pub text: String,
    /// How its jobs follow each other.
    pub policy: Policy,
    /// Its jobs have rows of their own.
    pub unfolded: bool,
    /// What is shown of it: how its jobs stand, and at the end their answers side by side.
    pub shown: Window,
    /// The answers side by side, once all have ended.
    pub report: Option<Report>,
    /// The comparison that is waited for.
    compares: u64,
}

/// What only a job of a group has.
#[derive(Debug)]
pub struct Member {
    /// The group's number.
    pub group: u64,
    /// What was approved for it: enough to begin it again, when nothing of it was sent.
    pub approved: Approved,
    /// Its answer, to be compared.
    pub answer: Option<Box<Answer>>,
    /// Why nothing of it was sent.
    pub unsent: Option<Unsent>,
    /// A question stands in its way.
    pub asks: bool,
}

/// What begins again of a group.
#[derive(Debug)]
pub struct Again {
    /// The group's number.
    pub group: u64,
    /// The new numbers of the jobs, and what was approved for each.
    pub jobs: Vec<(JobId, Approved)>,
    /// How they follow each other.
    pub policy: Policy,
}

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A job, by its place.
    Job(usize),
    /// A group, by its number.
    Group(u64),
}

impl Job {
    /// The number of the job's group.
    pub fn group(&self) -> Option<u64> {
        self.member.as_ref().map(|m| m.group)
    }

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

    /// csdeck's exit code for it, once it ended.
    pub fn exit(&self) -> Option<i32> {
        let answer = self.member.as_ref().and_then(|m| m.answer.as_ref());
        let ended = self.end.as_ref().map(|end| end.exit());
        ended.map(|exit| answer.map_or(exit, |answer| answer.exit))
    }
}

impl State {
    /// The rows of the list: a group is one, and unfolded its jobs stand under it.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut last = None;
        for (n, job) in self.jobs.iter().enumerate() {
            let group = job.group();
            if let Some(id) = group.filter(|_| group != last) {
                rows.push(Row::Group(id));
            }
            last = group;
            let folded = |id| self.group(id).is_some_and(|g| !g.unfolded);
            if !group.is_some_and(folded) {
                rows.push(Row::Job(n));
            }
        }
        rows
    }

    /// The selected row.
    pub fn row(&self) -> Option<Row> {
        self.rows().get(self.selected).copied()
    }

    /// The group of this number.
    pub fn group(&self, id: u64) -> Option<&Group> {
        self.groups.iter().find(|g| g.id == id)
    }

    /// The group whose row is selected.
    pub fn current_group(&self) -> Option<&Group> {
        match self.row()? {
            Row::Group(id) => self.group(id),
            Row::Job(_) => None,
        }
    }

    /// The jobs of a group, in the order of its targets.
    pub fn members(&self, id: u64) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(move |j| j.group() == Some(id))
    }

    /// Jobs of one text at the top, their group selected: the number of the group and those of the
    /// jobs.
    pub fn start_group(
        &mut self,
        text: &str,
        approved: &[Approved],
        policy: Policy,
    ) -> (u64, Vec<JobId>) {
        self.next_group += 1;
        let id = self.next_group;
        self.groups.push(Group {
            id,
            text: text.to_owned(),
            policy,
            unfolded: false,
            shown: Window::default(),
            report: None,
            compares: 0,
        });
        let mut ids = Vec::new();
        for (place, approved) in approved.iter().enumerate() {
            let mut job = self.job(approved.target(), text);
            ids.push(job.id);
            job.member = Some(Member::new(id, approved.clone()));
            self.jobs.insert(place, job);
        }
        self.refresh(id);
        self.begun();
        (id, ids)
    }

    /// Takes in what a job of a group answered in the end.
    pub fn answered(&mut self, id: JobId, answer: Box<Answer>, unsent: Option<Unsent>) {
        let job = self.jobs.iter_mut().find(|j| j.id == id);
        if let Some(member) = job.and_then(|j| j.member.as_mut()) {
            (member.answer, member.unsent) = (Some(answer), unsent);
        }
    }

    /// Notes that a question stands in the way of a job.
    pub fn asks(&mut self, id: JobId) {
        let job = self.jobs.iter_mut().find(|j| j.id == id);
        if let Some(member) = job.and_then(|j| j.member.as_mut()) {
            member.asks = true;
        }
    }

    /// Notes that the question in the way of a job was not answered: it stays ended.
    pub fn unanswered(&mut self, approved: &Approved) {
        let members = self.jobs.iter_mut().filter_map(|j| j.member.as_mut());
        let mut groups = Vec::new();
        for member in members.filter(|m| m.asks && m.approved == *approved) {
            member.asks = false;
            groups.push(member.group);
        }
        groups.into_iter().for_each(|group| self.refresh(group));
    }

    /// Begins a job again whose question was answered, in its place, and with it what was held back
    /// because of it. `None` when no group waits for that.
    pub fn resume(&mut self, approved: &Approved) -> Option<Again> {
        let group = self.jobs.iter().find_map(|job| {
            let member = job.member.as_ref()?;
            (member.asks && member.approved == *approved).then_some(member.group)
        })?;
        let policy = self.group(group)?.policy;
        let mut begun = Vec::new();
        for place in 0..self.jobs.len() {
            let Some(job) = self.jobs.get(place) else {
                break;
            };
            let Some(member) = job.member.as_ref().filter(|m| m.group == group) else {
                continue;
            };
            let answered = member.asks && member.approved == *approved;
            let held =
                matches!(&member.unsent, Some(Unsent::Stopped { by }) if by == approved.target());
            if !answered && !held {
                continue;
            }
            let own = member.approved.clone();
            let mut new = self.job(own.target(), own.text());
            new.member = Some(Member::new(group, own.clone()));
            begun.push((new.id, own));
            if let Some(old) = self.jobs.get_mut(place) {
                self.let_go.push(std::mem::replace(old, new).id);
            }
        }
        if let Some(group) = self.groups.iter_mut().find(|g| g.id == group) {
            group.report = None;
        }
        self.refresh(group);
        Some(Again {
            group,
            jobs: begun,
            policy,
        })
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
        let report = self.group(id).and_then(|g| g.report.as_ref());
        let lines = match report {
            Some(report) => report.lines.clone(),
            None => self.members(id).flat_map(standing).collect(),
        };
        let selected = self.row() == Some(Row::Group(id));
        if let Some(group) = self.groups.iter_mut().find(|g| g.id == id) {
            group.shown = Window::whole(lines);
            if selected {
                // Marks and places of other lines.
                self.look.mark = None;
                self.refind();
            }
        }
    }

    /// Unfolds the group of the selected row, or folds it; false when there is none.
    pub fn fold(&mut self) -> bool {
        let id = match self.row() {
            Some(Row::Group(id)) => Some(id),
            Some(Row::Job(n)) => self.jobs.get(n).and_then(Job::group),
            None => None,
        };
        let Some(group) = self.groups.iter_mut().find(|g| Some(g.id) == id) else {
            return false;
        };
        group.unfolded = !group.unfolded;
        let own = Row::Group(group.id);
        if let Some(at) = self.rows().iter().position(|r| *r == own)
            && at != self.selected
        {
            self.select(at);
        }
        true
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

    /// How long a group has been running, or ran.
    pub fn group_elapsed(&self, id: u64) -> Duration {
        let begun = self.members(id).map(|j| j.time.0).min();
        let ended = self.members(id).map(|j| j.time.1.unwrap_or(self.now)).max();
        ended
            .unwrap_or_default()
            .saturating_sub(begun.unwrap_or_default())
    }

    /// True while some job of a group has not ended.
    pub fn is_running(&self, id: u64) -> bool {
        self.members(id).any(|j| !j.state.is_final())
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

impl Member {
    fn new(group: u64, approved: Approved) -> Member {
        Member {
            group,
            approved,
            answer: None,
            unsent: None,
            asks: false,
        }
    }
}

/// How a job stands, and why it ended badly.
fn standing(job: &Job) -> Vec<Line> {
    let mut lines = vec![Line::new(
        Stream::Output,
        format!("{}: {}", job.target, job.word()),
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
