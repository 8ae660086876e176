//! `csdeck watch`: the replication of the Central Management store, from a target or from
//! recorded output.

mod live;
mod print;
mod recorded;
mod until;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::duration::{Since, duration, since};
use super::{Context, Exit, Failure};
use crate::replication::{Expected, Options};
use crate::topology::Topology;

/// The options.
#[derive(Debug, Args)]
pub struct Watch {
    /// Poll this target; without one the watched target of config.toml, else the first
    #[arg(long, value_name = "T")]
    target: Option<String>,
    /// Judge recorded output instead: a file, a folder of frames, or - for standard input
    #[arg(long, value_name = "FILE|DIR|-", conflicts_with_all = ["target", "interval", "password_stdin"])]
    input: Option<PathBuf>,
    /// With --input: wait for more at its end, until it converged
    #[arg(long, requires = "input")]
    follow: bool,
    /// The change being watched was made at this time: 2025-10-14T14:00:00+08:00, now, or how
    /// long ago (2m)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
    /// So many polls in a row must find every replica up to date [default: 2, with --input 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    polls: Option<u32>,
    /// Give up after this long [default: never]
    #[arg(long, value_name = "D", value_parser = duration)]
    timeout: Option<Duration>,
    /// Time between polls: 500ms, 5s, 2m [default: 5s]
    #[arg(long, value_name = "D", value_parser = duration)]
    interval: Option<Duration>,
    /// Take the target's password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    until: until::Until,
}

impl Watch {
    /// What the watch waits for.
    fn options(&self, expected: Option<&Topology>) -> Result<Options, Failure> {
        let since = match self.since {
            None => None,
            Some(Since::At(at)) => Some(at),
            Some(Since::Ago(_)) if self.input.is_some() => {
                return Err(Failure::usage(
                    "with --input, --since needs a time such as 2025-10-14T14:00:00+08:00: a recording is never judged by this machine's clock",
                ));
            }
            Some(Since::Ago(ago)) => Some(
                Timestamp::now()
                    .checked_sub(ago)
                    .map_err(|e| Failure::usage(format!("--since: {e}")))?,
            ),
        };
        Ok(Options {
            polls: self
                .polls
                .unwrap_or(if self.input.is_some() { 1 } else { 2 }),
            since,
            expected: expected.map(replicas),
            ..Options::default()
        })
    }
}

fn replicas(topology: &Topology) -> Vec<Expected> {
    topology
        .expected_replicas()
        .into_iter()
        .map(|r| Expected {
            fqdn: r.fqdn,
            is_edge: r.is_edge,
        })
        .collect()
}

pub(super) async fn run(cx: &mut Context, command: Watch) -> Result<Exit, Failure> {
    if command.until.is_asked() {
        let asked = until::Asked {
            target: command.target.as_deref(),
            polls: command.polls,
            apart: None,
            timeout: command.timeout,
            interval: command.interval,
            password_stdin: command.password_stdin,
        };
        return until::run(cx, asked, &command.until).await;
    }
    match &command.input {
        Some(_) => recorded::run(cx, &command).await,
        None => live::run(cx, &command).await,
    }
}
