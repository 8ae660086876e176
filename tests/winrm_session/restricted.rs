//! Sessions without a language: commands with parameters.

use super::*;
use crate::questions::{Answer, Script};
use csdeck::execute::ask::Unanswered;

/// A secret with characters beyond the first plane.
const SECRET: &str = "p\u{e4}ss \u{1f511}'\"$";

fn restricted(args: &[&str]) -> (Lab, Target) {
    let args = [&["--restricted-path", "/OcsPowershell"], args].concat();
    let lab = handled(&args);
    let mut target = target(&lab);
    target.address = lab.url().replace("/wsman", "/OcsPowershell");
    (lab, target)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_refused_before_anything_is_sent() {
    let (lab, target) = restricted(&[]);
    let transport = transport_of(&target, LIMITS, Arc::new(Nobody));
    for (text, place, why) in [
        ("Get-CsPool;\n$x = 1", "line 2, column 1", "$x"),
        (
            "Get-CsPool | Where-Object { $_.Fqdn }",
            "column 27",
            "script block",
        ),
        ("Get-CsUser -Identity $name", "column 22", "$name"),
        ("if (1) { Get-CsPool }", "column 1", "condition"),
    ] {
        let refused = run(&transport, text).await.result.expect_err(text);
        assert!(matches!(refused, TransportError::Setup(_)), "{refused:?}");
        let said = refused.to_string();
        assert!(said.contains(place) && said.contains(why), "{text}: {said}");
        assert!(said.starts_with("not sent to fe01: "), "{said}");
        assert!(target.assess(text).is_err(), "{text}");
    }
    assert_eq!(lab.log(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_arrive_with_typed_arguments() {
    let (lab, target) = restricted(&[]);
    let transport = transport_of(&target, LIMITS, Arc::new(Nobody));
    let text = "Set-LabUser -Identity 'O''Neil' -Count 3 -Enabled $true -Names 'a','b' -Pin 0815 -WhatIf; Set-LabPool x";
    let ended = run(&transport, text).await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    insta::assert_snapshot!(ended.output().join("\n"));
    // Objects come from such a session as from any other.
    let ended = run(&transport, "lab-kinds").await;
    assert!(
        ended
            .events
            .iter()
            .any(|e| matches!(e, Event::Object(o) if o.value["Text"] == "Zo\u{eb}")),
        "{:?}",
        ended.events
    );
    assert_eq!(lab.unknown(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_argument_goes_in_pieces() {
    let (lab, target) = restricted(&[]);
    let long: String = (0..60_000).map(|n| format!("{n:09}\u{e9}")).collect();
    let transport = transport_of(&target, LIMITS, Arc::new(Nobody));
    let ended = run(&transport, &format!("Set-LabText -Text '{long}'")).await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    let output = ended.output();
    assert!(
        output[2].ends_with(&format!("text of 600000, sha256 {}", sha256(&long))),
        "{output:?}"
    );
    assert!(lab.log().iter().all(|entry| entry["status"] == 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_asked_here_and_arrives_sealed() {
    for ask_key in ["1", "0"] {
        let (_lab, target) = restricted(&["--fault", &format!("ask_key={ask_key}")]);
        let asker = Script::of([Answer::Lines(&[SECRET]), Answer::Lines(&["ann"])]);
        let transport = transport_of(&target, LIMITS, Arc::clone(&asker) as Arc<dyn Asker>);
        let text =
            "Set-LabPin -Pin (Read-Host -AsSecureString 'The PIN') -Identity (Read-Host 'Who')";
        let ended = run(&transport, text).await;
        assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
        let output = ended.output();
        let told = format!(
            "secret of {}, sha256 {}",
            SECRET.chars().count(),
            sha256(SECRET)
        );
        assert!(output[2].ends_with(&told), "{output:?}");
        assert!(output[4].ends_with(" ann"), "{output:?}");
        let asked: Vec<(String, bool)> = asker
            .asked()
            .iter()
            .map(|(q, _)| (q.prompts[0].text.clone(), q.prompts[0].echo))
            .collect();
        assert_eq!(
            asked,
            [("The PIN:".to_owned(), false), ("Who:".to_owned(), true)]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_nothing_is_run() {
    let text = "Set-LabPin -Pin (Read-Host -AsSecureString 'The PIN')";
    let (lab, target) = restricted(&[]);
    let nobody = transport_of(&target, LIMITS, Arc::new(Nobody));
    let ended = run(&nobody, text).await;
    assert!(
        matches!(&ended.result, Err(TransportError::Unanswered { question, .. }) if question == "The PIN"),
        "{:?}",
        ended.result
    );
    let asker = Script::of([Answer::No(Unanswered::Refused)]);
    let refuses = transport_of(&target, LIMITS, asker);
    assert_eq!(
        run(&refuses, text).await.result,
        Err(TransportError::Cancelled)
    );
    assert!(!lab.actions().contains(&"Command".to_owned()));
    // The session that was made for it goes, or is used again: nothing is left behind.
    drop((nobody, refuses));
    csdeck::execute::winrm::settle().await;
    assert_eq!(lab.shells(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_is_such_a_session() {
    let lab = handled(&[
        "--restricted-path",
        "/PowerShell",
        "--restricted-path",
        "/PowerShell/",
        "--configuration",
        "Microsoft.Exchange",
    ]);
    let mut target = target(&lab);
    target.shell = ShellProfile::Exchange;
    target.address = lab.url().replace("/wsman", "/PowerShell/");
    let transport = transport_of(&target, LIMITS, Arc::new(Nobody));
    let ended = run(&transport, "Set-LabMailbox -Identity ann").await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    assert_eq!(ended.output()[0], "Set-LabMailbox");
    let log = lab.log();
    assert!(
        log.iter().all(|entry| entry["path"] == "/PowerShell/"),
        "{log:?}"
    );
    let refused = run(&transport, "$x = 1").await.result;
    assert!(
        matches!(refused, Err(TransportError::Setup(_))),
        "{refused:?}"
    );
}
