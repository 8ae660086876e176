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
use crate::replication::{Said, status_command};
use crate::tui::message::{Message, WatchId};

/// Time between two polls of a server.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// Time between two polls of the lab, which costs nothing and may run faster than real time.
const LAB_POLL_INTERVAL: Duration = Duration::from_secs(1);

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
    let objects = target.brings_objects();
    let approved = target
        .assess(status_command(objects))
        .and_then(|a| a.approve(&Confirmation::Shown))
        .map_err(|e| TransportError::Setup(e.to_string()))?;
    let transport = transport(app, target).await?;
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let gather = async {
        let (mut said, mut errors) = (Said::default(), String::new());
        while let Some(event) = events.recv().await {
            match event {
                Event::Output(line) => said.line(&line),
                Event::Object(object) => said.row(object.value),
                Event::Error(record) if errors.len() < 4096 => {
                    errors.push_str(record.text.trim());
                    errors.push(' ');
                }
                _ => {}
            }
        }
        (said, errors)
    };
    let (result, (said, errors)) = tokio::join!(transport.run(&approved, sender, cancel), gather);
    let lost = |reason: String| TransportError::Lost {
        address: target.name.clone(),
        reason,
    };
    Ok(match result? {
        0 if errors.is_empty() => said.text(objects).map_err(lost),
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
