//! What engineers type, and what has to come first.

use crate::snippet::Library;
use crate::snippet::search::{Found, How, Query, Search};

/// What is typed, and the first hits, all of them or the first ones.
const TYPED: &[(&str, &[&str])] = &[
    // Names of cmdlets, whole, without the hyphen, in parts, abbreviated.
    ("Get-CsUser", &["users/get", "users/list-enterprise-voice"]),
    ("getcsuser", &["users/get", "users/list-enterprise-voice"]),
    ("movecsuser", &["gateways/move-user-to-sba", "users/move"]),
    (
        "invoke-csmanagementstorereplication",
        &["replication/invoke"],
    ),
    (
        "clslogging",
        &["logging/search", "logging/start", "logging/stop"],
    ),
    (
        "mgmtstore",
        &["replication/get-replica-status", "replication/get-status"],
    ),
    (
        "gcmsrs",
        &["replication/get-replica-status", "replication/get-status"],
    ),
    (
        "rplct",
        &["replication/get-replica-status", "replication/get-status"],
    ),
    // Ids and their parts.
    ("users/move", &["users/move"]),
    ("enable-topology", &["topology/enable-topology"]),
    ("enabletopology", &["topology/enable-topology"]),
    (
        "topology enable",
        &["topology/enable-topology", "topology/enable-computer"],
    ),
    ("move", &["users/move"]),
    // Words in any order.
    ("cms database install", &["database/install-cms-database"]),
    ("move user", &["users/move", "gateways/move-user-to-sba"]),
    ("move management", &["cms/move-management-server"]),
    ("publish topology", &["topology/publish-topology"]),
    ("pool users", &["users/get-pool-info"]),
    (
        "allow domain",
        &["edge/allow-domain", "edge/list-allowed-domains"],
    ),
    (
        "fail over pool",
        &[
            "disaster/fail-over-pool",
            "disaster/fail-over-pool-disaster",
        ],
    ),
    (
        "failover pool",
        &[
            "disaster/fail-over-pool",
            "disaster/fail-over-pool-disaster",
        ],
    ),
    ("voice route", &["voice/get-routes", "voice/new-route"]),
    ("pstn usage", &["voice/get-pstn-usages"]),
    ("um dial plan", &["exchange/new-um-dial-plan"]),
    (
        "request certificate",
        &[
            "certificates/request-offline",
            "certificates/request-online",
        ],
    ),
    ("assign certificate", &["certificates/assign"]),
    ("stop services", &["services/stop-all", "services/stop-one"]),
    ("get replica status", &["replication/get-replica-status"]),
    (
        "address book",
        &["tests/address-book", "users/update-address-book"],
    ),
    ("line uri", &["users/set-line"]),
    ("upgrade readiness", &["services/get-upgrade-readiness"]),
    ("pin", &["users/set-pin"]),
    (
        "quorum",
        &[
            "services/get-fabric-state",
            "services/reset-registrar-state",
        ],
    ),
    ("stage oauth", &["certificates/stage-oauth"]),
    // Slips.
    (
        "instal database",
        &[
            "database/install-archiving-database",
            "database/install-cms-database",
        ],
    ),
    (
        "certficate",
        &[
            "certificates/assign",
            "certificates/import",
            "certificates/list",
        ],
    ),
    ("certficate edge", &["certificates/request-offline"]),
    (
        "replicaton status",
        &["replication/get-replica-status", "replication/get-status"],
    ),
    (
        "federaton",
        &[
            "edge/allow-domain",
            "edge/list-allowed-domains",
            "edge/set-access",
        ],
    ),
    ("topolgy", &["topology/enable-topology"]),
    (
        "databse mirror",
        &["database/get-mirror-state", "database/fail-over-mirror"],
    ),
    (
        "unistall monitoring",
        &["database/uninstall-monitoring-database"],
    ),
    ("exprot configuration", &["edge/export-configuration"]),
    (
        "adress book",
        &["tests/address-book", "users/update-address-book"],
    ),
    ("voicemial", &["exchange/test-voice-mail"]),
    (
        "voice polcy",
        &["users/grant-voice-policy", "voice/get-voice-policies"],
    ),
    ("registar", &["services/reset-registrar-state"]),
    ("list certifcates", &["certificates/list"]),
    // Nothing is better than noise.
    ("archiving trunk", &[]),
    ("snooper", &[]),
    ("zzz", &[]),
];

fn find(library: &Library, query: &str) -> Found {
    library.search(&mut Search::new(), &Query::parse(query), &[])
}

fn ids<'a>(library: &'a Library, found: &Found) -> Vec<&'a str> {
    let hits = found.hits.iter().filter_map(|hit| library.at(hit.at()));
    hits.map(|snippet| snippet.id.as_str()).collect()
}

#[test]
fn what_is_typed_and_what_comes_first() {
    let library = Library::built_in();
    let mut wrong = Vec::new();
    for (query, first) in TYPED {
        let found = find(&library, query);
        let found = ids(&library, &found);
        let right = match first.len() {
            0 => found.is_empty(),
            _ => found.starts_with(first),
        };
        if !right {
            let top = &found[..found.len().min(4)];
            wrong.push(format!("{query:?}: wanted {first:?}, got {top:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_folder_of_a_word_comes_first() {
    let library = Library::built_in();
    let found = find(&library, "database");
    let found = ids(&library, &found);
    assert!(found.len() >= 15);
    assert!(
        found[..15].iter().all(|id| id.starts_with("database/")),
        "{found:?}"
    );
}

#[test]
fn slips_are_marked_and_few() {
    let library = Library::built_in();
    for (query, most) in [
        ("certficate", 20),
        ("federaton", 12),
        ("replicaton status", 12),
        ("mgmtstore", 6),
    ] {
        let found = find(&library, query);
        assert!(
            !found.hits.is_empty() && found.hits.len() <= most,
            "{query}"
        );
        assert!(found.hits.iter().all(|hit| hit.how == How::Fuzzy));
        assert_eq!(found.taken.len(), 1, "{query}");
        assert!(found.needles().len() > Query::parse(query).words().len());
    }
}

#[test]
fn everything_without_words_and_nothing_is_indexed_for_it() {
    let library = Library::built_in();
    let found = find(&library, "  ");
    assert_eq!(
        ids(&library, &found),
        library.iter().map(|s| s.id.as_str()).collect::<Vec<_>>()
    );
    assert_eq!(found.hits.len(), library.len());
}

#[test]
fn places_and_ids_lead_to_the_same_snippet() {
    let library = Library::built_in();
    for (n, snippet) in library.iter().enumerate() {
        assert_eq!(library.place(&snippet.id), Some(n));
        assert_eq!(library.at(n).map(|s| &s.id), Some(&snippet.id));
        assert!(library.get(&snippet.id).is_some());
    }
    assert!(library.at(library.len()).is_none() && library.get("no/such").is_none());
}

/// The index may take about as much as the files themselves.
#[test]
fn the_index_is_no_larger_than_the_files() {
    let library = Library::built_in();
    let files: usize = library.iter().map(|s| s.source.len()).sum();
    let bytes = library.index().bytes();
    assert!(bytes < files + files / 4, "{bytes} of {files}");
}
