//! Ports and names, tried from the store's servers: they open every connection.

use std::net::IpAddr;

use super::answer::{Answer, Outcome, get, truth, word};
use super::check::{Ask, Check, Reading, as_json, literal, on};
use super::finding::{Finding, Proof};
use super::plan::{Subject, replicate};

/// Port of the replication web service of an Edge (https://edge:4443/ReplicationWebService).
const EDGE: u16 = 4443;
/// Port of the share xds-replica of everything else.
const SMB: u16 = 445;

/// A port that the store's servers must reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Port {
    /// The replica.
    fqdn: String,
    /// What is tried: an Edge's own internal address, never a virtual one; else the name.
    host: String,
    port: u16,
    /// The servers whose file transfer agent is known to be the active one: their word decides.
    agents: Vec<String>,
}

/// A name that the store's servers must resolve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Name {
    fqdn: String,
    /// The addresses that the topology has for it; empty where it has none.
    addresses: Vec<String>,
}

/// True for an address of one host: `0.0.0.0` means any address of the machine.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok_and(|ip| !ip.is_unspecified())
}

/// The port from every front end of the store's pool; none when the replica is that front end.
pub(super) fn port(subject: &Subject<'_>) -> Option<Check> {
    let number = if subject.is_edge { EDGE } else { SMB };
    let host = match subject.addresses.first() {
        Some(address) if subject.is_edge => address.clone(),
        _ => subject.fqdn.clone(),
    };
    let text = format!(
        "Test-NetConnection -ComputerName {} -Port {number} -WarningAction SilentlyContinue | Select-Object -Property ComputerName, RemotePort, NameResolutionSucceeded, TcpTestSucceeded | ConvertTo-Json -Compress",
        literal(&host)
    );
    let asks: Vec<Ask> = subject
        .others()
        .map(|machine| Ask {
            about: machine.to_owned(),
            ways: vec![on(machine, text.clone())],
        })
        .collect();
    (!asks.is_empty()).then(|| Check {
        id: if subject.is_edge { "tcp-4443" } else { "tcp-445" },
        replica: Some(subject.fqdn.clone()),
        proves: match subject.is_edge {
            true => format!(
                "TCP 4443 of the Edge's own internal address {host} is open from every front end of the Central Management store's pool"
            ),
            false => format!(
                "TCP 445 (SMB) of {host} is open from the servers of the Central Management store's pool"
            ),
        },
        asks,
        reading: Reading::Port(Port {
            fqdn: subject.fqdn.clone(),
            host,
            port: number,
            agents: subject.agents.to_vec(),
        }),
    })
}

pub(super) fn read_port(check: &Check, port: &Port, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let (mut open, mut closed, mut agent_sees) = (0, Vec::new(), false);
    for answer in answers {
        let Outcome::Said(reply) = &answer.outcome else {
            continue;
        };
        let row = reply.rows().and_then(|rows| rows.into_iter().next());
        let succeeded = row.as_ref().and_then(|row| truth(row, "TcpTestSucceeded"));
        match (succeeded, row) {
            (Some(yes), Some(row)) => {
                let resolved = truth(&row, "NameResolutionSucceeded");
                let words = format!(
                    "TCP {} port {}: TcpTestSucceeded {}",
                    port.host,
                    port.port,
                    if yes { "True" } else { "False" }
                );
                // A name without an address says nothing about the port: that is another check's.
                if !yes && resolved == Some(false) {
                    finding.see(
                        &answer.machine,
                        &format!("{words}, NameResolutionSucceeded False"),
                    );
                    continue;
                }
                finding.see(&answer.machine, &words);
                match yes {
                    true => open += 1,
                    false => closed.push(answer.machine.clone()),
                }
                agent_sees |= yes
                    && port
                        .agents
                        .iter()
                        .any(|a| super::check::same_host(a, &answer.machine));
            }
            _ => no_answer(&mut finding, answer),
        }
    }
    if !closed.is_empty() {
        let from = closed.join(", ");
        let (cause, remedy) = match port.port {
            EDGE => (
                format!("TCP 4443 of {} is closed from {from}", port.host),
                "Open TCP 4443 in every firewall between them, the Edge's own included, to this address and not to a virtual one; then send its configuration again.",
            ),
            _ => (
                format!("TCP 445 of {} is closed from {from}", port.host),
                "Open TCP 445 (SMB) in the firewalls between them (a branch appliance behind a WAN is the usual one); then send its configuration again.",
            ),
        };
        finding.bad(cause, remedy, Some(replicate(&port.fqdn)));
    } else if open > 0 && (open == check.asks.len() || agent_sees) {
        finding.proof = Proof::Good;
    }
    finding
}

