//! Ports and names, tried from the store's servers: they open every connection.

use std::net::IpAddr;

use super::answer::{Answer, Outcome, get, truth, word};
use super::check::{Ask, Check, Reading, as_json, literal, on, same_host};
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
    agents: Vec<String>,
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

/// What several servers of the store see of one thing. The one that delivers decides: what another
/// one sees matters once the file transfer agent moves there.
struct Votes<'a> {
    agents: &'a [String],
    asked: usize,
    good: Vec<String>,
    bad: Vec<(String, String)>,
}

impl<'a> Votes<'a> {
    fn new(check: &Check, agents: &'a [String]) -> Votes<'a> {
        Votes {
            agents,
            asked: check.asks.len(),
            good: Vec::new(),
            bad: Vec::new(),
        }
    }

    fn delivers(&self, machine: &str) -> bool {
        self.agents.iter().any(|agent| same_host(agent, machine))
    }

    /// Good, bad and why (the deliverer's word before the others'), or unknown.
    fn count(&self) -> (Proof, Option<&(String, String)>) {
        let of_agent = self.bad.iter().find(|(machine, _)| self.delivers(machine));
        let agent_is_well = self.good.iter().any(|machine| self.delivers(machine));
        match (of_agent, self.bad.first()) {
            (Some(bad), _) => (Proof::Bad, Some(bad)),
            (None, latent) if agent_is_well => (Proof::Good, latent),
            (None, Some(bad)) => (Proof::Bad, Some(bad)),
            (None, None) if !self.good.is_empty() && self.good.len() == self.asked => {
                (Proof::Good, None)
            }
            (None, None) => (Proof::Unknown, None),
        }
    }

    /// The word on all of them into the finding.
    fn tell(&self, finding: &mut Finding, remedy: &str, fqdn: &str) {
        match self.count() {
            (Proof::Bad, Some((_, cause))) => {
                finding.bad(cause.clone(), remedy, Some(replicate(fqdn)));
            }
            (proof, latent) => {
                finding.proof = proof;
                if let Some((machine, _)) = latent {
                    finding.see(
                        machine,
                        "this matters once the file transfer agent moves there",
                    );
                }
            }
        }
    }
}

pub(super) fn read_port(check: &Check, port: &Port, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let mut votes = Votes::new(check, &port.agents);
    for answer in answers {
        let Outcome::Said(reply) = &answer.outcome else {
            continue;
        };
        let row = reply.rows().and_then(|rows| rows.into_iter().next());
        let succeeded = row.as_ref().and_then(|row| truth(row, "TcpTestSucceeded"));
        let (Some(yes), Some(row)) = (succeeded, row) else {
            no_answer(&mut finding, answer);
            continue;
        };
        let state = if yes { "True" } else { "False" };
        let words = format!(
            "TCP {} port {}: TcpTestSucceeded {state}",
            port.host, port.port
        );
        // A name without an address says nothing about the port: that is another check's.
        let nameless = truth(&row, "NameResolutionSucceeded") == Some(false);
        if !yes && nameless && !is_address(&port.host) {
            finding.see(
                &answer.machine,
                &format!("{words}, NameResolutionSucceeded False"),
            );
            continue;
        }
        finding.see(&answer.machine, &words);
        match yes {
            true => votes.good.push(answer.machine.clone()),
            false => votes.bad.push((answer.machine.clone(), String::new())),
        }
    }
    let from: Vec<&str> = votes
        .bad
        .iter()
        .map(|(machine, _)| machine.as_str())
        .collect();
    let cause = format!(
        "TCP {} of {} is closed from {}",
        port.port,
        port.host,
        from.join(", ")
    );
    for (_, text) in &mut votes.bad {
        text.clone_from(&cause);
    }
    let remedy = match port.port {
        EDGE => {
            "Open TCP 4443 in every firewall between them, the Edge's own included, to this address and not to a virtual one; then send its configuration again."
        }
        _ => {
            "Open TCP 445 (SMB) in the firewalls between them (a branch appliance behind a WAN is the usual one); then send its configuration again."
        }
    };
    votes.tell(&mut finding, remedy, &port.fqdn);
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
            agents: subject.agents.to_vec(),
        }),
    })
}

pub(super) fn read_name(check: &Check, name: &Name, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let mut votes = Votes::new(check, &name.agents);
    for answer in answers {
        let Outcome::Said(reply) = &answer.outcome else {
            continue;
        };
        let machine = &answer.machine;
        // 9003 of Windows' DNS: the name does not exist.
        if reply.failed_with("DNS_ERROR_RCODE_NAME_ERROR") {
            let words = reply.fault();
            finding.see(
                machine,
                words.as_deref().unwrap_or("DNS name does not exist"),
            );
            let cause = format!("{} does not resolve on {machine}", name.fqdn);
            votes.bad.push((machine.clone(), cause));
            continue;
        }
        let Some(rows) = reply.rows_of("IPAddress") else {
            no_answer(&mut finding, answer);
            continue;
        };
        let found: Vec<String> = rows.iter().filter_map(address).collect();
        if found.is_empty() {
            finding.see(machine, "no address");
            let cause = format!("{} has no address on {machine}", name.fqdn);
            votes.bad.push((machine.clone(), cause));
            continue;
        }
        let found_words = found.join(", ");
        finding.see(machine, &format!("{} is {found_words}", name.fqdn));
        if name.addresses.is_empty() || found.iter().any(|a| name.addresses.contains(a)) {
            votes.good.push(machine.clone());
        } else {
            let cause = format!(
                "{} resolves to {found_words} on {machine}, and the topology has {}",
                name.fqdn,
                name.addresses.join(", ")
            );
            votes.bad.push((machine.clone(), cause));
        }
    }
    let remedy = "Mend the record in DNS, or the hosts file of these servers; an Edge needs its primary DNS suffix set. Then send its configuration again.";
    votes.tell(&mut finding, remedy, &name.fqdn);
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
