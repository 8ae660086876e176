//! Questions and secrets over PowerShell remoting, against a server side that others wrote.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/psrp.rs"]
mod psrp;
#[path = "support/winrm.rs"]
mod winrm;

use csdeck::execute::winrm::psrp::{
    Answer, Argument, Choice, Command, FieldAnswer, HostPrompt, KeyPair, PipelineEvent, PipelineId,
    PipelineOptions, PoolEvent, PsrpError,
};
use csdeck::powershell::clixml::Value;
use csdeck::store::secret::Secret;
use psrp::{Wire, events, hex, only_call, running};
use serde_json::{Value as Json, json};

const PASSWORD: &str = "Pässwörd \u{1F511} 7";

fn secret() -> Secret {
    Secret::new(PASSWORD.to_owned())
}

/// The server asks, we answer: what the server heard, and what we were asked.
fn asked(wire: &mut Wire, id: PipelineId, item: &Json, answer: Answer) -> (HostPrompt, Json) {
    let (ids, heard) = wire.say(id, &json!([item]));
    let call = only_call(&heard);
    assert_eq!(ids[0], call.id);
    assert_eq!(call.pipeline, Some(id));
    wire.pool.answer(&call, answer).unwrap();
    let (theirs, _) = wire.send();
    let response = theirs
        .into_iter()
        .find(|event| event["kind"] == "PipelineHostResponseEvent")
        .unwrap();
    assert_eq!(response["id"], call.id);
    assert_eq!(response["method"], call.method.name());
    (call.prompt, response)
}

#[test]
fn a_line_and_a_secret_line() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let text = Answer::Text("fe01 é".into());
    let (prompt, response) = asked(&mut wire, id, &json!({"what": "read_line"}), text);
    assert_eq!(prompt, HostPrompt::ReadLine);
    assert_eq!(response["value"], json!(["S", "fe01 é"]));
    assert!(!wire.pool.has_key());

    // The key is agreed on when the first secret has to be sent.
    let ask = json!({"what": "read_line_as_secure_string"});
    let (prompt, response) = asked(&mut wire, id, &ask, Answer::Secret(secret()));
    assert_eq!(prompt, HostPrompt::ReadLineAsSecureString);
    assert_eq!(response["value"], json!(["SS", PASSWORD]));
    assert!(wire.pool.has_key());
}

#[test]
fn choices() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let ask = json!({"what": "choice", "caption": "Confirm", "message": "Are you sure?",
        "choices": [["&Yes", "does it"], ["&No", ""]], "default": 1});
    let (prompt, response) = asked(&mut wire, id, &ask, Answer::Choice(0));
    let choice = |label: &str, help: &str| Choice {
        label: label.into(),
        help: help.into(),
    };
    let HostPrompt::PromptForChoice {
        caption,
        message,
        choices,
        default,
    } = prompt
    else {
        panic!("{prompt:?}");
    };
    assert_eq!((&*caption, &*message), ("Confirm", "Are you sure?"));
    assert_eq!(choices, [choice("&Yes", "does it"), choice("&No", "")]);
    assert_eq!(default, Some(1));
    assert_eq!(response["value"], json!(["I32", "0"]));

    let ask = json!({"what": "choices", "caption": "", "message": "Which?",
        "choices": [["a", ""], ["b", ""], ["c", ""]], "defaults": [0, 2, 9]});
    let (prompt, response) = asked(&mut wire, id, &ask, Answer::Choices(vec![2, 1]));
    let HostPrompt::PromptForChoices {
        choices, defaults, ..
    } = prompt
    else {
        panic!("{prompt:?}");
    };
    assert_eq!((choices.len(), defaults), (3, vec![0, 2]));
    assert_eq!(
        response["value"],
        json!(["LST", [["I32", "2"], ["I32", "1"]]])
    );
}

#[test]
fn a_credential() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let credential = || Answer::Credential {
        user: "KESTREL\\ops".into(),
        password: secret(),
    };
    let ask = json!({"what": "credential", "caption": "c", "message": "m", "user": "ops",
        "target": "", "fixed": true});
    let (prompt, response) = asked(&mut wire, id, &ask, credential());
    assert_eq!(
        prompt,
        HostPrompt::PromptForCredential {
            caption: "c".into(),
            message: "m".into(),
            user: Some("ops".into()),
            user_is_fixed: true,
            target: String::new(),
        }
    );
    let heard = json!(["credential", "KESTREL\\ops", PASSWORD]);
    assert_eq!(response["value"], heard);
    let ask = json!({"what": "credential", "caption": "", "message": "", "user": null,
        "target": "sql01"});
    let (prompt, response) = asked(&mut wire, id, &ask, credential());
    assert!(matches!(
        prompt,
        HostPrompt::PromptForCredential { user: None, user_is_fixed: false, target, .. }
            if target == "sql01"
    ));
    assert_eq!(response["value"], heard);
}

