//! Statements, pipelines and values.

use std::collections::HashMap;
use std::ops::Range;

use super::bind::{Bound, Given};
use super::call::{Call, Cmdlet, Place, Port, Result, Stop};
use super::error::ErrorRecord;
use super::filter::Condition;
use super::value::{Object, Value};
use super::{Ask, OnError, Options, Outcome, Shape, cmdlets, format, json, language, typed};
use crate::execute::Event;
use crate::lab::Lab;
use crate::lab::clock::Clock;
use crate::lab::language::Language;
use crate::powershell::{self, Command, Element, Position, Statement, StatementKind};

/// How deep sub-expressions may nest.
const MAX_DEPTH: usize = 24;

/// The exit code of a host that was stopped (Ctrl+C).
const CANCELLED_EXIT: i32 = 130;

/// A session: variables live as long as it does.
pub struct Shell<'a> {
    lab: &'a Lab,
    clock: &'a dyn Clock,
    options: Options,
    ask: Option<Ask<'a>>,
    variables: HashMap<String, Value>,
    depth: usize,
}

/// A part of the script, so that places are told in the whole.
#[derive(Clone, Copy)]
pub(super) struct Source<'t> {
    whole: &'t str,
    start: usize,
    text: &'t str,
}

impl<'t> Source<'t> {
    /// The part of it at these bytes.
    pub(super) fn part(&self, span: &Range<usize>) -> Source<'t> {
        Source {
            whole: self.whole,
            start: self.start + span.start,
            text: self.text.get(span.clone()).unwrap_or(""),
        }
    }

    fn place(&self, span: &Range<usize>) -> Place {
        let part = self.part(span);
        let position = Position::of(self.whole, part.start.min(self.whole.len()));
        Place {
            line: position.line,
            column: position.column,
            text: part.text.to_owned(),
        }
    }

    /// The text of this part.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// The part of it from byte `start` to `end`.
    pub(super) fn slice(&self, start: usize, end: usize) -> Source<'t> {
        self.part(&(start..end))
    }
}

impl<'a> Shell<'a> {
    /// A session on the lab.
    pub fn new(lab: &'a Lab, clock: &'a dyn Clock, options: Options) -> Self {
        Shell {
            lab,
            clock,
            options,
            ask: None,
            variables: HashMap::new(),
            depth: 0,
        }
    }

    /// The session with somebody who can be asked; without, `Read-Host` fails.
    pub fn asking(self, ask: Ask<'a>) -> Self {
        Shell {
            ask: Some(ask),
            ..self
        }
    }

    /// What a statement left goes out.
    fn show(&self, values: &[Value], port: &mut Port<'_>) {
        match self.options.shape {
            Shape::Lines => format::default_lines(values, self.options.widths)
                .into_iter()
                .for_each(|line| (port.sink)(Event::Output(line))),
            Shape::Objects => values
                .iter()
                .flat_map(json::events)
                .for_each(|event| (port.sink)(event)),
            Shape::Typed => values
                .iter()
                .flat_map(typed::values)
                .for_each(|value| (port.sink)(Event::object(value))),
        }
    }

