use super::*;
use crate::snippet::Library;
use crate::topology::tree::{NodeKind, rows};

fn kestrel() -> Topology {
    let text = include_bytes!("../lab/kestrel.xml");
    crate::topology::read(text).expect("the lab's topology")
}

fn suggest(id: &str, field: &str, around: &[(&str, &str)], known: Known<'_>) -> Vec<String> {
    let library = Library::built_in();
    let snippet = library.get(id).expect(id);
    let field = snippet.field(field).expect(field);
    let filled = |name: &str| {
        let found = around.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, v)| (*v).to_owned())
    };
    let list = suggestions(snippet, field, &filled, known);
    list.into_iter().map(|s| s.value).collect()
}

#[test]
fn the_topology_answers_and_what_is_filled_in_narrows() {
    let topology = kestrel();
    let known = Known {
        topology: Some(&topology),
        ..Known::default()
    };
    let servers = suggest("database/install-cms-database", "SqlServerFqdn", &[], known);
    assert!(
        servers.contains(&"sgsql01.kestrel.lan".to_owned()),
        "{servers:?}"
    );
    let all = suggest(
        "database/install-cms-database",
        "SqlInstanceName",
        &[],
        known,
    );
    let one = suggest(
        "database/install-cms-database",
        "SqlInstanceName",
        &[("SqlServerFqdn", "SGSQL01.kestrel.lan")],
        known,
    );
    assert!(!one.is_empty() && one.len() <= all.len(), "{one:?} {all:?}");
    let unknown = suggest(
        "database/install-cms-database",
        "SqlInstanceName",
        &[("SqlServerFqdn", "new.kestrel.lan")],
        known,
    );
    assert_eq!(
        unknown, all,
        "a server that is not there yet narrows nothing"
    );
    let pools = suggest("users/move", "Target", &[], known);
    assert_eq!(
        pools.first().map(String::as_str),
        Some("sgpool01.kestrel.lan"),
        "{pools:?}"
    );
    assert!(!pools.iter().any(|p| p.contains("sql")), "{pools:?}");
    let replicas = suggest("replication/invoke", "ReplicaFqdn", &[], known);
    assert_eq!(replicas.len(), topology.expected_replicas().len());
    let scopes = suggest("archiving/get-configuration", "Identity", &[], known);
    assert_eq!(scopes.first().map(String::as_str), Some("global"));
    assert!(scopes.iter().any(|s| s.starts_with("site:")), "{scopes:?}");
}

#[test]
fn machines_belong_to_their_pool_and_pools_to_their_site() {
    let topology = kestrel();
    let known = Known {
        topology: Some(&topology),
        ..Known::default()
    };
    let all = suggest("services/reset-registrar-state", "MachineFqdn", &[], known);
    let of_pool = suggest(
        "services/reset-registrar-state",
        "MachineFqdn",
        &[("PoolFqdn", "sgpool01.kestrel.lan")],
        known,
    );
    let machines = topology
        .pool("sgpool01.kestrel.lan")
        .expect("pool")
        .machines
        .len();
    assert_eq!(of_pool.len(), machines, "{of_pool:?}");
    assert!(all.len() > machines);
}

#[test]
fn every_source_is_asked_in_its_turn_and_no_value_stands_twice() {
    let topology = kestrel();
    let engagement =
        Engagement::read("pool = 'new01.kestrel.lan'\nTarget = 'sgpool01.kestrel.lan'")
            .expect("reads");
    let folder = tempfile::tempdir().expect("folder");
    let history = History::record(
        &folder.path().join("h"),
        &[
            ("Target".into(), "old.kestrel.lan".into()),
            ("Target".into(), "NEW01.kestrel.lan".into()),
        ],
    )
    .expect("kept");
    let captures =
        [Capture::of("lab", "Get-CsPool", &["Identity : live.kestrel.lan"]).expect("read")];
    let known = Known {
        topology: Some(&topology),
        engagement: Some(&engagement),
        history: Some(&history),
        captures: &captures,
    };
    let found = suggest("users/move", "Target", &[], known);
    assert_eq!(&found[..2], ["sgpool01.kestrel.lan", "new01.kestrel.lan"]);
    assert_eq!(
        &found[found.len() - 2..],
        ["live.kestrel.lan", "old.kestrel.lan"]
    );
    let mut lower: Vec<String> = found.iter().map(|v| v.to_lowercase()).collect();
    lower.sort();
    lower.dedup();
    assert_eq!(lower.len(), found.len());
}