#[test]
fn fields() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let field = |name: &str, kind: &str, mandatory: bool| {
        json!({"name": name, "type": kind, "label": format!("&{name}"), "help": "h",
               "mandatory": mandatory})
    };
    let ask = json!({"what": "prompt", "caption": "cmdlet New-CsPool at command pipeline position 1",
    "message": "Supply values", "fields": [
        field("Name", "System.String", true),
        field("Pin", "System.Security.SecureString", true),
        field("As", "System.Management.Automation.PSCredential", true),
        field("Count", "System.Int32", false),
    ]});
    let credential = FieldAnswer::Credential {
        user: "ops".into(),
        password: secret(),
    };
    let answer = Answer::Fields(vec![
        ("Name".into(), FieldAnswer::Text("pool é".into())),
        ("Pin".into(), FieldAnswer::Secret(secret())),
        ("As".into(), credential),
        ("Count".into(), FieldAnswer::Value(Value::I32(7))),
    ]);
    let (prompt, response) = asked(&mut wire, id, &ask, answer);
    let HostPrompt::Prompt {
        fields, message, ..
    } = prompt
    else {
        panic!("{prompt:?}");
    };
    assert_eq!(message, "Supply values");
    let names: Vec<&str> = fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["Name", "Pin", "As", "Count"]);
    assert!(fields[1].is_secret() && fields[2].is_credential());
    assert!(fields[0].mandatory && !fields[3].mandatory);
    assert_eq!((&*fields[3].label, &*fields[3].help), ("&Count", "h"));
    assert_eq!(
        response["value"],
        json!([
            "DCT",
            [
                [["S", "Name"], ["S", "pool é"]],
                [["S", "Pin"], ["SS", PASSWORD]],
                [["S", "As"], ["credential", "ops", PASSWORD]],
                [["S", "Count"], ["I32", "7"]],
            ]
        ])
    );
}

#[test]
fn refusals_and_wrong_answers() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let refusal = Answer::Refused("Nobody answers here.".into());
    let (_, response) = asked(&mut wire, id, &json!({"what": "read_line"}), refusal);
    assert_eq!(
        response["error"],
        json!(["Nobody answers here.", "OperationStopped"])
    );
    assert_eq!(response["value"], json!(["Nil", ""]));

    let ask = |default: i32| {
        json!([{"what": "choice", "caption": "", "message": "", "choices": [["a", ""]],
                "default": default}])
    };
    let mut last = None;
    for default in [-1, 1] {
        let (_, heard) = wire.say(id, &ask(default));
        let call = only_call(&heard);
        assert!(
            matches!(
                call.prompt,
                HostPrompt::PromptForChoice { default: None, .. }
            ),
            "{default}"
        );
        last = Some(call);
    }
    let call = last.unwrap();
    for wrong in [
        Answer::Choice(1),
        Answer::Text("a".into()),
        Answer::Choices(vec![0]),
        Answer::Secret(secret()),
        Answer::Fields(vec![]),
    ] {
        assert_eq!(wire.pool.answer(&call, wrong), Err(PsrpError::WrongAnswer));
    }
    assert_eq!(wire.pool.outgoing(), None);
    wire.pool.answer(&call, Answer::Choice(0)).unwrap();
    let piece = wire.pool.outgoing().unwrap();
    assert!(piece.priority && piece.pipeline == Some(id) && !piece.first);
}

#[test]
fn methods_that_no_host_of_ours_has_are_answered_at_once() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    for method in [1, 3, 27, 31, 45, 46, 50, 54] {
        let ask = json!([{"what": "raw", "method": method, "parameters": [["Nil", ""]]}]);
        let (ids, heard) = wire.say(id, &ask);
        assert_eq!(heard, []);
        let (theirs, _) = wire.send();
        assert_eq!(theirs.len(), 1, "{theirs:?}");
        assert_eq!(theirs[0]["id"], ids[0]);
        assert_eq!(theirs[0]["error"][1], "NotImplemented");
        let name = theirs[0]["method"].as_str().unwrap();
        let words = theirs[0]["error"][0].as_str().unwrap();
        assert!(words.contains(name), "{words}");
    }
    // What returns nothing gets no answer.
    for method in [7, 8, 9, 10, 28, 32, 42, 47, 51, 53] {
        let ask = json!([{"what": "raw", "method": method}]);
        let (_, heard) = wire.say(id, &ask);
        assert_eq!(heard, []);
        assert_eq!(wire.pool.outgoing(), None);
    }
}

