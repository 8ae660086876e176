//! `csdeck get` and `csdeck put`: one file from a target, one file to a target.

mod report;

use std::sync::Arc;

use clap::Args;
use tokio::sync::mpsc;

use self::report::Report;
use super::ask::TerminalAsker;
use super::interrupt::cancel_on_interrupt;
use super::{Context, Exit, Failure, note, secret, target};
use crate::app::App;
use crate::execute::files::{base_name, destination, remote_path, run_transfer};
use crate::execute::{EVENT_BUFFER, Target, TransportKind};
use crate::gate::{self, Confirmation, Direction, Transfer};

/// `csdeck get`.
#[derive(Debug, Args)]
pub struct Get {
    /// The file: a target's name, a colon, the path there (fe01:C:/backup/x.zip)
    #[arg(value_name = "TARGET:REMOTE")]
    from: String,
    /// Where it goes: a path, or a folder to keep its name [default: the working folder]
    #[arg(value_name = "LOCAL")]
    to: Option<String>,
    #[command(flatten)]
    how: How,
}

/// `csdeck put`.
#[derive(Debug, Args)]
pub struct Put {
    /// The file
    #[arg(value_name = "LOCAL")]
    from: String,
    /// Where it goes: a target's name, a colon, the path there; a path that ends in / keeps the
    /// file's name
    #[arg(value_name = "TARGET:REMOTE")]
    to: String,
    #[command(flatten)]
    how: How,
    /// Yes to the change
    #[arg(long, conflicts_with = "yes_i_typed")]
    yes: bool,
    /// The target's name, typed: yes to a change of a protected target
    #[arg(long, value_name = "NAME")]
    yes_i_typed: Option<String>,
}

/// What both take.
#[derive(Debug, Args)]
pub struct How {
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Do not keep the time of the last change
    #[arg(long)]
    no_times: bool,
    /// Take the password of the target from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn get(cx: &mut Context, command: Get) -> Result<Exit, Failure> {
    let app = cx.app()?;
    let (target, written) = split(&app, &command.from)?;
    let target = target.clone();
    let remote = on_target(written, &target)?;
    let name = base_name(&remote);
    if matches!(name, "" | "." | "..") {
        return Err(Failure::usage(format!(
            "{:?} names a folder: csdeck copies single files, name one",
            command.from
        )));
    }
    let local = destination(command.to.as_deref().unwrap_or_default(), name);
    if cfg!(windows)
        && base_name(&local) == name
        && name.contains(['<', '>', ':', '"', '|', '?', '*'])
    {
        return Err(Failure::usage(format!(
            "{name:?} is no name for a file on this machine: give another one as LOCAL"
        )));
    }
    let transfer = Transfer {
        direction: Direction::Get,
        local,
        remote,
        force: command.how.force,
    };
    go(
        cx,
        &app,
        target,
        transfer,
        &command.how,
        Confirmation::Shown,
    )
    .await
}

pub(super) async fn put(cx: &mut Context, command: Put) -> Result<Exit, Failure> {
    let app = cx.app()?;
    let (target, written) = split(&app, &command.to)?;
    let target = target.clone();
    let mut remote = on_target(written, &target)?;
    let windows_here = cfg!(windows) && target.transport == TransportKind::Local;
    if remote.is_empty() || remote.ends_with('/') || (windows_here && remote.ends_with('\\')) {
        remote.push_str(base_name(&command.from));
    }
    let transfer = Transfer {
        direction: Direction::Put,
        local: command.from,
        remote,
        force: command.how.force,
    };
    let said = match command.yes_i_typed {
        Some(name) => Confirmation::Typed(name),
        None if command.yes => Confirmation::Yes,
        None => Confirmation::Shown,
    };
    go(cx, &app, target, transfer, &command.how, said).await
}

/// `TARGET:REMOTE` in its two parts. The first colon splits, so that the path may hold more of
/// them; a target whose own name holds one is known by its name.
fn split<'a, 'b>(app: &'a App, place: &'b str) -> Result<(&'a Target, &'b str), Failure> {
    let behind = |t: &'a Target| {
        let (name, rest) = place.split_at_checked(t.name.len())?;
        let path = rest.strip_prefix(':')?;
        name.eq_ignore_ascii_case(&t.name).then_some((t, path))
    };
    let longest = app
        .targets
        .iter()
        .filter_map(behind)
        .max_by_key(|(t, _)| t.name.len());
    if let Some(found) = longest {
        return Ok(found);
    }
    match place.split_once(':') {
        Some((name, _)) => Err(target::unknown(name, app.targets.iter())),
        None => Err(Failure::usage(format!(
            "{place:?} names no target: write TARGET:PATH, as in fe01:C:/backup/x.zip (get TARGET:REMOTE [LOCAL], put LOCAL TARGET:REMOTE)"
        ))),
    }
}

fn on_target(written: &str, target: &Target) -> Result<String, Failure> {
    remote_path(written, target.transport).map_err(|e| Failure::usage(e.to_string()))
}

/// Shown, approved, done.
async fn go(
    cx: &mut Context,
    app: &App,
    target: Target,
    transfer: Transfer,
    how: &How,
    said: Confirmation,
) -> Result<Exit, Failure> {
    let format = cx.format()?;
    if target.transport == TransportKind::Lab {
        return Err(Failure::usage(format!(
            "{} is the lab: its servers are simulated and have no files to copy",
            target.name
        )));
    }
    let secret = if how.password_stdin {
        Some(secret::first_line()?)
    } else {
        None
    };
    let assessed = gate::assess_transfer(transfer.clone(), &target.name, target.guard())?;
    let (text, risk) = (assessed.text(), assessed.risk());
    note(&format!(
        "{} ({}): {}",
        target.name,
        target.place(),
        risk.word()
    ));
    note(&text);
    let approved = assessed.approve(&said)?;
    if let Some(secret) = secret {
        app.secrets.set(&target.name, secret);
    }
    app.answer_with(Arc::new(TerminalAsker::default()));
    let files = tokio::task::block_in_place(|| app.files(&target))
        .map_err(|e| Failure::failed(format!("{}: {e}", target.name)))?;
    let (sender, events) = mpsc::channel(EVENT_BUFFER);
    let report = Report::new(&mut cx.out, format, &target, &transfer);
    let copying = run_transfer(
        files,
        approved,
        !how.no_times,
        app.journal.clone(),
        sender,
        cancel_on_interrupt(),
    );
    let (end, report) = tokio::join!(copying, report.follow(events));
    report.end(&end)
}
