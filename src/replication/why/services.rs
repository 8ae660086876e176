//! Services and the share of the replica.

use serde_json::Value;

use super::answer::{Answer, Outcome, word};
use super::check::{Ask, Check, Machine, Reading, Way, as_json, literal, on};
use super::finding::{Finding, Next, Proof};
use super::network::no_answer;
use super::plan::{Subject, replicate};
use super::store::Store;

/// The replica's service, and the SQL Server Express that holds its copy.
const REPLICA: [&str; 2] = ["REPLICA", "MSSQL$RTCLOCAL"];
/// The store's services: the Master Replicator Agent and the File Transfer Agent.
const STORE: [&str; 2] = ["MASTER", "FTA"];

/// Services that have to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Wanted {
    /// On a replica.
    Replica {
        /// Its name.
        fqdn: String,
        /// An Edge gets its first package by hand.
        is_edge: bool,
    },
    /// On the servers of the store, as it says of itself who is active.
    Store(Store),
}

/// The share that packages are written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Share {
    fqdn: String,
}

fn text(names: &[&str], computer: Option<&str>) -> String {
    // A name with a wildcard that fits nothing is no error: `[]` is then the answer "it is not
    // there", and no answer stays none.
    let patterns: Vec<String> = names.iter().map(|n| literal(&format!("{n}*"))).collect();
    let on = computer.map_or(String::new(), |c| format!(" -ComputerName {}", literal(c)));
    as_json(&format!(
        "Get-Service -Name {}{on} | Select-Object -Property Name, Status",
        patterns.join(", ")
    ))
}

/// The ways to the services of a machine: itself, else over the network from the others.
fn ways<'a>(names: &[&str], machine: &str, from: impl Iterator<Item = &'a str>) -> Vec<Way> {
    let mut ways = vec![on(machine, text(names, None))];
    ways.extend(
        from.filter(|f| !super::check::same_host(f, machine))
            .map(|from| Way {
                machine: Machine::Named(from.to_owned()),
                text: text(names, Some(machine)),
                onward: true,
            }),
    );
    ways
}

/// REPLICA and RTCLOCAL on the replica. An Edge is in no domain of the store's servers, so that only
/// it can tell.
pub(super) fn replica(subject: &Subject<'_>) -> Check {
    let from = subject.others().filter(|_| !subject.is_edge);
    Check {
        id: "services",
        replica: Some(subject.fqdn.clone()),
        proves: "the services REPLICA and MSSQL$RTCLOCAL run on the replica".to_owned(),
        asks: vec![Ask {
            about: subject.fqdn.clone(),
            ways: ways(&REPLICA, &subject.fqdn, from),
        }],
        reading: Reading::Services(Wanted::Replica {
            fqdn: subject.fqdn.clone(),
            is_edge: subject.is_edge,
        }),
    }
}

/// MASTER and FTA on the servers of the store: on the active one where the store names it.
pub(super) fn store(servers: &[String], known: &Store) -> Option<Check> {
    let active: Vec<String> = match known {
        Store::Known { master, agents } => {
            let mut named: Vec<String> = master.iter().cloned().collect();
            if master.is_some() {
                named.extend(agents.iter().cloned());
            }
            named.dedup_by(|a, b| super::check::same_host(a, b));
            named
        }
        Store::Unknown => Vec::new(),
    };
    let machines = if active.is_empty() { servers } else { &active };
    let asks: Vec<Ask> = machines
        .iter()
        .map(|machine| Ask {
            about: machine.clone(),
            ways: ways(&STORE, machine, servers.iter().map(String::as_str)),
        })
        .collect();
    (!asks.is_empty()).then(|| Check {
        id: "store-services",
        replica: None,
        proves: "the services MASTER and FTA run on the Central Management store's active server"
            .to_owned(),
        asks,
        reading: Reading::Services(Wanted::Store(known.clone())),
    })
}