#[test]
fn a_closed_list_is_all_there_is() {
    let folder = tempfile::tempdir().expect("folder");
    let history = History::record(
        &folder.path().join("h"),
        &[("DatabaseType".into(), "Nonsense".into())],
    )
    .expect("kept");
    let known = Known {
        history: Some(&history),
        ..Known::default()
    };
    let found = suggest("database/fail-over-mirror", "DatabaseType", &[], known);
    assert!(
        !found.is_empty() && !found.contains(&"Nonsense".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_sql_server_leads_to_its_snippets_with_the_form_filled() {
    let (topology, library) = (kestrel(), Library::built_in());
    let row = rows(&topology)
        .into_iter()
        .find(|r| r.kind == NodeKind::Pool && r.subject == "sgsql01.kestrel.lan")
        .expect("row");
    let subject = Subject::of(&topology, &row).expect("subject");
    let mut ranked: Vec<(u32, &str)> = library
        .iter()
        .filter_map(|s| Some((subject.rank(s)?, s.id.as_str())))
        .collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    assert!(ranked[0].1.starts_with("database/install-"), "{ranked:?}");
    let snippet = library.get(ranked[0].1).expect("snippet");
    let fills: Vec<(&str, String)> = subject
        .fills(snippet)
        .into_iter()
        .map(|(n, v)| (snippet.fields[n].name.as_str(), v))
        .collect();
    assert!(
        fills.contains(&("SqlServerFqdn", "sgsql01.kestrel.lan".to_owned())),
        "{fills:?}"
    );
}

#[test]
fn every_row_has_snippets_or_says_so_and_none_is_for_another_product() {
    let (topology, library) = (kestrel(), Library::built_in());
    let mut with = 0;
    for row in rows(&topology) {
        let Some(subject) = Subject::of(&topology, &row) else {
            continue;
        };
        for snippet in library.iter() {
            let rank = subject.rank(snippet);
            assert!(
                rank.is_none() || !subject.fills(snippet).is_empty(),
                "{}",
                snippet.id
            );
            with += usize::from(rank.is_some());
        }
    }
    assert!(with > 50, "{with}");
}

#[test]
fn variables_fill_required_fields_once() {
    let library = Library::built_in();
    let engagement = Engagement::read(
        "sql-server = 'sql9.kestrel.lan'\npool = 'p9.kestrel.lan'\nIdentity = 'sip:a@b.c'",
    )
    .expect("reads");
    let of = |id: &str| {
        let snippet = library.get(id).expect(id);
        let fills = engagement.fills(snippet).into_iter();
        fills
            .map(|(n, _, v)| format!("{}={}", snippet.fields[n].name, v.join("+")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("database/install-cms-database"),
        ["SqlServerFqdn=sql9.kestrel.lan"]
    );
    assert_eq!(
        of("users/move"),
        ["Identity=sip:a@b.c", "Target=p9.kestrel.lan"]
    );
}

#[test]
fn the_engagement_file_keeps_its_comments() {
    let text = "# Kestrel\npool = \"a.b.c\" # main\n";
    let text = Engagement::with(text, "SQL_Server", Some("s.b.c")).expect("set");
    let text = Engagement::with(&text, "POOL", Some("x.b.c")).expect("set");
    assert!(
        text.contains("# Kestrel") && text.contains("# main") && text.contains("x.b.c"),
        "{text}"
    );
    let text = Engagement::with(&text, "sql-server", None).expect("removed");
    assert_eq!(
        Engagement::read(&text)
            .expect("reads")
            .iter()
            .collect::<Vec<_>>(),
        [("pool", "x.b.c")]
    );
    for (name, value) in [
        ("", "x"),
        ("a b", "x"),
        ("pool", "a\nb"),
        ("ca-password", "x"),
        ("pin", "1"),
    ] {
        assert!(Engagement::with("", name, Some(value)).is_err(), "{name}");
    }
    assert!(matches!(
        Engagement::read("pool = 5"),
        Err(engagement::EngagementError::NotText(_))
    ));
    assert!(matches!(
        Engagement::read("pool = "),
        Err(engagement::EngagementError::Toml(_))
    ));
}

#[test]
fn commands_that_list_values_only_read() {
    let library = Library::built_in();
    let mut some = 0;
    for snippet in library.iter() {
        for field in &snippet.fields {
            let command =
                source_command(snippet.meaning_of(field), snippet.parameter_of(&field.name));
            if let Some(command) = command {
                some += 1;
                let judged = crate::cmdlet::judge(&command).expect("parses");
                assert_eq!(judged.risk, crate::cmdlet::Risk::Read, "{command}");
                assert_eq!(crate::cmdlet::check(&command, None), [], "{command}");
            }
        }
    }
    assert!(some > 60, "{some}");
    let grant = library.get("users/grant-voice-policy").expect("shipped");
    assert_eq!(
        source_command(Meaning::Plain, grant.parameter_of("PolicyName")).as_deref(),
        Some("Get-CsVoicePolicy | Format-List -Property Identity")
    );
}

#[test]
fn a_variable_of_a_list_is_written_as_in_a_form() {
    let library = Library::built_in();
    let snippet = library
        .get("database/install-cms-database")
        .expect("shipped");
    let field = snippet.field("DatabasePaths").expect("field");
    assert_eq!(
        engagement::elements(field, r"D:\a, E:\b"),
        [r"D:\a", r"E:\b"]
    );
    let engagement = Engagement::read(r"database-paths = 'D:\a,E:\b'").expect("reads");
    let known = Known {
        engagement: Some(&engagement),
        ..Known::default()
    };
    let found = suggest("database/install-cms-database", "DatabasePaths", &[], known);
    assert_eq!(found, [r"D:\a", r"E:\b"]);
}
