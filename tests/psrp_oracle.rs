//! Our side of PowerShell remoting against a server side that others wrote.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/psrp.rs"]
mod psrp;
#[path = "support/winrm.rs"]
mod winrm;

use csdeck::execute::winrm::psrp::{
    Argument, Command, HostInfo, PipelineEvent, PipelineOptions, PipelineState, Pool, PoolEvent,
    PoolOptions, PoolState, PsrpError, Version,
};
use csdeck::powershell::clixml::Value;
use psrp::{Wire, events, list, running, table, told};
use serde_json::{Value as Json, json};

#[test]
fn a_pool_opens_and_says_what_the_server_is() {
    let mut wire = Wire::start();
    assert_eq!(wire.pool.state(), PoolState::New);
    let creation = wire.pool.creation();
    assert_eq!(wire.pool.state(), PoolState::Opening);
    let (theirs, ours) = wire.carry(&creation, None, false);
    assert_eq!(theirs[0]["kind"], "SessionCapabilityEvent");
    assert_eq!(theirs[0]["protocol"], "2.3");
    assert_eq!(theirs[1]["kind"], "InitRunspacePoolEvent");
    assert_eq!(theirs[1]["min"], 1);
    assert_eq!(theirs[1]["max"], 1);
    assert_eq!(theirs[1]["host"], true);
    assert_eq!(theirs[1]["size"], json!([120, 50]));
    assert_eq!(theirs[1]["title"], "csdeck");
    assert_eq!(theirs[1]["apartment"], "Unknown");
    let [
        PoolEvent::Capability { protocol, .. },
        PoolEvent::PrivateData(private),
        PoolEvent::Opened,
    ] = &ours[..]
    else {
        panic!("{ours:?}");
    };
    assert_eq!(protocol.to_string(), "2.3");
    assert!(private.get("PSVersionTable").is_some(), "{private:?}");
    assert_eq!(wire.pool.state(), PoolState::Open);
    assert_eq!(wire.pool.server(), Some(Version { major: 2, minor: 3 }));
}

#[test]
fn a_pipeline_before_the_pool_is_open_is_refused() {
    let mut wire = Wire::start();
    let begun = wire
        .pool
        .begin(&[Command::script("x")], PipelineOptions::default());
    assert_eq!(begun, Err(PsrpError::NotOpen(PoolState::New)));
    let mut wire = Wire::open();
    let begun = wire.pool.begin(&[], PipelineOptions::default());
    assert_eq!(begun, Err(PsrpError::NoCommands));
}

#[test]
fn commands_arrive_with_parameters_of_all_types() {
    let mut wire = Wire::open();
    wire.pool.set_limit(700);
    let values = vec![
        Value::Null,
        Value::Bool(true),
        Value::String("Ωmega 'quoted' \"_x0041_\" \u{1F600}\r\n\t\u{0}".into()),
        Value::Char(0x20AC),
        Value::Byte(255),
        Value::SByte(-128),
        Value::U16(u16::MAX),
        Value::I16(i16::MIN),
        Value::U32(u32::MAX),
        Value::I32(i32::MIN),
        Value::U64(u64::MAX),
        Value::I64(i64::MIN),
        Value::Single(1.5e-30),
        Value::Double(-1.797e308),
        Value::Decimal("79228162514264.337593543950335".into()),
        Value::Guid("00112233-4455-6677-8899-aabbccddeeff".into()),
        Value::Uri("https://fe01.kestrel.lan/x?a=1&b=2".into()),
        Value::Version("7.0.2046.0".into()),
        Value::Xml("<a b=\"1\">&amp;</a>".into()),
        Value::ScriptBlock("{ $_ -gt 1 }".into()),
        Value::Bytes(vec![0, 1, 254, 255]),
        list(vec![Value::I32(1), Value::Null, list(vec![])]),
        table(vec![(
            Value::String("k".into()),
            list(vec![Value::Bool(false)]),
        )]),
    ];
    let mut command = Command::named("Set-CsUser");
    command.end_of_statement = false;
    command.arguments = values
        .iter()
        .enumerate()
        .map(|(at, value)| Argument {
            name: (at % 3 != 0).then(|| format!("Name{at}")),
            value: Some(value.clone()),
        })
        .collect();
    command.arguments.push(Argument {
        name: Some("Force".into()),
        value: None,
    });
    let last = Command::named("Out-String");
    let script = Command::script("# größer\n'x' -replace 'y', \"z\"");
    let options = PipelineOptions {
        input: false,
        details: true,
        history: true,
    };
    let commands = [command.clone(), last, script];
    let id = wire.pool.begin(&commands, options).unwrap();
    let (theirs, _) = wire.send();
    let [created] = &theirs[..] else {
        panic!("{theirs:?}");
    };
    assert_eq!(created["kind"], "CreatePipelineEvent");
    assert_eq!(created["pipeline"], id.to_string());
    assert_eq!(created["noInput"], true);
    assert_eq!(created["history"], true);
    assert_eq!(created["details"], 15);
    let ends: Vec<&Json> = (0..3).map(|at| &created["commands"][at]["end"]).collect();
    assert_eq!(ends, [false, true, true]);
    let got = &created["commands"][0];
    assert_eq!(got["text"], "Set-CsUser");
    assert_eq!(got["script"], false);
    for (at, argument) in command.arguments.iter().enumerate() {
        let value = argument.value.clone().unwrap_or(Value::Bool(true));
        assert_eq!(got["arguments"][at], json!([argument.name, told(&value)]));
    }
    assert_eq!(created["commands"][2]["script"], true);
    assert_eq!(created["commands"][2]["text"], commands[2].text);
}

