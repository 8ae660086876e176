//! Listens to what a pool says of itself, beside its pipelines: a request for keys, its end. The same
//! question is the sign of life that keeps an idle session from being closed by the server, and by
//! firewalls.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::error::SessionError;
use super::exchange::receive;
use super::limits::Limits;
use super::wire::{Client, Settings};
use super::wsman::{Answer, Shell};

/// Answers that may wait for the session.
const WAITING: usize = 4;

/// The listener of one pool: a task with a connection of its own, which is made when it is needed.
pub struct Watch {
    go: Arc<Notify>,
    heard: mpsc::Receiver<Result<Answer, SessionError>>,
    task: JoinHandle<()>,
}

impl Watch {
    /// Listens to nothing.
    pub fn none() -> Watch {
        Watch {
            go: Arc::default(),
            heard: mpsc::channel(1).1,
            task: tokio::spawn(async {}),
        }
    }

    /// Listens to the shell's pool once it is asked to, or after `limits.keepalive`.
    pub fn start(settings: Arc<Settings>, shell: Shell, limits: Limits) -> Watch {
        let go = Arc::new(Notify::new());
        let (sender, heard) = mpsc::channel(WAITING);
        let asked = Arc::clone(&go);
        let task = tokio::spawn(async move {
            let _ = tokio::time::timeout(limits.keepalive, asked.notified()).await;
            let mut client = Client::new(settings);
            loop {
                let said = match receive(&mut client, &shell, None, &limits, None).await {
                    Ok(Some(answer)) => sender.send(Ok(answer)).await,
                    Ok(None) => Ok(()),
                    Err(e) => {
                        let _ = sender.send(Err(e)).await;
                        return;
                    }
                };
                if said.is_err() {
                    return;
                }
            }
        });
        Watch { go, heard, task }
    }

    /// Listens from now on.
    pub fn go(&self) {
        self.go.notify_one();
    }

    /// What the pool says next; `None` once the listener has ended.
    pub async fn next(&mut self) -> Option<Result<Answer, SessionError>> {
        self.heard.recv().await
    }

    /// False when the listener found the session gone.
    pub fn is_up(&self) -> bool {
        !self.task.is_finished()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}
