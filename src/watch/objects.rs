//! Asking with the text of a snippet, and reading what it answers as objects.

use serde_json::Value;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::asks::{Answer, Asks, Listener, Told, Ways};
use crate::cmdlet::Risk;
use crate::execute::objects::weight;
use crate::execute::{EVENT_BUFFER, Event};
use crate::gate::Approved;

/// Longest answer that is read, in bytes of memory.
const LIMIT: usize = 16 << 20;

/// Longest text of error records and warnings that is kept of a poll, in bytes.
const ERRORS: usize = 4096;

/// The text does more than look. A watch repeats it, unasked, for hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is {}: a watch repeats its command, so only what reads is watched", match self.0 {
    Risk::Destructive => "destructive",
    _ => "a change",
})]
pub struct NotARead(pub Risk);

/// Asks one target with one text. The objects of the answer are its objects; a list counts as those
/// in it. An answer that is text alone counts as its lines, without those that are blank.
pub struct ObjectPoller {
    approved: Approved,
    ways: Ways,
    listener: Listener,
    told: bool,
    warned: String,
}

impl ObjectPoller {
    /// A poller that has asked nothing yet.
    ///
    /// # Errors
    /// [`NotARead`], whatever was confirmed.
    pub fn new(
        approved: Approved,
        ways: Ways,
        listener: Listener,
    ) -> Result<ObjectPoller, NotARead> {
        if approved.risk() != Risk::Read {
            return Err(NotARead(approved.risk()));
        }
        Ok(ObjectPoller {
            approved,
            ways,
            listener,
            told: false,
            warned: String::new(),
        })
    }

    /// Passes the warnings of a poll on, once while they stay the same.
    fn warn(&mut self, warnings: String) {
        if self.warned == warnings {
            return;
        }
        for line in warnings.lines() {
            // A remark that nobody takes changes nothing.
            let _ = (self.listener)(Told::Remark(&format!("warning: {line}")));
        }
        self.warned = warnings;
    }
}

impl Asks for ObjectPoller {
    type Rows = Vec<Value>;

    async fn ask(&mut self, cancel: &CancellationToken) -> Answer<Vec<Value>> {
        let way = match (self.ways)().await {
            Ok(way) => way,
            Err(error) => return Answer::NoWay(error),
        };
        if !self.told {
            if let Err(why) = (self.listener)(Told::Asks(&self.approved, None)) {
                return Answer::Failed(why);
            }
            self.told = true;
        }
        let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
        let gather = async {
            let mut heard = Heard::default();
            while let Some(event) = events.recv().await {
                heard.take(event);
            }
            heard
        };
        let (result, mut heard) = tokio::join!(
            way.run(&self.approved, sender, cancel.child_token()),
            gather
        );
        self.warn(std::mem::take(&mut heard.warnings));
        match result {
            Err(error) => Answer::NoWay(error),
            Ok(0) if heard.errors.is_empty() => heard.read(),
            Ok(code) => Answer::Failed(match heard.errors.trim() {
                "" => format!("PowerShell ended with exit code {code}"),
                errors => errors.to_owned(),
            }),
        }
    }
}

/// What the events of one poll add up to.
#[derive(Default)]
struct Heard {
    objects: Vec<Value>,
    lines: Vec<Value>,
    size: usize,
    errors: String,
    warnings: String,
}

impl Heard {
    fn take(&mut self, event: Event) {
        match event {
            Event::Output(line) if line.trim().is_empty() => {}
            Event::Output(line) => {
                let line = Value::from(line.trim_end());
                if self.has_room(&line) {
                    self.lines.push(line);
                }
            }
            Event::Object(object) => {
                if self.has_room(&object.value) {
                    match object.value {
                        Value::Array(items) => self.objects.extend(items),
                        value => self.objects.push(value),
                    }
                }
            }
            Event::Error(record) => add(&mut self.errors, &record.text),
            Event::Warning(line) => add(&mut self.warnings, &line),
            Event::Verbose(_)
            | Event::Debug(_)
            | Event::Information(_)
            | Event::Progress(_)
            | Event::State(_) => {}
        }
    }

    fn has_room(&mut self, value: &Value) -> bool {
        self.size = self.size.saturating_add(weight(value));
        self.size <= LIMIT
    }

    fn read(self) -> Answer<Vec<Value>> {
        if self.size > LIMIT {
            let limit = LIMIT >> 20;
            return Answer::NotUnderstood(format!(
                "the answer is longer than {limit} MB, more than is watched: ask for less"
            ));
        }
        // Lines beside objects are what a script says on the way.
        Answer::Rows(match self.objects.is_empty() {
            true => self.lines,
            false => self.objects,
        })
    }
}

fn add(to: &mut String, text: &str) {
    if to.len() < ERRORS {
        if !to.is_empty() {
            to.push('\n');
        }
        to.push_str(text.trim());
    }
}