#[test]
fn input_goes_into_a_pipeline_and_ends() {
    let mut wire = Wire::open();
    wire.pool.set_limit(100);
    let id = running(&mut wire, true);
    let values: Vec<Value> = (0..50)
        .map(|n| Value::String(format!("replica {n} é")))
        .chain([Value::Null, list(vec![Value::I32(1)])])
        .collect();
    for value in &values {
        wire.pool.input(id, value).unwrap();
    }
    wire.pool.end_input(id).unwrap();
    assert_eq!(wire.pool.input(id, &Value::Null), Err(PsrpError::NoInput));
    assert_eq!(wire.pool.end_input(id), Err(PsrpError::NoInput));
    let (theirs, _) = wire.send();
    let (end, inputs) = theirs.split_last().unwrap();
    assert_eq!(end["kind"], "EndOfPipelineInputEvent");
    let got: Vec<&Json> = inputs.iter().map(|event| &event["value"]).collect();
    let sent: Vec<Json> = values.iter().map(told).collect();
    assert_eq!(got, sent.iter().collect::<Vec<_>>());
    let without = running(&mut wire, false);
    assert_eq!(
        wire.pool.input(without, &Value::Null),
        Err(PsrpError::NoInput)
    );
}

#[test]
fn every_stream_is_heard() {
    let mut wire = Wire::open();
    wire.amount = 64;
    let id = running(&mut wire, false);
    let (_, heard) = wire.say(
        id,
        &json!([
            {"what": "output", "value": ["S", "größe"]},
            {"what": "error", "message": "Cannot find path", "category": 13,
             "activity": "Get-Item", "reason": "ItemNotFoundException", "target": "C:\\x",
             "id": "PathNotFound,Get-Item", "stack": "at <ScriptBlock>, line 1"},
            {"what": "error", "message": "hidden", "details": "shown", "category": 0,
             "activity": "", "reason": "", "target": "", "id": "x"},
            {"what": "warning", "text": "w"},
            {"what": "verbose", "text": "v"},
            {"what": "debug", "text": "d"},
            {"what": "information", "text": "i", "source": "C:\\a.ps1", "tags": ["t", "PSHOST"],
             "host": true, "noNewLine": true},
            {"what": "progress", "activity": "Copy", "id": 3, "status": "1 of 2",
             "operation": "x.txt", "parent": 1, "percent": 50, "done": false, "left": 9},
            {"what": "progress", "activity": "Copy", "id": 3, "status": "", "parent": -1,
             "percent": -1, "done": true, "left": -1},
            {"what": "complete"},
        ]),
    );
    let heard = events(id, heard);
    assert_eq!(heard.len(), 10, "{heard:#?}");
    assert_eq!(
        heard[0],
        PipelineEvent::Output(Value::String("größe".into()))
    );
    let PipelineEvent::Error(error) = &heard[1] else {
        panic!("{:?}", heard[1]);
    };
    assert_eq!(error.message, "Cannot find path");
    assert_eq!(error.category.as_deref(), Some("ObjectNotFound"));
    assert_eq!(
        error.category_text.as_deref(),
        Some("ObjectNotFound (C:\\x:String) [Get-Item], ItemNotFoundException")
    );
    assert_eq!(error.id.as_deref(), Some("PathNotFound,Get-Item"));
    assert_eq!(error.target.as_deref(), Some("C:\\x"));
    assert_eq!(error.activity.as_deref(), Some("Get-Item"));
    assert_eq!(error.stack.as_deref(), Some("at <ScriptBlock>, line 1"));
    assert_eq!(error.exception.as_deref(), Some("System.Exception"));
    let PipelineEvent::Error(error) = &heard[2] else {
        panic!("{:?}", heard[2]);
    };
    assert_eq!(error.message, "shown");
    assert_eq!(error.recommended.as_deref(), Some("wait"));
    assert_eq!(heard[3], PipelineEvent::Warning("w".into()));
    assert_eq!(heard[4], PipelineEvent::Verbose("v".into()));
    assert_eq!(heard[5], PipelineEvent::Debug("d".into()));
    assert_eq!(
        heard[6],
        PipelineEvent::Information {
            text: "i".into(),
            source: "C:\\a.ps1".into(),
            tags: vec!["t".into(), "PSHOST".into()],
            no_newline: true,
        }
    );
    let PipelineEvent::Progress(progress) = &heard[7] else {
        panic!("{:?}", heard[7]);
    };
    assert_eq!((progress.id, progress.parent), (3, Some(1)));
    assert_eq!(
        (progress.percent, progress.seconds_left),
        (Some(50), Some(9))
    );
    assert_eq!(progress.operation.as_deref(), Some("x.txt"));
    let PipelineEvent::Progress(progress) = &heard[8] else {
        panic!("{:?}", heard[8]);
    };
    assert!(progress.done);
    assert_eq!((progress.percent, progress.parent), (None, None));
    assert_eq!(
        heard[9],
        PipelineEvent::State(PipelineState::Completed, None)
    );
    assert_eq!(wire.pool.running().count(), 0);
}

