use super::*;

#[test]
fn a_closed_port_is_the_cause() {
    let plan = silent(EDGE);
    let port = check(&plan, "tcp-4443");
    let finding = found(port, tcp(false));
    assert_eq!(finding.proof, Proof::Bad);
    assert_eq!(
        finding.cause.as_deref(),
        Some("TCP 4443 of 10.20.30.12 is closed from sgfe01.kestrel.lan")
    );
    assert!(
        finding.evidence[0].starts_with("sgfe01.kestrel.lan: "),
        "{finding:?}"
    );
    assert_eq!(
        finding.next.as_ref().map(|n| n.snippet),
        Some("replication/invoke")
    );
    // The others are told where their part has to run, and what.
    assert_eq!(finding.not_run.len(), 2);
    assert_eq!(finding.not_run[0].machine, FE[1]);
    assert!(finding.not_run[0].text.contains("Test-NetConnection"));
}

#[test]
fn the_server_that_delivers_decides_about_the_way() {
    let plan = silent(EDGE);
    let port = check(&plan, "tcp-4443");
    let answers = |open: [bool; 3]| -> Vec<Answer> {
        open.iter()
            .enumerate()
            .map(|(n, o)| said(port, n, 0, tcp(*o)))
            .collect()
    };
    assert_eq!(port.read(&answers([true, true, true])).proof, Proof::Good);
    // sgfe01 delivers and sees it open: what sgfe03 sees is not the cause now.
    let latent = port.read(&answers([true, true, false]));
    assert_eq!(latent.proof, Proof::Good);
    assert!(
        latent
            .evidence
            .iter()
            .any(|line| line.contains("once the file transfer agent moves"))
    );
    let closed = port.read(&answers([false, true, true]));
    assert_eq!(closed.proof, Proof::Bad);
    // Nobody knows who delivers: then all of them have to see it.
    let unknown = planned(&[(EDGE, Some("2025-10-11T06:00:00Z"))], &Store::Unknown);
    let port = check(&unknown, "tcp-4443");
    assert_eq!(found(port, tcp(true)).proof, Proof::Unknown);
    assert_eq!(found(port, tcp(false)).proof, Proof::Bad);
}

#[test]
fn what_is_not_answered_is_unknown() {
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    let nonsense = [
        reply(""),
        reply("Welcome to sgfe01"),
        reply("{"),
        reply("[1,2]"),
        reply("{\"Other\":1}"),
        fault("Access is denied", "AccessDenied"),
        fault(
            "The term 'X' is not recognized as the name of a cmdlet",
            "CommandNotFoundException",
        ),
    ];
    for plan in [
        silent(EDGE),
        planned(&[(SBA, None)], &down),
        planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &Store::Unknown),
        planned(&[(SBA, Some("missing"))], &Store::Unknown),
    ] {
        for check in plan.checks.iter().filter(|c| c.id != "store") {
            let none = check.read(&[]);
            assert_eq!(none.proof, Proof::Unknown, "{}", check.id);
            assert_eq!(none.not_run.len(), check.asks.len());
            for reply in &nonsense {
                let answers: Vec<Answer> = (0..check.asks.len())
                    .map(|n| said(check, n, 0, reply.clone()))
                    .collect();
                let finding = check.read(&answers);
                assert_ne!(
                    finding.proof,
                    Proof::Bad,
                    "{}: {reply:?}: {finding:?}",
                    check.id
                );
                if reply.faults.is_empty() && reply.lines.len() < 2 && reply.rows().is_none() {
                    assert_eq!(finding.proof, Proof::Unknown, "{}: {reply:?}", check.id);
                }
                assert!(!finding.evidence.is_empty(), "{}: {reply:?}", check.id);
            }
        }
    }
}

