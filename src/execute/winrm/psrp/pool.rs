//! One pool of runspaces: its state, and what goes out (MS-PSRP 3.1).

use std::collections::HashMap;

use super::build::{dictionary, enumeration, record, string};
use super::command::{self, Command, PipelineOptions};
use super::error::PsrpError;
use super::fragment::Assembler;
use super::guid::Guid;
use super::host::{self, Answer, HostCall};
use super::key::{KeyPair, SessionKey};
use super::message::{self, Kind};
use super::outbox::{Outbox, Piece};
use super::pipeline::{Pipeline, PipelineId};
use super::state::{PoolOptions, PoolState, Version};
use crate::powershell::clixml::Value;
use crate::store::secret::Secret;

/// A pool of runspaces on a server: bytes and calls in, events and bytes out.
#[derive(Debug)]
pub struct Pool {
    pub(super) options: PoolOptions,
    pub(super) state: PoolState,
    pub(super) server: Option<Version>,
    pub(super) outbox: Outbox,
    pub(super) assembler: Assembler,
    pub(super) pipelines: HashMap<PipelineId, Pipeline>,
    pub(super) exchange: Option<KeyPair>,
    pub(super) key: Option<SessionKey>,
    pub(super) held: Vec<(HostCall, Answer)>,
    /// Why nothing more can be understood of what the server says.
    pub(super) failure: Option<PsrpError>,
}

impl Pool {
    /// A pool that nobody was told of yet.
    pub fn new(options: PoolOptions) -> Pool {
        Pool {
            options,
            state: PoolState::New,
            server: None,
            outbox: Outbox::default(),
            assembler: Assembler::default(),
            pipelines: HashMap::new(),
            exchange: None,
            key: None,
            held: Vec::new(),
            failure: None,
        }
    }

    /// Its name: a GUID in lower case, which is the ShellId as well.
    pub fn id(&self) -> String {
        self.options.id.to_string()
    }

    /// What it is doing.
    pub fn state(&self) -> PoolState {
        self.state
    }

    /// The server's version of the protocol, once it is known.
    pub fn server(&self) -> Option<Version> {
        self.server
    }

