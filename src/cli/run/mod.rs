//! `csdeck run`: one text on one target or several.
//!
//! The order is the promise: the text is made, judged for every target, and shown; only when
//! all of them are approved does anything connect.

mod jobs;
mod jsonl;
mod progress;
mod report;
mod source;
mod summary;

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::ask::TerminalAsker;
use super::interrupt::cancel_on_interrupt;
use super::snippet::{RowsFrom, SetValues};
use super::{Context, Exit, Failure, note, target};
use crate::app::App;
use crate::cmdlet::{self, Risk};
use crate::execute::Target;
use crate::execute::fanout::{self, Policy};
use crate::gate::{Approved, Assessment, Confirmation};
use crate::store::secret::Secret;

/// How many targets at the same time when nothing is said.
const LIMIT: usize = 4;

/// The options.
#[derive(Debug, Args)]
pub struct Run {
    /// Where to run it: names of targets or of their groups, with blanks or commas between them
    #[arg(long, required = true, num_args = 1.., value_name = "T")]
    target: Vec<String>,
    #[command(flatten)]
    text: Text,
    #[command(flatten)]
    values: SetValues,
    #[command(flatten)]
    rows: RowsFrom,
    /// Run the text with -WhatIf at every command that changes something: what it would do
    #[arg(long = "whatif")]
    what_if: bool,
    /// Yes to a change
    #[arg(long)]
    yes: bool,
    /// The target's name, typed: yes to what may destroy something. Once for each target
    #[arg(long, value_name = "NAME")]
    yes_i_typed: Vec<String>,
    /// Take the password of the targets from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// Answer what the command asks (Read-Host) with the lines of standard input, in order; behind
    /// the password with --password-stdin. For one target
    #[arg(long)]
    answers_stdin: bool,
    /// How long the command may run on a target, such as 10m, instead of the target's command_timeout
    #[arg(long, value_name = "TIME", value_parser = crate::span::parse)]
    timeout: Option<std::time::Duration>,
    /// How many targets at the same time [default: 4, with --wave the whole wave]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    limit: Option<u16>,
    /// Waves of N targets: the next wave begins when all of the last one succeeded
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    wave: Option<u16>,
    /// Begin on no further target once one did not succeed (waves always do)
    #[arg(long)]
    stop_on_failure: bool,
}

/// Where the text comes from: exactly one of the three.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Text {
    /// Render this snippet, with --set for its fields
    #[arg(long, value_name = "ID")]
    snippet: Option<String>,
    /// Run what is in this file; - reads standard input
    #[arg(long, value_name = "FILE")]
    file: Option<std::path::PathBuf>,
    /// The text itself, behind --
    #[arg(last = true, value_name = "TEXT")]
    words: Vec<String>,
}

impl Run {
    fn policy(&self) -> Policy {
        Policy {
            limit: self.limit.or(self.wave).map_or(LIMIT, usize::from),
            wave: self.wave.map(usize::from),
            stop_on_failure: self.stop_on_failure,
        }
    }
}

pub(super) async fn run(cx: &mut Context, mut command: Run) -> Result<Exit, Failure> {
    let format = cx.format()?;
    if !command.values.is_empty() && command.text.snippet.is_none() {
        return Err(Failure::usage(
            "--set fills in a snippet: it needs --snippet",
        ));
    }
    if command.rows.table().is_some() && command.text.snippet.is_none() {
        return Err(Failure::usage(
            "--rows fills in a snippet: it needs --snippet",
        ));
    }
    let app = cx.app()?;
    app.answer_with(Arc::new(match command.answers_stdin {
        true => TerminalAsker::with_lines(),
        false => TerminalAsker::default(),
    }));
    command.values = command.values.with_engagement(&app)?;
    let mut targets: Vec<Target> = target::find_all(&app, &command.target)?
        .into_iter()
        .cloned()
        .collect();
    for target in targets.iter_mut().filter(|_| command.timeout.is_some()) {
        target.command_timeout = command.timeout;
    }
    if command.answers_stdin && targets.len() > 1 {
        return Err(Failure::usage(
            "--answers-stdin is for one target: with several nobody knows which of them asks first",
        ));
    }
    let dash = |path: Option<&Path>| path == Some(Path::new("-"));
    if command.answers_stdin && (dash(command.text.file.as_deref()) || dash(command.rows.table())) {
        return Err(Failure::usage(
            "--answers-stdin and - as a file both read standard input: name the file",
        ));
    }
    // The password first: with --file - the text follows it on standard input.
    let secret = if command.password_stdin {
        Some(super::secret::first_line()?)
    } else {
        None
    };
    let mut text = source::text(&app, &command)?;
    if command.what_if {
        text = cmdlet::preview(&text)
            .map_err(|why| Failure::usage(format!("--whatif: not run: {why}")))?;
        note("--whatif: with -WhatIf at every command that changes something; nothing is changed");
    }
    // A text that is no PowerShell is refused below, with the same words.
    for finding in cmdlet::check(&text, None) {
        if finding.rule != "syntax" {
            note(&format!("check: {finding}"));
        }
    }
    let approved = approve(&text, &targets, &command)?;
    if let Some(id) = &command.text.snippet {
        count_use(&app, id);
    }
    announce(&app, &targets, &approved, secret);
    let jobs = jobs::prepare(&app, &targets, approved);
    let receiver = fanout::start(
        jobs,
        command.policy(),
        app.journal.clone(),
        cancel_on_interrupt(),
    );
    report::Report::new(&mut cx.out, format, targets)
        .follow(receiver)
        .await
}

