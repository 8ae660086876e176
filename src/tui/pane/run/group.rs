//! Jobs that were started together on several targets: one row that unfolds.

use std::time::Duration;

use crate::execute::Target;
use crate::execute::fanout::{Answer, Policy, Unsent};
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
    pub(super) compares: u64,
}

/// What only a job of a group has.
#[derive(Debug)]
pub struct Member {
    /// The group's number.
    pub group: u64,
    /// The target as it was shown.
    pub target: Target,
    /// What was approved for it: enough to begin it again, when nothing of it was sent.
    pub approved: Approved,
    /// Its answer, to be compared.
    pub answer: Option<Box<Answer>>,
    /// Why nothing of it was sent.
    pub unsent: Option<Unsent>,
    /// A question stands in its way.
    pub asks: bool,
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
        runs: Vec<(Target, Approved)>,
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
        for (place, (target, approved)) in runs.into_iter().enumerate() {
            let mut job = self.job(&target.name, text);
            ids.push(job.id);
            job.member = Some(Member::new(id, target, approved));
            self.jobs.insert(place, job);
        }
        self.refresh(id);
        self.begun();
        (id, ids)
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

impl Member {
    pub(super) fn new(group: u64, target: Target, approved: Approved) -> Member {
        Member {
            group,
            target,
            approved,
            answer: None,
            unsent: None,
            asks: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::{Event, JobEnd, JobState, Progress};
    use crate::gate::Confirmation;

    const POLICY: Policy = Policy {
        limit: 4,
        wave: None,
        stop_on_failure: false,
    };

    fn runs(count: usize) -> Vec<(Target, Approved)> {
        let run = |n| {
            let target = Target {
                name: format!("fe{n:03}"),
                ..Target::lab()
            };
            let assessed = target.assess("Get-CsPool").unwrap();
            let approved = assessed.approve(&Confirmation::Shown).unwrap();
            (target, approved)
        };
        (0..count).map(run).collect()
    }

    fn end(state: &mut State, id: JobId) {
        let end = JobEnd {
            state: JobState::Succeeded,
            host_exit: Some(0),
            error: None,
        };
        state.ended(id, end);
    }

    #[test]
    fn a_group_is_let_go_as_a_whole_and_never_while_it_runs() {
        let mut state = State::default();
        let (first, ids) = state.start_group("Get-CsPool", runs(60), POLICY);
        for id in &ids[1..] {
            end(&mut state, *id);
        }
        let (second, _) = state.start_group("Get-CsPool", runs(60), POLICY);
        assert_eq!((state.members(first).count(), state.let_go.len()), (60, 0));
        end(&mut state, ids[0]);
        state.start("lab", "Get-CsUser");
        assert_eq!(state.members(first).count(), 0);
        assert_eq!(state.members(second).count(), 60);
        assert_eq!((state.let_go.len(), state.groups.len()), (60, 1));
        assert_eq!(state.rows(), [Row::Job(0), Row::Group(second)]);
    }

    #[test]
    fn how_far_a_target_is_stands_in_its_line_and_the_mark_stays() {
        let mut state = State::default();
        let (id, ids) = state.start_group("Get-CsPool", runs(2), POLICY);
        let percent = |percent| {
            Event::Progress(Box::new(Progress {
                percent: Some(percent),
                ..Progress::text("Moving")
            }))
        };
        state.event(ids[1], Event::State(JobState::Running));
        state.look.mark = Some((0, 1));
        state.event(ids[1], percent(40));
        let lines = |state: &State| -> Vec<String> {
            let shown = &state.group(id).expect("is there").shown;
            shown.iter().map(|(_, l)| l.text.clone()).collect()
        };
        assert_eq!(lines(&state), ["fe000: queued", "fe001: running, 40%"]);
        assert_eq!(state.look.mark, Some((0, 1)));
        end(&mut state, ids[1]);
        state.event(ids[1], percent(50));
        assert_eq!(lines(&state)[1], "fe001: succeeded");
    }

    #[test]
    fn a_fold_keeps_its_row_selected() {
        let mut state = State::default();
        let (id, _) = state.start_group("Get-CsPool", runs(3), POLICY);
        state.start("lab", "Get-CsUser");
        state.select(1);
        assert!(state.fold());
        assert_eq!(state.rows().len(), 5);
        state.select(3);
        assert_eq!(state.current().map(|j| j.target.as_str()), Some("fe001"));
        assert!(state.fold());
        assert_eq!(state.row(), Some(Row::Group(id)));
        state.select(0);
        assert!(!state.fold());
    }
}
