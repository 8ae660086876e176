//! One poll: the question, what came of it, and a plainer question where it was not taken.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::asks::{Answer, Asks, Listener, Poll, Told, Ways};
use crate::execute::{EVENT_BUFFER, ErrorRecord, Event, Target, Transport, TransportError};
use crate::gate::{Approved, Confirmation};
use crate::replication::{
    Observation, Parsed, Question, Report, Said, StoreStatus, Watcher, refused,
};
use crate::span;

/// How long a store's status is good for where it is a question of its own.
const STORE_EVERY: Duration = Duration::from_secs(30);

/// How long a poll may take where the target has no `command_timeout`.
const LONGEST: Duration = Duration::from_secs(90);

/// How long a poll that took too long may take to end cleanly.
const GRACE: Duration = Duration::from_secs(5);

/// How many error records are kept of a poll.
const ERRORS: usize = 8;

/// Longest text of warnings that is kept of a poll, in bytes.
const WARNINGS: usize = 4096;

impl Poll {
    /// Hands the answer to the watcher. `source` is the name of whom was asked.
    pub fn feed<'w>(self, watcher: &'w mut Watcher, source: &str) -> &'w Report {
        match self.answer {
            Answer::Rows(parsed) => watcher.observe_asked(
                Observation {
                    rows: parsed.rows,
                    sampled_at: Some(self.at),
                    server_time: parsed.server_time,
                    store: parsed.store,
                    source: source.to_owned(),
                },
                self.at.checked_sub(span::signed(self.took)).ok(),
            ),
            Answer::Failed(why) | Answer::NotUnderstood(why) => watcher.failed(&why, Some(self.at)),
            Answer::NoWay(error) => watcher.blind(&error.to_string(), self.at),
        }
    }
}

/// Asks one target.
pub struct Poller {
    target: Target,
    ways: Ways,
    listener: Listener,
    question: Question,
    approved: Option<Approved>,
    /// The store's status where it is a question of its own, and when it was asked for.
    store: Option<(Option<StoreStatus>, Instant)>,
    /// The text of that question, once it was told.
    store_told: Option<&'static str>,
    /// The store's status cannot be had; it is not asked for again.
    storeless: bool,
    warned: String,
    noted: Vec<String>,
}

/// What the events of one text add up to.
#[derive(Default)]
struct Heard {
    said: Said,
    errors: Vec<ErrorRecord>,
    warnings: String,
}

impl Heard {
    /// What the error records say, or what else went wrong.
    fn failure(&self, code: i32) -> String {
        let texts: Vec<&str> = self.errors.iter().map(|e| e.text.trim()).collect();
        match texts.join("\n") {
            text if text.is_empty() => format!("PowerShell ended with exit code {code}"),
            text => text,
        }
    }

    /// True when the server does not take the text as it is.
    fn is_refusal(&self) -> bool {
        refused(
            self.errors
                .iter()
                .map(|e| (e.text.as_str(), e.id.as_deref())),
        )
    }
}

impl Poller {
    /// A poller that has asked nothing yet.
    pub fn new(target: Target, ways: Ways, listener: Listener) -> Poller {
        let question = Question::first(target.is_restricted());
        Poller {
            target,
            ways,
            listener,
            question,
            approved: None,
            store: None,
            store_told: None,
            storeless: false,
            warned: String::new(),
            noted: Vec::new(),
        }
    }

    /// A single poll, taken now. Cancelled, it brings [`TransportError::Cancelled`].
    pub async fn once(&mut self, cancel: &CancellationToken) -> Poll {
        let begun = Instant::now();
        let answer = self.ask(cancel).await;
        Poll {
            at: Timestamp::now(),
            took: begun.elapsed(),
            answer,
            wait: Duration::ZERO,
        }
    }

    /// The text of the present question, judged; told before it is sent for the first time.
    fn approved(&mut self, why: Option<&str>) -> Result<Approved, TransportError> {
        if let Some(approved) = &self.approved {
            return Ok(approved.clone());
        }
        let approved = approve(&self.target, self.question.text())?;
        (self.listener)(Told::Asks(&approved, why)).map_err(TransportError::Setup)?;
        Ok(self.approved.insert(approved).clone())
    }

    async fn read(
        &mut self,
        said: Said,
        way: &dyn Transport,
        cancel: &CancellationToken,
    ) -> Answer {
        let objects = self.target.brings_objects();
        match said.answer(self.question, objects, &TimeZone::system()) {
            Ok(mut parsed) => {
                let notes = std::mem::take(&mut parsed.notes);
                let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
                // Once, while every answer is read in the same way.
                if self.noted != notes {
                    notes.iter().for_each(|note| self.remark(note));
                    self.noted = notes;
                }
                if parsed.store.is_none() {
                    parsed.store = self.store(way, cancel).await;
                }
                Answer::Rows(Box::new(parsed))
            }
            Err(why) => Answer::NotUnderstood(why),
        }
    }