/// Running is use, whatever comes of it; rendering is not, scripts do it by the hundred. Whether it
/// can be written down is no reason not to run.
fn count_use(app: &App, id: &str) {
    let mut usage = app.usage();
    if let Some(problem) = usage.problem() {
        note(&problem.to_string());
    }
    if let Err(error) = usage.record(id, Timestamp::now()) {
        note(&error.to_string());
    }
}

/// Judges the text for every target and approves all of it or nothing. Every refusal is told.
fn approve(text: &str, targets: &[Target], command: &Run) -> Result<Vec<Approved>, Failure> {
    let mut refused: Vec<Failure> = Vec::new();
    for name in &command.yes_i_typed {
        if !targets.iter().any(|t| t.name == *name) {
            let names: Vec<&str> = targets.iter().map(|t| t.name.as_str()).collect();
            let message = format!(
                "not confirmed: the name typed is {name:?}, the target is {:?}",
                names.join(", ")
            );
            refused.push(Failure::new(Exit::Denied, message));
        }
    }
    let mut approved = Vec::new();
    let mut notes_of_ways: Vec<(String, Vec<String>)> = Vec::new();
    for target in targets {
        let said = if command.yes_i_typed.contains(&target.name) {
            Confirmation::Typed(target.name.clone())
        } else if command.yes {
            Confirmation::Yes
        } else {
            Confirmation::Shown
        };
        match target.assess(text).and_then(|assessed: Assessment| {
            let notes = assessed.notes().iter().map(|n| n.text.clone());
            notes_of_ways.push((target.name.clone(), notes.collect::<Vec<String>>()));
            assessed.approve(&said)
        }) {
            Ok(one) => approved.push(one),
            Err(denied) => refused.push(denied.into()),
        }
    }
    // Before a yes is asked for, too: it is part of what is said yes to.
    for (text, names) in by_note(notes_of_ways) {
        note(&format!("{}: {text}", named(&names)));
    }
    if refused.is_empty() {
        return Ok(approved);
    }
    // A text that is no PowerShell is that for every target: said once.
    let mut messages: Vec<String> = Vec::new();
    for failure in &refused {
        if !messages.contains(&failure.message) {
            messages.push(failure.message.clone());
        }
    }
    // What is to be confirmed has to be seen first.
    note(text);
    let usage = refused.iter().any(|f| f.exit == Exit::Usage);
    Err(Failure::new(
        if usage { Exit::Usage } else { Exit::Denied },
        messages.join("\n"),
    ))
}

/// The notes, each once, with the targets that it is about.
fn by_note(ways: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    let mut notes: Vec<(String, Vec<String>)> = Vec::new();
    for (name, texts) in ways {
        for text in texts {
            match notes.iter_mut().find(|(known, _)| *known == text) {
                Some((_, names)) => names.push(name.clone()),
                None => notes.push((text, vec![name.clone()])),
            }
        }
    }
    notes
}

/// `a`, `a, b`, `a, b, c and 5 more`.
fn named(names: &[String]) -> String {
    match names {
        [first @ .., _, _] if names.len() > 4 => {
            let first = first.get(..3).unwrap_or(first);
            format!(
                "{} and {} more",
                first.join(", "),
                names.len() - first.len()
            )
        }
        _ => names.join(", "),
    }
}

/// Shows on standard error what will run where, and hands the password over.
fn announce(app: &App, targets: &[Target], approved: &[Approved], secret: Option<Secret>) {
    if let Some(customer) = app.customer() {
        note(&format!("for {customer}"));
    }
    let mut preludes: Vec<String> = Vec::new();
    for (target, approved) in targets.iter().zip(approved) {
        note(&format!(
            "{} ({}): {}",
            target.name,
            target.place(),
            approved.risk().word()
        ));
        if let Some(secret) = &secret {
            app.secrets.set(&target.name, secret.clone());
        }
        // What only reads is not asked about: a few words do.
        let prelude = match approved.risk() {
            Risk::Read => target
                .prelude_in_words()
                .map(|words| format!("csdeck {words} in front of it")),
            _ => target.prelude().map(|script| {
                let script = script.trim_end().replace('\n', "; ");
                format!("csdeck runs in front of it: {script}")
            }),
        };
        if let Some(prelude) = prelude
            && !preludes.contains(&prelude)
        {
            preludes.push(prelude);
        }
    }
    preludes.iter().for_each(|prelude| note(prelude));
    if let Some(one) = approved.first() {
        note(one.text());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn a_note_that_many_targets_have_is_said_once() {
        let ways = [("fe01", &["a", "b"][..]), ("fe02", &["a"]), ("fe03", &[])];
        let ways = ways.map(|(name, notes)| (name.to_owned(), strings(notes)));
        assert_eq!(
            by_note(ways.into()),
            [
                ("a".to_owned(), strings(&["fe01", "fe02"])),
                ("b".to_owned(), strings(&["fe01"]))
            ]
        );
    }

    #[test]
    fn long_lists_of_targets_are_cut() {
        let names: Vec<String> = (1..=9).map(|n| format!("fe0{n}")).collect();
        assert_eq!(named(&names[..1]), "fe01");
        assert_eq!(named(&names[..4]), "fe01, fe02, fe03, fe04");
        assert_eq!(named(&names[..5]), "fe01, fe02, fe03 and 2 more");
        assert_eq!(named(&names), "fe01, fe02, fe03 and 6 more");
    }
}
