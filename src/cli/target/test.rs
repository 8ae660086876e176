//! `csdeck target test NAME`: connect, log in, run something that only looks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::sync::mpsc;

use crate::app::App;
use crate::cli::ask::TerminalAsker;
use crate::cli::interrupt::cancel_on_interrupt;
use crate::cli::{Context, Exit, Failure, Format, csdeck, note, secret};
use crate::execute::ssh::known_hosts;
use crate::execute::{
    EVENT_BUFFER, Event, HostKey, JobEnd, JobState, Target, Transport, TransportError,
    TransportKind, run_job,
};
use crate::gate::Confirmation;

/// The options.
#[derive(Debug, Args)]
pub struct Test {
    /// The target's name
    name: String,
    /// Accept the server's unknown host key if it has exactly this fingerprint, and remember it
    #[arg(long, value_name = "SHA256:...")]
    accept_host_key: Option<String>,
    /// Take the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(cx: &mut Context, command: Test) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let app = cx.app()?;
    app.answer_with(Arc::new(TerminalAsker::default()));
    let target = super::find(&app, &command.name)?.clone();
    if command.password_stdin {
        app.secrets.set(&target.name, secret::first_line()?);
    }
    if target.transport == TransportKind::Winrm {
        if command.accept_host_key.is_some() {
            return Err(Failure::usage(
                "--accept-host-key is for ssh. For a certificate that nobody vouches for, the target has the key fingerprint",
            ));
        }
        return by_steps(cx, format, &app, &target).await;
    }
    let transport = tokio::task::block_in_place(|| app.transport(&target))
        .map_err(|e| unreachable(&target, &e))?;
    let (mut end, mut said, mut shell) = attempt(&app, &target, transport.clone()).await?;
    if let (Some(TransportError::HostKeyUnknown(key)), Some(fingerprint)) =
        (&end.error, &command.accept_host_key)
    {
        accept(key, fingerprint)?;
        (end, said, shell) = attempt(&app, &target, transport.clone()).await?;
    }
    if let Some(error) = &end.error {
        let failure = unreachable(&target, error);
        return Err(if end.exit() == 130 {
            Failure {
                exit: Exit::Interrupted,
                ..failure
            }
        } else {
            failure
        });
    }
    let errors: Vec<&str> = said
        .iter()
        .filter_map(|e| {
            if let Event::Error(record) = e {
                Some(record.text.as_str())
            } else {
                None
            }
        })
        .collect();
    if end.exit() != 0 {
        let host = end.host_exit.map_or_else(String::new, |code| {
            format!(" (PowerShell ended with {code})")
        });
        return Err(Failure::failed(format!(
            "{} is reachable, but {} failed{host}\n{}",
            target.name,
            target.probe(),
            errors.join("\n")
        )));
    }
    let arrivals = transport.arrivals();
    match format {
        Format::Json | Format::Jsonl => {
            let hops: Vec<serde_json::Value> = arrivals
                .iter()
                .map(|a| {
                    serde_json::json!({
                        "address": a.address,
                        "user": a.user,
                        "method": a.method,
                        "keyType": a.key_type,
                        "fingerprint": a.fingerprint,
                        "connectMs": a.connect.as_millis() as u64,
                        "loginMs": a.login.as_millis() as u64,
                    })
                })
                .collect();
            let document = serde_json::json!({
                "target": target.name,
                "reachable": true,
                "hops": hops,
                "shellMs": shell.map(|time| time.as_millis() as u64),
            });
            if format == Format::Json {
                cx.out.json(&document)?
            } else {
                cx.out.jsonl(&document)?
            }
        }
        Format::Table | Format::Tree => {
            cx.out.line(&format!(
                "{} is reachable ({}) and answers",
                target.name,
                target.place()
            ))?;
            for arrival in &arrivals {
                cx.out.line(&format!(
                    "{}: reached in {} ms, host key {} {}",
                    arrival.address,
                    arrival.connect.as_millis(),
                    arrival.key_type,
                    arrival.fingerprint
                ))?;
                cx.out.line(&format!(
                    "{}: {} logged in with {} in {} ms",
                    arrival.address,
                    arrival.user,
                    arrival.method,
                    arrival.login.as_millis()
                ))?;
            }
            if let Some(time) = shell {
                cx.out.line(&format!(
                    "PowerShell started and answered in {} ms",
                    time.as_millis()
                ))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn unreachable(target: &Target, error: &TransportError) -> Failure {
    Failure::new(
        Exit::Unreachable,
        format!("{}: {}", target.name, explain(target, error)),
    )
}

/// The error's own words, and for a host key what to type to accept it.
pub(in crate::cli) fn explain(target: &Target, error: &TransportError) -> String {
    match error {
        TransportError::HostKeyUnknown(key) => {
            let name = if target
                .name
                .contains(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            {
                format!("'{}'", target.name)
            } else {
                target.name.clone()
            };
            format!(
                "{error}\nTo accept it: {} target test {name} --accept-host-key {}",
                csdeck(),
                key.fingerprint
            )
        }
        _ => error.to_string(),
    }
}

fn accept(key: &HostKey, fingerprint: &str) -> Result<(), Failure> {
    if key.fingerprint != fingerprint {
        return Err(Failure::new(
            Exit::Unreachable,
            format!(
                "{} offers the host key {}, not {fingerprint}: not accepted",
                key.address, key.fingerprint
            ),
        ));
    }
    known_hosts::remember(key).map_err(|e| Failure::failed(e.to_string()))?;
    note(&format!(
        "the host key {} of {} is now in {}",
        key.fingerprint,
        key.address,
        key.known_hosts.display()
    ));
    Ok(())
}

/// A test over WinRM: what works, one line for each step.
async fn by_steps(
    cx: &mut Context,
    format: Format,
    app: &App,
    target: &Target,
) -> Result<Exit, Failure> {
    let cancel = cancel_on_interrupt();
    let tested = tokio::select! {
        () = cancel.cancelled() => return Ok(Exit::Interrupted),
        tested = app.test_winrm(target) => tested.map_err(|e| unreachable(target, &e))?,
    };
    match format {
        Format::Json | Format::Jsonl => {
            let steps: Vec<serde_json::Value> = tested
                .steps
                .iter()
                .map(|s| {
                    serde_json::json!({"step": s.name, "outcome": s.outcome.word(), "text": s.text})
                })
                .collect();
            let document = serde_json::json!({
                "target": target.name,
                "reachable": tested.error.is_none(),
                "steps": steps,
            });
            if format == Format::Json {
                cx.out.json(&document)?
            } else {
                cx.out.jsonl(&document)?
            }
        }
        Format::Table | Format::Tree => {
            for step in &tested.steps {
                cx.out.line(&step.to_string())?;
            }
        }
    }
    Ok(match tested.error {
        None => Exit::Done,
        Some(TransportError::Setup(_)) => Exit::Failed,
        Some(_) => Exit::Unreachable,
    })
}

/// How the job ended, what it said, and how long PowerShell took when it ran.
async fn attempt(
    app: &App,
    target: &Target,
    transport: Arc<dyn Transport>,
) -> Result<(JobEnd, Vec<Event>, Option<Duration>), Failure> {
    let approved = target
        .assess(target.probe())?
        .approve(&Confirmation::Shown)?;
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let read = async {
        let (mut said, mut running) = (Vec::new(), None);
        while let Some(event) = receiver.recv().await {
            if event == Event::State(JobState::Running) {
                running = Some(Instant::now());
            }
            said.push(event);
        }
        (said, running.map(|since| since.elapsed()))
    };
    let (end, (said, shell)) = tokio::join!(
        run_job(
            transport,
            approved,
            target.command_timeout,
            app.journal.clone(),
            sender,
            cancel_on_interrupt()
        ),
        read
    );
    Ok((end, said, shell))
}
