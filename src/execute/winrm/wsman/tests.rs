use std::time::Duration;

use proptest::prelude::*;

use super::fault::Meaning;
use super::*;

fn shell() -> Shell {
    Shell::new(
        "http://fe01.kestrel.lan:5985/wsman?a=1&b=2",
        "http://schemas.microsoft.com/powershell/Microsoft.PowerShell",
        "5b8f2c9a-0d1e-4f3a-8b7c-6d5e4f3a2b1c",
        Duration::from_secs(20),
    )
}

/// Every request is XML, and names what a server looks for.
#[test]
fn requests_are_envelopes() {
    let s = shell();
    let pipeline = "11111111-2222-3333-4444-55555555aaaa";
    let all = [
        s.create(b"creation", Duration::from_secs(7200)),
        s.command(pipeline, b"first"),
        s.send(Some(pipeline), true, b"answer"),
        s.send(None, false, b"key"),
        s.receive(Some(pipeline)),
        s.receive(None),
        s.signal(pipeline, Signal::Stop),
        s.signal(pipeline, Signal::Terminate),
        s.reconnect(),
        s.disconnect(Duration::from_secs(60)),
        s.delete(),
    ];
    for operation in &all {
        let text = s.envelope(operation, false);
        let document = roxmltree::Document::parse(&text).expect("XML");
        let one = |name: &str| {
            let mut found = document
                .descendants()
                .filter(|n| n.tag_name().name() == name);
            let first = found
                .next()
                .and_then(|n| n.text())
                .unwrap_or_default()
                .to_owned();
            assert!(found.next().is_none(), "{name} twice in {text}");
            first
        };
        assert!(one("Action").ends_with(operation.name()));
        assert_eq!(one("To"), "http://fe01.kestrel.lan:5985/wsman?a=1&b=2");
        assert_eq!(one("OperationTimeout"), "PT20.000S");
        assert!(one("OperationID").starts_with("uuid:"));
        if operation.name() != "Create" {
            assert_eq!(one("Selector"), "5B8F2C9A-0D1E-4F3A-8B7C-6D5E4F3A2B1C");
        }
    }
    let command = s.envelope(&all[1], false);
    assert!(command.contains(r#"CommandId="11111111-2222-3333-4444-55555555AAAA""#));
    assert!(command.contains("<rsp:Arguments>Zmlyc3Q=</rsp:Arguments>"));
    assert!(
        s.envelope(&all[2], false)
            .contains(r#"Name="pr" CommandId="#)
    );
    assert!(s.envelope(&all[6], false).contains("signal/crtl_c"));
}

/// A repeated request is the same one, and says that it is repeated.
#[test]
fn a_repeated_request_keeps_its_numbers() {
    let s = shell();
    let receive = s.receive(None);
    let (first, again) = (s.envelope(&receive, false), s.envelope(&receive, true));
    assert_ne!(first, again);
    assert_eq!(
        first.replace(
            r#"OperationID s:mustUnderstand="false""#,
            r#"OperationID s:mustUnderstand="true""#
        ),
        again
    );
    assert_ne!(s.envelope(&s.receive(None), false), first);
}

const HEAD: &str = r#"<?xml version="1.0"?><s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header><a:Action>x</a:Action></s:Header><s:Body>"#;
const TAIL: &str = "</s:Body></s:Envelope>";

fn envelope(body: &str) -> String {
    format!("{HEAD}{body}{TAIL}")
}

#[test]
fn a_receive_is_read() {
    let text = envelope(
        r#"<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="AB-1">aGVs
        bG8=</rsp:Stream><rsp:Stream Name="stdout">cG9vbA==</rsp:Stream><rsp:Stream Name="stdout" CommandId="AB-1" End="true"/><rsp:CommandState CommandId="AB-1" State="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/Done"/></rsp:ReceiveResponse>"#,
    );
    let answer = Answer::read(text.as_bytes()).expect("an answer");
    assert_eq!(answer.state, Some(CommandState::Done));
    let told: Vec<_> = answer
        .streams
        .iter()
        .map(|s| (s.command.as_deref(), s.data.as_slice()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("AB-1"), b"hello".as_slice()),
            (None, b"pool"),
            (Some("AB-1"), b"")
        ]
    );
}

/// A repeated request is answered by an acknowledgement and the answer, one behind the other.
#[test]
fn an_acknowledgement_stands_in_front() {
    let text = envelope("<p:LastSequenceIdReceived xmlns:p='x'>1</p:LastSequenceIdReceived>")
        + &envelope("<rsp:CommandResponse><rsp:CommandId>C1</rsp:CommandId></rsp:CommandResponse>")
            .replace(r#"<?xml version="1.0"?>"#, "");
    let answer = Answer::read(text.as_bytes()).expect("an answer");
    assert_eq!(answer.command.as_deref(), Some("C1"));
}

fn fault(code: u32, subcode: &str) -> Fault {
    let text = envelope(&format!(
        r#"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="">It cannot &amp; will not. </s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{code}" Machine="FE01"><f:Message><f:ProviderFault provider="P"><f:WSManFault Code="1"><f:Message>deep</f:Message></f:WSManFault></f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>"#
    ));
    match Answer::read(text.as_bytes()) {
        Err(AnswerError::Fault(fault)) => *fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn faults_are_named() {
    let f = fault(2_150_858_793, "w:TimedOut");
    assert_eq!(
        (f.meaning(), f.reason.as_str()),
        (Meaning::NothingYet, "It cannot & will not.")
    );
    assert_eq!(f.detail, "deep");
    for (code, meaning) in [
        (5, Meaning::Denied),
        (995, Meaning::Aborted),
        (2_150_858_843, Meaning::Gone),
        (2_150_859_173, Meaning::Quota),
        (2_150_858_752, Meaning::NoConfiguration),
        (0x8033_81DE, Meaning::Disconnected),
        (77, Meaning::Other),
    ] {
        assert_eq!(fault(code, "w:InternalError").meaning(), meaning, "{code}");
    }
    assert_eq!(fault(0, "w:AccessDenied").meaning(), Meaning::Denied);
}

#[test]
fn what_is_damaged_is_told() {
    let good =
        envelope("<rsp:CommandResponse><rsp:CommandId>C1</rsp:CommandId></rsp:CommandResponse>");
    for at in 1..good.len() {
        assert!(
            matches!(
                Answer::read(&good.as_bytes()[..at]),
                Err(AnswerError::Damaged(_))
            ),
            "cut at {at}"
        );
    }
    let deep = envelope(&"<a>".repeat(100_000));
    for bad in [
        "",
        "plain",
        "<html></html>",
        deep.as_str(),
        "<!DOCTYPE x []><x/>",
    ] {
        assert!(
            matches!(Answer::read(bad.as_bytes()), Err(AnswerError::Damaged(_))),
            "{bad:.40}"
        );
    }
    let unknown = envelope("<rsp:ShellId>&bomb;</rsp:ShellId>");
    assert!(Answer::read(unknown.as_bytes()).is_err());
    assert!(Answer::read(b"\xff\xfe<").is_err());
}

proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Answer::read(&bytes);
    }

    #[test]
    fn broken_envelopes_do_not_panic(at in 0usize..900, with in "[<>&/\"a-z ]{0,6}") {
        let mut text = envelope(r#"<rsp:Stream Name="stdout">aGVsbG8=</rsp:Stream><s:Fault><s:Code/></s:Fault>"#);
        let at = at.min(text.len());
        text.insert_str(at, &with);
        let _ = Answer::read(text.as_bytes());
    }
}
