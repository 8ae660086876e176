//! What comes in (MS-PSRP 3.1.5).

use super::error::PsrpError;
use super::fragment::Assembler;
use super::host::{self, Called};
use super::message::{Kind, Message};
use super::pipeline::{PipelineEvent, PipelineId, PipelineState};
use super::pool::Pool;
use super::records::{self, ErrorRecord, Information, Progress};
use super::state::{PoolEvent, PoolState, Version};
use super::twins::Way;
use crate::powershell::clixml::{self, Value};

/// Most answers of our own that wait to be sent. A server asks one thing at a time for each pipeline.
pub(super) const ANSWERS_LIMIT: usize = 256;

impl Pool {
    /// Takes what the server sent: one or more whole fragments, for the pool or for any of its
    /// pipelines. What happened is put behind `out`.
    ///
    /// After [`PoolEvent::Broken`] and [`PoolEvent::Closed`] nothing is heard any more.
    ///
    /// # Errors
    /// What came before the error stands in `out`; the pool is broken, and the same error comes back
    /// from then on.
    pub fn receive(&mut self, bytes: &[u8], out: &mut Vec<PoolEvent>) -> Result<(), PsrpError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let mut messages = Vec::new();
        let whole = self.assembler.push(bytes, &mut messages);
        let result = messages
            .into_iter()
            .try_for_each(|message| self.message(&message, out))
            .and(whole.map_err(PsrpError::from));
        if let Err(failure) = &result {
            self.failure = Some(failure.clone());
            self.end(PoolState::Broken);
        }
        result
    }

    fn message(&mut self, bytes: &[u8], out: &mut Vec<PoolEvent>) -> Result<(), PsrpError> {
        if matches!(self.state, PoolState::Broken | PoolState::Closed) {
            return Ok(());
        }
        let message = Message::read(bytes)?;
        // A later version may have more kinds; they are not for us.
        let Ok(kind) = message.kind else {
            return Ok(());
        };
        let pipeline = message.pipeline.map(PipelineId::new);
        if let Some(id) = pipeline
            && !self.pipelines.contains_key(&id)
        {
            return Ok(());
        }
        let missing = |property| PsrpError::Missing { kind, property };
        let data = || -> Result<Value, PsrpError> {
            if message.data.is_empty() {
                return Ok(Value::Null);
            }
            clixml::one(message.data).map_err(|error| PsrpError::Unreadable { kind, error })
        };
        match (kind, pipeline) {
            (Kind::SessionCapability, _) => self.capability(&data()?, out)?,
            (Kind::ApplicationPrivateData, _) => {
                let data = data()?;
                let private = data.get("ApplicationPrivateData").cloned();
                out.push(PoolEvent::PrivateData(private.unwrap_or(Value::Null)));
                self.connected(out);
            }
            (Kind::RunspacePoolInitData, _) => self.connected(out),
            (Kind::RunspacePoolState, _) => {
                let data = data()?;
                let number = data.get("RunspaceState").and_then(Value::as_i64);
                self.pool_state(number.ok_or(missing("RunspaceState"))?, error(&data), out);
            }
            (Kind::PublicKeyRequest, _) => out.push(PoolEvent::KeyWanted),
            (Kind::EncryptedSessionKey, _) => {
                let data = data()?;
                let sealed = data.get("EncryptedSessionKey").and_then(Value::as_str);
                self.key_came(sealed.ok_or(missing("EncryptedSessionKey"))?, out)?;
            }
            (Kind::PipelineHostCall | Kind::RunspacePoolHostCall, _) => {
                self.host_call(kind, pipeline, &data()?, out)?;
            }
            (Kind::PipelineState, Some(id)) => {
                let data = data()?;
                let state = data
                    .get("PipelineState")
                    .and_then(Value::as_i64)
                    .and_then(PipelineState::from_number)
                    .ok_or(missing("PipelineState"))?;
                if state.is_final() {
                    self.drop_pipeline(id);
                }
                let event = PipelineEvent::State(state, error(&data));
                out.push(PoolEvent::Pipeline(id, event));
            }
            (_, Some(id)) => {
                if let Some(event) = self.record(kind, id, data)? {
                    out.push(PoolEvent::Pipeline(id, event));
                }
            }
            // Numbers of runspaces, events that a script registered for, messages that only a client
            // sends: nothing here asks for them.
            (_, None) => {}
        }
        Ok(())
    }

    fn capability(&mut self, data: &Value, out: &mut Vec<PoolEvent>) -> Result<(), PsrpError> {
        let text = |name: &str| data.get(name).map(Value::text).unwrap_or_default();
        let said = text("protocolversion");
        let protocol = Version::read(&said)
            .filter(|version| version.major == Version::FIRST.major)
            .ok_or_else(|| PsrpError::Version(said.chars().take(32).collect()))?;
        self.server = Some(protocol);
        out.push(PoolEvent::Capability {
            protocol,
            ps_version: text("PSVersion"),
            serialization: text("SerializationVersion"),
        });
        Ok(())
    }

    /// A pool that was there already says no "opened": what it tells first means so.
    fn connected(&mut self, out: &mut Vec<PoolEvent>) {
        if self.state == PoolState::Connecting {
            self.state = PoolState::Open;
            out.push(PoolEvent::Opened);
        }
    }

    fn pool_state(
        &mut self,
        number: i64,
        error: Option<Box<ErrorRecord>>,
        out: &mut Vec<PoolEvent>,
    ) {
        match number {
            2 if matches!(self.state, PoolState::Opening | PoolState::Connecting) => {
                self.state = PoolState::Open;
                out.push(PoolEvent::Opened);
            }
            3 => {
                self.pipelines_failed(error.as_deref(), out);
                self.end(PoolState::Closed);
                out.push(PoolEvent::Closed);
            }
            4 => self.state = PoolState::Closing,
            5 => {
                self.pipelines_failed(error.as_deref(), out);
                self.end(PoolState::Broken);
                out.push(PoolEvent::Broken(error));
            }
            _ => {}
        }
    }

    fn pipelines_failed(&mut self, error: Option<&ErrorRecord>, out: &mut Vec<PoolEvent>) {
        for (id, _) in self.pipelines.drain() {
            let state = PipelineEvent::State(PipelineState::Failed, error.cloned().map(Box::new));
            out.push(PoolEvent::Pipeline(id, state));
        }
    }

    /// Nothing is sent any more, and nothing is kept.
    fn end(&mut self, state: PoolState) {
        self.state = state;
        self.assembler = Assembler::default();
        self.outbox.clear();
        self.pipelines.clear();
        self.held.clear();
        self.exchange = None;
        self.key = None;
    }

    fn key_came(&mut self, sealed: &str, out: &mut Vec<PoolEvent>) -> Result<(), PsrpError> {
        let exchange = self
            .exchange
            .take()
            .ok_or(PsrpError::KeyExchange("the server sent one unasked"))?;
        self.key = Some(exchange.finish(sealed)?);
        for (call, answer) in std::mem::take(&mut self.held) {
            let data = host::encode(&call, &answer, self.key.as_ref())?;
            self.respond(call.pipeline, &data);
        }
        out.push(PoolEvent::KeyReady);
        Ok(())
    }

    fn host_call(
        &mut self,
        kind: Kind,
        pipeline: Option<PipelineId>,
        data: &Value,
        out: &mut Vec<PoolEvent>,
    ) -> Result<(), PsrpError> {
        match host::read(kind, pipeline, data)? {
            Called::Question(call) => out.push(PoolEvent::HostCall(call)),
            Called::Nothing => {}
            Called::Unanswerable { id, method } => {
                // Nobody can ask without end and not listen.
                if self.outbox.answers() >= ANSWERS_LIMIT {
                    return Err(PsrpError::TooManyCalls);
                }
                self.respond(pipeline, &host::unanswered(id, method));
            }
            Called::Says(stream, event) => match pipeline {
                Some(id) => {
                    if let Some(event) = self.untold(id, Way::Host, stream, event) {
                        out.push(PoolEvent::Pipeline(id, event));
                    }
                }
                None => out.push(PoolEvent::Host(event)),
            },
        }
        Ok(())
    }

    fn record(
        &mut self,
        kind: Kind,
        id: PipelineId,
        data: impl Fn() -> Result<Value, PsrpError>,
    ) -> Result<Option<PipelineEvent>, PsrpError> {
        let (stream, event) = match kind {
            Kind::PipelineOutput => (None, PipelineEvent::Output(data()?)),
            Kind::ErrorRecord => {
                let record = ErrorRecord::read(&data()?);
                (None, PipelineEvent::Error(Box::new(record)))
            }
            Kind::ProgressRecord => (None, PipelineEvent::Progress(Progress::read(&data()?))),
            Kind::DebugRecord => {
                let text = records::message(&data()?);
                (Some("debug"), PipelineEvent::Debug(text))
            }
            Kind::VerboseRecord => {
                let text = records::message(&data()?);
                (Some("verbose"), PipelineEvent::Verbose(text))
            }
            Kind::WarningRecord => {
                let text = records::message(&data()?);
                (Some("warning"), PipelineEvent::Warning(text))
            }
            Kind::InformationRecord => {
                let Information {
                    text,
                    source,
                    tags,
                    no_newline,
                } = Information::read(&data()?);
                let stream = tags
                    .iter()
                    .any(|tag| tag == Information::HOST)
                    .then_some("information");
                let event = PipelineEvent::Information {
                    text,
                    source,
                    tags,
                    no_newline,
                };
                (stream, event)
            }
            _ => return Ok(None),
        };
        Ok(self.untold(id, Way::Record, stream, event))
    }

    /// The event, unless it came the other way before.
    fn untold(
        &mut self,
        id: PipelineId,
        way: Way,
        stream: Option<&str>,
        event: PipelineEvent,
    ) -> Option<PipelineEvent> {
        let text = match &event {
            PipelineEvent::Warning(text)
            | PipelineEvent::Verbose(text)
            | PipelineEvent::Debug(text)
            | PipelineEvent::Information { text, .. } => text,
            _ => return Some(event),
        };
        if let Some(stream) = stream
            && let Some(pipeline) = self.pipelines.get_mut(&id)
            && pipeline.twins.is_told(way, stream, text)
        {
            return None;
        }
        Some(event)
    }
}

fn error(data: &Value) -> Option<Box<ErrorRecord>> {
    data.get("ExceptionAsErrorRecord")
        .filter(|error| !error.is_null())
        .map(|error| Box::new(ErrorRecord::read(error)))
}
