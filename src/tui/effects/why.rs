//! Why a replica is stuck: the checks of [`crate::execute::why`], and what they found as a text.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::execute::why::{Request, Told, start};
use crate::replication::why::{Finding, Next, Plan, Proof, Store, conclusion};
use crate::replication::{RowReport, StoreStatus, same_fqdn};
use crate::snippet::{Values, render};
use crate::topology::Topology;
use crate::tui::message::Message;

/// What is to be explained.
#[derive(Debug)]
pub struct Asked {
    /// The replica.
    pub fqdn: String,
    /// The name of the target that is watched.
    pub target: String,
    /// The rows of the newest poll.
    pub rows: Vec<RowReport>,
    /// What the store said of itself in it.
    pub store: Option<StoreStatus>,
    /// Where the replicas are.
    pub topology: Option<Topology>,
}

/// Runs the checks; each text is told as it is sent, what they found when all is there.
pub async fn explain(
    app: Arc<App>,
    asked: Asked,
    messages: mpsc::Sender<Message>,
    cancel: CancellationToken,
) {
    let Asked {
        fqdn,
        target,
        rows,
        store,
        topology,
    } = asked;
    let store = store.map_or(Store::Unknown, |store| Store::Known {
        master: store.active_master,
        agents: store.file_transfer_agents,
    });
    let request = Request {
        rows,
        only: vec![fqdn.clone()],
        topology,
        store,
        targets: app.targets_now(),
        places: app.places(&target),
    };
    let mut told = start(request, app.clone(), app.journal.clone(), cancel);
    let (mut plan, mut found) = (None, Vec::new());
    while let Some(word) = told.recv().await {
        match word {
            Told::Asking { machine, text, .. } => {
                let asking = Message::Checking(format!("asking {machine}: {text}"));
                let _ = messages.send(asking).await;
            }
            Told::Plan(made) => {
                found = vec![None; made.checks.len()];
                plan = Some(made);
            }
            Told::Found(at, finding) => {
                if let Some(slot) = found.get_mut(at) {
                    *slot = Some(finding);
                }
            }
        }
    }
    let findings: Vec<Finding> = found.into_iter().flatten().collect();
    let made = tokio::task::spawn_blocking(move || page(&app, &fqdn, plan.as_ref(), &findings));
    if let Ok((title, text, next)) = made.await {
        let _ = messages.send(Message::Explained(title, text, next)).await;
    }
}

/// Heading and text for people, and the command to run next.
fn page(
    app: &App,
    fqdn: &str,
    plan: Option<&Plan>,
    findings: &[Finding],
) -> (String, String, Option<String>) {
    let said = conclusion(findings, Some(fqdn));
    let mut lines = vec![said.text.clone()];
    let cause = said.cause.and_then(|at| findings.get(at));
    lines.extend(cause.and_then(|finding| finding.remedy.clone()));
    let next = said.next.as_ref().and_then(|next| command(app, next));
    if let Some(text) = &next {
        let on = said.next.as_ref().and_then(|next| next.on.as_deref());
        let on = on.map_or_else(String::new, |machine| format!(" on {machine}"));
        lines.push(format!(
            "\nNext{on} (f in the pane opens it as a form):\n  {text}"
        ));
    }
    lines.push("\nWhat was checked".to_owned());
    let ours = |finding: &&Finding| {
        let of = finding.replica.as_deref();
        of.is_none_or(|of| same_fqdn(of, fqdn))
    };
    for finding in findings.iter().filter(ours) {
        let words = match finding.proof {
            Proof::Good => finding.proves.clone(),
            Proof::Bad => finding.cause.clone().unwrap_or_default(),
            Proof::Unknown => format!("not known whether {}", finding.proves),
        };
        lines.push(format!(
            "{:<8}{}: {words}",
            finding.proof.word(),
            finding.check
        ));
        for evidence in &finding.evidence {
            lines.push(format!("        {evidence}"));
        }
        for left in &finding.not_run {
            let (machine, why, text) = (&left.machine, &left.why, &left.text);
            lines.push(format!("        not run on {machine}: {why}; run there:"));
            lines.push(format!("          {text}"));
        }
    }
    let left_out = plan.iter().flat_map(|plan| &plan.left_out);
    lines.extend(left_out.map(|line| format!("left out: {line}")));
    let title = format!("Why does {fqdn} not come?");
    (title, lines.join("\n"), next)
}

/// The snippet with its fields filled in.
fn command(app: &App, next: &Next) -> Option<String> {
    let library = app.library();
    let mut values = Values::default();
    for (name, value) in &next.values {
        values.add(name, value.as_str());
    }
    let rendered = render(library.get(next.snippet)?, &values).ok()?;
    Some(rendered.text)
}
