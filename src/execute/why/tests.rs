use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::execute::transport::{BoxFuture, EventSender};
use crate::execute::{BeforeSending, Event, JobState};
use crate::replication::why::{Proof, conclusion};
use crate::replication::{Expected, Observation, Options, ReplicaStatus, Watcher};
use crate::topology;

const EDGE: &str = "sgedge02.kestrel.lan";

/// What a text is answered with: lines, or an error, or a wait without an end.
enum Says {
    Lines(String),
    Breaks,
    Nothing,
}

type Script = dyn Fn(&str, &str) -> Says + Send + Sync;

/// Targets that answer by a script, and keep what ran where.
struct Fake {
    script: Box<Script>,
    ran: Arc<Mutex<Vec<(String, String)>>>,
    away: Vec<&'static str>,
}

struct FakeTransport {
    fake: Arc<Fake>,
    target: String,
}

struct FakeWays(Arc<Fake>);

impl Ways for FakeWays {
    fn way(&self, target: &Target) -> Result<Arc<dyn Transport>, TransportError> {
        if self.0.away.contains(&target.name.as_str()) {
            return Err(TransportError::Setup("it is away".into()));
        }
        Ok(Arc::new(FakeTransport {
            fake: self.0.clone(),
            target: target.name.clone(),
        }))
    }
}

impl Transport for FakeTransport {
    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(async move {
            before.pass().await?;
            let _ = events.send(Event::State(JobState::Running)).await;
            let text = invocation.text().to_owned();
            let says = (self.fake.script)(&self.target, &text);
            self.fake
                .ran
                .lock()
                .expect("free")
                .push((self.target.clone(), text));
            match says {
                Says::Lines(lines) => {
                    for line in lines.lines() {
                        let _ = events.send(Event::Output(line.to_owned())).await;
                    }
                    Ok(0)
                }
                Says::Breaks => Err(TransportError::Lost {
                    address: "x:22".into(),
                    reason: "gone".into(),
                }),
                Says::Nothing => {
                    cancel.cancelled().await;
                    Err(TransportError::Cancelled)
                }
            }
        })
    }
}

/// One stuck Edge, with these targets, each the machine of its name.
fn request(targets: &[&str]) -> Request {
    let topology = topology::read(include_bytes!(
        "../../../tests/fixtures/topology/topology.xml"
    ));
    let topology = topology.expect("reads");
    let expected = Expected::all(&topology);
    let at = |text: &str| Some(text.parse().expect("a time"));
    let rows = expected.iter().map(|e| ReplicaStatus {
        replica_fqdn: e.fqdn.clone(),
        up_to_date: e.fqdn != EDGE,
        last_status_report: at(match e.fqdn.as_str() {
            EDGE => "2025-10-11T06:00:00Z",
            _ => "2025-10-14T06:00:30Z",
        }),
        last_update_creation: at("2025-10-14T06:00:00Z"),
        product_version: None,
    });
    let rows = rows.collect();
    let mut watcher = Watcher::new(Options {
        expected: Some(expected.clone()),
        ..Options::default()
    });
    let report = watcher.observe(Observation {
        rows,
        sampled_at: at("2025-10-14T08:00:00Z"),
        server_time: None,
        source: "fe01".into(),
        store: None,
    });
    Request {
        rows: report.rows.clone(),
        only: Vec::new(),
        topology: Some(topology),
        store: Store::Unknown,
        targets: targets
            .iter()
            .map(|name| Target {
                name: (*name).to_owned(),
                ..Target::lab()
            })
            .collect(),
        places: targets
            .iter()
            .enumerate()
            .map(|(n, name)| Place {
                target: (*name).to_owned(),
                machine: Some(format!("{name}.kestrel.lan")),
                watched: n == 0,
            })
            .collect(),
    }
}

/// A healthy deployment, but for port 4443.
fn closed(_: &str, text: &str) -> Says {
    Says::Lines(match text {
        t if t.contains("CentralManagementStoreStatus") => {
            json!([{"ActiveMasterFqdn": "sgfe01.kestrel.lan", "ActiveFileTransferAgents": ["sgfe01.kestrel.lan"]}])
                .to_string()
        }
        t if t.starts_with("Test-NetConnection") => json!({"TcpTestSucceeded": false}).to_string(),
        t if t.contains("Get-Service") => {
            let all = ["MASTER", "FTA", "REPLICA", "MSSQL$RTCLOCAL"];
            let rows: Vec<_> = all.iter().map(|n| json!({"Name": n, "Status": 4})).collect();
            json!(rows).to_string()
        }
        t if t.starts_with("Get-Date") => "2025-10-14T16:00:00.0000000+08:00".to_owned(),
        _ => "[]".to_owned(),
    })
}

struct Seen {
    plan: Plan,
    findings: Vec<Finding>,
    asked: Vec<(String, String)>,
    ran: Vec<(String, String)>,
    journal: Journal,
    _folder: tempfile::TempDir,
}

impl Seen {
    fn finding(&self, id: &str) -> &Finding {
        let found = self.findings.iter().find(|f| f.check == id);
        found.unwrap_or_else(|| panic!("no {id}"))
    }
}

