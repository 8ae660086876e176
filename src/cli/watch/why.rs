//! `csdeck watch --why`: one poll, and the checks for whatever does not come.

use serde_json::{Value, json};

use super::sent::{self, Sent};
use super::{Watch, live};
use crate::app::App;
use crate::cli::interrupt::cancel_on_interrupt;
use crate::cli::target::explain;
use crate::cli::{Context, Exit, Failure, Format, Out, csdeck, note};
use crate::execute::Target;
use crate::execute::why::{Request, Told, start};
use crate::replication::why::{
    Conclusion, Finding, Next, NotRun, Place, Plan, Proof, Store, conclusion, wants,
};
use crate::replication::{Report, RowReport, Verdict, Watcher, same_fqdn};
use crate::snippet::{Values, render};
use crate::watch::Answer;

/// Polls once, checks, and prints what was found. 0 nothing does not come, 1 the poll failed, 3 there
/// is something to mend, 5 nobody answered, 130 interrupted.
pub(super) async fn run(cx: &mut Context, command: &Watch) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let (app, target) = sent::open(cx, command.target.as_deref(), command.password_stdin)?;
    let topology = app.topology()?;
    if topology.is_none() {
        note(
            "without a topology csdeck does not know the servers of the Central Management store's pool: topology = \"FILE\" in config.toml names one",
        );
    }
    let mut watcher = Watcher::new(command.options(&app.config.replication, topology.as_ref())?);
    let cancel = cancel_on_interrupt();
    let sent = Sent::default();
    let poll = live::poller(&app, &target, &sent).once(&cancel).await;
    if !cancel.is_cancelled() {
        tell(&target, &poll.answer);
    }
    let report = poll.feed(&mut watcher, &target.name).clone();
    let exit = match cancel.is_cancelled() {
        true => Exit::Interrupted,
        false => Exit::of(report.verdict.exit_code(false).into()),
    };
    live::close(&app, &sent, &watcher, exit);
    if cancel.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    if matches!(report.verdict, Verdict::Blind | Verdict::Failed) {
        print_report(&mut cx.out, format, &report)?;
        return Ok(exit);
    }
    let places = app.places(&target.name);
    let request = Request {
        rows: report.rows.clone(),
        only: Vec::new(),
        topology,
        store: report.store.as_ref().map_or(Store::Unknown, Store::from),
        targets: app.targets_now(),
        places: places.clone(),
    };
    let mut told = start(request, app.clone(), app.journal.clone(), cancel.clone());
    let (mut plan, mut found) = (None, Vec::new());
    while let Some(word) = told.recv().await {
        match word {
            Told::Asking {
                target,
                machine,
                text,
            } => note(&format!("asking {machine} ({target}): {text}")),
            Told::Plan(made) => {
                found = vec![None; made.checks.len()];
                plan = Some(made);
            }
            Told::Found(at, finding) => {
                if format == Format::Jsonl {
                    let mut line = finding.to_json();
                    line["event"] = json!("finding");
                    cx.out.jsonl(&line)?;
                    cx.out.flush()?;
                }
                if let Some(slot) = found.get_mut(at) {
                    *slot = Some(finding);
                }
            }
        }
    }
    let page = Page {
        app: &app,
        target: &target,
        places: &places,
        report: &report,
        plan: plan.unwrap_or_else(nothing_planned),
        findings: found.into_iter().flatten().collect(),
    };
    page.print(&mut cx.out, format)?;
    if cancel.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    Ok(if page.is_well() {
        Exit::Done
    } else {
        Exit::Found
    })
}

fn nothing_planned() -> Plan {
    Plan {
        checks: Vec::new(),
        replicas: Vec::new(),
        left_out: Vec::new(),
    }
}

/// Says why there is no answer.
fn tell(target: &Target, answer: &Answer) {
    match answer {
        Answer::Rows(_) => {}
        Answer::Failed(why) | Answer::NotUnderstood(why) => note(why),
        Answer::NoWay(error) => note(&format!("{}: {}", target.name, explain(target, error))),
    }
}

fn print_report(out: &mut Out, format: Format, report: &Report) -> Result<(), Failure> {
    match format {
        Format::Json => out.json(&report.to_json())?,
        Format::Jsonl => out.jsonl(&report.to_json())?,
        Format::Table | Format::Tree => {
            for line in report.to_lines() {
                out.line(&line)?;
            }
        }
    }
    out.flush()
}

/// All that is printed.
struct Page<'a> {
    app: &'a App,
    target: &'a Target,
    places: &'a [Place],
    report: &'a Report,
    plan: Plan,
    findings: Vec<Finding>,
}

