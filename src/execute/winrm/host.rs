//! What a pipeline asks of csdeck as its host, put to the user.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::commands::Structured;
use super::error::SessionError;
use super::psrp::{Answer, FieldAnswer, HostCall};
use super::questions::{Asked, asked, line};
use super::run::Run;
use super::session::Session;
use crate::execute::ask::{Asker, Unanswered};
use crate::execute::host::question::told;
use crate::powershell::clixml::Value;
use crate::store::secret::Secret;

/// Whose session it is, and who answers.
pub struct Who {
    /// The target's name.
    pub target: String,
    pub user: String,
    /// host:port.
    pub address: String,
    pub asker: Arc<dyn Asker>,
}

impl Run<'_> {
    /// Puts a question to the user and the answer to the server. A run that is cancelled meanwhile
    /// leaves it open: the stop ends it.
    pub(super) async fn host_call(&mut self, call: HostCall) -> Result<(), SessionError> {
        let asked = asked(self.who, &call.prompt);
        let about = asked.about();
        let answer = match self.who.put(asked, self.cancel).await {
            None => return Ok(()),
            Some(Ok(given)) => given.answer(&call.prompt),
            Some(Err(why)) => {
                self.send(told(&about, why)).await;
                Answer::Refused("nobody answered the question".into())
            }
        };
        if has_secret(&answer) {
            self.session.agree_on_keys().await?;
        }
        self.session.pool.answer(&call, answer)?;
        self.session.flush(false, None).await
    }
}

/// What the user gave.
pub enum Given {
    /// Lines, one for each prompt.
    Lines(Vec<Secret>),
    /// One of the choices.
    Choice(usize),
}

impl Who {
    /// The user's answer; `None` when the run was cancelled meanwhile.
    pub async fn put(
        &self,
        asked: Asked,
        cancel: &CancellationToken,
    ) -> Option<Result<Given, Unanswered>> {
        let (sender, answered) = oneshot::channel();
        let wanted = Wanted(Arc::new(AtomicBool::new(true)));
        let (asker, still) = (Arc::clone(&self.asker), Arc::clone(&wanted.0));
        // A thread of its own: the user takes as long as the user does. Without one the sender is
        // dropped: nobody answers.
        let _ = std::thread::Builder::new()
            .name("question".into())
            .spawn(move || {
                let wanted = || still.load(Ordering::Relaxed);
                let given = match &asked {
                    Asked::Lines(question) => asker.ask(question, &wanted).map(Given::Lines),
                    Asked::Choice(question, choice) => {
                        asker.choose(question, choice, &wanted).map(Given::Choice)
                    }
                };
                let _ = sender.send(given);
            });
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            given = answered => Some(given.unwrap_or(Err(Unanswered::Nobody))),
        }
    }

    /// Asks here for what a text asks, for a session that has no language to ask in. `false` when the
    /// run was cancelled or nobody answered; `why` then says so.
    pub async fn fill(
        &self,
        session: &mut Session,
        text: &mut Structured,
        cancel: &CancellationToken,
    ) -> Result<Option<Unasked>, SessionError> {
        // Before anybody is asked: a session that is gone shows here.
        if text.asks.iter().any(|ask| ask.secret) {
            session.agree_on_keys().await?;
        }
        for number in 0..text.asks.len() {
            let Some(ask) = text.asks.get(number).cloned() else {
                break;
            };
            let given = self.put(line(self, &ask.prompt, !ask.secret), cancel).await;
            let secret = match given {
                None => return Ok(Some(Unasked::Cancelled)),
                Some(Err(why)) => return Ok(Some(Unasked::Unanswered(ask.prompt, why))),
                Some(Ok(Given::Lines(lines))) => lines.into_iter().next(),
                Some(Ok(Given::Choice(_))) => None,
            };
            let Some(secret) = secret else {
                return Ok(Some(Unasked::Unanswered(ask.prompt, Unanswered::Refused)));
            };
            let value = if ask.secret {
                session.agree_on_keys().await?;
                session.pool.seal(&secret)?
            } else {
                Value::String(secret.expose().to_owned())
            };
            text.answer(number, value);
        }
        Ok(None)
    }
}

/// Why a text's own questions have no answer.
pub enum Unasked {
    /// The run was cancelled.
    Cancelled,
    /// The question that has none.
    Unanswered(String, Unanswered),
}

/// Withdraws the question when it is dropped.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn has_secret(answer: &Answer) -> bool {
    match answer {
        Answer::Secret(_) | Answer::Credential { .. } => true,
        Answer::Fields(fields) => fields
            .iter()
            .any(|(_, f)| matches!(f, FieldAnswer::Secret(_) | FieldAnswer::Credential { .. })),
        _ => false,
    }
}
