//! What the store says of itself, and whether it knows a machine.

use super::super::store_status::StoreStatus;
use super::answer::{Answer, Outcome, get, word, words};
use super::check::{Ask, Check, Machine, Reading, Way, as_json, literal};
use super::finding::{Finding, Next, Proof, STORE};
use super::network::no_answer;
use super::plan::Subject;

/// The question as text. A list that is cut on screen (ActiveReplicas) is whole in JSON.
const QUESTION: &str = "Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus";

/// What the Central Management store says of itself
/// (`Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Store {
    /// Nobody said.
    #[default]
    Unknown,
    /// It answered.
    Known {
        /// ActiveMasterFqdn; none when it is empty.
        master: Option<String>,
        /// ActiveFileTransferAgents.
        agents: Vec<String>,
    },
}

impl From<&StoreStatus> for Store {
    /// A status is there only where the answer held both lists: empty is "no server is".
    fn from(status: &StoreStatus) -> Store {
        Store::Known {
            master: status.active_master.clone(),
            agents: status.file_transfer_agents.clone(),
        }
    }
}

impl Store {
    /// Why the store is down; none when it works, and when nobody said.
    pub fn is_down(&self) -> Option<&'static str> {
        match self {
            Store::Known { master: None, .. } => {
                Some("the Central Management store has no active master: no package is made")
            }
            Store::Known { agents, .. } if agents.is_empty() => Some(
                "the Central Management store has no active file transfer agent: no package is delivered",
            ),
            _ => None,
        }
    }

    /// The servers that are known to deliver packages.
    pub(super) fn agents(&self) -> &[String] {
        match self {
            Store::Known { agents, .. } => agents,
            Store::Unknown => &[],
        }
    }

    /// What an answer to [`store_check`] says.
    pub fn of(answer: &Answer) -> Store {
        let Outcome::Said(reply) = &answer.outcome else {
            return Store::Unknown;
        };
        // An object without these is the answer to another question.
        let rows = reply.rows_of("ActiveMasterFqdn");
        let rows = rows.filter(|_| reply.rows_of("ActiveFileTransferAgents").is_some());
        let Some(row) = rows.and_then(|rows| rows.into_iter().next()) else {
            return Store::Unknown;
        };
        Store::Known {
            master: word(&row, "ActiveMasterFqdn").filter(|name| !name.is_empty()),
            agents: words(&row, "ActiveFileTransferAgents"),
        }
    }
}

/// The question to the store. `known`: what it has said already, which then needs no asking.
pub fn store_check(known: Store) -> Check {
    let way = |text: String| Way {
        machine: Machine::Store,
        text,
        onward: true,
    };
    Check {
        id: STORE,
        replica: None,
        proves: "the Central Management store has an active master and file transfer agent"
            .to_owned(),
        asks: vec![Ask {
            about: "the Central Management store".to_owned(),
            // A session without a language takes the cmdlet alone.
            ways: vec![way(as_json(QUESTION)), way(QUESTION.to_owned())],
        }],
        reading: Reading::Store(known),
    }
}

pub(super) fn read(check: &Check, known: &Store, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let said = match (known, answers.first()) {
        (Store::Known { .. }, _) => known.clone(),
        (Store::Unknown, Some(answer)) => Store::of(answer),
        (Store::Unknown, None) => Store::Unknown,
    };
    let machine = answers
        .first()
        .map_or("the store", |answer| answer.machine.as_str());
    match &said {
        Store::Unknown => {
            if let Some(answer) = answers.first() {
                no_answer(&mut finding, answer);
            }
        }
        Store::Known { master, agents } => {
            let empty = "empty";
            let words = format!(
                "ActiveMasterFqdn {}, ActiveFileTransferAgents {}",
                master.as_deref().unwrap_or(empty),
                if agents.is_empty() {
                    empty.to_owned()
                } else {
                    agents.join(", ")
                }
            );
            finding.see(machine, &words);
            match said.is_down() {
                Some(why) => finding.bad(
                    why.to_owned(),
                    "Look at the services MASTER and FTA on the servers of its pool, at its file share and its SQL instance. When its servers are lost, fail it over before any pool.",
                    Some(Next {
                        snippet: "replication/get-store-status",
                        values: Vec::new(),
                        on: None,
                    }),
                ),
                None => finding.proof = Proof::Good,
            }
        }
    }
    finding
}

/// Whether the topology that is in force knows the machine.
pub(super) fn known(subject: &Subject<'_>) -> Check {
    let pipeline = format!(
        "Get-CsComputer | Where-Object {{ $_.Fqdn -eq {} }} | Select-Object -Property Fqdn, Pool",
        literal(&subject.fqdn)
    );
    Check {
        id: "known",
        replica: Some(subject.fqdn.clone()),
        proves: "the topology in force has the machine".to_owned(),
        asks: vec![Ask {
            about: "the Central Management store".to_owned(),
            ways: vec![Way {
                machine: Machine::Store,
                text: as_json(&pipeline),
                onward: true,
            }],
        }],
        reading: Reading::Known,
    }
}

pub(super) fn read_known(check: &Check, answers: &[Answer]) -> Finding {
    let mut finding = Finding::new(check);
    let fqdn = check.replica.clone().unwrap_or_default();
    let Some(answer) = answers.first() else {
        return finding;
    };
    let rows = match &answer.outcome {
        Outcome::Said(reply) => reply.rows_of("Fqdn"),
        _ => None,
    };
    match rows.as_deref() {
        None => no_answer(&mut finding, answer),
        Some([]) => {
            finding.see(&answer.machine, "Get-CsComputer does not list it");
            finding.bad(
                format!("{fqdn} is not in the topology in force: csdeck's document is another one, or the machine was removed"),
                "Compare csdeck's topology with the published one; publish it and enable it where it is the newer one.",
                Some(Next {
                    snippet: "topology/get-published-xml",
                    values: Vec::new(),
                    on: None,
                }),
            );
        }
        Some([row, ..]) => {
            let pool = get(row, "Pool")
                .and_then(|v| v.as_str())
                .unwrap_or("its pool");
            finding.see(
                &answer.machine,
                &format!("Get-CsComputer lists it, in {pool}"),
            );
            finding.proof = Proof::Good;
        }
    }
    finding
}
