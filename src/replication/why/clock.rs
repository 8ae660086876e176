//! Clocks: more than five minutes apart, and neither Kerberos nor TLS lets anybody in.
//!
//! The engineer's own clock is only the ruler: what counts is the replica's clock against that of
//! the store's servers. Each is asked in a text of its own, so that the time it took is known and is
//! not taken for a difference.

use jiff::SignedDuration;

use super::super::words::span;
use super::answer::{Answer, Outcome, Reply, time, time_of};
use super::check::{Ask, Check, Machine, Reading, Way, as_json, literal, on};
use super::finding::{Finding, Proof};
use super::network::no_answer;
use super::plan::{Subject, replicate};

/// Kerberos' own limit ("Maximum tolerance for computer clock synchronization").
const LIMIT: SignedDuration = SignedDuration::from_mins(5);

/// Gives the time with its offset in every PowerShell.
const QUESTION: &str = "Get-Date -Format o";

/// Two clocks to be compared: the first ask is the replica's, the second one a server's of the
/// store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Clocks {
    fqdn: String,
}

/// The replica's clock against one server's of the store.
pub(super) fn clocks(subject: &Subject<'_>) -> Option<Check> {
    subject.others().next()?;
    let mut ways = vec![on(&subject.fqdn, QUESTION.to_owned())];
    // An Edge is in no domain of the store's servers: only it can tell.
    let from = subject.others().filter(|_| !subject.is_edge);
    ways.extend(from.map(|from| Way {
        machine: Machine::Named(from.to_owned()),
        text: as_json(&format!(
            "Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName {} | Select-Object -Property LocalDateTime",
            literal(&subject.fqdn)
        )),
        onward: true,
    }));
    let store = subject
        .others()
        .map(|m| on(m, QUESTION.to_owned()))
        .collect();
    Some(Check {
        id: "clock",
        replica: Some(subject.fqdn.clone()),
        proves:
            "its clock and that of the Central Management store's servers are less than 5 min apart"
                .to_owned(),
        asks: vec![
            Ask {
                about: subject.fqdn.clone(),
                ways,
            },
            Ask {
                about: "the Central Management store's servers".to_owned(),
                ways: store,
            },
        ],
        reading: Reading::Clock(Clocks {
            fqdn: subject.fqdn.clone(),
        }),
    })
}

/// How far a machine's clock is ahead of csdeck's, and how sure that is.
fn ahead(reply: &Reply) -> Option<(SignedDuration, SignedDuration)> {
    let row = reply.rows().and_then(|rows| rows.into_iter().next());
    let at = match row {
        Some(row) => time_of(&row, "LocalDateTime").or_else(|| time_of(&row, "value")),
        None => reply.lines.iter().find_map(|line| time(line)),
    }?;
    let (moment, unsure) = reply.moment();
    Some((at.duration_since(moment), unsure))
}

pub(super) fn read(check: &Check, clocks: &Clocks, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let mut read = Vec::new();
    for (ask, answer) in check.asks.iter().zip(answers) {
        let Outcome::Said(reply) = &answer.outcome else {
            continue;
        };
        match ahead(reply) {
            Some((ahead, unsure)) => {
                let by = span(ahead.abs());
                let words = match ahead.as_secs() {
                    0 => format!("the clock of {} agrees with this machine's", ask.about),
                    1.. => format!("the clock of {} is {by} ahead of this machine's", ask.about),
                    _ => format!("the clock of {} is {by} behind this machine's", ask.about),
                };
                finding.see(&answer.machine, &words);
                read.push((ahead, unsure));
            }
            None => no_answer(&mut finding, answer),
        }
    }
    // One clock alone says nothing: it may be this machine's that is wrong.
    let [(replica, a), (store, b)] = read.as_slice() else {
        return finding;
    };
    let apart = (*replica - *store).abs();
    let unsure = *a + *b;
    if apart.saturating_sub(unsure) > LIMIT {
        finding.bad(
            format!(
                "the clock of {} and that of the Central Management store's servers are {} apart",
                clocks.fqdn,
                span(apart)
            ),
            "Set the clock and mend its source (w32tm /query /status on that server): beyond 5 minutes neither Kerberos nor TLS lets anybody in. Then send its configuration again.",
            Some(replicate(&clocks.fqdn)),
        );
    } else if apart.saturating_add(unsure) <= LIMIT {
        finding.proof = Proof::Good;
    }
    finding
}
