//! What has to be done before a text leaves csdeck.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::transport::TransportError;

type Work = Box<dyn FnOnce() -> Result<(), String> + Send>;

/// What has to be done, and succeed, right before the first byte of a text is sent: the journal
/// writes that it is. Done once, by whichever clone is asked first; a failure stays one.
#[derive(Clone, Default)]
pub struct BeforeSending(Option<Arc<Mutex<Option<Work>>>>);

impl BeforeSending {
    /// This work. It may block.
    pub fn new(work: impl FnOnce() -> Result<(), String> + Send + 'static) -> BeforeSending {
        BeforeSending(Some(Arc::new(Mutex::new(Some(Box::new(work))))))
    }

    /// Does it, for a thread that may block. [`TransportError::Setup`] when it failed: then nothing
    /// must be sent.
    pub fn pass_blocking(&self) -> Result<(), TransportError> {
        let Some(slot) = &self.0 else {
            return Ok(());
        };
        // Taken out and the lock kept: a clone that asks meanwhile waits for the outcome.
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(work) = slot.take() else {
            return Ok(());
        };
        work().map_err(|why| {
            // It did not happen for whoever asks again either.
            let again = why.clone();
            *slot = Some(Box::new(move || Err(again)));
            TransportError::Setup(format!("not sent: {why}"))
        })
    }

    /// The same for a task.
    pub async fn pass(&self) -> Result<(), TransportError> {
        if self.0.is_none() {
            return Ok(());
        }
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.pass_blocking())
            .await
            .unwrap_or_else(|e| Err(TransportError::Setup(format!("not sent: {e}"))))
    }
}

impl fmt::Debug for BeforeSending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BeforeSending")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::execute::transport::{BoxFuture, EVENT_BUFFER, EventSender, Transport};
    use crate::execute::{Journal, run_job};
    use crate::gate::{Approved, Confirmation, Guard, assess};

    /// A transport that keeps what the journal held when it sent.
    struct Plain {
        journal: Journal,
        seen: Mutex<Vec<String>>,
    }

    impl Transport for Plain {
        fn run_after<'a>(
            &'a self,
            before: BeforeSending,
            _invocation: &'a Approved,
            _events: EventSender,
            _cancel: CancellationToken,
        ) -> BoxFuture<'a, Result<i32, TransportError>> {
            Box::pin(async move {
                before.pass().await?;
                let entries = self.journal.entries().expect("reads");
                let states = entries.into_iter().map(|e| e.state);
                self.seen.lock().expect("free").extend(states);
                Ok(0)
            })
        }
    }

    fn approved() -> Approved {
        assess("Get-CsPool", "fe01", Guard::Normal)
            .and_then(|a| a.approve(&Confirmation::Shown))
            .expect("approved")
    }

    #[tokio::test]
    async fn a_job_is_on_disk_as_sent_before_it_is() {
        let folder = tempfile::tempdir().expect("folder");
        let journal = Journal::at(folder.path().join("journal.jsonl"));
        let transport = Arc::new(Plain {
            journal: journal.clone(),
            seen: Mutex::default(),
        });
        let (sender, _receiver) = mpsc::channel(EVENT_BUFFER);
        let cancel = CancellationToken::new();
        run_job(transport.clone(), approved(), None, journal, sender, cancel).await;
        assert_eq!(*transport.seen.lock().expect("free"), ["running"]);
    }

    #[tokio::test]
    async fn what_cannot_be_written_down_is_not_sent() {
        let folder = tempfile::tempdir().expect("folder");
        let transport = Plain {
            journal: Journal::at(folder.path().join("journal.jsonl")),
            seen: Mutex::default(),
        };
        transport
            .journal
            .begin("fe01", "x", "read", "queued")
            .expect("writes");
        let before = BeforeSending::new(|| Err("the disk is full".into()));
        let (sender, _receiver) = mpsc::channel(EVENT_BUFFER);
        let cancel = CancellationToken::new();
        let text = approved();
        let ended = transport
            .run_after(before.clone(), &text, sender, cancel)
            .await;
        assert!(
            before.pass_blocking().is_err(),
            "a second try fails as well"
        );
        assert!(
            matches!(&ended, Err(TransportError::Setup(why)) if why == "not sent: the disk is full"),
            "{ended:?}"
        );
        assert!(transport.seen.lock().expect("free").is_empty());
    }

    #[tokio::test]
    async fn it_is_done_once_whoever_asks() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let before = BeforeSending::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        let again = before.clone();
        let (a, b) = tokio::join!(before.pass(), again.pass());
        assert_eq!((a, b), (Ok(()), Ok(())));
        assert_eq!(before.pass_blocking(), Ok(()));
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }
}