/// How Windows says that a service runs: the word, or the number that JSON makes of it
/// (System.ServiceProcess.ServiceControllerStatus).
fn state(row: &Value) -> Option<&'static str> {
    let word = word(row, "Status")?;
    Some(match word.to_ascii_lowercase().as_str() {
        "4" | "running" => "Running",
        "1" | "stopped" => "Stopped",
        "2" | "startpending" => "StartPending",
        "3" | "stoppending" => "StopPending",
        "5" | "continuepending" => "ContinuePending",
        "6" | "pausepending" => "PausePending",
        "7" | "paused" => "Paused",
        _ => return None,
    })
}

/// The state of each wanted service; none where there is no such service. None altogether when the
/// answer tells nothing.
fn states<'n>(answer: &Answer, names: &[&'n str]) -> Option<Vec<(&'n str, Option<&'static str>)>> {
    let Outcome::Said(reply) = &answer.outcome else {
        return None;
    };
    let rows = reply.rows_of("Name")?;
    let mut all = Vec::new();
    for name in names {
        let row = rows
            .iter()
            .find(|row| word(row, "Name").is_some_and(|n| n.eq_ignore_ascii_case(name)));
        all.push((
            *name,
            match row {
                Some(row) => Some(state(row)?),
                None => None,
            },
        ));
    }
    Some(all)
}

/// The services of a machine in words.
fn of(machine: &str, states: &[(&str, Option<&str>)]) -> String {
    let each = states
        .iter()
        .map(|(name, state)| format!("{name} {}", state.unwrap_or("not there")));
    format!("on {machine} {}", each.collect::<Vec<_>>().join(", "))
}

fn start(name: &str, computer: &str) -> Next {
    Next {
        snippet: "services/start-one",
        values: vec![
            ("Name", name.to_owned()),
            ("ComputerName", computer.to_owned()),
        ],
        on: None,
    }
}

pub(super) fn read(check: &Check, wanted: &Wanted, answers: &[Answer]) -> Finding {
    match wanted {
        Wanted::Replica { fqdn, is_edge } => read_replica(check, fqdn, *is_edge, answers),
        Wanted::Store(known) => read_store(check, known, answers),
    }
}

fn read_replica(check: &Check, fqdn: &str, is_edge: bool, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let Some(answer) = answers.first() else {
        return finding;
    };
    let Some(states) = states(answer, &REPLICA) else {
        no_answer(&mut finding, answer);
        return finding;
    };
    finding.see(&answer.machine, &of(fqdn, &states));
    let missing = states.iter().any(|(_, state)| state.is_none());
    let stopped = states
        .iter()
        .find(|(_, state)| state.is_some_and(|s| s != "Running"));
    if missing {
        let gone: Vec<&str> = states
            .iter()
            .filter(|(_, s)| s.is_none())
            .map(|(n, _)| *n)
            .collect();
        let cause = format!(
            "there is no service {} on {fqdn}: the server was never set up",
            gone.join(" and no ")
        );
        match is_edge {
            true => finding.bad(
                cause,
                "Run the setup of the Local Configuration Store there with the file that this exports on the inside: an Edge's first package has to be carried there by hand.",
                Some(Next {
                    snippet: "edge/export-configuration",
                    values: vec![("FileName", format!(r"C:\{}.zip", label(fqdn)))],
                    on: None,
                }),
            ),
            false => finding.bad(
                cause,
                "Run the setup of the Local Configuration Store there (Deployment Wizard, step 1), then Enable-CsReplica in its own console.",
                Some(Next {
                    snippet: "replication/enable-replica",
                    values: Vec::new(),
                    on: Some(fqdn.to_owned()),
                }),
            ),
        }
    } else if let Some((name, state)) = stopped {
        let cause = format!("service {name} on {fqdn} is {}", state.unwrap_or("stopped"));
        match *name {
            "REPLICA" => finding.bad(cause, "Start it.", Some(start("REPLICA", fqdn))),
            // No cmdlet of the product starts SQL Server.
            _ => finding.bad(
                cause,
                "Start SQL Server (RTCLOCAL) on that server, in its own console: Start-Service 'MSSQL$RTCLOCAL'. Then send its configuration again.",
                Some(replicate(fqdn)),
            ),
        }
    } else {
        finding.proof = Proof::Good;
    }
    finding
}

fn label(fqdn: &str) -> &str {
    fqdn.split('.').next().unwrap_or(fqdn)
}