    /// Runs a script and streams what it says. `cancelled` is asked between statements and while
    /// a command waits.
    pub fn run(
        &mut self,
        text: &str,
        sink: &mut dyn FnMut(Event),
        cancelled: &dyn Fn() -> bool,
    ) -> Outcome {
        let mut port = Port {
            sink,
            cancelled,
            failed: false,
        };
        self.depth = 0;
        let script = match powershell::parse(text) {
            Ok(script) => script,
            Err(error) => {
                let line = text
                    .lines()
                    .nth(error.position.line.saturating_sub(1))
                    .unwrap_or("");
                let place = Place {
                    line: error.position.line,
                    column: error.position.column,
                    text: line.to_owned(),
                };
                port.error(&ErrorRecord::syntax(&error.message), &place);
                return Outcome {
                    exit: 1,
                    cancelled: false,
                };
            }
        };
        let source = Source {
            whole: text,
            start: 0,
            text,
        };
        let language = self.lab.state().map_or(Language::Full, |s| s.language);
        if let Some(record) = language::refusal(language, &script) {
            port.error(&record, &source.place(&(0..text.len())));
            return Outcome {
                exit: 1,
                cancelled: false,
            };
        }
        let mut any_failed = false;
        let mut last_failed = false;
        if script.param_block.is_some() {
            (port.sink)(Event::error(refusal("a param() block")));
            return Outcome {
                exit: 1,
                cancelled: false,
            };
        }
        for statement in &script.statements {
            if cancelled() {
                return Outcome {
                    exit: CANCELLED_EXIT,
                    cancelled: true,
                };
            }
            port.failed = false;
            let ended = self.statement(source, statement, &mut port);
            let stopped = match ended {
                Ok(values) => {
                    self.show(&values, &mut port);
                    false
                }
                Err(Stop::Cancelled) => {
                    return Outcome {
                        exit: CANCELLED_EXIT,
                        cancelled: true,
                    };
                }
                Err(Stop::Error(record)) => {
                    port.error(&record, &source.place(&statement.span));
                    true
                }
                Err(Stop::Unsupported(what)) => {
                    port.failed = true;
                    (port.sink)(Event::error(what));
                    // Going on would run half of a script that was meant as a whole.
                    return Outcome {
                        exit: 1,
                        cancelled: false,
                    };
                }
            };
            last_failed = port.failed;
            any_failed |= port.failed;
            if stopped && (self.options.on_error == OnError::Stop || self.preference_is_stop()) {
                return Outcome {
                    exit: 1,
                    cancelled: false,
                };
            }
        }
        let failed = if self.options.on_error == OnError::Stop {
            any_failed
        } else {
            last_failed
        };
        Outcome {
            exit: i32::from(failed),
            cancelled: false,
        }
    }

    fn preference_is_stop(&self) -> bool {
        self.error_action().eq_ignore_ascii_case("Stop")
    }

    fn error_action(&self) -> String {
        self.variables
            .get("erroractionpreference")
            .map_or_else(|| "Continue".to_owned(), Value::text)
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// A variable's value, also of those that are always there.
    pub(super) fn variable(&self, name: &str) -> Option<Value> {
        let name = name.to_ascii_lowercase();
        let fixed = match name.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "env:computername" => Value::from("SGFE01"),
            "env:userdomain" => Value::from("KESTREL"),
            "env:username" => Value::from("fieldeng"),
            "psversiontable" => Object::new()
                .with("PSVersion", "5.1.17763.1")
                .with("PSEdition", "Desktop")
                .with("BuildVersion", "10.0.17763.1")
                .into(),
            other => return self.variables.get(other).cloned(),
        };
        Some(fixed)
    }

    /// Sets a variable, or takes it away, and returns what it was.
    pub(super) fn set_variable(&mut self, name: &str, value: Option<Value>) -> Option<Value> {
        match value {
            Some(value) => self.variables.insert(name.to_owned(), value),
            None => self.variables.remove(name),
        }
    }

    fn statement(
        &mut self,
        source: Source<'_>,
        statement: &Statement,
        port: &mut Port<'_>,
    ) -> Result {
        self.deeper(|shell| shell.statement_inner(source, statement, port))
    }

