//! What the event log "Lync Server" says: of the file transfer agent on the store's servers, and of
//! the replica's own agent. Products from Lync Server 2010 to Skype for Business Server 2019 write
//! to the log of this name.

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Answer, Outcome, short, time_of, word};
use super::check::{Ask, Check, Machine, Reading, Way, as_json, literal, on, same_host};
use super::finding::{Finding, Next, Proof};
use super::network::no_answer;
use super::plan::{Subject, replicate};

/// How many events are asked for, the newest first.
const MOST: usize = 100;
/// How many of them are shown.
const SHOWN: usize = 3;

/// What the file transfer agent writes when a replica is not served.
const MISMATCH: u64 = 1015;
const UNREACHABLE: u64 = 1017;
const DENIED: u64 = 1034;

/// Events that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Wanted {
    fqdn: String,
    addresses: Vec<String>,
    /// Older ones are of another package; none = all count.
    since: Option<Timestamp>,
    /// True for the replica's own log.
    own: bool,
    agents: Vec<String>,
}

const COLUMNS: &str =
    "Select-Object -Property TimeCreated, Id, ProviderName, LevelDisplayName, Message";

/// Faults of the file transfer agent with this replica.
pub(super) fn transfer(subject: &Subject<'_>) -> Option<Check> {
    let text = as_json(&format!(
        "Get-WinEvent -FilterHashtable @{{ LogName = 'Lync Server'; Id = {MISMATCH}, {UNREACHABLE}, {DENIED} }} -MaxEvents {MOST} | {COLUMNS}"
    ));
    let asks: Vec<Ask> = subject
        .servers
        .iter()
        .map(|machine| Ask {
            about: machine.clone(),
            ways: vec![on(machine, text.clone())],
        })
        .collect();
    (!asks.is_empty()).then(|| Check {
        id: "transfer-events",
        replica: Some(subject.fqdn.clone()),
        proves: format!(
            "the file transfer agent logs no fault with it ({MISMATCH} name mismatch, {UNREACHABLE} unreachable, {DENIED} access denied)"
        ),
        asks,
        reading: Reading::Events(wanted(subject, false)),
    })
}

/// Faults of the replica's own agent: it had the package and did not apply it.
pub(super) fn applying(subject: &Subject<'_>) -> Check {
    let text = |computer: &str| {
        as_json(&format!(
            "Get-WinEvent{computer} -FilterHashtable @{{ LogName = 'Lync Server'; Level = 1, 2, 3 }} -MaxEvents {MOST} | {COLUMNS}"
        ))
    };
    let mut ways = vec![on(&subject.fqdn, text(""))];
    ways.extend(
        subject
            .others()
            .filter(|_| !subject.is_edge)
            .map(|machine| Way {
                machine: Machine::Named(machine.to_owned()),
                text: text(&format!(" -ComputerName {}", literal(&subject.fqdn))),
                onward: true,
            }),
    );
    Check {
        id: "replica-events",
        replica: Some(subject.fqdn.clone()),
        proves: "the Replica Replicator Agent there logs no fault".to_owned(),
        asks: vec![Ask {
            about: subject.fqdn.clone(),
            ways,
        }],
        reading: Reading::Events(wanted(subject, true)),
    }
}

fn wanted(subject: &Subject<'_>, own: bool) -> Wanted {
    Wanted {
        fqdn: subject.fqdn.clone(),
        addresses: subject.addresses.clone(),
        since: subject.package,
        own,
        agents: subject.agents.to_vec(),
    }
}

impl Wanted {
    /// What an event says of this replica: its first sentence, and the line that names it. One
    /// event of the file transfer agent names all replicas that it cannot serve.
    fn telling(&self, message: &str) -> String {
        let mut lines = message
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let Some(first) = lines.next() else {
            return "no words".to_owned();
        };
        let head = first.split_inclusive(". ").next().unwrap_or(first).trim();
        let names = |line: &str| {
            let line = line.to_lowercase();
            let mut all = self.addresses.iter().chain([&self.fqdn]);
            all.any(|name| line.contains(&name.to_lowercase()))
        };
        match lines.find(|line| names(line)).filter(|_| !self.own) {
            Some(line) if !names(head) => short(&format!("{head} {line}")),
            _ if self.own => short(message),
            _ => short(first),
        }
    }

