//! What comes into the console's state, and what it asks to be done.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;

use crate::execute::fanout::{Answer, Policy, Unsent};
use crate::execute::import::Plan;
use crate::execute::output::{Line, Pattern};
use crate::execute::{Event, HostKey, JobEnd, Target, TransportError};
use crate::gate::Approved;
use crate::replication::runs::Run;
use crate::snippet::{Library, Snippet, Values};
use crate::store::secret::Secret;
use crate::suggest::{Commands, Engagement, History};
use crate::topology::Topology;
use crate::watch::{Control, Poll};

use super::dialog::{Asking, Choosing, CopyAs, Picked, Reply, Source};
use super::effects::why::Asked;
use super::key::Key;
use super::pane::run::Report;
use super::pane::snippets::Table;

/// Something that happened. Results of work carry the id of what they belong to; what is no
/// longer wanted is dropped by its id.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted in one piece.
    Paste(String),
    /// The wheel was turned: rows, negative is up.
    Scroll(i16),
    /// The first button was pressed: column, row.
    Click(u16, u16),
    /// The terminal has a new size: columns, rows.
    Resize(u16, u16),
    /// A job said something.
    Job(JobId, Event),
    /// What a job of a group answered in all, and why nothing was sent, if so; its end follows.
    Answered(JobId, Box<Answer>, Option<Unsent>),
    /// The answers of a group side by side, with the number of the comparison.
    Compared(u64, u64, Box<Report>),
    /// A job ended; what can be tried again when nothing was sent.
    JobEnded(JobId, JobEnd, Option<Retry>),
    /// Older lines of a job's output came.
    Page {
        /// The job.
        job: JobId,
        /// The numbers of the lines that were asked for.
        range: Range<u64>,
        /// Those of them that are kept, or why they cannot be read.
        lines: Result<Vec<(u64, Line)>, String>,
        /// The numbers of the lines that are not kept.
        gap: Range<u64>,
    },
    /// Older lines of a job's output were looked through.
    Found {
        /// The job.
        job: JobId,
        /// The number of the search.
        search: u64,
        /// The numbers of the lines, or why they cannot be read; true when there are more.
        hits: Result<(Vec<u64>, bool), String>,
    },
    /// Why lines of a job's output are not kept from now on.
    NotKept(JobId, String),
    /// A poll of the watched target came back.
    Polled(WatchId, Box<Poll>),
    /// How long replicas usually take, from the past runs of the watched target.
    Usual(WatchId, BTreeMap<String, SignedDuration>),
    /// A watch says what it does.
    Watching(WatchId, Says),
    /// A check of a stuck replica asks: whom and what.
    Checking(String),
    /// Why a replica is stuck: heading, text, and the command to run next.
    Explained(String, String, Option<String>),
    /// The user's program was not told of a verdict, and why.
    HookFailed(String),
    /// A target's host key was written to known_hosts, or why not.
    Remembered(String, Retry, Result<(), String>),
    /// A server asks something while csdeck logs in.
    Asked(Box<Asking>),
    /// A command asks something with named answers.
    Chooses(Box<Choosing>),
    /// The answer to the question of this number is not wanted any more.
    Withdrawn(u64),
    /// Text was copied: where to, or why not.
    Copied(Result<String, String>),
    /// A snippet was written, or why not.
    Saved(Result<Saved, String>),
    /// The library was read again.
    Library {
        /// The library.
        library: Library,
        /// The number of the read; a later one has a higher number.
        read: u64,
        /// How much its snippets are used, by place.
        ranks: Vec<u16>,
        /// Why it was read.
        why: Why,
    },
    /// How much the snippets of this library are used, by place.
    Ranks(Result<(Library, Vec<u16>), String>),
    /// What was filled in before, as the file holds it now, or why it does not.
    History(Result<Box<History>, String>),
    /// The commands that were typed before, as the file holds them now, or why it does not.
    Commands(Result<Box<Commands>, String>),
    /// The text of `engagement.toml`, to be edited, or why it cannot be read.
    EngagementText(Result<String, String>),
    /// `targets.toml` was changed by somebody: the targets, or what is wrong with it.
    TargetsChanged(Result<Vec<Target>, String>),
    /// `engagement.toml` was changed by somebody: the variables, or what is wrong with it.
    EngagementChanged(Result<Box<Engagement>, String>),
    /// The variables of the engagement were written; or the text, and why not.
    Engagement(Result<Box<Engagement>, (String, String)>),
    /// A table was read: its rows, or why not.
    Table(Result<Box<Table>, String>),
    /// The forms that a command can be copied in.
    CopyForms(Box<CopyAs>),
    /// A file was written: where, or why not.
    Written(Result<PathBuf, String>),
    /// The targets were changed: what the file holds now, or why it was not written.
    Targets(TargetChange, Result<Vec<Target>, String>),
    /// What an import would do, or why nothing.
    ImportPlan(Source, Result<Box<Plan>, String>),
    /// A target was tested: its name, how that ended, and what it said about errors.
    Tested(String, JobEnd, String),
    /// The editor came back: a problem to tell, if any.
    Edited(Option<String>),
    /// The process is asked to end, with this exit code.
    End(i32),
}

/// A snippet that was written.
#[derive(Debug)]
pub struct Saved {
    /// Its id.
    pub id: String,
    /// The library that now holds it.
    pub library: Library,
    /// The number of the read.
    pub read: u64,
    /// How much its snippets are used, by place.
    pub ranks: Vec<u16>,
    /// True when it is to be opened in the editor.
    pub edit: bool,
}

/// What a watch says beside its polls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// It sends this text from now on; with the reason where the server did not take the one before.
    Asks(String, Option<String>),
    /// A warning of the server, or what a reader had to assume.
    Remark(String),
}

