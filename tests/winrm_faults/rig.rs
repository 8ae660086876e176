//! A lab, a transport to it with short times, and runs on it.

use std::sync::Arc;
use std::time::Duration;

use csdeck::execute::ask::Nobody;
use csdeck::execute::event::{Event, JobState};
use csdeck::execute::job::{JobEnd, run_job};
use csdeck::execute::journal::Journal;
use csdeck::execute::transport::TransportError;
use csdeck::execute::winrm::{Limits, WinrmTransport, settle};
use csdeck::execute::{Asker, ShellProfile, Target, TransportKind};
use csdeck::gate::{Approved, Confirmation, Guard, assess};
use csdeck::store::secret::{Secret, SessionSecrets};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::lab::{Lab, PASSWORD, USER};
use crate::process::eventually;

/// Longer than anything here takes; what comes to it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A lab and the way to it.
pub struct Rig {
    pub lab: Lab,
    transport: Option<Arc<WinrmTransport>>,
    journal: Journal,
}

/// How a run ended and what it said.
#[derive(Debug)]
pub struct Told {
    pub end: JobEnd,
    pub events: Vec<Event>,
}

/// A run that goes on.
pub struct Going {
    pub cancel: CancellationToken,
    pub events: mpsc::Receiver<Event>,
    pub seen: Vec<Event>,
    job: JoinHandle<JobEnd>,
}

/// Times that a test can wait for, with room for a machine that is busy.
pub fn limits() -> Limits {
    Limits {
        hold: Duration::from_secs(1),
        grace: Duration::from_secs(4),
        again: Duration::from_secs(8),
        between: Duration::from_millis(100),
        quiet: Duration::from_millis(300),
        stop: Duration::from_secs(2),
        ended: 0,
        ..Limits::default()
    }
}

impl Rig {
    pub fn start(args: &[&str]) -> Rig {
        Rig::with(args, limits())
    }

    pub fn with(args: &[&str], limits: Limits) -> Rig {
        Rig::asking(args, limits, Arc::new(Nobody))
    }

    pub fn asking(args: &[&str], limits: Limits, asker: Arc<dyn Asker>) -> Rig {
        let lab = Lab::start(args);
        let target = Target {
            name: "fe01".into(),
            transport: TransportKind::Winrm,
            address: lab.url(),
            user: Some(USER.into()),
            shell: ShellProfile::Plain,
            ..Target::lab()
        };
        let secrets = Arc::new(SessionSecrets::default());
        secrets.set("fe01", Secret::new(PASSWORD.into()));
        let transport = WinrmTransport::new(&target, &secrets, &asker)
            .unwrap()
            .with_limits(limits);
        let journal = Journal::at(lab.folder().join("journal.jsonl"));
        Rig {
            lab,
            transport: Some(Arc::new(transport)),
            journal,
        }
    }

    /// Begins a run.
    pub fn begin(&self, text: &str) -> Going {
        let (sender, events) = mpsc::channel(256);
        let cancel = CancellationToken::new();
        let transport = self.transport.clone().expect("still there");
        let job = tokio::spawn(run_job(
            transport,
            approved(text),
            None,
            self.journal.clone(),
            sender,
            cancel.clone(),
        ));
        Going {
            cancel,
            events,
            seen: Vec::new(),
            job,
        }
    }

    /// Runs a text to its end.
    pub async fn run(&self, text: &str) -> Told {
        self.begin(text).end().await
    }

    /// Runs a text that must work.
    pub async fn works(&self, text: &str) -> Told {
        let told = self.run(text).await;
        assert_eq!(told.end.state, JobState::Succeeded, "{told:?}");
        told
    }

    /// The requests since the last look, and that at most one text was sent among them.
    pub fn log(&self) -> Log {
        Log(self.lab.log())
    }

    /// Lets the transport go; the lab has no shells then.
    pub async fn close(&mut self) {
        self.transport = None;
        settle().await;
        eventually("the shells are closed", || {
            self.lab.shells().is_empty().then_some(())
        });
    }

    /// Lets the transport go, whatever becomes of its sessions.
    pub fn forget(&mut self) {
        self.transport = None;
    }
}