fn read_store(check: &Check, known: &Store, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    // Which service is not running where.
    let mut down: Vec<(&str, String, Option<&str>)> = Vec::new();
    let (mut told, mut whole) = (0, 0);
    for (ask, answer) in check.asks.iter().zip(answers) {
        let Some(states) = states(answer, &STORE) else {
            no_answer(&mut finding, answer);
            continue;
        };
        told += 1;
        finding.see(&answer.machine, &of(&ask.about, &states));
        let bad = states.iter().filter(|(_, s)| *s != Some("Running"));
        let bad: Vec<_> = bad.map(|(n, s)| (*n, ask.about.clone(), *s)).collect();
        whole += usize::from(bad.is_empty());
        down.extend(bad);
    }
    // One of several servers is active. While the store does not name it, a passive one that lacks
    // a service proves nothing; once it says that nobody is active, each of them does.
    let counts = match known {
        Store::Known { .. } => !down.is_empty(),
        Store::Unknown => !down.is_empty() && whole == 0 && told == check.asks.len(),
    };
    if counts && let Some((name, machine, state)) = down.first() {
        let all: Vec<String> = down
            .iter()
            .map(|(name, machine, state)| match state {
                Some(state) => format!("{name} on {machine} is {state}"),
                None => format!("{name} is not there on {machine}"),
            })
            .collect();
        let next = state.map(|_| start(name, machine));
        let remedy = match next {
            Some(_) => {
                "Start what is stopped, MASTER before FTA; rows move within a minute or two."
            }
            None => {
                "The server lacks the components of the Central Management store: run the setup there."
            }
        };
        finding.bad(format!("service {}", all.join(", ")), remedy, next);
    } else if told > 0
        && (down.is_empty() || whole > 0)
        && (told == check.asks.len() || *known != Store::Unknown)
    {
        finding.proof = Proof::Good;
    }
    finding
}

/// The share xds-replica of a replica that is no Edge: seen on it, else from the store's servers.
pub(super) fn share(subject: &Subject<'_>) -> Check {
    let own = as_json("Get-SmbShare -Name 'xds-replica*' | Select-Object -Property Name, Path");
    let mut ways = vec![on(&subject.fqdn, own)];
    let unc = format!(r"\\{}\xds-replica", subject.fqdn);
    ways.extend(subject.others().map(|machine| Way {
        machine: Machine::Named(machine.to_owned()),
        text: format!("Test-Path -Path {}", literal(&unc)),
        onward: true,
    }));
    Check {
        id: "share",
        replica: Some(subject.fqdn.clone()),
        proves: format!("the share {unc} is there"),
        asks: vec![Ask {
            about: subject.fqdn.clone(),
            ways,
        }],
        reading: Reading::Share(Share {
            fqdn: subject.fqdn.clone(),
        }),
    }
}

pub(super) fn read_share(check: &Check, share: &Share, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let Some(answer) = answers.first() else {
        return finding;
    };
    let Outcome::Said(reply) = &answer.outcome else {
        return finding;
    };
    let there = if answer.way == Some(0) {
        reply.rows_of("Name").map(|rows| !rows.is_empty())
    } else if !reply.faults.is_empty() {
        None
    } else {
        match reply.line().map(str::to_ascii_lowercase).as_deref() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        }
    };
    match there {
        Some(true) => {
            finding.see(&answer.machine, "the share xds-replica is there");
            finding.proof = Proof::Good;
        }
        // Seen by nobody, because the session lost the account on the way.
        Some(false) if answer.way != Some(0) && !answer.goes_onward => finding.see(
            &answer.machine,
            "the share is not seen from there, but this session's log-in does not go on to another server: that proves nothing",
        ),
        Some(false) => {
            finding.see(&answer.machine, "the share xds-replica is not there");
            finding.bad(
                format!("the share xds-replica is not there on {}, or is not to be read", share.fqdn),
                "Enable-CsReplica in that server's own console makes share, rights and groups again.",
                Some(Next {
                    snippet: "replication/enable-replica",
                    values: Vec::new(),
                    on: Some(share.fqdn.clone()),
                }),
            );
        }
        None => no_answer(&mut finding, answer),
    }
    finding
}