/// Why the library was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The console just began.
    Start,
    /// Its files changed.
    Changed,
    /// An editor came back; what it said stays in sight.
    Edited,
    /// The user asked for it.
    Asked,
}

/// The number of a job in this session.
pub type JobId = u64;

/// The number of a watch in this session; a new one for every start.
pub type WatchId = u64;

/// What to try again when a question was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retry {
    /// A run that had not been sent.
    Run(Approved),
    /// The watch.
    Watch,
    /// The test of a target.
    Test,
}

impl Retry {
    /// The run again, when it ended so that nothing was sent and a question is to be answered:
    /// only that may be tried again without asking anew.
    pub fn of(end: &JobEnd, approved: &Approved) -> Option<Retry> {
        let question = matches!(
            end.error,
            Some(
                TransportError::HostKeyUnknown(_)
                    | TransportError::NeedsPassword { .. }
                    | TransportError::NeedsPassphrase { .. }
            )
        );
        question.then(|| Retry::Run(approved.clone()))
    }
}

/// A change of `targets.toml`.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetChange {
    /// Add these.
    Add(Vec<Target>),
    /// Make the first the second.
    Edit(Box<(Target, Target)>),
    /// Remove the one of this name.
    Remove(String),
}

/// What of an output is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveAs {
    /// The lines as the server sent them.
    Raw,
    /// The objects as JSON.
    Json,
    /// The objects as CSV.
    Csv,
    /// This text.
    Seen(String),
}

/// Work for somebody outside the state.
#[derive(Debug)]
pub enum Effect {
    /// Run approved text on a target.
    Run(JobId, Box<Target>, Approved),
    /// Run approved text on several targets.
    RunAll {
        /// The number of the group.
        group: u64,
        /// The jobs, in the order in which they begin.
        jobs: Vec<(JobId, Target, Approved)>,
        /// How they follow each other.
        policy: Policy,
    },
    /// Cancel a running job.
    Cancel(JobId),
    /// Cancel all of a group: what runs, and what has not begun.
    CancelAll(u64),
    /// Set the answers of a group side by side: its number and that of the comparison.
    Compare(u64, u64, Vec<Answer>),
    /// Read these lines of a job's output.
    ReadOutput(JobId, Range<u64>),
    /// Look through these lines of a job's output; the number is that of the search.
    SearchOutput(JobId, u64, Pattern, Range<u64>),
    /// Copy the newest part of a job's output.
    CopyOutput(JobId),
    /// Save the output of a job in a file that is not there yet.
    SaveOutput(JobId, PathBuf, SaveAs),
    /// Let the output of a job go.
    ForgetOutput(JobId),
    /// Poll a target again and again, so far apart.
    Watch(WatchId, Box<Target>, Duration),
    /// Change the pace of the polling.
    Pace(Control),
    /// Keep a run of this target that came to its end.
    KeepRun(String, Box<Run>),
    /// Find out why a replica is stuck.
    Explain(Box<Asked>),
    /// End that: what was not found yet is not known.
    StopExplaining,
    /// Tell the terminal, between two frames: a bell, a notification of the desktop.
    Ring(String),
    /// Tell a program of the user's, on its standard input.
    Hook(Vec<String>, String),
    /// Stop polling.
    StopWatch,
    /// Put text on the clipboard.
    Copy(String),
    /// Write a snippet into the own folder; never over one that is there.
    SaveSnippet {
        /// Its id: folders and name, without `.ps1`.
        id: String,
        /// The `.ps1` text.
        source: String,
        /// Open it in the editor then.
        edit: bool,
    },
    /// Read the library again, for this reason.
    Reload(Why),
    /// Read the library again whenever its files change.
    WatchLibrary,
    /// Open a file in the editor; the terminal is the editor's meanwhile. A copy that was made for
    /// it, of this text, goes when nothing was changed in it.
    Edit(PathBuf, Option<String>),
    /// Add what a form holds to the history: field and value.
    KeepValues(Vec<(String, String)>),
    /// Add a command to the history of commands.
    KeepCommand(String),
    /// Count a use of this snippet of this library.
    CountUse(String, Library),
    /// Read a table and fill this snippet in for each row; the values are for what a row leaves
    /// empty.
    ReadTable(PathBuf, Box<Snippet>, Values),
    /// Write a file that is not there yet.
    WriteNew(PathBuf, Vec<u8>),
    /// Write what was copied into the file for it.
    CopyToFile(Vec<u8>),
    /// Read `engagement.toml`.
    ReadEngagement,
    /// Write `engagement.toml`, when it still holds what was edited.
    WriteEngagement {
        /// The new text.
        text: String,
        /// The text that was edited.
        before: String,
    },
    /// Note in the journal that this command, whose gate is closed, is copied; then copy.
    CopyJournaled {
        /// What is copied, in whatever form.
        copy: Box<Effect>,
        /// The command.
        command: String,
    },
    /// Write a command in all the forms it can be copied in.
    CopyForms {
        /// The command.
        command: String,
        /// The title for a script's help.
        title: String,
        /// What it was made from.
        origin: String,
    },
    /// Add a target's host key to known_hosts, then try again.
    Remember(String, Box<HostKey>, Retry),
    /// Change `targets.toml`.
    ChangeTargets(TargetChange),
    /// Work out what an import of this topology would add; without one, of the ssh configuration.
    PlanImport(Option<Box<Topology>>),
    /// Connect to a target, log in, run something that only looks.
    TestTarget(Box<Target>),
    /// Keep a secret for a target in this session.
    KeepSecret(String, Secret),
    /// Give the answers to the connection that asked.
    Answer(Reply, Vec<Secret>),
    /// Answers a question with named answers.
    Choose(Picked, usize),
    /// Take the mouse, or give it back.
    Mouse(bool),
}