#[test]
fn what_is_written_to_the_host_is_heard_once() {
    let mut wire = Wire::open();
    let id = running(&mut wire, false);
    let information = |text: &str, no_newline| PipelineEvent::Information {
        text: text.into(),
        source: String::new(),
        tags: vec!["PSHOST".into()],
        no_newline,
    };
    let record = |text: &str| {
        json!({"what": "information", "text": text, "source": "s", "tags": ["PSHOST"],
               "host": true, "noNewLine": false})
    };
    let (_, heard) = wire.say(
        id,
        &json!([
            {"what": "write", "parameters": ["a"]},
            {"what": "write_line", "parameters": ["b é"]},
            record("b é"),
            {"what": "write_line"},
            {"what": "raw", "method": 17, "parameters": [7, 0, "c"]},
            {"what": "raw", "method": 14, "parameters": [7, 0, "d"]},
            {"what": "write_error_line", "parameters": ["e"]},
            {"what": "write_warning_line", "parameters": ["f"]},
            {"what": "warning", "text": "f"},
            {"what": "warning", "text": "f"},
            {"what": "verbose", "text": "g"},
            {"what": "write_verbose_line", "parameters": ["g"]},
            {"what": "write_debug_line", "parameters": ["h"]},
            {"what": "hostProgress"},
            {"what": "set_should_exit", "parameters": [3]},
        ]),
    );
    let heard = events(id, heard);
    let (progress, heard): (Vec<_>, Vec<_>) = heard
        .into_iter()
        .partition(|event| matches!(event, PipelineEvent::Progress(_)));
    let [PipelineEvent::Progress(progress)] = &progress[..] else {
        panic!("{progress:?}");
    };
    assert_eq!((progress.id, progress.percent), (7, Some(50)));
    let PipelineEvent::Error(error) = &heard[5] else {
        panic!("{heard:#?}");
    };
    assert_eq!(error.message, "e");
    let error = heard[5].clone();
    assert_eq!(
        heard,
        [
            information("a", true),
            information("b é", false),
            information("", false),
            information("c", false),
            information("d", true),
            error,
            PipelineEvent::Warning("f".into()),
            PipelineEvent::Warning("f".into()),
            PipelineEvent::Verbose("g".into()),
            PipelineEvent::Debug("h".into()),
            PipelineEvent::Exit(3),
        ]
    );
}

#[test]
fn the_pool_asks_and_writes_as_well() {
    let mut wire = Wire::open();
    let answer = wire.ask(&json!({"do": "pool", "what": "item",
        "item": {"what": "write_line", "parameters": ["from the pool"]}}));
    let heard = wire.hear(&answer);
    assert!(
        matches!(&heard[..], [PoolEvent::Host(PipelineEvent::Information { text, .. })]
            if text == "from the pool"),
        "{heard:?}"
    );
    let answer = wire.ask(&json!({"do": "pool", "what": "item", "item": {"what": "read_line"}}));
    let heard = wire.hear(&answer);
    let call = only_call(&heard);
    assert_eq!(call.pipeline, None);
    wire.pool.answer(&call, Answer::Text("x".into())).unwrap();
    let (theirs, _) = wire.send();
    assert_eq!(theirs[0]["kind"], "RunspacePoolHostResponseEvent");
    assert_eq!(theirs[0]["value"], json!(["S", "x"]));
}

#[test]
fn secrets_go_both_ways_and_never_in_the_clear() {
    let mut wire = Wire::open();
    assert_eq!(wire.pool.seal(&secret()), Err(PsrpError::NoKey));
    wire.pool.exchange_key().unwrap();
    wire.pool.exchange_key().unwrap();
    let (theirs, ours) = wire.send();
    assert_eq!(theirs.len(), 1);
    assert_eq!(ours, [PoolEvent::KeyReady]);

    let sealed = wire.pool.seal(&secret()).unwrap();
    let mut command = Command::named("New-Object");
    command.arguments.push(Argument {
        name: Some("Password".into()),
        value: Some(sealed),
    });
    let id = wire
        .pool
        .begin(&[command], PipelineOptions::default())
        .unwrap();
    let piece = wire.pool.outgoing().unwrap();
    let clear = hex("Pässwörd".as_bytes());
    assert!(!hex(&piece.bytes).contains(&clear));
    let (theirs, _) = wire.carry(&piece.bytes, piece.pipeline, piece.first);
    assert_eq!(
        theirs[0]["commands"][0]["arguments"],
        json!([["Password", ["SS", PASSWORD]]])
    );

    let (_, heard) = wire.say(id, &json!([{"what": "output", "value": ["SS", PASSWORD]}]));
    let heard = events(id, heard);
    let [PipelineEvent::Output(value)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(wire.pool.open(value).unwrap().expose(), PASSWORD);
    assert_eq!(
        wire.pool.open(&Value::Null).unwrap_err(),
        PsrpError::NotSealed
    );
}

#[test]
fn a_server_that_wants_a_key_gets_one() {
    let mut wire = Wire::open();
    let answer = wire.ask(&json!({"do": "pool", "what": "requestKey"}));
    assert_eq!(wire.hear(&answer), [PoolEvent::KeyWanted]);
    assert!(!wire.pool.has_asked_for_key());
    wire.pool.exchange_key_with(KeyPair::make().unwrap());
    // Asked again, it is the same one.
    wire.pool.exchange_key_with(KeyPair::make().unwrap());
    let (_, ours) = wire.send();
    assert_eq!(ours, [PoolEvent::KeyReady]);
}