#[test]
fn five_megabytes_arrive() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let (_, heard) = wire.say(
        id,
        &json!([{"what": "output", "value": ["big", "2621440"]}, {"what": "complete"}]),
    );
    let heard = events(id, heard);
    let PipelineEvent::Output(Value::String(text)) = &heard[0] else {
        panic!("no output");
    };
    assert_eq!(text.len(), 5 * 1024 * 1024);
    assert!(text.chars().all(|c| c == 'é'));
}

#[test]
fn stopped_failed_and_dropped_pipelines_end() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let (_, heard) = wire.say(id, &json!([{"what": "stop"}]));
    let heard = events(id, heard);
    let [PipelineEvent::State(PipelineState::Stopped, Some(error))] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(error.id.as_deref(), Some("PipelineStopped"));
    let id = running(&mut wire, false);
    let (_, heard) = wire.say(id, &json!([{"what": "fail", "text": "no module"}]));
    let heard = events(id, heard);
    let [PipelineEvent::State(PipelineState::Failed, Some(error))] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(error.to_string(), "no module");

    let id = running(&mut wire, true);
    wire.pool.input(id, &Value::Null).unwrap();
    wire.pool.drop_pipeline(id);
    assert_eq!(wire.pool.outgoing(), None);
    let (_, heard) = wire.say(
        id,
        &json!([{"what": "warning", "text": "late"}, {"what": "stop"}]),
    );
    assert_eq!(heard, []);
    assert_eq!(
        wire.pool.input(id, &Value::Null),
        Err(PsrpError::NoPipeline)
    );
}

#[test]
fn a_broken_pool_ends_its_pipelines() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let answer = wire.ask(&json!({"do": "pool", "what": "broken", "text": "out of memory"}));
    let heard = wire.hear(&answer);
    let [
        PoolEvent::Pipeline(of, PipelineEvent::State(PipelineState::Failed, Some(one))),
        PoolEvent::Broken(Some(other)),
    ] = &heard[..]
    else {
        panic!("{heard:?}");
    };
    assert_eq!((*of, one), (id, other));
    assert_eq!(one.message, "out of memory");
    assert_eq!(wire.pool.state(), PoolState::Broken);
    let begun = wire
        .pool
        .begin(&[Command::script("x")], PipelineOptions::default());
    assert_eq!(begun, Err(PsrpError::NotOpen(PoolState::Broken)));
}

#[test]
fn a_closed_pool_says_so() {
    let mut wire = Wire::open();
    let answer = wire.ask(&json!({"do": "pool", "what": "close"}));
    assert_eq!(wire.hear(&answer), [PoolEvent::Closed]);
    assert_eq!(wire.pool.state(), PoolState::Closed);
}

#[test]
fn another_client_connects_and_takes_a_pipeline_over() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    wire.ask(&json!({"do": "pool", "what": "disconnect"}));
    let mut options = PoolOptions::new(HostInfo::default());
    options.id = wire.pool.id().parse().unwrap();
    wire.pool = Pool::new(options);
    let connecting = wire.pool.connecting();
    assert_eq!(wire.pool.state(), PoolState::Connecting);
    wire.pool.adopt(id, false);
    let (theirs, ours) = wire.carry(&connecting, None, false);
    assert_eq!(theirs[1]["kind"], "ConnectRunspacePoolEvent");
    let opened = ours.iter().filter(|event| **event == PoolEvent::Opened);
    assert_eq!(opened.count(), 1, "{ours:?}");
    assert_eq!(wire.pool.state(), PoolState::Open);
    let (_, heard) = wire.say(id, &json!([{"what": "warning", "text": "w"}]));
    assert_eq!(events(id, heard), [PipelineEvent::Warning("w".into())]);
}