#[test]
fn names() {
    let plan = silent(EDGE);
    let dns = check(&plan, "dns");
    let rows = |address: &str| {
        reply(
            &json!([{"Name": EDGE, "IPAddress": address}, {"Name": EDGE, "IPAddress": null}])
                .to_string(),
        )
    };
    assert_eq!(found(dns, rows("10.20.30.12")).proof, Proof::Good);
    let other = found(dns, rows("10.20.30.99"));
    assert!(
        other
            .cause
            .is_some_and(|c| c.contains("10.20.30.99") && c.contains("10.20.30.12"))
    );
    assert_eq!(found(dns, reply("[]")).proof, Proof::Bad);
    let gone = fault(
        "sgedge02.kestrel.lan : DNS name does not exist",
        "DNS_ERROR_RCODE_NAME_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName",
    );
    assert_eq!(found(dns, gone).proof, Proof::Bad);
    // Over a way that brings only text the id stands in it.
    let mut text = fault(
        "x\n    + FullyQualifiedErrorId : DNS_ERROR_RCODE_NAME_ERROR,Microsoft.X",
        "",
    );
    text.faults[0].id = None;
    assert_eq!(found(dns, text).proof, Proof::Bad);
    let slow = fault(
        "This operation returned because the timeout period expired",
        "ERROR_TIMEOUT",
    );
    assert_eq!(found(dns, slow).proof, Proof::Unknown);
    // A port that could not be tried because of the name is not a closed one.
    let plan = planned(&[(SBA, None)], &healthy());
    let nameless =
        reply(&json!({"TcpTestSucceeded": false, "NameResolutionSucceeded": false}).to_string());
    assert_eq!(
        found(check(&plan, "tcp-445"), nameless).proof,
        Proof::Unknown
    );
}

#[test]
fn services_of_a_replica() {
    let plan = planned(&[(SBA, None)], &healthy());
    let check = check(&plan, "services");
    let sql = "MSSQL$RTCLOCAL";
    // The word, the number that JSON makes of it, and what hangs on an enumeration.
    for running in [
        json!("Running"),
        json!(4),
        json!({"value": 4, "Value": "Running"}),
    ] {
        let all = services(&[("REPLICA", running.clone()), (sql, running)]);
        assert_eq!(found(check, all).proof, Proof::Good);
    }
    let stopped = found(check, services(&[("REPLICA", json!(1)), (sql, json!(4))]));
    assert_eq!(
        stopped.cause.as_deref(),
        Some("service REPLICA on cebsba01.kestrel.lan is Stopped")
    );
    assert_eq!(
        stopped.next.as_ref().map(Next::options).as_deref(),
        Some(
            "--snippet services/start-one --set Name=REPLICA --set ComputerName=cebsba01.kestrel.lan"
        )
    );
    // `[]` is an answer: there is no such service.
    let bare = found(check, reply("[]"));
    assert!(
        bare.cause
            .as_deref()
            .is_some_and(|c| c.contains("never set up")),
        "{bare:?}"
    );
    assert_eq!(bare.next.and_then(|n| n.on).as_deref(), Some(SBA));
    let odd = found(check, services(&[("REPLICA", json!(9)), (sql, json!(4))]));
    assert_eq!(odd.proof, Proof::Unknown);
    let plan = silent(EDGE);
    let edge = super::check(&plan, "services");
    // Only the Edge itself can tell; its first package is carried there.
    assert_eq!(edge.asks[0].ways.len(), 1);
    let bare = found(edge, reply("[]"));
    assert_eq!(
        bare.next.map(|n| n.snippet),
        Some("edge/export-configuration")
    );
}

#[test]
fn services_of_the_store() {
    let ok = || services(&[("MASTER", json!(4)), ("FTA", json!(4))]);
    let half = || services(&[("MASTER", json!(1)), ("FTA", json!(4))]);
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    // Active is who it says: the passive servers are not asked.
    let plan = silent(EDGE);
    let active = check(&plan, "store-services");
    assert_eq!(active.asks.len(), 1);
    assert_eq!(found(active, half()).proof, Proof::Bad);
    assert_eq!(found(active, ok()).proof, Proof::Good);
    let read = |store: &Store, replies: [Reply; 3]| {
        let plan = planned(&[(EDGE, None)], store);
        let check = check(&plan, "store-services");
        let answers: Vec<Answer> = replies
            .into_iter()
            .enumerate()
            .map(|(n, r)| said(check, n, 0, r))
            .collect();
        check.read(&answers)
    };
    // Nobody is active: a stopped one on any of them is why.
    let bad = read(&down, [half(), ok(), ok()]);
    assert_eq!(
        bad.next.map(|n| n.values),
        Some(vec![
            ("Name", "MASTER".into()),
            ("ComputerName", FE[0].into())
        ])
    );
    // Nobody knows who is active: a passive one without proves nothing.
    assert_ne!(
        read(&Store::Unknown, [half(), ok(), ok()]).proof,
        Proof::Bad
    );
    assert_eq!(
        read(&Store::Unknown, [half(), half(), half()]).proof,
        Proof::Bad
    );
}

