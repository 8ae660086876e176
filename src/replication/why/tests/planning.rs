use super::*;

#[test]
fn the_likeliest_cause_comes_first() {
    assert_eq!(
        ids(&silent(EDGE)),
        [
            "store",
            "tcp-4443",
            "dns",
            "services",
            "transfer-events",
            "certificate",
            "clock",
            "trusted-roots",
            "store-services"
        ]
    );
    assert_eq!(
        ids(&planned(&[(SBA, None)], &healthy())),
        [
            "store",
            "dns",
            "tcp-445",
            "services",
            "share",
            "transfer-events",
            "clock",
            "store-services"
        ]
    );
    // It answered after the package was made: the way there works.
    assert_eq!(
        ids(&planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &healthy())),
        [
            "store",
            "services",
            "replica-events",
            "clock",
            "store-services"
        ]
    );
    assert_eq!(
        ids(&planned(&[(SBA, Some("missing"))], &healthy())),
        ["store", "known", "store-services"]
    );
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    assert_eq!(
        ids(&planned(&[(SBA, None)], &down))[..2],
        ["store", "store-services"]
    );
    assert_eq!(ids(&planned(&[], &down)), ["store", "store-services"]);
    assert_eq!(ids(&planned(&[], &healthy())), ["store"]);
}

#[test]
fn when_nobody_comes_the_store_is_looked_at_first() {
    let all = kestrel().expected_replicas();
    let late: Vec<(&str, Option<&str>)> = all
        .iter()
        .map(|r| (r.fqdn.as_str(), Some("2025-10-11T06:00:00Z")))
        .collect();
    let plan = planned(&late, &healthy());
    assert_eq!(ids(&plan)[..2], ["store", "store-services"]);
    assert!(plan.replicas.len() <= MOST);
}

#[test]
fn ports_are_tried_from_every_front_end_of_the_store_and_to_the_edges_own_address() {
    let plan = silent(EDGE);
    let asks = &check(&plan, "tcp-4443").asks;
    let machines: Vec<&str> = asks.iter().map(|ask| ask.ways[0].machine.words()).collect();
    assert_eq!(machines, FE);
    assert!(
        asks[0].ways[0]
            .text
            .contains("-ComputerName '10.20.30.12' -Port 4443 ")
    );
    // A front end of the pool is not asked about itself.
    let plan = silent(FE[1]);
    let asks = &check(&plan, "tcp-445").asks;
    assert_eq!(asks.len(), 2);
    assert!(asks.iter().all(|ask| ask.about != FE[1]));
    // Nothing tries from a replica: nothing on it dials in.
    let tries = plan
        .checks
        .iter()
        .filter(|c| c.id.starts_with("tcp") || c.id == "dns");
    for way in tries.flat_map(|c| &c.asks).flat_map(|a| &a.ways) {
        assert!(FE.contains(&way.machine.words()));
    }
}

#[test]
fn every_text_only_reads() {
    for plan in [
        silent(EDGE),
        planned(&[(SBA, None)], &Store::Unknown),
        planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &healthy()),
        planned(&[(SBA, Some("missing"))], &healthy()),
    ] {
        for way in plan
            .checks
            .iter()
            .flat_map(|c| &c.asks)
            .flat_map(|a| &a.ways)
        {
            let judged = judge(&way.text).expect(&way.text);
            assert_eq!(
                judged.risk,
                Risk::Read,
                "{}: {:?}",
                way.text,
                judged.reasons
            );
        }
    }
}

#[test]
fn targets_are_machines_by_name_first_label_or_address() {
    let topology = kestrel();
    let place = |target: &str, machine: &str, watched: bool| Place {
        target: target.into(),
        machine: Some(machine.into()).filter(|m: &String| !m.is_empty()),
        watched,
    };
    let places = Places::new(
        vec![
            place("a", "SGFE01", false),
            place("b", "sgfe01.kestrel.lan", true),
            place("edge", "10.20.30.12", false),
            place("odd", "", false),
        ],
        Some(&topology),
    );
    let ask = |machine: &str| Ask {
        about: machine.into(),
        ways: vec![Way {
            machine: Machine::Named(machine.into()),
            text: "Get-Date".into(),
            onward: false,
        }],
    };
    let targets = |machine: &str| -> Vec<String> {
        places
            .of(&ask(machine))
            .into_iter()
            .map(|taken| taken.target)
            .collect()
    };
    assert_eq!(targets("sgfe01.kestrel.lan"), ["b", "a"]);
    assert_eq!(targets(EDGE), ["edge"]);
    assert_eq!(targets("sgfe02.kestrel.lan"), Vec::<String>::new());
    assert!(!same_host("sgfe01.kestrel.lan", "sgfe01.other.lan"));
    assert!(!same_host("", "sgfe01"));
}

#[test]
fn hostile_names_get_no_checks() {
    let mut late = rows(&[(EDGE, None)]);
    for row in &mut late {
        if row.fqdn == EDGE {
            row.fqdn = "x'; Remove-CsUser a; '\u{1b}[2J".into();
        }
    }
    let plan = plan(&Situation {
        rows: &late,
        topology: None,
        store: &healthy(),
        only: &[],
    });
    assert!(plan.replicas.is_empty());
    assert!(plan.left_out[0].contains("no name of a host") && !plan.left_out[0].contains('\u{1b}'));
}
