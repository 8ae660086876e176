//! The server side of PowerShell remoting that others wrote (PyPI's psrpcore), on pipes:
//! `tests/lab/psrp_oracle.py`.

// Each test binary uses another part of it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use csdeck::execute::winrm::psrp::{
    Command as PsCommand, HostCall, HostInfo, PipelineEvent, PipelineId, PipelineOptions,
    PipelineState, Pool, PoolEvent, PoolOptions,
};
use csdeck::powershell::clixml::{Body, Container, Object, Value};
use serde_json::{Value as Json, json};

use crate::winrm;

/// Most messages that are carried to and fro until both sides are silent.
const ROUNDS: usize = 100_000;

/// Our pool, and the server that it talks to.
pub struct Wire {
    pub pool: Pool,
    /// Bytes of the pieces that the server sends.
    pub amount: usize,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Wire {
    /// Starts a server; nothing was said yet.
    pub fn start() -> Wire {
        let mut child = Command::new(winrm::python())
            .arg(winrm::folder().join("psrp_oracle.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the lab's Python starts");
        let to = child.stdin.take().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        Wire {
            pool: new_pool(),
            amount: 32 * 1024,
            child,
            to,
            from,
        }
    }

    /// A server with an open pool.
    pub fn open() -> Wire {
        let mut wire = Wire::start();
        let creation = wire.pool.creation();
        let (_, ours) = wire.carry(&creation, None, false);
        assert!(ours.contains(&PoolEvent::Opened), "{ours:?}");
        wire
    }

    /// Asks the server's side; its failure fails the test.
    pub fn ask(&mut self, command: &Json) -> Json {
        writeln!(self.to, "{command}").expect("the oracle runs");
        let mut line = String::new();
        self.from.read_line(&mut line).expect("the oracle runs");
        let answer: Json =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("the oracle ended: {error}"));
        assert!(answer.get("failed").is_none(), "{command} -> {answer}");
        answer
    }

    /// Gives bytes of ours to the server and its answer to us: what each of them heard.
    pub fn carry(
        &mut self,
        bytes: &[u8],
        pipeline: Option<PipelineId>,
        first: bool,
    ) -> (Vec<Json>, Vec<PoolEvent>) {
        let answer = self.ask(&json!({
            "do": "receive",
            "hex": hex(bytes),
            "pipeline": pipeline.map(|id| id.to_string()),
            "first": first,
            "amount": self.amount,
        }));
        let events = answer["events"].as_array().unwrap().clone();
        (events, self.hear(&answer))
    }

    /// Gives what the server sent to our pool.
    pub fn hear(&mut self, answer: &Json) -> Vec<PoolEvent> {
        let mut out = Vec::new();
        for piece in answer["sent"].as_array().unwrap() {
            let bytes = unhex(piece.as_str().unwrap());
            self.pool.receive(&bytes, &mut out).unwrap();
        }
        out
    }

    /// Sends all that waits on our side: what each of them heard.
    pub fn send(&mut self) -> (Vec<Json>, Vec<PoolEvent>) {
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let Some(piece) = self.pool.outgoing() else {
                return (theirs, ours);
            };
            let (events, heard) = self.carry(&piece.bytes, piece.pipeline, piece.first);
            theirs.extend(events);
            ours.extend(heard);
        }
        panic!("our side never falls silent");
    }

    /// Lets a pipeline on the server say things: the ids of what it asked, and what we heard.
    pub fn say(&mut self, id: PipelineId, items: &Json) -> (Vec<Json>, Vec<PoolEvent>) {
        let answer = self.ask(&json!({
            "do": "say", "pipeline": id.to_string(), "items": items, "amount": self.amount,
        }));
        let ids = answer["ids"].as_array().unwrap().clone();
        (ids, self.hear(&answer))
    }