#[test]
fn a_share_that_a_lost_account_does_not_see_proves_nothing() {
    let plan = planned(&[(SBA, None)], &healthy());
    let share = check(&plan, "share");
    let there = reply(&json!([{"Name": "xds-replica", "Path": "C:\\x"}]).to_string());
    assert_eq!(found(share, there).proof, Proof::Good);
    assert_eq!(found(share, reply("[]")).proof, Proof::Bad);
    let from = |answer: &str, goes_onward: bool| {
        let answer = Answer {
            goes_onward,
            ..said(share, 0, 1, reply(answer))
        };
        share.read(&[answer]).proof
    };
    assert_eq!(from("False", true), Proof::Bad);
    assert_eq!(from("false", false), Proof::Unknown);
    assert_eq!(from("True", false), Proof::Good);
}

#[test]
fn clocks_are_compared_with_each_other_not_with_this_machines() {
    let plan = planned(&[(SBA, None)], &healthy());
    let clock = check(&plan, "clock");
    let hour = SignedDuration::from_hours(1);
    let at = |offset: SignedDuration| (now() + offset).to_string();
    let read = |replica: Reply, store: Reply| {
        clock.read(&[said(clock, 0, 0, replica), said(clock, 1, 0, store)])
    };
    // Both an hour ahead of this machine: it is this machine that is wrong.
    assert_eq!(read(reply(&at(hour)), reply(&at(hour))).proof, Proof::Good);
    let apart = read(reply(&at(SignedDuration::ZERO)), reply(&at(hour)));
    assert!(
        apart
            .cause
            .as_deref()
            .is_some_and(|c| c.ends_with("1 h apart")),
        "{apart:?}"
    );
    assert_eq!(
        clock
            .read(&[nobody(), said(clock, 1, 0, reply(&at(hour)))])
            .proof,
        Proof::Unknown
    );
    // A slow answer is no difference of clocks.
    let slow = Reply {
        answered_at: now() + SignedDuration::from_mins(20),
        ..reply(&at(SignedDuration::from_mins(20)))
    };
    assert_eq!(
        read(slow, reply(&at(SignedDuration::ZERO))).proof,
        Proof::Unknown
    );
    // From the store's side: /Date(...)/ of Windows PowerShell.
    let date = format!(
        "[{{\"LocalDateTime\":\"\\/Date({})\\/\"}}]",
        now().as_millisecond()
    );
    assert_eq!(
        read(reply(&date), reply("2025-10-14T16:00:00.0000000+08:00")).proof,
        Proof::Good
    );
}

#[test]
fn the_edges_certificate() {
    let plan = silent(EDGE);
    let check = check(&plan, "certificate");
    let certificate = |subject: &str, names: Value, until: &str| {
        let row = json!({"Subject": subject, "Issuer": "CN=CA", "Thumbprint": "AB12", "NotBefore": "2024-01-01T00:00:00Z", "NotAfter": until, "AlternativeNames": names});
        reply(&json!([row]).to_string())
    };
    let key = |has: bool| reply(&json!([{"Thumbprint": "ab12", "HasPrivateKey": has}]).to_string());
    let read = |c: Reply, k: Reply| check.read(&[said(check, 0, 0, c), said(check, 1, 0, k)]);
    let pool = "CN=sgedge.kestrel.lan, O=Kestrel";
    let later = "2026-01-01T00:00:00Z";
    assert_eq!(
        read(certificate(pool, json!([]), later), key(true)).proof,
        Proof::Good
    );
    assert_eq!(
        read(
            certificate("CN=x", json!(["SGEDGE.kestrel.lan"]), later),
            key(true)
        )
        .proof,
        Proof::Good
    );
    for (answer, key, word) in [
        (
            certificate("CN=sgedge02.kestrel.lan", json!(null), later),
            key(true),
            "is for sgedge02",
        ),
        (
            certificate(pool, json!([]), "2025-01-01T00:00:00Z"),
            key(true),
            "not in date",
        ),
        (
            certificate(pool, json!([]), later),
            key(false),
            "no private key",
        ),
        (
            certificate(pool, json!([]), later),
            reply("[]"),
            "no private key",
        ),
        (reply("[]"), key(true), "no internal certificate"),
    ] {
        let finding = read(answer, key);
        assert!(
            finding.cause.as_deref().is_some_and(|c| c.contains(word)),
            "{word}: {finding:?}"
        );
    }
    assert_eq!(
        check
            .read(&[
                said(check, 0, 0, certificate(pool, json!([]), later)),
                nobody()
            ])
            .proof,
        Proof::Unknown
    );
    let roots = super::check(&plan, "trusted-roots");
    let odd = reply(&json!([{"Subject": "CN=Sub CA", "Issuer": "CN=Root"}]).to_string());
    assert_eq!(found(roots, odd).proof, Proof::Bad);
}