    /// Goes one level down, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::Unsupported(
                "csdeck lab: the expression is nested too deep".to_owned(),
            ));
        }
        self.depth += 1;
        let ended = work(self);
        self.depth -= 1;
        ended
    }

    fn statement_inner(
        &mut self,
        source: Source<'_>,
        statement: &Statement,
        port: &mut Port<'_>,
    ) -> Result {
        match &statement.kind {
            StatementKind::Pipeline(elements) => self.pipeline(source, elements, port),
            StatementKind::Assignment {
                variable,
                member: None,
                value,
            } => {
                let value = self.value(source, value, port)?;
                self.variables.insert(variable.to_ascii_lowercase(), value);
                Ok(Vec::new())
            }
            StatementKind::If { condition, body } => {
                let inner = condition.trim();
                let read = Condition::read(inner, &|name| self.variable(name));
                let item = self.variable("_").unwrap_or(Value::Null);
                if !read.map_err(Stop::Unsupported)?.holds(&item) {
                    return Ok(Vec::new());
                }
                self.statements(source, body, port)
            }
            StatementKind::Other => self.compound(source.part(&statement.span), port),
            StatementKind::Assignment { .. } => {
                let text = source.part(&statement.span).text;
                let word: String = text.lines().next().unwrap_or("").chars().take(60).collect();
                Err(Stop::Unsupported(refusal(&word)))
            }
        }
    }

    pub(super) fn statements(
        &mut self,
        source: Source<'_>,
        statements: &[Statement],
        port: &mut Port<'_>,
    ) -> Result {
        let mut all = Vec::new();
        for statement in statements {
            all.extend(self.statement(source, statement, port)?);
        }
        Ok(all)
    }

    fn pipeline(
        &mut self,
        source: Source<'_>,
        elements: &[Element],
        port: &mut Port<'_>,
    ) -> Result {
        let mut flow: Option<Vec<Value>> = None;
        for element in elements {
            flow = Some(match element {
                Element::Expression(value) if flow.is_none() => {
                    self.value(source, value, port)?.unroll()
                }
                Element::Expression(_) => {
                    return Err(ErrorRecord::syntax(
                        "Expressions are only allowed as the first element of a pipeline.",
                    )
                    .into());
                }
                Element::Command(command) => self.command(source, command, flow, port)?,
            });
        }
        Ok(flow.unwrap_or_default())
    }

    fn command(
        &mut self,
        source: Source<'_>,
        command: &Command,
        input: Option<Vec<Value>>,
        port: &mut Port<'_>,
    ) -> Result {
        let Some(name) = command.name.as_deref() else {
            return Err(Stop::Unsupported(refusal("a computed command name")));
        };
        if command.writes_file {
            return Err(Stop::Unsupported(
                "csdeck lab: redirection to a file is not simulated; pipe to Out-File".to_owned(),
            ));
        }
        let Some(cmdlet) = cmdlets::find(name) else {
            if name.contains('-') {
                (port.sink)(Event::Verbose(format!(
                    "csdeck lab: {name} is not simulated, whether it exists or not; Get-Command lists what is"
                )));
            }
            return Err(ErrorRecord::not_found(name).into());
        };
        if let Some(statements) = self.each_block(command) {
            return self.each(source, statements, input, port);
        }
        let mut given = Vec::new();
        for argument in &command.arguments {
            self.argument(source, argument, &mut given, port)?;
        }
        let args = if cmdlet.raw {
            Bound::default()
        } else {
            cmdlet.signature.bind(&given)?
        };
        self.call(
            cmdlet,
            args,
            &given,
            input,
            source.place(&command.span),
            port,
        )
    }

    fn call(
        &self,
        cmdlet: &Cmdlet,
        args: Bound,
        given: &[Given],
        input: Option<Vec<Value>>,
        place: Place,
        port: &mut Port<'_>,
    ) -> Result {
        let mut call = Call {
            lab: self.lab,
            clock: self.clock,
            args,
            given,
            input,
            widths: self.options.widths,
            signature: &cmdlet.signature,
            place: &place,
            variables: &|name| self.variable(name),
            error_action: self.error_action(),
            ask: self.ask,
            port,
        };
        let ended = (cmdlet.run)(&mut call);
        match ended {
            // An error of the cmdlet's work is its caller's to decide about.
            Err(Stop::Error(record)) if !record.terminating => {
                call.report(*record).map(|()| Vec::new())
            }
            other => other,
        }
    }
}

/// The words for what the lab does not evaluate.
pub(super) fn refusal(what: &str) -> String {
    let short: String = what.chars().take(80).collect();
    format!(
        "csdeck lab: this is not simulated: {}. The lab runs pipelines of the cmdlets that Get-Command lists",
        short.trim()
    )
}
