//! Questions over the panes: confirm a run, choose a target, accept a host key, give a password,
//! find an action, paste a command, choose a parameter set, save a
//! snippet, read the keys.

mod asking;
mod choosing;
mod command;
mod copy;
mod lines;
mod pick;
mod several;
mod target_form;
mod targets;

use crate::cmdlet::repair::Meant;
use crate::cmdlet::{Finding, NoPreview, Risk};
use crate::execute::{HostKey, Target};
use crate::gate::{Asks, Assessment};

use super::action::{Action, BINDINGS, Binding, Place};
use super::message::{JobId, Retry};
use super::preview::Evidence;
use super::widget::input::{LineInput, SecretInput};

pub use asking::{Answer, Asking, Reply};
pub use choosing::{Choosing, Picked};
pub use command::{CommandLine, Search, Tone};
pub use copy::CopyAs;
pub use lines::{Lines, Purpose};
pub use pick::Picker;
pub use several::{Aim, Demand, Order, Several};
pub use target_form::TargetForm;
pub use targets::{Import, Source, TargetList};

/// The dialog that is open. One at a time.
#[derive(Debug)]
pub enum Dialog {
    /// Show target and text, and ask.
    Confirm(Box<Confirm>),
    /// Show several targets and the text for all of them, and ask.
    Several(Box<Several>),
    /// The targets: choose one, then run the text there, if there is one; or change them.
    Targets(Box<TargetList>),
    /// Fill in the keys of a target.
    TargetForm(Box<TargetForm>),
    /// Is this target to be removed?
    RemoveTarget(Box<Target>),
    /// Choose where targets are imported from: the highlighted row.
    ImportFrom(usize),
    /// What an import would add.
    Import(Box<Import>),
    /// Type a command.
    Command(Box<CommandLine>),
    /// Find an action.
    Palette(Palette),
    /// The keys; rows scrolled down.
    Help(usize),
    /// Is this the server's key? "yes" has to be typed.
    HostKey {
        /// The target's name.
        target: String,
        /// The key as offered.
        key: Box<HostKey>,
        /// What to try again.
        retry: Retry,
        /// The answer so far.
        typed: LineInput,
    },
    /// A password or passphrase for a target.
    Password {
        /// What is asked for, in words.
        prompt: String,
        /// The name of the target, or of the jump on the way there, that it is for.
        owner: String,
        /// The name of the target that was to be reached.
        target: String,
        /// What was typed; drawn as stars.
        input: SecretInput,
        /// What to try again.
        retry: Retry,
    },
    /// What a server asks in the middle of a log-in.
    Asking(Box<Asking>),
    /// A question with named answers that a command asks.
    Choosing(Box<Choosing>),
    /// Paste or type a command line that becomes a form.
    PasteCommand(LineInput),
    /// Choose a parameter set of a cmdlet.
    Sets {
        /// The cmdlet's name.
        cmdlet: &'static str,
        /// The highlighted set.
        selected: usize,
    },
    /// Choose the value of a field.
    Pick(Box<Picker>),
    /// Choose the form that a command is copied in.
    CopyAs(Box<CopyAs>),
    /// Name the table that fills the form in row by row.
    Table(LineInput),
    /// Edit a text of several lines.
    Lines(Box<Lines>),
    /// Name the snippet that a form becomes.
    SaveSnippet {
        /// Its id: folders and name, without `.ps1`.
        id: LineInput,
        /// The `.ps1` text.
        source: String,
        /// True when it is then opened in the editor.
        edit: bool,
    },
    /// Name the file that the output of a job is saved in.
    SaveOutput {
        /// The path.
        path: LineInput,
        /// The job.
        job: JobId,
        /// True when it answered with objects.
        objects: bool,
    },
    /// A text to read.
    Notice {
        /// The heading.
        title: String,
        /// The text.
        text: String,
        /// Rows scrolled down.
        scroll: usize,
        /// What was probably meant by the text that it is about.
        offer: Option<Offer>,
    },
}

/// A pasted text without its slips, to be taken instead.
#[derive(Debug)]
pub struct Offer {
    /// The text and the names that are other ones.
    pub meant: Meant,
    /// True when the form that is open was made from the text with the slips.
    pub opened: bool,
}

impl Dialog {
    /// A text to read, from its first row.
    pub fn notice(title: impl Into<String>, text: impl Into<String>) -> Dialog {
        Dialog::Notice {
            title: title.into(),
            text: text.into(),
            scroll: 0,
            offer: None,
        }
    }
}

/// A run that waits for the user's word.
#[derive(Debug)]
pub struct Confirm {
    /// What would run, judged.
    pub assessment: Assessment,
    /// What the reference has against it.
    pub findings: Vec<Finding>,
    /// Where.
    pub target: Target,
    /// What the transport runs in front of it.
    pub prelude: Option<String>,
    /// The target's name as typed so far.
    pub typed: LineInput,
    /// What was wrong with the last answer.
    pub problem: Option<String>,
    /// Rows scrolled down.
    pub scroll: usize,
    /// True when what it answers becomes the choices of the field with the cursor.
    pub for_choices: bool,
    /// The text with `-WhatIf`, or why there is none.
    pub preview: Result<String, NoPreview>,
    /// How that text ended on this target.
    pub evidence: Option<Evidence>,
}

impl Confirm {
    /// What has to be said.
    pub fn asks(&self) -> Asks {
        self.assessment.asks_in_console()
    }

    /// True when it has to run with `-WhatIf` before anything else is asked: it is destructive and
    /// has a preview that did not succeed yet.
    pub fn wants_preview(&self) -> bool {
        self.assessment.risk() == Risk::Destructive
            && self.preview.is_ok()
            && !self.evidence.as_ref().is_some_and(Evidence::counts)
    }
}

/// The palette: words, and the actions that have them all.
#[derive(Debug, Default)]
pub struct Palette {
    /// The words.
    pub input: LineInput,
    /// The highlighted row.
    pub selected: usize,
    /// The places whose actions are offered.
    pub places: Vec<Place>,
}

impl Palette {
    /// The bindings that have every word, in the order of the table.
    pub fn found(&self) -> Vec<&'static Binding> {
        let words: Vec<String> = self
            .input
            .text()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        // The nearest place first: what can be done here before what can be done anywhere.
        let places = self.places.iter();
        places
            .flat_map(|place| BINDINGS.iter().filter(move |b| b.place == *place))
            .filter(|b| b.action != Action::Palette)
            .filter(|b| {
                let text = format!("{} {}", b.name, b.help).to_lowercase();
                words.iter().all(|w| text.contains(w))
            })
            .collect()
    }
}