/// The name on every front end of the store's pool: each has a hosts file of its own.
pub(super) fn name(subject: &Subject<'_>) -> Option<Check> {
    let pipeline = format!(
        "Resolve-DnsName -Name {} | Select-Object -Property Name, IPAddress",
        literal(&subject.fqdn)
    );
    let asks: Vec<Ask> = subject
        .others()
        .map(|machine| Ask {
            about: machine.to_owned(),
            ways: vec![on(machine, as_json(&pipeline))],
        })
        .collect();
    (!asks.is_empty()).then(|| Check {
        id: "dns",
        replica: Some(subject.fqdn.clone()),
        proves: match subject.addresses.as_slice() {
            [] => "the name resolves on the Central Management store's servers".to_owned(),
            known => format!(
                "the name resolves to {} on the Central Management store's servers",
                known.join(" or ")
            ),
        },
        asks,
        reading: Reading::Name(Name {
            fqdn: subject.fqdn.clone(),
            addresses: subject.addresses.clone(),
        }),
    })
}

pub(super) fn read_name(check: &Check, name: &Name, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let (mut good, mut bad) = (0, Vec::new());
    for answer in answers {
        let Outcome::Said(reply) = &answer.outcome else {
            continue;
        };
        // 9003 of Windows' DNS: the name does not exist.
        if reply.failed_with("DNS_ERROR_RCODE_NAME_ERROR") {
            let words = reply
                .fault()
                .unwrap_or_else(|| "DNS name does not exist".to_owned());
            finding.see(&answer.machine, &words);
            bad.push(format!(
                "{} does not resolve on {}",
                name.fqdn, answer.machine
            ));
            continue;
        }
        let Some(rows) = reply.rows().filter(|_| reply.faults.is_empty()) else {
            no_answer(&mut finding, answer);
            continue;
        };
        let found: Vec<String> = rows.iter().filter_map(|row| address(row)).collect();
        if found.is_empty() {
            finding.see(&answer.machine, "no address");
            bad.push(format!(
                "{} has no address on {}",
                name.fqdn, answer.machine
            ));
            continue;
        }
        finding.see(
            &answer.machine,
            &format!("{} is {}", name.fqdn, found.join(", ")),
        );
        let fits = |a: &String| name.addresses.contains(a);
        if name.addresses.is_empty() || found.iter().any(fits) {
            good += 1;
        } else {
            bad.push(format!(
                "{} resolves to {} on {}, and the topology has {}",
                name.fqdn,
                found.join(", "),
                answer.machine,
                name.addresses.join(", ")
            ));
        }
    }
    if let Some(first) = bad.first() {
        let cause = match bad.len() {
            1 => first.clone(),
            n => format!("{first} (and so on {} more)", n - 1),
        };
        finding.bad(
            cause,
            "Mend the record in DNS, or the hosts file of these servers; an Edge needs its primary DNS suffix set. Then send its configuration again.",
            Some(replicate(&name.fqdn)),
        );
    } else if good > 0 {
        finding.proof = Proof::Good;
    }
    finding
}

fn address(row: &serde_json::Value) -> Option<String> {
    // An IPAddress that was taken apart has its text there.
    let nested = get(row, "IPAddress").and_then(|v| word(v, "IPAddressToString"));
    let text = word(row, "IPAddress").or(nested)?;
    is_address(&text).then_some(text)
}

/// The machine ran the text and its answer is none: its own words are the evidence.
pub(super) fn no_answer(finding: &mut Finding, answer: &Answer) {
    let Outcome::Said(reply) = &answer.outcome else {
        return;
    };
    let words = match (reply.fault(), reply.line()) {
        (Some(fault), _) => fault,
        (None, Some(line)) => format!("not understood: {}", super::answer::short(line)),
        (None, None) => "no answer".to_owned(),
    };
    finding.see(&answer.machine, &words);
}
