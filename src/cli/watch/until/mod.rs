//! `csdeck watch --snippet ID --until EXPR`: what a snippet's command answers, until it is as wanted.

mod live;
mod print;

use std::time::Duration;

use clap::Args;

use crate::app::App;
use crate::cli::snippet::{self, SetValues};
use crate::cli::watch::sent;
use crate::cli::{Context, Exit, Failure, note};
use crate::cmdlet::Risk;
use crate::execute::Target;
use crate::gate::{Approved, Confirmation};
use crate::near::did_you_mean;
use crate::span;
use crate::until::{self, Goal, Options, READY, Ready, Watcher};
use crate::watch::NotARead;

/// What else than replication is watched.
#[derive(Debug, Args)]
pub struct Until {
    /// Watch what this snippet answers instead of replication; it must only read
    #[arg(long, value_name = "ID", requires = "until", conflicts_with_all = ["input", "since"])]
    snippet: Option<String>,
    /// Until this holds: all Status -eq Running, any ..., none ..., count -ge 3; -and, -or, -not,
    /// -eq, -ne, -gt, -ge, -lt, -le, -like, -match, -in, -contains
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true)]
    until: Option<String>,
    /// A snippet and its --until, ready made: services, mirror, backup or upgrade
    #[arg(long, value_name = "NAME", conflicts_with_all = ["snippet", "input", "since"])]
    ready: Option<String>,
    #[command(flatten)]
    values: SetValues,
}

/// The options of a watch that go for this one too.
pub(super) struct Asked<'a> {
    /// The target; without one the watched target.
    pub target: Option<&'a str>,
    /// How many polls in a row have to meet the goal.
    pub polls: Option<u32>,
    /// How far apart those polls are, at least.
    pub apart: Option<Duration>,
    /// When to give up.
    pub timeout: Option<Duration>,
    /// From one poll to the next.
    pub interval: Option<Duration>,
    /// The target's password is on standard input.
    pub password_stdin: bool,
}

impl Until {
    /// True when something else than replication is to be watched.
    pub(super) fn is_asked(&self) -> bool {
        self.snippet.is_some()
            || self.until.is_some()
            || self.ready.is_some()
            || !self.values.is_empty()
    }

    /// The snippet's id and the goal.
    fn what(&self) -> Result<(&str, Goal), Failure> {
        let ready = self.ready.as_deref().map(find).transpose()?;
        let id = self
            .snippet
            .as_deref()
            .or(ready.map(|r| r.snippet))
            .ok_or_else(|| {
                Failure::usage(
                    "--until is about what a snippet answers: it needs --snippet or --ready",
                )
            })?;
        let text = self
            .until
            .as_deref()
            .or(ready.map(|r| r.until))
            .ok_or_else(|| {
                Failure::usage(
                    "--snippet needs --until: what is waited for, such as 'all Status -eq Running'",
                )
            })?;
        let goal = text
            .parse()
            .map_err(|e| Failure::usage(format!("--until: {e}")))?;
        Ok((id, goal))
    }
}

/// The ready one of this name, or a failure that lists them.
fn find(name: &str) -> Result<&'static Ready, Failure> {
    until::ready(name).ok_or_else(|| {
        let all: Vec<String> = READY
            .iter()
            .map(|r| {
                format!(
                    "  {:<9} {} ({} until {})",
                    r.name, r.about, r.snippet, r.until
                )
            })
            .collect();
        Failure::usage(format!(
            "no watch {name:?} is ready made.{} There are:\n{}",
            did_you_mean(name, READY.iter().map(|r| r.name)),
            all.join("\n")
        ))
    })
}

pub(super) async fn run(
    cx: &mut Context,
    asked: Asked<'_>,
    until: &Until,
) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let (id, goal) = until.what()?;
    let (app, target) = sent::open(cx, asked.target, asked.password_stdin)?;
    let approved = approved(&app, &target, id, until)?;
    let usual = Options::default();
    let apart = asked.apart.map_or(usual.apart, span::signed);
    let options = Options {
        polls: asked.polls.unwrap_or(usual.polls),
        apart,
    };
    note(&format!("waiting until {goal}"));
    let mut watcher = Watcher::new(goal, options);
    let mut printer = print::Printer::new(&mut cx.out, format, &target.name);
    live::watch(&app, &target, approved, &asked, &mut watcher, &mut printer).await
}

/// The snippet's text, judged: it has to be a read.
fn approved(app: &App, target: &Target, id: &str, until: &Until) -> Result<Approved, Failure> {
    let values = until.values.clone().with_engagement(app)?;
    let rendered = snippet::render(&app.library(), id, &values)?;
    for doubt in &rendered.doubts {
        note(&format!("{id}: {doubt}"));
    }
    let assessed = target.assess(&rendered.text)?;
    for way in assessed.notes() {
        note(&format!("{}: {}", target.name, way.text));
    }
    if assessed.risk() != Risk::Read {
        let why = assessed
            .reasons()
            .next()
            .map_or_else(String::new, |r| format!(" ({r})"));
        return Err(Failure::new(
            Exit::Denied,
            format!("{id} is not watched: {}{why}", NotARead(assessed.risk())),
        ));
    }
    Ok(assessed.approve(&Confirmation::Shown)?)
}
