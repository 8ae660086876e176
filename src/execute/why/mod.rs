//! Runs the checks of [`replication::why`](crate::replication::why) on the targets that are the
//! machines they have to run on, and streams what they find.
//!
//! For the commands and the console alike: [`start`] gives a channel, and what comes out of it is
//! the store's own word first, then the whole plan with every text, then a finding for each check as
//! soon as its answers are there, in whatever order they come. Every text goes through the gate as
//! what only reads, and has its entry in the journal. A machine that no target is makes no error: its
//! part of the check is not run, and the finding says where it has to be and what to run there.
//! Cancelling ends what runs; all findings come all the same.

mod ask;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::journal::Journal;
use super::target::Target;
use super::transport::{EVENT_BUFFER, Transport, TransportError};
use crate::cmdlet::hop::Onward;
use crate::gate::{Approved, Confirmation};
use crate::replication::RowReport;
use crate::replication::why::{
    Answer, Ask, Check, Finding, Outcome, Place, Places, Plan, Situation, Store, plan, store_check,
};
use crate::topology::Topology;

pub use ask::{LIMIT, ask, read_only};

/// How many texts run at the same time, and how many of them on one target: a server lets an
/// account have few shells at once (WinRM's MaxShellsPerUser was 5), and somebody may be at work.
const AT_ONCE: usize = 8;
const ON_ONE: usize = 2;

/// Makes ways to targets. May block.
pub trait Ways: Send + Sync {
    /// The way to this target.
    fn way(&self, target: &Target) -> Result<Arc<dyn Transport>, TransportError>;
}

/// What is to be explained, and with what.
#[derive(Debug, Clone)]
pub struct Request {
    /// The rows of the latest poll ([`Report::rows`](crate::replication::Report)).
    pub rows: Vec<RowReport>,
    /// Only these replicas; empty = all whose lateness has to be explained.
    pub only: Vec<String>,
    /// Where the replicas are, and who holds the store.
    pub topology: Option<Topology>,
    /// What the store said of itself; [`Store::Unknown`] and it is asked.
    pub store: Store,
    /// The targets there are.
    pub targets: Vec<Target>,
    /// Which machine each of them is, and which one is watched.
    pub places: Vec<Place>,
}

/// What is told while the checks run.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// This text runs now on this target: the text, byte for byte, is also in the plan (or is the
    /// question to the store, before there is one).
    Asking {
        /// The target's name.
        target: String,
        /// The machine, as it is shown.
        machine: String,
        /// The text.
        text: String,
    },
    /// The checks, in the order in which their findings are to be read. Once.
    Plan(Plan),
    /// What the check at this place of the plan found. Once for each.
    Found(usize, Finding),
}

/// Starts the checks. The receiver ends with the last finding; one that is dropped stops nothing,
/// `cancel` does. Must be called within a tokio runtime.
pub fn start(
    request: Request,
    ways: Arc<dyn Ways>,
    journal: Journal,
    cancel: CancellationToken,
) -> mpsc::Receiver<Told> {
    let (told, receiver) = mpsc::channel(EVENT_BUFFER);
    let runner = Runner {
        places: Places::new(request.places.clone(), request.topology.as_ref()),
        request,
        ways,
        journal,
        cancel,
        told,
    };
    tokio::spawn(runner.drive());
    receiver
}

/// Where an ask runs, and what.
struct Job {
    way: usize,
    machine: String,
    goes_onward: bool,
    target: Target,
    approved: Approved,
}

struct Runner {
    request: Request,
    places: Places,
    ways: Arc<dyn Ways>,
    journal: Journal,
    cancel: CancellationToken,
    told: mpsc::Sender<Told>,
}

impl Runner {
    async fn drive(mut self) {
        let mut first = None;
        if self.request.store == Store::Unknown {
            let answer = self.ask_store().await;
            self.request.store = Store::of(&answer);
            first = Some(answer);
        }
        let plan = plan(&Situation {
            rows: &self.request.rows,
            topology: self.request.topology.as_ref(),
            store: &self.request.store,
            only: &self.request.only,
        });
        let checks = plan.checks.clone();
        let _ = self.told.send(Told::Plan(plan)).await;
        // The first check is the store's: it has answered, or needs no asking.
        let answers: Vec<Answer> = first.into_iter().collect();
        if let Some(check) = checks.first() {
            let _ = self.told.send(Told::Found(0, check.read(&answers))).await;
        }
        self.run(&checks).await;
    }

    async fn ask_store(&self) -> Answer {
        let check = store_check(Store::Unknown);
        let Some(ask) = check.asks.first() else {
            return nothing("-", "not asked".to_owned());
        };
        match self.job(ask) {
            Ok(job) => {
                let outcome = self.task(&job).await;
                answer(&job, outcome)
            }
            Err(why) => nothing(&ask.about, why),
        }
    }