impl Page<'_> {
    /// True when every replica comes and nothing was found.
    fn is_well(&self) -> bool {
        !self.report.rows.iter().any(wants) && !self.findings.iter().any(|f| f.proof == Proof::Bad)
    }

    /// The word on the store, where it matters, then on each replica.
    fn conclusions(&self) -> Vec<(Option<&str>, Conclusion)> {
        let store = conclusion(&self.findings, None);
        let mut all: Vec<(Option<&str>, Conclusion)> = Vec::new();
        if store.cause.is_some() || self.plan.replicas.is_empty() {
            all.push((None, store));
        }
        for replica in &self.plan.replicas {
            all.push((Some(replica), conclusion(&self.findings, Some(replica))));
        }
        all
    }

    fn print(&self, out: &mut Out, format: Format) -> Result<(), Failure> {
        let conclusions = self.conclusions();
        match format {
            Format::Json => {
                let mut document = self.report.to_json();
                document["why"] = self.to_json(&conclusions);
                out.json(&document)?;
            }
            Format::Jsonl => {
                let mut document = self.report.to_json();
                document["why"] = self.to_json(&conclusions);
                document["event"] = json!("conclusion");
                out.jsonl(&document)?;
            }
            Format::Table | Format::Tree => self.people(out, &conclusions)?,
        }
        out.flush()
    }

    fn to_json(&self, conclusions: &[(Option<&str>, Conclusion)]) -> Value {
        let conclusion = |(replica, conclusion): &(Option<&str>, Conclusion)| {
            let mut value = conclusion.to_json();
            value["replica"] = json!(replica);
            if let Some(next) = &conclusion.next {
                value["next"]["command"] = json!(self.command(next));
                value["next"]["text"] = json!(self.rendered(next));
            }
            value
        };
        json!({
            "conclusions": conclusions.iter().map(conclusion).collect::<Vec<_>>(),
            "findings": self.findings.iter().map(Finding::to_json).collect::<Vec<_>>(),
            "leftOut": self.plan.left_out,
        })
    }

    fn people(
        &self,
        out: &mut Out,
        conclusions: &[(Option<&str>, Conclusion)],
    ) -> Result<(), Failure> {
        out.line(&format!("{}: {}", self.report.verdict, self.report.reason))?;
        for (replica, conclusion) in conclusions {
            out.line("")?;
            self.heading(out, *replica)?;
            for finding in self.findings.iter().filter(|f| of(f, *replica)) {
                print_finding(out, finding)?;
            }
            out.line(&format!("  => {}", conclusion.text))?;
            let cause = conclusion.cause.and_then(|at| self.findings.get(at));
            if let Some(remedy) = cause.and_then(|finding| finding.remedy.as_deref()) {
                out.line(&format!("     {remedy}"))?;
            }
            if let Some(next) = &conclusion.next {
                out.line(&format!("     next: {}", self.command(next)))?;
                for line in self.rendered(next).iter().flat_map(|text| text.lines()) {
                    out.line(&format!("           {line}"))?;
                }
            }
        }
        for line in &self.plan.left_out {
            out.line(&format!("left out: {line}"))?;
        }
        Ok(())
    }

    fn heading(&self, out: &mut Out, replica: Option<&str>) -> Result<(), Failure> {
        let row =
            replica.and_then(|name| self.report.rows.iter().find(|r| same_fqdn(&r.fqdn, name)));
        out.line(&match row {
            Some(row) => heading(row),
            None => "the Central Management store".to_owned(),
        })
    }

    /// The command that runs the snippet. It shows the text and asks like any other run.
    fn command(&self, next: &Next) -> String {
        let place = next.on.as_ref().map(|machine| {
            let is = |p: &&Place| p.machine.as_ref().is_some_and(|m| same_fqdn(m, machine));
            self.places.iter().find(is)
        });
        match (place, &next.on) {
            (Some(None), Some(machine)) => format!(
                "in the own console of {machine}: {} snippet render {}",
                csdeck(),
                next.options().trim_start_matches("--snippet ")
            ),
            (Some(Some(place)), _) => {
                format!(
                    "{} run --target {} {}",
                    csdeck(),
                    place.target,
                    next.options()
                )
            }
            _ => format!(
                "{} run --target {} {}",
                csdeck(),
                self.target.name,
                next.options()
            ),
        }
    }

    /// The snippet with its fields filled in.
    fn rendered(&self, next: &Next) -> Option<String> {
        let library = self.app.library();
        let mut values = Values::default();
        for (name, value) in &next.values {
            values.add(name, value.as_str());
        }
        render(library.get(next.snippet)?, &values)
            .ok()
            .map(|rendered| rendered.text)
    }
}

/// The findings about a replica; those about the store stand at the store alone.
fn of(finding: &Finding, replica: Option<&str>) -> bool {
    match (&finding.replica, replica) {
        (None, None) => true,
        (Some(of), Some(wanted)) => same_fqdn(of, wanted),
        _ => false,
    }
}

fn heading(row: &RowReport) -> String {
    let edge = if row.is_edge { " (Edge)" } else { "" };
    format!(
        "{}{edge}: {}, last report {}",
        row.fqdn,
        row.verdict,
        match row.age_words() {
            age if row.report_age.is_some() => format!("{age} ago"),
            age => age,
        }
    )
}

fn print_finding(out: &mut Out, finding: &Finding) -> Result<(), Failure> {
    let words = match finding.proof {
        Proof::Good => finding.proves.clone(),
        Proof::Bad => finding.cause.clone().unwrap_or_default(),
        Proof::Unknown => format!("not known whether {}", finding.proves),
    };
    out.line(&format!(
        "  {:<8}{:<17}{words}",
        finding.proof.word(),
        finding.check
    ))?;
    for line in &finding.evidence {
        out.line(&format!("{:27}{line}", ""))?;
    }
    for (machines, why, text) in grouped(&finding.not_run) {
        let line = format!("{:27}not run on {}: {why}", "", machines.join(", "));
        // Another machine has answered it: its text went to standard error and is in the JSON.
        if finding.proof != Proof::Unknown {
            out.line(&line)?;
            continue;
        }
        out.line(&format!("{line}. Run there:"))?;
        out.line(&format!("{:29}{text}", ""))?;
    }
    Ok(())
}

/// The same text on several machines is told once.
fn grouped(left: &[NotRun]) -> Vec<(Vec<&str>, &str, &str)> {
    let mut groups: Vec<(Vec<&str>, &str, &str)> = Vec::new();
    for one in left {
        match groups.iter_mut().find(|(.., text)| *text == one.text) {
            Some((machines, ..)) => machines.push(&one.machine),
            None => groups.push((vec![&one.machine], &one.why, &one.text)),
        }
    }
    groups
}
