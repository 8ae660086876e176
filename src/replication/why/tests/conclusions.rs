use super::*;

#[test]
fn the_conclusion_is_the_first_cause_or_what_is_not_known() {
    let plan = silent(EDGE);
    let findings = |port: Option<bool>| -> Vec<Finding> {
        let read = |check: &Check| match (check.id, port) {
            ("tcp-4443", Some(open)) => found(check, tcp(open)),
            _ => check.read(&[]),
        };
        plan.checks.iter().map(read).collect()
    };
    let bad = conclusion(&findings(Some(false)), Some(EDGE));
    assert_eq!(bad.cause, Some(1));
    assert_eq!(
        bad.text,
        "sgedge02.kestrel.lan: TCP 4443 of 10.20.30.12 is closed from sgfe01.kestrel.lan"
    );
    let open = conclusion(&findings(Some(true)), Some(EDGE));
    assert_eq!(open.cause, None);
    assert!(
        open.text.contains("could not be made in full"),
        "{}",
        open.text
    );
    assert!(
        open.unknown
            .iter()
            .any(|u| u == "services (from sgedge02.kestrel.lan)"),
        "{:?}",
        open.unknown
    );
    assert_eq!(open.next.map(|n| n.snippet), Some("replication/invoke"));
    // Of another replica nothing is known, and that is what is said.
    let other = conclusion(&findings(Some(false))[1..8], Some(SBA));
    assert_eq!(
        (other.cause, other.text.as_str()),
        (None, "cebsba01.kestrel.lan: nothing was checked")
    );
    // The store is down because a service is: that is what is to be started.
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    let plan = planned(&[], &down);
    let stopped = services(&[("MASTER", json!(1)), ("FTA", json!(1))]);
    let findings: Vec<Finding> = vec![plan.checks[0].read(&[]), found(&plan.checks[1], stopped)];
    let said = conclusion(&findings, None);
    assert_eq!(said.cause, Some(1));
    assert_eq!(said.next.map(|n| n.snippet), Some("services/start-one"));
}

#[test]
fn every_next_command_is_a_snippet_that_renders() {
    let library = Library::built_in();
    let next = |snippet: &'static str, values: &[(&'static str, &str)]| Next {
        snippet,
        values: values.iter().map(|(n, v)| (*n, (*v).to_owned())).collect(),
        on: None,
    };
    for next in [
        next("replication/invoke", &[("ReplicaFqdn", EDGE)]),
        next(
            "services/start-one",
            &[("Name", "MASTER"), ("ComputerName", FE[0])],
        ),
        next("replication/enable-replica", &[]),
        next("replication/get-store-status", &[]),
        next(
            "edge/export-configuration",
            &[("FileName", r"C:\sgedge02.zip")],
        ),
        next("topology/get-published-xml", &[]),
        next("certificates/list", &[]),
    ] {
        let mut values = Values::default();
        next.values
            .iter()
            .for_each(|(name, value)| values.add(name, value.as_str()));
        let snippet = library.get(next.snippet).expect(next.snippet);
        let rendered = render(snippet, &values).expect(next.snippet);
        assert!(
            rendered.findings.is_empty(),
            "{}: {:?}",
            next.snippet,
            rendered.findings
        );
    }
}