    /// The store's status by a question of its own, not older than [`STORE_EVERY`]. Rows are worth
    /// more than it: where it cannot be had, that is said once.
    async fn store(
        &mut self,
        way: &dyn Transport,
        cancel: &CancellationToken,
    ) -> Option<StoreStatus> {
        if self.storeless {
            return None;
        }
        // What was bad is asked again with every poll: one answer is no three of them.
        if let Some((status, asked)) = &self.store
            && asked.elapsed() < STORE_EVERY
            && status.as_ref().is_none_or(|s| s.is_down().is_none())
        {
            return status.clone();
        }
        let text = self.question.store_text()?;
        let approved = match approve(&self.target, text) {
            Ok(approved) => approved,
            Err(error) => return self.without_store(&error.to_string()),
        };
        if self.store_told != Some(text) {
            if let Err(why) = (self.listener)(Told::Asks(&approved, None)) {
                return self.without_store(&why);
            }
            self.store_told = Some(text);
        }
        let (result, heard) = hear(way, &approved, &self.target, cancel).await;
        let status = match result {
            Ok(0) if heard.errors.is_empty() => {
                let objects = self.target.brings_objects();
                heard.said.store(objects, &TimeZone::system())
            }
            Ok(code) if heard.is_refusal() => return self.without_store(&heard.failure(code)),
            Ok(code) => Err(heard.failure(code)),
            // The next poll tells of a way that is gone.
            Err(_) => return None,
        };
        match status {
            Ok(status) => {
                self.store = Some((Some(status.clone()), Instant::now()));
                Some(status)
            }
            Err(why) => {
                // It may pass: a fail-over is such a moment.
                self.store = Some((None, Instant::now()));
                self.remark(&format!(
                    "the store's own status is not known: {}",
                    why.trim()
                ));
                None
            }
        }
    }

    fn without_store(&mut self, why: &str) -> Option<StoreStatus> {
        self.storeless = true;
        self.remark(&format!(
            "the status of the Central Management store is not watched beside the rows: {}",
            why.trim()
        ));
        None
    }

    /// Passes the warnings of a poll on, once while they stay the same.
    fn warn(&mut self, warnings: &str) {
        if self.warned != warnings {
            warnings.clone_into(&mut self.warned);
            for line in warnings.lines() {
                self.remark(&format!("warning: {line}"));
            }
        }
    }

    fn remark(&mut self, text: &str) {
        // A remark that nobody takes changes nothing.
        let _ = (self.listener)(Told::Remark(text));
    }
}

impl Asks for Poller {
    type Rows = Box<Parsed>;

    /// Asks once. A text that the server does not take is followed by a plainer one, at once.
    /// Cancelled, it is [`TransportError::Cancelled`].
    async fn ask(&mut self, cancel: &CancellationToken) -> Answer {
        let way = match (self.ways)().await {
            Ok(way) => way,
            Err(error) => return Answer::NoWay(error),
        };
        let mut why = None;
        loop {
            let approved = match self.approved(why.as_deref()) {
                Ok(approved) => approved,
                Err(error) => return Answer::NoWay(error),
            };
            let (result, heard) = hear(way.as_ref(), &approved, &self.target, cancel).await;
            self.warn(&heard.warnings);
            let code = match result {
                Ok(code) => code,
                Err(error) => return Answer::NoWay(error),
            };
            if code == 0 && heard.errors.is_empty() {
                return self.read(heard.said, way.as_ref(), cancel).await;
            }
            let error = heard.failure(code);
            match self.question.plainer(self.target.brings_objects()) {
                Some(plainer) if heard.is_refusal() => {
                    self.question = plainer;
                    self.approved = None;
                    why = Some(error);
                }
                _ => return Answer::Failed(error),
            }
        }
    }
}

/// Judges a text. All of them are reads: a target that wants more than showing it wants another
/// text.
fn approve(target: &Target, text: &str) -> Result<Approved, TransportError> {
    target
        .assess(text)
        .and_then(|assessed| assessed.approve(&Confirmation::Shown))
        .map_err(|e| TransportError::Setup(e.to_string()))
}

/// Runs a text and gathers what it says. Every text has an end: a server that never answers leaves the
/// last verdict standing otherwise.
async fn hear(
    way: &dyn Transport,
    approved: &Approved,
    target: &Target,
    cancel: &CancellationToken,
) -> (Result<i32, TransportError>, Heard) {
    let limit = target.command_timeout.unwrap_or(LONGEST);
    let started = Instant::now();
    let cancel = cancel.child_token();
    let over = async {
        tokio::time::sleep(limit).await;
        cancel.cancel();
        // What runs is stopped; it has a moment to end cleanly.
        tokio::time::sleep(GRACE).await;
    };
    let (result, heard) = tokio::select! {
        heard = listen(way, approved, &cancel) => heard,
        () = over => (Err(TransportError::Cancelled), Heard::default()),
    };
    match result {
        Err(TransportError::Cancelled) if started.elapsed() >= limit => {
            let late = TransportError::TimedOut {
                address: target.name.clone(),
                phase: "the answer to a poll",
                after: limit,
            };
            (Err(late), heard)
        }
        result => (result, heard),
    }
}

/// Runs a text to its end and gathers what it says.
async fn listen(
    way: &dyn Transport,
    approved: &Approved,
    cancel: &CancellationToken,
) -> (Result<i32, TransportError>, Heard) {
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let gather = async {
        let mut heard = Heard::default();
        while let Some(event) = events.recv().await {
            match event {
                Event::Output(line) => heard.said.line(&line),
                Event::Object(object) => heard.said.row(object.value),
                Event::Error(record) if heard.errors.len() < ERRORS => heard.errors.push(*record),
                Event::Warning(line) => add(&mut heard.warnings, &line),
                Event::Verbose(_)
                | Event::Debug(_)
                | Event::Information(_)
                | Event::Progress(_)
                | Event::Error(_)
                | Event::State(_) => {}
            }
        }
        heard
    };
    tokio::join!(way.run(approved, sender, cancel.child_token()), gather)
}

fn add(to: &mut String, text: &str) {
    if to.len() < WARNINGS {
        if !to.is_empty() {
            to.push('\n');
        }
        to.push_str(text.trim());
    }
}