    /// The pipelines that have not ended.
    pub fn running(&self) -> impl Iterator<Item = PipelineId> + '_ {
        self.pipelines.keys().copied()
    }

    /// What goes into `creationXml` of the Create envelope: our versions and the pool.
    pub fn creation(&mut self) -> Vec<u8> {
        self.state = PoolState::Opening;
        self.say_versions();
        let arguments = dictionary(
            &[
                "System.Management.Automation.PSPrimitiveDictionary",
                "System.Collections.Hashtable",
                "System.Object",
            ],
            Vec::new(),
        );
        let data = record([
            ("MinRunspaces", Value::I32(self.options.min)),
            ("MaxRunspaces", Value::I32(self.options.max)),
            (
                "PSThreadOptions",
                enumeration(
                    "System.Management.Automation.Runspaces.PSThreadOptions",
                    "Default",
                    0,
                ),
            ),
            (
                "ApartmentState",
                enumeration("System.Threading.ApartmentState", "Unknown", 2),
            ),
            ("HostInfo", self.options.host.value()),
            ("ApplicationArguments", arguments),
        ]);
        self.send(Kind::InitRunspacePool, None, &data);
        self.outbox.all_of_the_pool()
    }

    /// What goes into `connectXml` of the Connect envelope, for a pool that is there already and
    /// whose client is gone. Its pipelines are taken over with [`adopt`](Pool::adopt).
    pub fn connecting(&mut self) -> Vec<u8> {
        self.state = PoolState::Connecting;
        self.assembler.join();
        self.say_versions();
        let data = record([
            ("MinRunspaces", Value::I32(self.options.min)),
            ("MaxRunspaces", Value::I32(self.options.max)),
        ]);
        self.send(Kind::ConnectRunspacePool, None, &data);
        self.outbox.all_of_the_pool()
    }

    fn say_versions(&mut self) {
        let version = |text: &str| Value::Version(text.to_owned());
        let ours = Version::WITH_INFORMATION.to_string();
        let data = record([
            ("protocolversion", version(&ours)),
            ("PSVersion", version("2.0")),
            ("SerializationVersion", version("1.1.0.1")),
        ]);
        self.send(Kind::SessionCapability, None, &data);
    }

    /// Sets the most bytes of a piece: what is left of an envelope, before Base64.
    pub fn set_limit(&mut self, bytes: usize) {
        self.outbox.set_limit(bytes);
    }

    /// Queues a pipeline. Its first piece goes into the Command envelope, the others into Send.
    ///
    /// # Errors
    /// When the pool is not open, without commands, and for several statements on PowerShell 2.0,
    /// which would run the first one only.
    pub fn begin(
        &mut self,
        commands: &[Command],
        options: PipelineOptions,
    ) -> Result<PipelineId, PsrpError> {
        if self.state != PoolState::Open {
            return Err(PsrpError::NotOpen(self.state));
        }
        let server = self.server.unwrap_or(Version::FIRST);
        match command::statements(commands) {
            0 => return Err(PsrpError::NoCommands),
            1 => {}
            _ if server >= Version::WITH_STATEMENTS => {}
            statements => return Err(PsrpError::OneStatement(statements)),
        }
        let id = PipelineId::new(Guid::random());
        let data = command::create(commands, &options, server);
        self.send(Kind::CreatePipeline, Some(id), &data);
        self.adopt(id, options.input);
        Ok(id)
    }

    /// Makes a pipeline known that another client began; `input` when it still takes some.
    pub fn adopt(&mut self, id: PipelineId, input: bool) {
        let pipeline = Pipeline {
            input,
            ..Pipeline::default()
        };
        self.pipelines.insert(id, pipeline);
    }

    /// Queues an object for a pipeline's input.
    pub fn input(&mut self, id: PipelineId, value: &Value) -> Result<(), PsrpError> {
        self.with_input(id)?;
        self.send(Kind::PipelineInput, Some(id), value);
        Ok(())
    }

    /// Says that no more input comes.
    pub fn end_input(&mut self, id: PipelineId) -> Result<(), PsrpError> {
        self.with_input(id)?.input = false;
        self.outbox
            .push_text(Kind::EndOfPipelineInput, self.options.id, Some(id), "");
        Ok(())
    }

    fn with_input(&mut self, id: PipelineId) -> Result<&mut Pipeline, PsrpError> {
        let pipeline = self.pipelines.get_mut(&id).ok_or(PsrpError::NoPipeline)?;
        if pipeline.input {
            Ok(pipeline)
        } else {
            Err(PsrpError::NoInput)
        }
    }

    /// The next piece to send; `None` when nothing waits. Pieces go out in this order.
    pub fn outgoing(&mut self) -> Option<Piece> {
        self.outbox.next()
    }

    /// Bytes that wait to be sent.
    pub fn waiting(&self) -> usize {
        self.outbox.waiting()
    }

    /// Answers a question. A secret waits until there is a key for it, which this asks for.
    ///
    /// # Errors
    /// [`PsrpError::WrongAnswer`] when it is no answer to the question; nothing is sent then.
    pub fn answer(&mut self, call: &HostCall, answer: Answer) -> Result<(), PsrpError> {
        match host::encode(call, &answer, self.key.as_ref()) {
            Ok(data) => {
                self.respond(call.pipeline, &data);
                Ok(())
            }
            Err(PsrpError::NoKey) => {
                self.exchange_key()?;
                self.held.push((call.clone(), answer));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn respond(&mut self, pipeline: Option<PipelineId>, data: &Value) {
        let kind = match pipeline {
            Some(_) => Kind::PipelineHostResponse,
            None => Kind::RunspacePoolHostResponse,
        };
        self.send(kind, pipeline, data);
    }

    /// Asks the server for a key, once, with a pair that is made here and now: see [`KeyPair::make`] for
    /// what that costs.
    pub fn exchange_key(&mut self) -> Result<(), PsrpError> {
        if self.has_asked_for_key() {
            return Ok(());
        }
        self.exchange_key_with(KeyPair::make()?);
        Ok(())
    }

    /// Asks the server for a key, once: [`PoolEvent::KeyReady`](super::PoolEvent::KeyReady) follows.
    pub fn exchange_key_with(&mut self, pair: KeyPair) {
        if self.has_asked_for_key() {
            return;
        }
        let data = record([("PublicKey", string(pair.public()))]);
        self.exchange = Some(pair);
        self.send(Kind::PublicKey, None, &data);
    }

    /// True when there is a key, or the server was asked for one.
    pub fn has_asked_for_key(&self) -> bool {
        self.key.is_some() || self.exchange.is_some()
    }

    /// True when secrets can be sealed.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// A secret as a value that only the server can read: an argument, an object of the input.
    pub fn seal(&self, secret: &Secret) -> Result<Value, PsrpError> {
        let key = self.key.as_ref().ok_or(PsrpError::NoKey)?;
        Ok(Value::SecureString(key.seal(secret)?))
    }

    /// The secret in a secure string that the server sent.
    pub fn open(&self, value: &Value) -> Result<Secret, PsrpError> {
        let Value::SecureString(sealed) = value.bare() else {
            return Err(PsrpError::NotSealed);
        };
        self.key.as_ref().ok_or(PsrpError::NoKey)?.open(sealed)
    }

    /// Forgets a pipeline that the server never ended: what it still says is not heard any more.
    pub fn drop_pipeline(&mut self, id: PipelineId) {
        self.pipelines.remove(&id);
        self.outbox.forget(id);
        self.assembler
            .discard(|begun| message::is_for(begun, id.guid()));
        self.held.retain(|(call, _)| call.pipeline != Some(id));
    }

    fn send(&mut self, kind: Kind, pipeline: Option<PipelineId>, data: &Value) {
        self.outbox.push(kind, self.options.id, pipeline, data);
    }
}
