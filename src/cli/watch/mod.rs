//! `csdeck watch`: the replication of the Central Management store, from a target or from
//! recorded output.

mod end;
mod live;
mod print;
mod recorded;
mod sent;
mod until;
mod why;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::since::{Since, since};
use super::{Context, Exit, Failure};
use crate::replication::{Excluded, Expected, Options, Scope};
use crate::span;
use crate::store::config::Replication;
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
    #[command(flatten)]
    goal: Goal,
    #[command(flatten)]
    limits: Limits,
    /// Time between polls: 500ms, 5s, 2m [default: 5s]
    #[arg(long, value_name = "D", value_parser = span::parse)]
    interval: Option<Duration>,
    /// Poll once and find out why what does not come does not: checks on the machines that csdeck
    /// reaches, each with its evidence, and what to run next. They only read
    #[arg(long, conflicts_with_all = ["input", "interval", "timeout"])]
    why: bool,
    /// Take the target's password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    end: end::Tell,
    #[command(flatten)]
    until: until::Until,
}

/// What is waited for.
#[derive(Debug, Args)]
struct Goal {
    /// The change being watched was made at this time: 2025-10-14T14:00:00+08:00, now, or how
    /// long ago (2m)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
    /// So many polls in a row must find every replica up to date [default: 2, with --input 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    polls: Option<u32>,
    /// These polls must be at least so far apart
    #[arg(long, value_name = "D", value_parser = span::parse)]
    apart: Option<Duration>,
    /// Only this replica (again for more)
    #[arg(long, value_name = "FQDN")]
    replica: Vec<String>,
    /// Only the replicas of this site
    #[arg(long, value_name = "SITE")]
    site: Vec<String>,
    /// Only the replicas of this pool
    #[arg(long, value_name = "FQDN")]
    pool: Vec<String>,
    /// Do not wait for this replica, and say why: edge02.contoso.com=being rebuilt
    #[arg(long, value_name = "FQDN=REASON", value_parser = excluded)]
    exclude: Vec<Excluded>,
    /// Give up after this long [default: never]
    #[arg(long, value_name = "D", value_parser = span::parse)]
    timeout: Option<Duration>,
    /// Go on where it can no longer succeed, as when the store has no active master
    #[arg(long)]
    keep_going: bool,
}

/// When what has not come is late.
#[derive(Debug, Args)]
struct Limits {
    /// An internal replica is stuck after this long [default: 5m]
    #[arg(long, value_name = "D", value_parser = span::parse)]
    stuck_after: Option<Duration>,
    /// An Edge is stuck after this long [default: 10m]
    #[arg(long, value_name = "D", value_parser = span::parse)]
    stuck_after_edge: Option<Duration>,
    /// A change without a new package is no change after this long [default: 3m]
    #[arg(long, value_name = "D", value_parser = span::parse)]
    no_change_after: Option<Duration>,
}

/// Reads `FQDN=REASON`.
fn excluded(text: &str) -> Result<Excluded, String> {
    match text.split_once('=') {
        Some((fqdn, reason)) if !fqdn.trim().is_empty() && !reason.trim().is_empty() => {
            Ok(Excluded {
                fqdn: fqdn.trim().to_owned(),
                reason: reason.trim().to_owned(),
            })
        }
        _ => Err("a replica is left out with its reason: edge02.contoso.com=being rebuilt".into()),
    }
}

impl Watch {
    /// What the watch waits for: options, else `config.toml`, else the field's usual limits.
    fn options(
        &self,
        config: &Replication,
        topology: Option<&Topology>,
    ) -> Result<Options, Failure> {
        let goal = &self.goal;
        let since = match goal.since {
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
        let scope = Scope {
            replicas: goal.replica.clone(),
            sites: goal.site.clone(),
            pools: goal.pool.clone(),
        };
        let expected = topology.map(Expected::all);
        let usual = Options::default();
        let limit = |option: Option<Duration>, key: Option<Duration>, usual: SignedDuration| {
            option.or(key).map_or(usual, span::signed)
        };
        let recorded = self.input.is_some();
        let options = Options {
            polls: goal
                .polls
                .or(config.polls.filter(|_| !recorded))
                .unwrap_or(if recorded { 1 } else { 2 }),
            apart: limit(goal.apart, config.apart.filter(|_| !recorded), usual.apart),
            since,
            expected,
            excluded: goal.exclude.clone(),
            scope,
            stuck_after: limit(
                self.limits.stuck_after,
                config.stuck_after,
                usual.stuck_after,
            ),
            stuck_after_edge: limit(
                self.limits.stuck_after_edge,
                config.stuck_after_edge,
                usual.stuck_after_edge,
            ),
            no_change_after: limit(
                self.limits.no_change_after,
                config.no_change_after,
                usual.no_change_after,
            ),
            ..usual
        };
        options.check().map_err(|e| Failure::usage(e.to_string()))?;
        Ok(options)
    }
}

pub(super) async fn run(cx: &mut Context, command: Watch) -> Result<Exit, Failure> {
    if command.until.is_asked() {
        let asked = until::Asked {
            target: command.target.as_deref(),
            polls: command.goal.polls,
            apart: command.goal.apart,
            timeout: command.goal.timeout,
            interval: command.interval,
            password_stdin: command.password_stdin,
        };
        return until::run(cx, asked, &command.until).await;
    }
    if command.end.history {
        return end::history(cx, &command);
    }
    match &command.input {
        Some(_) => recorded::run(cx, &command).await,
        None if command.why => why::run(cx, &command).await,
        None => live::run(cx, &command).await,
    }
}
