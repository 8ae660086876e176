//! One call of a cmdlet: what it was given, and what it can do to the lab.

use std::time::Duration;

use jiff::Timestamp;

use super::Ask;
use super::bind::{Bound, Given, Signature};
use super::error::ErrorRecord;
use super::format::{Widths, split_lines};
use super::value::Value;
use crate::execute::Event;
use crate::lab::clock::Clock;
use crate::lab::{Lab, LabError, State};

/// Why a statement did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// An error record that ends the statement.
    Error(Box<ErrorRecord>),
    /// The lab cannot do this at all; in plain words.
    Unsupported(String),
    /// The run was cancelled.
    Cancelled,
}

impl From<ErrorRecord> for Stop {
    fn from(record: ErrorRecord) -> Self {
        Stop::Error(Box::new(record))
    }
}

impl From<LabError> for Stop {
    fn from(error: LabError) -> Self {
        Stop::Unsupported(error.to_string())
    }
}

/// What a cmdlet gives.
pub type Result<T = Vec<Value>> = std::result::Result<T, Stop>;

/// A cmdlet of the lab.
pub struct Cmdlet {
    /// Its name, parameters and class.
    pub signature: Signature,
    /// True when it binds its arguments itself, from [`Call::given`].
    pub raw: bool,
    /// Does the work.
    pub run: fn(&mut Call<'_, '_>) -> Result,
}

/// A cmdlet with `-WhatIf` and `-Confirm`.
pub const fn changing(
    name: &'static str,
    class: &'static str,
    sets: &'static [&'static str],
    run: fn(&mut Call<'_, '_>) -> Result,
) -> Cmdlet {
    Cmdlet {
        signature: Signature {
            name,
            class,
            sets,
            should_process: true,
        },
        raw: false,
        run,
    }
}

/// A cmdlet without them.
pub const fn plain(
    name: &'static str,
    class: &'static str,
    sets: &'static [&'static str],
    run: fn(&mut Call<'_, '_>) -> Result,
) -> Cmdlet {
    Cmdlet {
        signature: Signature {
            name,
            class,
            sets,
            should_process: false,
        },
        raw: false,
        run,
    }
}

/// Where a run's events go.
pub struct Port<'p> {
    /// Takes the events.
    pub sink: &'p mut dyn FnMut(Event),
    /// Says when to stop.
    pub cancelled: &'p dyn Fn() -> bool,
    /// True when an error was reported.
    pub failed: bool,
}

impl Port<'_> {
    /// Sends an error record.
    pub fn error(&mut self, record: &ErrorRecord, place: &Place) {
        self.failed = true;
        let place = Some((place.line, place.column, place.text.as_str()));
        (self.sink)(Event::Error(Box::new(record.event(place))));
    }
}

/// A place in the script that is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What stands there.
    pub text: String,
}

/// One call of a cmdlet.
pub struct Call<'c, 'p> {
    /// The lab.
    pub lab: &'c Lab,
    /// The time of the session.
    pub clock: &'c dyn Clock,
    /// The arguments, bound.
    pub args: Bound,
    /// The arguments as given.
    pub given: &'c [Given],
    /// What came down the pipeline; `None` at its head.
    pub input: Option<Vec<Value>>,
    /// How wide lines may be.
    pub widths: Widths,
    /// The cmdlet's signature.
    pub signature: &'c Signature,
    /// Where the call stands in the script.
    pub place: &'c Place,
    /// Variables of the session, for conditions.
    pub variables: &'c dyn Fn(&str) -> Option<Value>,
    /// `$ErrorActionPreference`, unless `-ErrorAction` says otherwise.
    pub error_action: String,
    /// Who can be asked.
    pub ask: Option<Ask<'c>>,
    /// Where events go.
    pub port: &'c mut Port<'p>,
}

impl Call<'_, '_> {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The lab's state.
    pub fn state(&self) -> Result<State> {
        Ok(self.lab.state()?)
    }

    /// Changes the lab's state as one step.
    pub fn update<T>(&self, change: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        self.lab.update(change)
    }

    /// A line for the host: output that is not part of the result.
    pub fn host(&mut self, text: &str) {
        for line in split_lines(text) {
            (self.port.sink)(Event::Output(line));
        }
    }

    /// A warning.
    pub fn warn(&mut self, text: &str) {
        if !self
            .action("WarningAction")
            .is_some_and(|a| a.eq_ignore_ascii_case("SilentlyContinue"))
        {
            (self.port.sink)(Event::Warning(text.to_owned()));
        }
    }

    /// A line of the verbose stream, when `-Verbose` was given.
    pub fn verbose(&mut self, text: &str) {
        if self.args.on("Verbose") {
            (self.port.sink)(Event::Verbose(text.to_owned()));
        }
    }

    /// An error record of this cmdlet. `category` is `InvalidOperation,SqlConnectionException`.
    pub fn failed(&self, message: impl Into<String>, category: &str, id: &str) -> ErrorRecord {
        ErrorRecord::failed(
            self.signature.name,
            self.signature.class,
            message,
            category,
            id,
        )
    }

    /// Reports an error after which the cmdlet goes on, unless `-ErrorAction` says otherwise.
    pub fn report(&mut self, record: ErrorRecord) -> Result<()> {
        let action = self
            .action("ErrorAction")
            .unwrap_or_else(|| self.error_action.clone());
        match action.to_ascii_lowercase().as_str() {
            "silentlycontinue" | "ignore" | "0" | "4" => Ok(()),
            "stop" | "1" => Err(record.into()),
            _ => {
                self.port.error(&record.going_on(), self.place);
                Ok(())
            }
        }
    }

    /// ShouldProcess: true when the change may be made. `-WhatIf` tells what would be done;
    /// `-Confirm` fails, for nobody can be asked.
    pub fn should(&mut self, target: &str) -> Result<bool> {
        if self.args.on("WhatIf") {
            let line = format!(
                "What if: Performing the operation \"{}\" on target \"{target}\".",
                self.signature.name
            );
            self.host(&line);
            return Ok(false);
        }
        if self.args.given("Confirm") == Some(true) {
            return Err(self.cannot_ask().into());
        }
        Ok(true)
    }

    /// The error of a session that cannot ask.
    pub fn cannot_ask(&self) -> ErrorRecord {
        ErrorRecord::non_interactive(self.signature.name, self.signature.class)
    }

    /// Waits; an error when the run was cancelled.
    pub fn wait(&self, duration: Duration) -> Result<()> {
        if self.clock.wait(duration, self.port.cancelled) {
            Ok(())
        } else {
            Err(Stop::Cancelled)
        }
    }

    fn action(&self, parameter: &str) -> Option<String> {
        self.args.text(parameter)
    }
}
