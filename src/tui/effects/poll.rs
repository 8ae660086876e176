//! The watch: polls of a target, one after the other.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::transport;
use crate::app::App;
use crate::execute::backoff::Backoff;
use crate::execute::{EVENT_BUFFER, Event, Target, TransportError, TransportKind};
use crate::gate::Confirmation;
use crate::replication::STATUS_COMMAND;
use crate::tui::message::{Message, WatchId};

/// Time between two polls of a server.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// Time between two polls of the lab, which costs nothing and may run faster than real time.
const LAB_POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Longest answer of a poll that is kept, in bytes; 20,000 replicas need about 4 MB.
const POLL_LIMIT: usize = 16 << 20;

/// Polls until it is stopped. One poll at a time: a slow server is not asked twice.
pub async fn watch(
    app: Arc<App>,
    target: Target,
    id: WatchId,
    messages: mpsc::Sender<Message>,
    stop: CancellationToken,
) {
    let interval = if target.transport == TransportKind::Lab {
        LAB_POLL_INTERVAL
    } else {
        POLL_INTERVAL
    };
    let mut backoff = Backoff::default();
    loop {
        let polled = tokio::select! {
            () = stop.cancelled() => return,
            polled = poll(app.clone(), &target, stop.child_token()) => polled,
        };
        // Only a server that is not reached is left alone for longer and longer.
        let wait = match &polled {
            Err(error) if error.may_pass() => backoff.next(interval),
            _ => {
                backoff.reset();
                interval
            }
        };
        let result = polled.and_then(|answer| answer);
        if messages
            .send(Message::Polled(id, Timestamp::now(), result))
            .await
            .is_err()
        {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Asks the target once. Error records make the answer an error: half an answer is none. The outer
/// error is for a target that was not reached.
async fn poll(
    app: Arc<App>,
    target: &Target,
    cancel: CancellationToken,
) -> Result<Result<String, TransportError>, TransportError> {
    let approved = target
        .assess(STATUS_COMMAND)
        .and_then(|a| a.approve(&Confirmation::Shown))
        .map_err(|e| TransportError::Setup(e.to_string()))?;
    let transport = transport(app, target).await?;
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let gather = async {
        let (mut text, mut errors) = (String::new(), String::new());
        while let Some(event) = events.recv().await {
            match event {
                Event::Output(line) if text.len() + line.len() < POLL_LIMIT => {
                    text.push_str(&line);
                    text.push('\n');
                }
                Event::Output(_) if errors.is_empty() => errors.push_str("the answer is too long "),
                Event::Error(record) if errors.len() < 4096 => {
                    errors.push_str(record.text.trim());
                    errors.push(' ');
                }
                _ => {}
            }
        }
        (text, errors)
    };
    let (result, (text, errors)) = tokio::join!(transport.run(&approved, sender, cancel), gather);
    Ok(match result? {
        0 if errors.is_empty() => Ok(text),
        code => Err(TransportError::Lost {
            address: target.name.clone(),
            reason: if errors.is_empty() {
                format!("PowerShell ended with exit code {code}")
            } else {
                errors.trim().to_owned()
            },
        }),
    })
}