    /// A new server for a new pool, in the same process.
    pub fn again(&mut self) {
        self.ask(&json!({"do": "new"}));
        self.pool = new_pool();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn new_pool() -> Pool {
    Pool::new(PoolOptions::new(HostInfo::default()))
}

/// Begins a script: its pipeline runs on the server.
pub fn running(wire: &mut Wire, input: bool) -> PipelineId {
    let options = PipelineOptions {
        input,
        ..PipelineOptions::default()
    };
    let id = wire.pool.begin(&[PsCommand::script("x")], options).unwrap();
    let (_, ours) = wire.send();
    let state = PipelineEvent::State(PipelineState::Running, None);
    assert_eq!(ours, [PoolEvent::Pipeline(id, state)]);
    id
}

/// What the pipeline said; nothing else may have been heard.
pub fn events(id: PipelineId, heard: Vec<PoolEvent>) -> Vec<PipelineEvent> {
    heard
        .into_iter()
        .map(|event| match event {
            PoolEvent::Pipeline(of, event) if of == id => event,
            other => panic!("{other:?} is not the pipeline's"),
        })
        .collect()
}

/// The one question that was heard.
pub fn only_call(heard: &[PoolEvent]) -> HostCall {
    match heard {
        [PoolEvent::HostCall(call)] => call.clone(),
        other => panic!("not one question: {other:?}"),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    let digit = |c: u8| u8::try_from(char::from(c).to_digit(16).unwrap()).unwrap();
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// What a value is, in the oracle's words.
pub fn told(value: &Value) -> Json {
    match value {
        Value::Null => json!(["Nil", ""]),
        Value::Bool(truth) => json!(["B", truth.to_string()]),
        Value::String(text) => json!(["S", text]),
        Value::Char(unit) => json!(["C", unit.to_string()]),
        Value::Byte(n) => json!(["By", n.to_string()]),
        Value::SByte(n) => json!(["SB", n.to_string()]),
        Value::U16(n) => json!(["U16", n.to_string()]),
        Value::I16(n) => json!(["I16", n.to_string()]),
        Value::U32(n) => json!(["U32", n.to_string()]),
        Value::I32(n) => json!(["I32", n.to_string()]),
        Value::U64(n) => json!(["U64", n.to_string()]),
        Value::I64(n) => json!(["I64", n.to_string()]),
        Value::Single(n) => json!(["Sg", hex(&n.to_be_bytes())]),
        Value::Double(n) => json!(["Db", hex(&n.to_be_bytes())]),
        Value::Decimal(text) => json!(["D", text]),
        Value::Guid(text) => json!(["G", text]),
        Value::Uri(text) => json!(["URI", text]),
        Value::Version(text) => json!(["Version", text]),
        Value::Xml(text) => json!(["XD", text]),
        Value::ScriptBlock(text) => json!(["SBK", text]),
        Value::Bytes(bytes) => json!(["BA", hex(bytes)]),
        Value::Object(object) => match &object.body {
            Body::List(_, items) => json!(["LST", items.iter().map(told).collect::<Vec<_>>()]),
            Body::Dictionary(entries) => {
                let entries: Vec<Json> = entries
                    .iter()
                    .map(|(k, v)| json!([told(k), told(v)]))
                    .collect();
                json!(["DCT", entries])
            }
            other => panic!("the tests have no words for {other:?}"),
        },
        other => panic!("the tests have no words for {other:?}"),
    }
}

/// A list as scripts make it.
pub fn list(items: Vec<Value>) -> Value {
    Value::Object(Box::new(Object {
        type_names: vec![
            "System.Object[]".into(),
            "System.Array".into(),
            "System.Object".into(),
        ],
        body: Body::List(Container::List, items),
        ..Object::default()
    }))
}

/// A hashtable.
pub fn table(entries: Vec<(Value, Value)>) -> Value {
    Value::Object(Box::new(Object {
        type_names: vec![
            "System.Collections.Hashtable".into(),
            "System.Object".into(),
        ],
        body: Body::Dictionary(entries),
        ..Object::default()
    }))
}
