//! What has to be done before a text leaves csdeck.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::transport::TransportError;

type Work = Box<dyn FnOnce() -> Result<(), String> + Send>;

/// What has to be done, and succeed, right before the first byte of a text is sent: the journal
/// writes that it is. Done once, by whichever clone is asked first.
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
        match slot.take() {
            Some(work) => work().map_err(|why| TransportError::Setup(format!("not sent: {why}"))),
            None => Ok(()),
        }
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
