//! What the Run pane knows.

use std::ops::Range;
use std::time::Duration;

use serde_json::Value;

use crate::execute::progress::Activities;
use crate::execute::{JobEnd, JobState};
use crate::tui::message::JobId;
use crate::tui::pane::Filter;

use super::answer::Answer;
use super::errors::Errors;
use super::find::Find;
use super::group::{Group, Member, Row};
use super::scroll::{Anchor, Room};
use super::window::Window;

/// Jobs of a session that are kept.
pub const MAX_JOBS: usize = 100;

/// A job of this session.
#[derive(Debug)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// The target's name.
    pub target: String,
    /// What it is among the jobs that were started together with it on other targets.
    pub member: Option<Member>,
    /// The text, byte for byte.
    pub text: String,
    /// Where it is.
    pub state: JobState,
    /// What it said; states are not kept here.
    pub output: Window,
    /// The objects that it answered with.
    pub answer: Answer,
    /// Its errors, with what is known of them.
    pub errors: Errors,
    /// What it is at.
    pub activities: Activities,
    /// Why older lines are not there.
    pub problem: Option<String>,
    /// How it ended.
    pub end: Option<JobEnd>,
    /// When it began and ended, from the console's start.
    pub time: (Duration, Option<Duration>),
}

impl Job {
    /// How long it has been running, or ran.
    pub fn elapsed(&self, now: Duration) -> Duration {
        self.time.1.unwrap_or(now).saturating_sub(self.time.0)
    }
}

/// What has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The list of jobs.
    #[default]
    Jobs,
    /// The output of the selected one.
    Output,
}

/// How the output of the selected job is looked at.
#[derive(Debug, Default)]
pub struct View {
    /// The first place on the screen; `None` follows the newest line.
    pub top: Option<Anchor>,
    /// Columns scrolled to the right.
    pub column: usize,
    /// The words looked for, or that filter objects.
    pub filter: Filter,
    /// What was found.
    pub find: Find,
    /// The lines that are marked: where the mark began, and where it is.
    pub mark: Option<(u64, u64)>,
    /// The errors in full, while they are looked at in place of the output.
    pub errors: Option<Window>,
}

/// The jobs, newest first.
#[derive(Debug, Default)]
pub struct State {
    /// The jobs, newest first.
    pub jobs: Vec<Job>,
    /// The runs on several targets among them.
    pub groups: Vec<Group>,
    /// Index of the selected row.
    pub selected: usize,
    /// What has the keys.
    pub focus: Focus,
    /// How the selected job's output is looked at.
    pub look: View,
    /// Long lines are cut, not wrapped.
    pub unwrapped: bool,
    /// The output has the whole screen.
    pub full: bool,
    /// Time since the console's start.
    pub now: Duration,
    /// Jobs that were let go, to be told to who keeps their output.
    pub let_go: Vec<JobId>,
    next: JobId,
    pub(super) next_group: u64,
    searches: u64,
}

impl State {
    /// A new job at the top, selected.
    pub fn start(&mut self, target: &str, text: &str) -> JobId {
        let job = self.job(target, text);
        self.jobs.insert(0, job);
        self.begun();
        self.next
    }

    /// A job with a number of its own.
    pub(super) fn job(&mut self, target: &str, text: &str) -> Job {
        self.next += 1;
        Job {
            id: self.next,
            target: target.to_owned(),
            member: None,
            text: text.to_owned(),
            state: JobState::Queued,
            output: Window::default(),
            answer: Answer::default(),
            errors: Errors::default(),
            activities: Activities::default(),
            problem: None,
            end: None,
            time: (self.now, None),
        }
    }

    /// Selects what just began, and lets the oldest go; only what has ended.
    pub(super) fn begun(&mut self) {
        while self.jobs.len() > MAX_JOBS {
            let ended = |job: &Job| match job.group() {
                Some(group) => !self.is_running(group),
                None => job.state.is_final(),
            };
            let Some(oldest) = self.jobs.iter().rposition(ended) else {
                break;
            };
            self.let_go_of(oldest);
        }
        self.select(0);
        self.focus = Focus::Jobs;
        self.full = false;
    }

    /// Lets a job go; one of a group with all of it.
    fn let_go_of(&mut self, place: usize) {
        match self.jobs.get(place).map(Job::group) {
            Some(Some(group)) => {
                let (gone, kept) = std::mem::take(&mut self.jobs)
                    .into_iter()
                    .partition(|j| j.group() == Some(group));
                self.jobs = kept;
                self.let_go.extend(gone.iter().map(|j: &Job| j.id));
                self.groups.retain(|g| g.id != group);
            }
            Some(None) => self.let_go.push(self.jobs.remove(place).id),
            None => {}
        }
    }

