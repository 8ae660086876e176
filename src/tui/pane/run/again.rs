//! What begins again of a run on several targets: what a question had stopped, and what that held
//! back. Nothing of it was sent, and all of it was confirmed.

use crate::execute::fanout::{Policy, Unsent};
use crate::execute::{JobState, Target};
use crate::gate::Approved;
use crate::tui::message::JobId;

use super::group::Member;
use super::state::State;

/// What begins again of a group.
#[derive(Debug)]
pub struct Again {
    /// The group's number.
    pub group: u64,
    /// The new numbers of the jobs, their targets, and what was approved for each.
    pub jobs: Vec<(JobId, Target, Approved)>,
    /// How they follow each other.
    pub policy: Policy,
}

impl State {
    /// Notes that a question stands in the way of a job.
    pub fn asks(&mut self, id: JobId) {
        let job = self.jobs.iter_mut().find(|j| j.id == id);
        if let Some(member) = job.and_then(|j| j.member.as_mut()) {
            member.asks = true;
        }
    }

    /// Notes that the question in the way of a job was not answered: it stays ended. The numbers of
    /// such jobs.
    pub fn unanswered(&mut self, approved: &Approved) -> Vec<JobId> {
        let mut ended = Vec::new();
        let mut groups = Vec::new();
        for job in &mut self.jobs {
            let member = job.member.as_mut();
            if let Some(member) = member.filter(|m| m.asks && m.approved == *approved) {
                member.asks = false;
                groups.push(member.group);
                ended.push(job.id);
            }
        }
        groups.into_iter().for_each(|group| self.refresh(group));
        ended
    }

    /// Begins a job again whose question was answered, in its place. `None` when no group waits for
    /// that.
    pub fn resume(&mut self, approved: &Approved) -> Option<Again> {
        let (place, group) = self.jobs.iter().enumerate().find_map(|(n, job)| {
            let member = job.member.as_ref()?;
            (member.asks && member.approved == *approved).then_some((n, member.group))
        })?;
        self.again(group, vec![place])
    }

    /// Begins what was held back in the group of this job, once everything else of it succeeded: then
    /// it was a question that held it back, and that was answered.
    pub fn go_on(&mut self, id: JobId) -> Option<Again> {
        let group = self.jobs.iter().find(|j| j.id == id)?.group()?;
        let mut held = Vec::new();
        for (place, job) in self.jobs.iter().enumerate() {
            let Some(member) = job.member.as_ref().filter(|m| m.group == group) else {
                continue;
            };
            match (&member.unsent, job.state) {
                (Some(Unsent::Stopped { .. }), _) => held.push(place),
                (_, JobState::Succeeded) => {}
                _ => return None,
            }
        }
        self.again(group, held)
    }

    fn again(&mut self, group: u64, places: Vec<usize>) -> Option<Again> {
        let policy = self.group(group)?.policy;
        let mut jobs = Vec::new();
        for place in places {
            let member = self.jobs.get(place).and_then(|j| j.member.as_ref());
            let Some((target, own)) = member.map(|m| (m.target.clone(), m.approved.clone())) else {
                continue;
            };
            let mut new = self.job(&target.name, own.text());
            new.member = Some(Member::new(group, target.clone(), own.clone()));
            jobs.push((new.id, target, own));
            if let Some(old) = self.jobs.get_mut(place) {
                self.let_go.push(std::mem::replace(old, new).id);
            }
        }
        if jobs.is_empty() {
            return None;
        }
        if let Some(group) = self.groups.iter_mut().find(|g| g.id == group) {
            group.report = None;
        }
        self.refresh(group);
        Some(Again {
            group,
            jobs,
            policy,
        })
    }
}