#[test]
fn events_of_the_file_transfer_agent() {
    let plan = silent(EDGE);
    let events = check(&plan, "transfer-events");
    let event = |id: u64, at: &str, message: &str| {
        let row = json!({"TimeCreated": at, "Id": id, "ProviderName": "LS File Transfer Agent Service", "Message": message});
        reply(&json!([row]).to_string())
    };
    let ours = "File transfer failed for some replica machines. More.\nFailures:\nsgedge02.kestrel.lan: Https destination unavailable.";
    let today = "2025-10-14T07:55:00Z";
    for (id, word) in [
        (1015, "another name"),
        (1017, "does not reach"),
        (1034, "denied access"),
    ] {
        let finding = found(events, event(id, today, ours));
        assert!(
            finding.cause.as_deref().is_some_and(|c| c.contains(word)),
            "{finding:?}"
        );
        assert!(
            finding.evidence[0]
                .ends_with("machines. sgedge02.kestrel.lan: Https destination unavailable."),
            "{finding:?}"
        );
    }
    // About another replica, and about an older package.
    assert_eq!(
        found(events, event(1017, today, "sgedge01.kestrel.lan: x")).proof,
        Proof::Good
    );
    assert_eq!(
        found(events, event(1017, "2025-10-14T05:00:00Z", ours)).proof,
        Proof::Good
    );
    let none = fault(
        "No events were found",
        "NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand",
    );
    assert_eq!(found(events, none).proof, Proof::Good);
    let elsewhere = fault("There is not an event log", "NoMatchingLogsFound,X");
    assert_eq!(found(events, elsewhere).proof, Proof::Unknown);
    let applied = planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &healthy());
    let own = check(&applied, "replica-events");
    let row = json!([{"TimeCreated": today, "Id": 3000, "ProviderName": "LS Replica Replicator Agent Service", "Message": "Cannot connect to RTCLOCAL."}]);
    let finding = found(own, reply(&row.to_string()));
    assert!(
        finding
            .cause
            .is_some_and(|c| c.contains("Cannot connect to RTCLOCAL"))
    );
}

#[test]
fn the_store_says_it_is_down() {
    let check = store_check(Store::Unknown);
    let answer = |master: Value, agents: Value| {
        let row = json!([{"ActiveMasterFqdn": master, "ActiveFileTransferAgents": agents}]);
        said(&check, 0, 0, reply(&row.to_string()))
    };
    let fine = answer(json!(FE[0]), json!([FE[0]]));
    assert_eq!(Store::of(&fine), healthy());
    assert_eq!(check.read(&[fine]).proof, Proof::Good);
    // One name alone comes without its list.
    assert_eq!(Store::of(&answer(json!(FE[0]), json!(FE[0]))), healthy());
    for (master, agents) in [
        (json!(null), json!([])),
        (json!(""), json!([FE[0]])),
        (json!(FE[0]), json!(null)),
    ] {
        let answer = answer(master, agents);
        assert!(Store::of(&answer).is_down().is_some());
        assert_eq!(check.read(&[answer]).proof, Proof::Bad);
    }
    // An answer to another question is none.
    let other = said(&check, 0, 0, reply("[{\"UpToDate\":true}]"));
    assert_eq!(Store::of(&other), Store::Unknown);
    assert_eq!(check.read(&[other]).proof, Proof::Unknown);
    // What is known already needs no answer.
    assert_eq!(store_check(healthy()).read(&[]).proof, Proof::Good);
}