    /// Selects a row; its output is followed.
    pub fn select(&mut self, selected: usize) {
        self.selected = selected.min(self.rows().len().saturating_sub(1));
        self.look = View::default();
        self.remake();
    }

    /// Takes what is selected off the list, when it has ended; false when it has not. A job of a
    /// group goes with all of it.
    pub fn remove(&mut self) -> bool {
        let place = match self.row() {
            Some(Row::Job(n)) => Some(n),
            Some(Row::Group(id)) => self.jobs.iter().position(|j| j.group() == Some(id)),
            None => None,
        };
        let Some((place, job)) = place.and_then(|n| Some((n, self.jobs.get(n)?))) else {
            return false;
        };
        if !job.state.is_final() || job.group().is_some_and(|g| self.is_running(g)) {
            return false;
        }
        self.let_go_of(place);
        self.select(self.selected);
        self.focus = Focus::Jobs;
        self.full = false;
        true
    }

    /// Makes the view of the selected job's objects anew.
    pub fn remake(&mut self) {
        let words = self.look.filter.words();
        if let Some(job) = self.current_mut() {
            job.answer.remake(&words);
        }
    }

    /// The selected job; none while the row of a group is selected.
    pub fn current(&self) -> Option<&Job> {
        match self.row()? {
            Row::Job(n) => self.jobs.get(n),
            Row::Group(_) => None,
        }
    }

    /// The selected job, to be changed.
    pub fn current_mut(&mut self) -> Option<&mut Job> {
        match self.row()? {
            Row::Job(n) => self.jobs.get_mut(n),
            Row::Group(_) => None,
        }
    }

    /// The text that ran in the selected row.
    pub fn ran(&self) -> Option<&str> {
        let job = self.current().map(|j| j.text.as_str());
        job.or_else(|| self.current_group().map(|g| g.text.as_str()))
    }

    /// The lines that are looked at: what the selected job said, or its objects as they are shown.
    /// Of a group how it stands.
    pub fn content(&self) -> Option<&Window> {
        if let Some(group) = self.current_group() {
            return Some(&group.shown);
        }
        let job = self.current()?;
        if let Some(errors) = &self.look.errors {
            return Some(errors);
        }
        Some(job.answer.shown().unwrap_or(&job.output))
    }

    /// How many jobs have not ended.
    pub fn running(&self) -> usize {
        self.jobs.iter().filter(|j| !j.state.is_final()).count()
    }

    /// True when the objects of the selected job are shown, and not its lines.
    pub fn shows_objects(&self) -> bool {
        let shown = self.current().is_some_and(|j| j.answer.is_shown());
        shown && self.look.errors.is_none()
    }

    /// A search begins in this pane: the keys that move are for the output.
    pub fn searches(&mut self, here: bool) {
        if here {
            self.focus = Focus::Output;
        }
    }

    /// Looks for what was typed, in what is held; older lines come later.
    pub fn refind(&mut self) {
        self.look.mark = None;
        if self.shows_objects() {
            self.look.top = None;
            self.remake();
            return;
        }
        self.searches += 1;
        let (text, number) = (self.look.filter.input.text().to_owned(), self.searches);
        if let Some(window) = self.content() {
            self.look.find = Find::new(&text, window, number);
        }
    }

    /// Takes in what was found in older lines; goes there when nothing newer was found.
    pub fn found_older(&mut self, hits: Vec<u64>, more: bool, room: Room) {
        self.look.find.older(hits, more);
        if self.look.find.at.is_none()
            && let Some(line) = self.look.find.from(u64::MAX)
        {
            self.show_line(line, room);
        }
    }

    /// Makes what is looked at anew after another view of the objects was chosen.
    pub fn refind_view(&mut self) {
        self.look.mark = None;
        self.remake();
        if !self.shows_objects() {
            self.refind();
        }
    }

    /// The older lines that the screen needs and that nobody asked for.
    pub fn wanted(&mut self, room: Room) -> Option<(JobId, Range<u64>)> {
        let top = self.look.top?.line;
        let unfolded = self.look.errors.is_some();
        let job = self.current_mut()?;
        if unfolded || job.answer.is_shown() {
            return None;
        }
        let page = job.output.missing(top..top + room.height as u64 + 1)?;
        Some((job.id, page))
    }

    /// The objects of the selected job that are shown, in their order.
    pub fn objects(&self) -> Option<(&[Value], &[usize])> {
        let job = self.current()?;
        Some((job.answer.objects(), job.answer.places()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(state.let_go, [2]);
    }
}
