//! Thousands of messages of PowerShell remoting: what one side writes, the other reads as the same. The
//! other side is a server that others wrote.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/psrp.rs"]
mod psrp;
#[path = "support/winrm.rs"]
mod winrm;

use csdeck::execute::winrm::psrp::{
    Argument, Command, PipelineEvent, PipelineId, PipelineOptions, PipelineState, PoolEvent,
};
use csdeck::powershell::clixml::Value;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use psrp::{Wire, list, running, table, told};
use serde_json::{Value as Json, json};

/// Messages of a kind in a test, in batches.
const MESSAGES: usize = 1000;
const BATCH: usize = 250;

/// Text with what XML, CLIXML and UTF-16 make special.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        1 => "[a-zA-Z0-9 .\\\\]{0,40}",
        1 => "(_x[0-9A-Fa-f]{4}_|_|x|<|&|\"|'|\\r|\\n|\\t|\u{1F600}){0,12}",
    ]
    // psrpcore hands these to Python's XML reader, which knows no escape for them.
    .prop_map(|text| text.replace(['\u{FFFE}', '\u{FFFF}'], "?"))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        text().prop_map(Value::String),
        any::<u16>().prop_map(Value::Char),
        any::<u8>().prop_map(Value::Byte),
        any::<i8>().prop_map(Value::SByte),
        any::<u16>().prop_map(Value::U16),
        any::<i16>().prop_map(Value::I16),
        any::<u32>().prop_map(Value::U32),
        any::<i32>().prop_map(Value::I32),
        any::<u64>().prop_map(Value::U64),
        any::<i64>().prop_map(Value::I64),
        prop::num::f64::NORMAL.prop_map(Value::Double),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        text().prop_map(Value::ScriptBlock),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        let entry = (text().prop_map(Value::String), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(list),
            prop::collection::vec(entry, 0..4).prop_map(|mut entries| {
                // A dictionary has a key once.
                let mut seen = Vec::new();
                entries.retain(|(key, _)| {
                    let new = !seen.contains(key);
                    seen.push(key.clone());
                    new
                });
                table(entries)
            }),
        ]
    })
}

fn command() -> impl Strategy<Value = Command> {
    let argument = (prop::option::of("[A-Z][a-zA-Z]{0,11}"), value());
    let arguments = prop::collection::vec(argument, 0..6);
    (text(), any::<bool>(), any::<bool>(), arguments).prop_map(
        |(text, is_script, end_of_statement, arguments)| Command {
            own_scope: None,
            text,
            is_script,
            arguments: arguments
                .into_iter()
                .map(|(name, value)| Argument {
                    name,
                    value: Some(value),
                })
                .collect(),
            end_of_statement,
        },
    )
}

/// Something that a server says, in the oracle's words.
fn said() -> impl Strategy<Value = Json> {
    let error = (text(), text(), text(), text(), text(), 0..32u8).prop_map(
        |(message, id, activity, reason, target, category)| {
            json!({"what": "error", "message": message, "id": id, "activity": activity,
                   "reason": reason, "target": target, "category": category})
        },
    );
    let words = (0..3usize, text()).prop_map(|(kind, text)| {
        let what = ["warning", "verbose", "debug"][kind];
        json!({"what": what, "text": text})
    });
    let information = (text(), text(), prop::collection::vec(text(), 0..3)).prop_map(
        |(text, source, tags)| {
            json!({"what": "information", "text": text, "source": source, "tags": tags})
        },
    );
    let progress = (
        text(),
        any::<i32>(),
        text(),
        -1..101i32,
        -1..9999i32,
        any::<bool>(),
    )
        .prop_map(|(activity, id, status, percent, left, done)| {
            json!({"what": "progress", "activity": activity, "id": id, "status": status,
                   "parent": -1, "percent": percent, "left": left, "done": done})
        });
    prop_oneof![error, words, information, progress]
}

fn runner() -> TestRunner {
    TestRunner::new(Config::default())
}

fn drawn<T>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

#[test]
fn pipelines_that_we_create_are_read_the_same() {
    let mut wire = Wire::open();
    let mut runner = runner();
    let commands = prop::collection::vec(command(), 1..4);
    for _ in 0..MESSAGES / 2 {
        let limit = drawn(&mut runner, &(300..8000usize));
        wire.pool.set_limit(limit);
        let commands = drawn(&mut runner, &commands);
        let id = wire
            .pool
            .begin(&commands, PipelineOptions::default())
            .unwrap();
        let (theirs, _) = wire.send();
        let last = commands.len() - 1;
        let expected: Vec<Json> = commands
            .iter()
            .enumerate()
            .map(|(at, command)| {
                let arguments: Vec<Json> = command
                    .arguments
                    .iter()
                    .map(|a| json!([a.name, a.value.as_ref().map(told)]))
                    .collect();
                json!({"text": command.text, "script": command.is_script,
                       "end": command.end_of_statement || at == last, "arguments": arguments})
            })
            .collect();
        assert_eq!(theirs[0]["commands"], json!(expected), "limit {limit}");
        wire.pool.drop_pipeline(id);
    }
}