impl Going {
    /// Waits for an event and gives it; those before it are kept.
    pub async fn until(&mut self, what: &str, is: impl Fn(&Event) -> bool) -> Event {
        let wait = async {
            for _ in 0..1_000_000 {
                let event = self.events.recv().await;
                let event = event.unwrap_or_else(|| panic!("no {what}: {:?}", self.seen));
                self.seen.push(event.clone());
                if is(&event) {
                    return event;
                }
            }
            panic!("no {what}");
        };
        tokio::time::timeout(PATIENCE, wait).await.expect(what)
    }

    /// Waits until it runs.
    pub async fn running(&mut self) {
        let running = Event::State(JobState::Running);
        self.until("running", |event| *event == running).await;
    }

    /// Waits for the end.
    pub async fn end(mut self) -> Told {
        let drain = async {
            while let Some(event) = self.events.recv().await {
                self.seen.push(event);
            }
            self.job.await.unwrap()
        };
        let end = tokio::time::timeout(PATIENCE, drain).await;
        let end = end.unwrap_or_else(|_| panic!("it hangs: {:?}", self.seen));
        // What the end of a session asks of the server is none of what comes next.
        settle().await;
        let last = self.seen.last();
        assert_eq!(last, Some(&Event::State(end.state)));
        Told {
            end,
            events: self.seen,
        }
    }
}

impl Told {
    /// The lines of the output.
    pub fn lines(&self) -> Vec<&str> {
        let lines = self.events.iter().filter_map(|event| match event {
            Event::Output(line) => Some(line.as_str()),
            _ => None,
        });
        lines.collect()
    }

    /// The warnings and remarks, a line each.
    pub fn remarks(&self) -> String {
        let lines = self.events.iter().filter_map(|event| match event {
            Event::Warning(line) | Event::Verbose(line) => Some(line.as_str()),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Why it did not come to an exit code, as it is shown.
    pub fn why(&self) -> String {
        self.end
            .error
            .as_ref()
            .map_or_else(String::new, |e| e.to_string())
    }

    /// It ended as lost, with words like these.
    pub fn is_lost(&self, words: &str) {
        assert_eq!(self.end.state, JobState::Lost, "{:?}", self.end);
        let why = self.why();
        assert!(why.contains(words), "{why}");
        let looks = why.matches("look before you run it again").count();
        assert_eq!(looks, 1, "{why}");
    }

    /// It was never begun, with words like these.
    pub fn is_refused(&self, words: &str) {
        assert_eq!(self.end.state, JobState::Failed, "{:?}", self.end);
        let why = self.why();
        assert!(why.contains(words), "{why}");
        assert!(!why.contains("look before"), "{why}");
        let ran = self.events.contains(&Event::State(JobState::Running));
        assert!(!ran, "{:?}", self.events);
    }

    /// The user ended it.
    pub fn is_cancelled(&self) {
        assert_eq!(self.end.state, JobState::Cancelled, "{:?}", self.end);
        assert_eq!(self.end.error, Some(TransportError::Cancelled));
    }
}

/// Requests as the lab saw them.
#[derive(Debug)]
pub struct Log(pub Vec<Value>);

impl Log {
    /// How many there were of an action.
    pub fn count(&self, action: &str) -> usize {
        let of = |entry: &&Value| entry["action"] == action;
        self.0.iter().filter(of).count()
    }

    /// The actions in order.
    pub fn actions(&self) -> Vec<&str> {
        let actions = self.0.iter().filter_map(|entry| entry["action"].as_str());
        actions.collect()
    }

    /// A text was sent so many times, and nothing went unsealed.
    pub fn has_texts(&self, count: usize) {
        assert_eq!(self.count("Command"), count, "{:?}", self.actions());
        assert!(self.0.iter().all(|entry| entry["sealed"] == true));
    }
}

pub fn approved(text: &str) -> Approved {
    assess(text, "fe01", Guard::Normal)
        .and_then(|a| a.approve(&Confirmation::Typed("fe01".into())))
        .expect("approved")
}
