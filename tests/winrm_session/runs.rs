//! What a run says.

use super::*;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn every_stream_is_heard_and_sessions_are_kept() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    let ended = run(&transport, "lab-streams").await;
    // The error record makes the job fail, not an exit code.
    assert_eq!(ended.result, Ok(0));
    assert_eq!(ended.output(), ["out1", "42"]);
    assert_eq!(ended.texts("warning"), ["careful"]);
    assert_eq!(ended.texts("verbose"), ["details"]);
    assert_eq!(ended.texts("debug"), ["dbg"]);
    assert_eq!(ended.texts("information"), ["info"]);
    assert_eq!(ended.texts("progress"), ["working"]);
    let record = ended.events.iter().find_map(|event| match event {
        Event::Error(record) => Some(record.clone()),
        _ => None,
    });
    let record = record.expect("an error record");
    assert_eq!(record.message.as_deref(), Some("something broke"));
    assert_eq!(record.id.as_deref(), Some("Lab.Broken"));

    // The second run has the first one's session, and costs no log-in.
    lab.log();
    assert_eq!(run(&transport, "lab-echo again").await.output(), ["again"]);
    let actions = lab.actions();
    assert!(!actions.contains(&"Create".to_owned()), "{actions:?}");
    assert_eq!(lab.shells().len(), 1);
    drop(transport);
    csdeck::execute::winrm::settle().await;
    assert_eq!(lab.shells(), Vec::<serde_json::Value>::new());
    assert_eq!(lab.unknown(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_keep_their_properties_and_text_its_characters() {
    let lab = Lab::start(&["--https", "--cbt", "strict"]);
    let transport = transport(&lab);
    let ended = run(&transport, "lab-objects").await;
    assert_eq!(ended.result, Ok(0));
    let object: serde_json::Value = serde_json::from_str(&ended.output()[0]).unwrap();
    assert_eq!(object["Fqdn"], "pool01.corp.example");
    assert_eq!(object["Count"], 3);
    assert_eq!(object["Big"], 1_099_511_627_776_i64);
    assert_eq!(object["Enabled"], true);
    assert_eq!(object["Nothing"], serde_json::Value::Null);
    assert_eq!(object["Services"][1], "UserServer");
    let ended = run(&transport, "lab-unicode").await;
    let text = "Z\u{fc}rich \u{3a9}\u{3bc}\u{3ad}\u{3b3}\u{3b1} \u{41f}\u{440}\u{438}\u{432}\u{435}\u{442} \u{65e5}\u{672c}\u{8a9e} \u{1f600} \u{202e}rtl\u{202c} a\tb _x000D_";
    assert_eq!(ended.output(), [text]);
    assert_eq!(ended.texts("warning"), ["na\u{ef}ve caf\u{e9}"]);
    assert!(lab.log().iter().all(|entry| entry["cbt"] == true));
}

#[tokio::test(flavor = "multi_thread")]
async fn output_arrives_while_the_command_runs() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    let mut running = Vec::new();
    let ended = run_with(&transport, "lab-count 5 300", |event, _| {
        if matches!(event, Event::Output(_)) {
            running.push(lab.shells()[0]["running"] == 1);
        }
    })
    .await;
    assert_eq!(ended.output(), counted(5));
    assert_eq!(running[..4], [true; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_splits_is_put_together() {
    let lab = Lab::start(&["--max-envelope", "153600"]);
    let transport = transport(&lab);
    // One object of many fragments, and many objects.
    let ended = run(&transport, "lab-object 3").await;
    assert_eq!(ended.output().concat().len(), 3 * 1024 * 1024);
    let ended = run(&transport, "lab-big 5").await;
    let size: usize = ended.output().iter().map(String::len).sum();
    assert!(size > 4_900_000, "{size}");
    // A text that takes several requests.
    let long = "x".repeat(400_000);
    let ended = run(&transport, &format!("lab-echo '{long}'")).await;
    assert_eq!(ended.output(), [long]);
    // None was too long; on a busy machine a request for output may have been held to its end.
    let log = lab.log();
    let refused = |entry: &&Value| entry["status"] != 200 && entry["action"] != "Receive";
    assert_eq!(log.iter().find(refused), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_in_other_shapes_are_read() {
    for (knob, value) in [
        ("spaced_boundary", "1"),
        ("chunked", "1"),
        ("trickle", "7"),
        ("latency", "0.2"),
    ] {
        let lab = Lab::start(&["--fault", &format!("{knob}={value}")]);
        let ended = run(&transport(&lab), "lab-echo here").await;
        assert_eq!(ended.result, Ok(0), "{knob}");
        assert_eq!(ended.output(), ["here"], "{knob}");
        assert!(lab.log().iter().all(|entry| entry["sealed"] == true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_a_language_gets_commands() {
    let lab = Lab::start(&["--restricted-path", "/OcsPowershell"]);
    let mut restricted = target(&lab);
    restricted.address = lab.url().replace("/wsman", "/OcsPowershell");
    let transport = transport_of(&restricted, LIMITS, Arc::new(Nobody));
    let ended = run(&transport, "lab-echo 'two words'").await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    assert_eq!(ended.output(), ["two words"]);
    lab.log();
    let refused = run(&transport, "Get-CsPool | Where-Object { $_.Fqdn }").await;
    let said = refused.result.expect_err("it has no language").to_string();
    assert!(said.contains("script block"), "{said}");
    assert_eq!(lab.log(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_is_told_with_its_reason() {
    let lab = Lab::start(&["--max-shells", "0"]);
    let ended = run(&transport(&lab), "hostname").await;
    let said = ended.result.expect_err("no shell is left").to_string();
    assert!(said.contains("MaxShellsPerUser"), "{said}");

    let lab = Lab::start(&["--fault", "fault_action=Create=5"]);
    let said = run(&transport(&lab), "hostname").await.result.unwrap_err();
    assert!(matches!(said, TransportError::Refused { .. }), "{said}");
    assert!(said.to_string().contains("Access is denied"), "{said}");

    let lab = Lab::start(&[]);
    let mut elsewhere = target(&lab);
    elsewhere.configuration = Some("Microsoft.Nowhere".into());
    let transport = transport_of(&elsewhere, LIMITS, Arc::new(Nobody));
    let said = run(&transport, "hostname").await.result.unwrap_err();
    assert!(said.to_string().contains("configuration"), "{said}");
}