    fn holds(&self, event: &Value) -> bool {
        let text = |name| word(event, name).unwrap_or_default().to_lowercase();
        let (provider, message) = (text("ProviderName"), text("Message"));
        let fits = match self.own {
            true => provider.contains("replica replicator"),
            false => {
                let names = self.addresses.iter().map(|a| a.to_lowercase());
                provider.contains("file transfer")
                    && names
                        .chain([self.fqdn.to_lowercase()])
                        .any(|n| message.contains(&n))
            }
        };
        // An event whose time is not understood may be of today: it counts.
        let new = match (self.since, time_of(event, "TimeCreated")) {
            (Some(since), Some(at)) => at >= since,
            _ => true,
        };
        fits && new
    }
}

pub(super) fn read(check: &Check, wanted: &Wanted, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let (mut quiet, mut agent_quiet) = (0, false);
    let mut first: Option<(u64, String)> = None;
    for answer in answers {
        let Outcome::Said(reply) = &answer.outcome else {
            continue;
        };
        let events = match reply.failed_with("NoMatchingEventsFound") {
            true => Vec::new(),
            false => match reply.rows_of("ProviderName") {
                Some(events) => events,
                None => {
                    no_answer(&mut finding, answer);
                    continue;
                }
            },
        };
        let ours: Vec<&Value> = events.iter().filter(|event| wanted.holds(event)).collect();
        if ours.is_empty() {
            let since = wanted
                .since
                .map_or(String::new(), |at| format!(" since {at}"));
            finding.see(&answer.machine, &format!("no such event{since}"));
            quiet += 1;
            agent_quiet |= wanted.agents.iter().any(|a| same_host(a, &answer.machine));
            continue;
        }
        for event in ours.iter().take(SHOWN) {
            let id = word(event, "Id").unwrap_or_default();
            let at = time_of(event, "TimeCreated").map_or("?".to_owned(), |at| at.to_string());
            let message = wanted.telling(&word(event, "Message").unwrap_or_default());
            finding.see(&answer.machine, &format!("event {id} at {at}: {message}"));
            first.get_or_insert((id.parse().unwrap_or(0), message));
        }
        if ours.len() > SHOWN {
            finding.see(&answer.machine, &format!("and {} more", ours.len() - SHOWN));
        }
    }
    let decided = quiet == check.asks.len() || agent_quiet;
    match first {
        Some(found) => blame(&mut finding, wanted, &found),
        None if quiet > 0 && decided => finding.proof = Proof::Good,
        None => {}
    }
    finding
}

fn blame(finding: &mut Finding, wanted: &Wanted, (id, message): &(u64, String)) {
    let fqdn = &wanted.fqdn;
    let again = Some(replicate(fqdn));
    if wanted.own {
        return finding.bad(
            format!("the agent on {fqdn} had the package and logs: {message}"),
            "Mend what it names (the SQL instance RTCLOCAL and the disk are the usual ones); then send its configuration again.",
            again,
        );
    }
    match *id {
        MISMATCH => finding.bad(
            format!("event {id}: the certificate that {fqdn} shows is for another name"),
            "The internal certificate of an Edge must carry the internal FQDN of its pool: request one and assign it to Internal (certificates/assign) there; then send its configuration again.",
            again,
        ),
        UNREACHABLE => finding.bad(
            format!("event {id}: the file transfer agent does not reach {fqdn}"),
            "Look at port, name and routes between them (an Edge needs static routes inward on its internal interface); then send its configuration again.",
            again,
        ),
        _ => finding.bad(
            format!("event {id}: the file transfer agent is denied access to {fqdn}"),
            "Look at the share xds-replica, the local group RTC Local Config Replicator and the domain group RTCUniversalConfigReplicator; the store's servers must have been restarted since they joined it. Enable-CsReplica in that server's own console makes share, rights and groups again.",
            Some(Next {
                snippet: "replication/enable-replica",
                values: Vec::new(),
                on: Some(fqdn.clone()),
            }),
        ),
    }
}
