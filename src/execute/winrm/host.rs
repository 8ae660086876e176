//! What a pipeline asks of csdeck as its host, put to the user.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::commands::Structured;
use super::error::SessionError;
use super::psrp::{Answer, FieldAnswer, HostCall};
use super::questions::{Asked, asked, line};
use super::run::Run;
use super::session::Session;
use crate::execute::ask::{Asker, Unanswered};
use crate::execute::host::question::{Open, told};
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
        self.session.flush().await
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
        let given = async {
            match asked {
                Asked::Lines(question) => {
                    let mut open = Open::put_all(&self.asker, question);
                    open.answered().await.map(Given::Lines)
                }
                Asked::Choice(question, choice) => {
                    let mut open = Open::choose(&self.asker, question, choice);
                    open.answered().await.map(Given::Choice)
                }
            }
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            given = given => Some(given),
        }
    }

    /// Asks here for what a text asks, for a session that has no language to ask in. `None` when all of
    /// it was answered.
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

fn has_secret(answer: &Answer) -> bool {
    match answer {
        Answer::Secret(_) | Answer::Credential { .. } => true,
        Answer::Fields(fields) => fields
            .iter()
            .any(|(_, f)| matches!(f, FieldAnswer::Secret(_) | FieldAnswer::Credential { .. })),
        _ => false,
    }
}
