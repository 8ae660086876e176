//! One text on several targets, as a group of jobs.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Effects, lock, transport};
use crate::execute::fanout::{self, Collector, Job, Policy, Said};
use crate::execute::sending::BeforeSending;
use crate::execute::transport::BoxFuture;
use crate::execute::{EventSender, Target, Transport, TransportError};
use crate::gate::Approved;
use crate::tui::message::{JobId, Message, Retry};

/// The runs on several targets, by the number of their group and their first job: what began again
/// is a run of its own.
pub type Groups = HashMap<(u64, JobId), CancellationToken>;

/// A way to a target that can be given up alone.
struct Alone {
    way: Arc<dyn Transport>,
    /// The user's word for this job.
    cancel: CancellationToken,
}

impl Transport for Alone {
    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(async move {
            let both = cancel.child_token();
            let mut run = self.way.run_after(before, invocation, events, both.clone());
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => both.cancel(),
                done = &mut run => return done,
            }
            run.await
        })
    }
}

impl Effects {
    /// Starts the jobs of a group.
    pub(super) fn run_all(&self, group: u64, jobs: Vec<(JobId, Target, Approved)>, policy: Policy) {
        let cancel = CancellationToken::new();
        let run = (group, jobs.first().map_or(0, |(id, ..)| *id));
        lock(&self.groups).insert(run, cancel.clone());
        for (id, ..) in &jobs {
            lock(&self.jobs).insert(*id, cancel.child_token());
            self.outputs.begin(*id, self.app.paths.output());
        }
        let (app, messages, outputs) = (
            self.app.clone(),
            self.messages.clone(),
            self.outputs.clone(),
        );
        let (tokens, groups) = (self.jobs.clone(), self.groups.clone());
        tokio::spawn(async move {
            let mut prepared = Vec::new();
            let mut told: Vec<(JobId, Approved, Option<Collector>)> = Vec::new();
            for (id, target, approved) in jobs {
                told.push((id, approved.clone(), Some(Collector::new(&target))));
                let own = lock(&tokens).get(&id).cloned().unwrap_or_default();
                let way = transport(app.clone(), &target).await;
                prepared.push(Job {
                    way: way.map(|way| Arc::new(Alone { way, cancel: own }) as Arc<dyn Transport>),
                    target,
                    approved,
                });
            }
            let mut said = fanout::start(prepared, policy, app.journal.clone(), cancel);
            while let Some(said) = said.recv().await {
                match said {
                    Said::Event(n, event) => {
                        let Some((id, _, collector)) = told.get_mut(n) else {
                            continue;
                        };
                        if let Some(collector) = collector {
                            collector.push(&event);
                        }
                        outputs.keep(*id, &event, &messages).await;
                        let _ = messages.send(Message::Job(*id, event)).await;
                    }
                    Said::End(n, end) => {
                        let Some((id, approved, collector)) = told.get_mut(n) else {
                            continue;
                        };
                        lock(&tokens).remove(id);
                        if let Some(collector) = collector.take() {
                            let answer = Box::new(collector.finish(&end));
                            let answered = Message::Answered(*id, answer, end.unsent.clone());
                            let _ = messages.send(answered).await;
                        }
                        let retry = Retry::of(&end.end, approved);
                        let _ = messages.send(Message::JobEnded(*id, end.end, retry)).await;
                    }
                }
            }
            lock(&groups).remove(&run);
        });
    }

    /// Cancels what runs of a group, and what has not begun.
    pub(super) fn cancel_group(&self, group: u64) {
        for ((id, _), token) in lock(&self.groups).iter() {
            if *id == group {
                token.cancel();
            }
        }
    }
}