async fn watch(request: Request, fake: Fake, cancel: CancellationToken) -> Seen {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::at(folder.path().join("journal.jsonl"));
    let ran = fake.ran.clone();
    let ways = Arc::new(FakeWays(Arc::new(fake)));
    let mut told = start(request, ways, journal.clone(), cancel);
    let (mut plan, mut findings, mut asked) = (None, Vec::new(), Vec::new());
    while let Some(word) = told.recv().await {
        match word {
            Told::Asking { target, text, .. } => asked.push((target, text)),
            Told::Plan(made) => {
                findings = vec![None; made.checks.len()];
                plan = Some(made);
            }
            Told::Found(at, finding) => {
                assert!(findings[at].is_none(), "told twice");
                findings[at] = Some(finding);
            }
        }
    }
    let ran = ran.lock().expect("free").clone();
    Seen {
        plan: plan.expect("a plan"),
        findings: findings
            .into_iter()
            .map(|f| f.expect("every finding"))
            .collect(),
        asked,
        ran,
        journal,
        _folder: folder,
    }
}

fn fake(script: impl Fn(&str, &str) -> Says + Send + Sync + 'static) -> Fake {
    Fake {
        script: Box::new(script),
        ran: Arc::default(),
        away: Vec::new(),
    }
}

#[tokio::test]
async fn each_text_runs_on_the_machine_it_is_for_and_is_in_the_journal() {
    let all = ["sgfe01", "sgfe02", "sgfe03", "sgedge02"];
    let seen = watch(request(&all), fake(closed), CancellationToken::new()).await;
    let ports: Vec<&str> = seen
        .ran
        .iter()
        .filter(|(_, text)| text.contains("-Port 4443"))
        .map(|(target, _)| target.as_str())
        .collect();
    assert_eq!(ports.len(), 3);
    assert!(
        ["sgfe01", "sgfe02", "sgfe03"]
            .iter()
            .all(|fe| ports.contains(fe))
    );
    assert!(
        seen.ran
            .iter()
            .any(|(t, text)| t == "sgedge02" && text.contains("Get-CsCertificate"))
    );
    let said = conclusion(&seen.findings, Some(EDGE));
    assert_eq!(
        said.cause.map(|at| seen.findings[at].check),
        Some("tcp-4443")
    );
    assert_eq!(seen.finding("services").proof, Proof::Good);
    assert!(seen.finding("tcp-4443").not_run.is_empty());
    // What was shown is what ran, and all of it is written down as reading.
    let sorted = |list: &[(String, String)]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    assert_eq!(sorted(&seen.asked), sorted(&seen.ran));
    let entries = seen.journal.entries().expect("reads");
    assert_eq!(entries.len(), seen.ran.len());
    assert!(
        entries
            .iter()
            .all(|e| e.risk == "read" && e.state == "succeeded")
    );
    let mut unique = sorted(&seen.ran);
    unique.dedup();
    assert_eq!(
        unique.len(),
        seen.ran.len(),
        "a text ran twice on one target"
    );
}

#[tokio::test]
async fn what_no_target_is_stays_to_be_run_there() {
    let seen = watch(request(&["sgfe01"]), fake(closed), CancellationToken::new()).await;
    assert!(seen.ran.iter().all(|(target, _)| target == "sgfe01"));
    let certificate = seen.finding("certificate");
    assert_eq!(certificate.proof, Proof::Unknown);
    assert_eq!(certificate.not_run[0].machine, EDGE);
    assert_eq!(seen.finding("tcp-4443").proof, Proof::Bad);
}

#[tokio::test]
async fn a_target_that_is_away_or_breaks_off_is_unknown_and_holds_up_nothing() {
    let breaks = |target: &str, text: &str| match target {
        "sgfe02" => Says::Breaks,
        _ => closed(target, text),
    };
    let mut fake = fake(breaks);
    fake.away = vec!["sgfe03"];
    let seen = watch(
        request(&["sgfe01", "sgfe02", "sgfe03"]),
        fake,
        CancellationToken::new(),
    )
    .await;
    let port = seen.finding("tcp-4443");
    assert_eq!(port.proof, Proof::Bad);
    let why: Vec<&str> = port.not_run.iter().map(|n| n.why.as_str()).collect();
    assert!(
        why[0].contains("broke") && why[1] == "it is away",
        "{why:?}"
    );
}

#[tokio::test]
async fn cancelling_ends_what_runs_and_every_finding_comes() {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let hangs = move |target: &str, text: &str| match text.contains("-Port 4443") {
        true => {
            stop.cancel();
            Says::Nothing
        }
        false => closed(target, text),
    };
    let seen = watch(request(&["sgfe01"]), fake(hangs), cancel).await;
    assert_eq!(seen.findings.len(), seen.plan.checks.len());
    let port = seen.finding("tcp-4443");
    assert_eq!(port.proof, Proof::Unknown);
    assert!(
        port.not_run.iter().any(|n| n.why == "cancelled"),
        "{port:?}"
    );
}

#[tokio::test]
async fn a_store_that_has_spoken_is_not_asked_again() {
    let request = Request {
        store: Store::Known {
            master: Some("sgfe01.kestrel.lan".into()),
            agents: vec!["sgfe01.kestrel.lan".into()],
        },
        ..request(&["sgfe01"])
    };
    let seen = watch(request, fake(closed), CancellationToken::new()).await;
    assert!(
        seen.ran
            .iter()
            .all(|(_, text)| !text.contains("CentralManagementStoreStatus"))
    );
    assert_eq!(seen.finding("store").proof, Proof::Good);
}

#[test]
fn what_does_more_than_read_is_not_approved() {
    let lab = Target::lab();
    assert!(read_only(&lab, "Get-CsPool").is_ok());
    let why = read_only(&lab, "Enable-CsTopology").expect_err("refused");
    assert!(why.contains("would not only read"), "{why}");
    assert!(read_only(&lab, "Get-CsPool (").is_err());
}
