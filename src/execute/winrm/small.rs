//! Small pipelines of csdeck's own: the import of a module, the scripts that carry files, the
//! questions of a test. They ask nothing and are not shown as they run; the documentation lists them.

use tokio::sync::mpsc;

use super::error::SessionError;
use super::exchange::{Repeat, exchange, receive};
use super::psrp::{
    Answer, Command, ErrorRecord, PipelineEvent, PipelineOptions, PipelineState, PoolEvent,
};
use super::session::{Session, offer_key, read};
use super::trouble::Notice;
use super::wsman::CommandState;
use crate::powershell::clixml::Value;

/// What a small pipeline said.
#[derive(Debug, Default)]
pub struct Heard {
    /// Its output.
    pub output: Vec<Value>,
    /// Its errors, the one that ended it last.
    pub errors: Vec<ErrorRecord>,
    /// True when it came to its end; else there is an error.
    pub completed: bool,
}

impl Session {
    /// Runs a pipeline to its end and gives what it said.
    pub async fn hear(&mut self, commands: &[Command]) -> Result<Heard, SessionError> {
        let id = self.pool.begin(commands, PipelineOptions::default())?;
        let name = id.to_string();
        let limits = self.limits;
        if let Some(first) = self.pool.outgoing() {
            let command = self.shell.command(&name, &first.bytes);
            exchange(
                &mut self.main,
                &self.shell,
                &command,
                Repeat::Never,
                &limits,
                None,
            )
            .await?;
        }
        self.flush().await?;
        let (notices, mut repeats) = mpsc::unbounded_channel();
        let mut lost = false;
        let (mut heard, mut over) = (Heard::default(), false);
        while !over {
            let (main, shell) = (&mut self.main, &self.shell);
            let answer = receive(main, shell, Some(&name), &limits, Some(&notices)).await?;
            while let Ok(notice) = repeats.try_recv() {
                lost |= notice != Notice::Back;
            }
            if let Some(answer) = answer {
                self.order.follow(&answer, lost)?;
                lost &= answer.streams.is_empty();
                read(&mut self.pool, &answer, &mut self.events)?;
                over = answer.state == Some(CommandState::Done);
            }
            for event in std::mem::take(&mut self.events) {
                match event {
                    PoolEvent::Pipeline(of, event) if of == id => match event {
                        PipelineEvent::Output(value) => heard.output.push(value),
                        PipelineEvent::Error(record) => heard.errors.push(*record),
                        PipelineEvent::State(state, why) => {
                            over |= state.is_final();
                            heard.completed |= state == PipelineState::Completed;
                            heard.errors.extend(why.map(|why| *why));
                        }
                        _ => {}
                    },
                    PoolEvent::HostCall(call) => {
                        let refused = Answer::Refused("csdeck answers nothing here".into());
                        self.pool.answer(&call, refused)?;
                    }
                    PoolEvent::KeyWanted => offer_key(&mut self.pool).await?,
                    PoolEvent::Broken(why) => return Err(SessionError::Broken(why)),
                    PoolEvent::Closed => return Err(SessionError::Broken(None)),
                    _ => {}
                }
            }
            // What the pool answers by itself.
            self.flush().await?;
        }
        if !heard.completed && heard.errors.is_empty() {
            let silent = "it ended without saying that it came to its end";
            heard.errors.push(ErrorRecord::of_message(silent));
        }
        // One that cannot be told is found gone by the next request.
        self.release(id, false).await;
        Ok(heard)
    }
}