    /// All checks but the first.
    async fn run(&self, checks: &[Check]) {
        let mut answers: Vec<Vec<Option<Answer>>> = checks
            .iter()
            .map(|check| vec![None; check.asks.len()])
            .collect();
        // A text that several checks need on one target runs once.
        let mut jobs: Vec<(Job, Vec<(usize, usize)>)> = Vec::new();
        for (at, check) in checks.iter().enumerate().skip(1) {
            for (nth, ask) in check.asks.iter().enumerate() {
                match self.job(ask) {
                    Err(why) => set(&mut answers, at, nth, nothing(&ask.about, why)),
                    Ok(job) => {
                        let same = jobs.iter_mut().find(|(other, _)| {
                            other.approved == job.approved && other.machine == job.machine
                        });
                        match same {
                            Some((_, waiting)) => waiting.push((at, nth)),
                            None => jobs.push((job, vec![(at, nth)])),
                        }
                    }
                }
            }
        }
        let mut open: Vec<bool> = vec![true; checks.len()];
        if let Some(first) = open.first_mut() {
            *first = false;
        }
        self.found(checks, &answers, &mut open).await;
        let all = Arc::new(Semaphore::new(AT_ONCE));
        let mut each: HashMap<String, Arc<Semaphore>> = HashMap::new();
        let mut running = JoinSet::new();
        for (job, waiting) in jobs {
            let own = each
                .entry(job.target.name.clone())
                .or_insert_with(|| Arc::new(Semaphore::new(ON_ONE)))
                .clone();
            let (all, task) = (all.clone(), self.task(&job));
            running.spawn(async move {
                // Neither is ever closed.
                let _own = own.acquire().await;
                let _all = all.acquire().await;
                (answer(&job, task.await), waiting)
            });
        }
        while let Some(joined) = running.join_next().await {
            let Ok((answer, waiting)) = joined else {
                continue;
            };
            for (at, nth) in waiting {
                set(&mut answers, at, nth, answer.clone());
            }
            self.found(checks, &answers, &mut open).await;
        }
        // A task that broke down left its answers open: they are unknown.
        for row in &mut answers {
            for slot in row {
                slot.get_or_insert_with(|| nothing("-", "csdeck's own task broke down".to_owned()));
            }
        }
        self.found(checks, &answers, &mut open).await;
    }

    /// Tells the findings whose answers are all there.
    async fn found(&self, checks: &[Check], answers: &[Vec<Option<Answer>>], open: &mut [bool]) {
        for (at, check) in checks.iter().enumerate() {
            let (Some(row), Some(open)) = (answers.get(at), open.get_mut(at)) else {
                continue;
            };
            let Some(row) = row
                .iter()
                .cloned()
                .collect::<Option<Vec<Answer>>>()
                .filter(|_| *open)
            else {
                continue;
            };
            *open = false;
            let _ = self.told.send(Told::Found(at, check.read(&row))).await;
        }
    }

    /// Where an ask is to run; else why it is not.
    fn job(&self, ask: &Ask) -> Result<Job, String> {
        let mut why = None;
        for taken in self.places.of(ask) {
            let target = self
                .request
                .targets
                .iter()
                .find(|t| t.is_called(&taken.target));
            let (Some(target), Some(way)) = (target, ask.ways.get(taken.way)) else {
                continue;
            };
            match read_only(target, &way.text) {
                Ok(approved) => {
                    return Ok(Job {
                        way: taken.way,
                        machine: taken.machine,
                        goes_onward: target.way().onward == Onward::Goes,
                        target: target.clone(),
                        approved,
                    });
                }
                Err(denied) => {
                    why.get_or_insert(denied);
                }
            }
        }
        Err(why.unwrap_or_else(|| self.places.missing(ask)))
    }

    /// Runs one text; owns all it needs.
    fn task(&self, job: &Job) -> impl Future<Output = Outcome> + Send + use<> {
        let (ways, journal, cancel) =
            (self.ways.clone(), self.journal.clone(), self.cancel.clone());
        let (target, approved) = (job.target.clone(), job.approved.clone());
        let asking = Told::Asking {
            target: job.target.name.clone(),
            machine: job.machine.clone(),
            text: job.approved.text().to_owned(),
        };
        let told = self.told.clone();
        async move {
            if cancel.is_cancelled() {
                return Outcome::Nothing("cancelled".to_owned());
            }
            let _ = told.send(asking).await;
            ask(ways, target, approved, journal, cancel).await
        }
    }
}

fn answer(job: &Job, outcome: Outcome) -> Answer {
    Answer {
        way: Some(job.way),
        machine: job.machine.clone(),
        goes_onward: job.goes_onward,
        outcome,
    }
}

fn nothing(about: &str, why: String) -> Answer {
    Answer {
        way: None,
        machine: about.to_owned(),
        goes_onward: false,
        outcome: Outcome::Nothing(why),
    }
}

fn set(answers: &mut [Vec<Option<Answer>>], at: usize, nth: usize, answer: Answer) {
    if let Some(slot) = answers.get_mut(at).and_then(|row| row.get_mut(nth)) {
        *slot = Some(answer);
    }
}
