//! One text that only reads, run on one target, and its whole answer.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Approved, Confirmation, Ways};
use crate::cmdlet::Risk;
use crate::execute::event::Event;
use crate::execute::job::run_job;
use crate::execute::journal::Journal;
use crate::execute::target::Target;
use crate::execute::transport::EVENT_BUFFER;
use crate::replication::why::{Fault, Outcome, Reply};

/// How long a check may take where the target says nothing: a port that nobody answers on takes
/// Windows about 45 s (the connection, then a ping).
pub const LIMIT: Duration = Duration::from_secs(90);

/// The longest answer that is kept, in bytes; the rest is let go.
const LONGEST: usize = 4 << 20;
/// How many objects and errors are kept.
const MOST: usize = 20_000;
const FAULTS: usize = 20;

/// The text, approved for this target as what only reads; else why not, in words.
pub fn read_only(target: &Target, text: &str) -> Result<Approved, String> {
    let assessment = target.assess(text).map_err(|denied| denied.to_string())?;
    if assessment.risk() != Risk::Read {
        return Err(format!(
            "not run on {}: it would not only read",
            target.name
        ));
    }
    assessment
        .approve(&Confirmation::Shown)
        .map_err(|denied| denied.to_string())
}

/// Runs an approved text to its end and gives its whole answer. It is in the journal.
pub async fn ask(
    ways: Arc<dyn Ways>,
    target: Target,
    approved: Approved,
    journal: Journal,
    cancel: CancellationToken,
) -> Outcome {
    let limit = target.command_timeout.unwrap_or(LIMIT);
    let way = tokio::task::spawn_blocking(move || ways.way(&target)).await;
    let transport = match way {
        Ok(Ok(transport)) => transport,
        Ok(Err(error)) => return Outcome::Nothing(error.to_string()),
        Err(error) => return Outcome::Nothing(format!("csdeck's own task broke down: {error}")),
    };
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let mut reply = Reply {
        lines: Vec::new(),
        objects: Vec::new(),
        faults: Vec::new(),
        asked_at: Timestamp::now(),
        answered_at: Timestamp::now(),
    };
    let mut kept = 0;
    let read = async {
        while let Some(event) = receiver.recv().await {
            take(event, &mut reply, &mut kept);
        }
    };
    let run = run_job(transport, approved, Some(limit), journal, sender, cancel);
    let (end, ()) = tokio::join!(run, read);
    reply.answered_at = Timestamp::now();
    match end.error {
        Some(error) => Outcome::Nothing(error.to_string()),
        None => {
            let silent =
                reply.lines.is_empty() && reply.objects.is_empty() && reply.faults.is_empty();
            if let Some(code) = end.host_exit.filter(|code| *code != 0 && silent) {
                reply.faults.push(Fault {
                    text: format!("PowerShell ended with {code}"),
                    id: None,
                });
            }
            Outcome::Said(reply)
        }
    }
}

fn take(event: Event, reply: &mut Reply, kept: &mut usize) {
    match event {
        // The time counts from when it was sent, not from when the connection was begun.
        Event::State(super::super::event::JobState::Running) => reply.asked_at = Timestamp::now(),
        Event::Output(line) => {
            *kept += line.len() + 1;
            if *kept <= LONGEST {
                reply.lines.push(line);
            }
        }
        Event::Object(object) if reply.objects.len() < MOST => reply.objects.push(object.value),
        Event::Error(record) if reply.faults.len() < FAULTS => reply.faults.push(Fault {
            text: record.text,
            id: record.id,
        }),
        _ => {}
    }
}