#[test]
fn input_that_we_send_is_read_the_same() {
    let mut wire = Wire::open();
    let mut runner = runner();
    let id = running(&mut wire, true);
    for _ in 0..MESSAGES / BATCH {
        let limit = drawn(&mut runner, &(300..8000usize));
        wire.pool.set_limit(limit);
        let values = drawn(&mut runner, &prop::collection::vec(value(), BATCH..=BATCH));
        for value in &values {
            wire.pool.input(id, value).unwrap();
        }
        let (theirs, _) = wire.send();
        let got: Vec<Json> = theirs.iter().map(|event| event["value"].clone()).collect();
        let expected: Vec<Json> = values.iter().map(told).collect();
        assert_eq!(got, expected);
    }
}

#[test]
fn output_of_a_server_is_read_the_same() {
    let mut wire = Wire::open();
    let mut runner = runner();
    let id = running(&mut wire, false);
    for _ in 0..MESSAGES / BATCH {
        wire.amount = drawn(&mut runner, &(100..5000usize));
        let values = drawn(&mut runner, &prop::collection::vec(value(), BATCH..=BATCH));
        let items: Vec<Json> = values
            .iter()
            .map(|value| json!({"what": "output", "value": told(value)}))
            .collect();
        let (_, heard) = wire.say(id, &json!(items));
        let got: Vec<Json> = heard
            .iter()
            .map(|event| match event {
                PoolEvent::Pipeline(_, PipelineEvent::Output(value)) => told(value),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected: Vec<Json> = values.iter().map(told).collect();
        assert_eq!(got, expected);
    }
}

#[test]
fn records_of_a_server_are_read_the_same() {
    let mut wire = Wire::open();
    let mut runner = runner();
    let id = running(&mut wire, false);
    for _ in 0..MESSAGES / BATCH {
        wire.amount = drawn(&mut runner, &(100..5000usize));
        let items = drawn(&mut runner, &prop::collection::vec(said(), BATCH..=BATCH));
        let (_, heard) = wire.say(id, &json!(items));
        assert_eq!(heard.len(), items.len());
        for (item, event) in items.iter().zip(&heard) {
            let PoolEvent::Pipeline(of, event) = event else {
                panic!("{event:?}");
            };
            assert_eq!(*of, id);
            assert_eq!(*item, in_words(event, item));
        }
    }
    ends(&mut wire, id);
}

/// An event in the oracle's words. What is empty on the wire is absent in the event.
fn in_words(event: &PipelineEvent, item: &Json) -> Json {
    let known = |text: &Option<String>| text.clone().unwrap_or_default();
    match event {
        PipelineEvent::Error(error) => {
            let category = error.category.clone().unwrap();
            let words = known(&error.category_text);
            assert!(words.starts_with(&format!("{category} (")), "{words}");
            // An empty message shows the exception's name instead.
            let message = match item["message"].as_str() {
                Some("") => String::new(),
                _ => error.message.clone(),
            };
            json!({"what": "error", "message": message, "id": known(&error.id),
                   "activity": known(&error.activity), "reason": known(&error.reason),
                   "target": known(&error.target), "category": item["category"]})
        }
        PipelineEvent::Warning(text) => json!({"what": "warning", "text": text}),
        PipelineEvent::Verbose(text) => json!({"what": "verbose", "text": text}),
        PipelineEvent::Debug(text) => json!({"what": "debug", "text": text}),
        PipelineEvent::Information {
            text, source, tags, ..
        } => {
            json!({"what": "information", "text": text, "source": source, "tags": tags})
        }
        PipelineEvent::Progress(progress) => {
            json!({"what": "progress", "activity": progress.activity, "id": progress.id,
                   "status": progress.status, "parent": progress.parent.unwrap_or(-1),
                   "percent": progress.percent.map_or(-1, i32::from),
                   "left": progress.seconds_left.map_or(-1, i64::from), "done": progress.done})
        }
        other => panic!("{other:?}"),
    }
}

fn ends(wire: &mut Wire, id: PipelineId) {
    let (_, heard) = wire.say(id, &json!([{"what": "complete"}]));
    let state = PipelineEvent::State(PipelineState::Completed, None);
    assert_eq!(heard, [PoolEvent::Pipeline(id, state)]);
}
