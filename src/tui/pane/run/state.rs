//! What the Run pane knows.

use std::ops::Range;
use std::time::Duration;

use serde_json::Value;

use crate::execute::output::Line;
use crate::execute::{Event, JobEnd, JobState};
use crate::tui::message::JobId;
use crate::tui::pane::Filter;

use super::answer::Answer;
use super::find::Find;
use super::scroll::{self, Anchor, Room};
use super::window::{Slot, Window};

/// Jobs of a session that are kept.
pub const MAX_JOBS: usize = 100;

/// A job of this session.
#[derive(Debug)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// The target's name.
    pub target: String,
    /// The jobs that were started together with it on other targets.
    pub group: Option<u64>,
    /// The text, byte for byte.
    pub text: String,
    /// Where it is.
    pub state: JobState,
    /// What it said; states are not kept here.
    pub output: Window,
    /// The objects that it answered with.
    pub answer: Answer,
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
pub struct Look {
    /// The first place on the screen; `None` follows the newest line.
    pub top: Option<Anchor>,
    /// Columns scrolled to the right.
    pub column: usize,
    /// The words looked for, or that filter objects.
    pub filter: Filter,
    /// What was found.
    pub find: Find,
}

/// The jobs, newest first.
#[derive(Debug, Default)]
pub struct State {
    /// The jobs, newest first.
    pub jobs: Vec<Job>,
    /// Index of the selected job.
    pub selected: usize,
    /// What has the keys.
    pub focus: Focus,
    /// How the selected job's output is looked at.
    pub look: Look,
    /// Long lines are cut, not wrapped.
    pub unwrapped: bool,
    /// The output has the whole screen.
    pub full: bool,
    /// Time since the console's start.
    pub now: Duration,
    /// Jobs that were let go, to be told to who keeps their output.
    pub let_go: Vec<JobId>,
    next: JobId,
    searches: u64,
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
                group: None,
                text: text.to_owned(),
                state: JobState::Queued,
                output: Window::default(),
                answer: Answer::default(),
                problem: None,
                end: None,
                time: (self.now, None),
            },
        );
        // Only ended jobs are let go.
        if self.jobs.len() > MAX_JOBS
            && let Some(oldest) = self.jobs.iter().rposition(|j| j.state.is_final())
        {
            self.let_go.push(self.jobs.remove(oldest).id);
        }
        self.select(0);
        self.focus = Focus::Jobs;
        self.full = false;
        self.next
    }

    /// Selects a job; its output is followed.
    pub fn select(&mut self, selected: usize) {
        self.selected = selected.min(self.jobs.len().saturating_sub(1));
        self.look = Look::default();
        self.remake();
    }

    /// Takes the selected job off the list, when it has ended; false when it has not.
    pub fn remove(&mut self) -> bool {
        if self.current().is_none_or(|j| !j.state.is_final()) {
            return false;
        }
        self.let_go.push(self.jobs.remove(self.selected).id);
        self.select(self.selected);
        self.focus = Focus::Jobs;
        self.full = false;
        true
    }

    /// Takes in what a job said.
    pub fn event(&mut self, id: JobId, event: Event) {
        let selected = self.jobs.get(self.selected).is_some_and(|j| j.id == id);
        let Some(job) = self.jobs.iter_mut().find(|j| j.id == id) else {
            return;
        };
        let event = match event {
            Event::State(state) => {
                if !job.state.is_final() {
                    job.state = state;
                }
                return;
            }
            event => event,
        };
        if let Event::Object(object) = &event {
            job.answer.came(object);
        }
        let Some(line) = Line::of(event) else {
            return;
        };
        job.answer.line(&line);
        if selected && !job.answer.is_shown() {
            self.look.find.came(job.output.end(), &line);
        }
        job.output.push(line);
        if selected && job.answer.is_due() {
            self.remake();
        }
    }

    /// Takes in how a job ended.
    pub fn ended(&mut self, id: JobId, end: JobEnd) {
        let now = self.now;
        if let Some(job) = self.jobs.iter_mut().find(|j| j.id == id) {
            job.state = end.state;
            job.end = Some(end);
            job.time.1 = Some(now);
            job.answer.remake(&[]);
        }
        self.remake();
    }

    /// Makes the view of the selected job's objects anew.
    pub fn remake(&mut self) {
        let words = self.look.filter.words();
        if let Some(job) = self.jobs.get_mut(self.selected) {
            job.answer.remake(&words);
        }
    }

    /// The selected job.
    pub fn current(&self) -> Option<&Job> {
        self.jobs.get(self.selected)
    }

    /// The selected job, to be changed.
    pub fn current_mut(&mut self) -> Option<&mut Job> {
        self.jobs.get_mut(self.selected)
    }

    /// The lines that are looked at: what the selected job said, or its objects as they are shown.
    pub fn content(&self) -> Option<&Window> {
        let job = self.current()?;
        Some(job.answer.shown().unwrap_or(&job.output))
    }

    /// How many jobs have not ended.
    pub fn running(&self) -> usize {
        self.jobs.iter().filter(|j| !j.state.is_final()).count()
    }

    /// True when the objects of the selected job are shown, and not its lines.
    pub fn shows_objects(&self) -> bool {
        self.current().is_some_and(|j| j.answer.is_shown())
    }

    /// The first place on the screen. Lines are followed to the newest, objects begin at the first.
    pub fn top(&self, room: Room) -> Anchor {
        let bottom = self
            .content()
            .map_or_else(Anchor::default, |w| scroll::bottom(w, room));
        match self.look.top {
            Some(at) => at.min(bottom),
            None if self.shows_objects() => Anchor::default(),
            None => bottom,
        }
    }

    fn go(&mut self, to: Anchor, room: Room) {
        let Some(window) = self.content() else {
            return;
        };
        let bottom = scroll::bottom(window, room);
        let objects = self.shows_objects();
        // At the end the newest line is followed again.
        self.look.top = (objects || to < bottom).then_some(to.min(bottom));
    }

    /// Scrolls by rows, negative is up.
    pub fn scroll(&mut self, rows: isize, room: Room) {
        let at = self.top(room);
        let Some(window) = self.content() else {
            return;
        };
        let moved = match rows < 0 {
            true => scroll::up(window, at, rows.unsigned_abs(), room),
            false => scroll::down(window, at, rows.unsigned_abs(), room),
        };
        self.go(moved, room);
    }

    /// Goes to the first line, or follows the newest one.
    pub fn jump(&mut self, to_top: bool, room: Room) {
        let to = match (to_top, self.content()) {
            (false, Some(window)) => scroll::bottom(window, room),
            _ => Anchor::default(),
        };
        self.go(to, room);
    }

    /// Shows a line, with a third of the room above it, unless it is on the screen already.
    pub fn show_line(&mut self, line: u64, room: Room) {
        let top = self.top(room);
        let Some(window) = self.content() else {
            return;
        };
        let last = scroll::down(window, top, room.height.saturating_sub(1), room);
        if (top.line..=last.line).contains(&line) {
            return;
        }
        let at = scroll::up(window, Anchor { line, row: 0 }, room.height / 3, room);
        self.go(at, room);
    }

    /// Looks for what was typed, in what is held; older lines come later.
    pub fn refind(&mut self) {
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
        self.remake();
        if !self.shows_objects() {
            self.refind();
        }
    }

    /// The older lines that the screen needs and that nobody asked for.
    pub fn wanted(&mut self, room: Room) -> Option<(JobId, Range<u64>)> {
        let top = self.look.top?.line;
        let job = self.jobs.get_mut(self.selected)?;
        if job.answer.is_shown() {
            return None;
        }
        let page = job.output.missing(top..top + room.height as u64 + 1)?;
        Some((job.id, page))
    }

    /// The newest lines of the output of the selected job as text: all that are held, without
    /// progress.
    pub fn text(&self) -> Option<String> {
        let window = self.content()?;
        let mut text = String::new();
        if let Some(job) = self.current().filter(|j| j.answer.is_shown()) {
            for line in job.answer.heading() {
                text.push_str(line);
                text.push('\n');
            }
        }
        for (_, line) in window.iter() {
            if line.stream != crate::execute::output::Stream::Progress {
                // Pasted into a terminal, a stranger's escape sequences would act there.
                text.push_str(&crate::text::visible(&line.shown()));
                text.push('\n');
            }
        }
        text.pop();
        Some(text)
    }

    /// What is on the screen as text.
    pub fn screen(&self, room: Room) -> Option<String> {
        let window = self.content()?;
        let top = self.top(room);
        let last = scroll::down(window, top, room.height.saturating_sub(1), room);
        let mut at = Some(top.line);
        let mut lines = Vec::new();
        while let Some(line) = at.filter(|n| *n <= last.line) {
            if window.line(line) != Slot::Unread {
                lines.push(scroll::text_of(&window.line(line)));
            }
            at = window.below(line);
        }
        Some(lines.join("\n"))
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
