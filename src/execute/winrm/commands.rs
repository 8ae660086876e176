//! A text as commands with parameters, for sessions without a language.
//!
//! Such a session (`/OcsPowershell`, Exchange) runs no script: what it takes are commands, their
//! parameters and plain values (about_Language_Modes, NoLanguage; MS-PSRP 2.2.3.11). What reading
//! makes of a text here is what PowerShell itself would send of it (ScriptBlock.GetPowerShell): the
//! same names, the same arguments in the same order, numbers with the types of the language. Whatever
//! is more than that is refused before anything connects.

mod gap;
mod name;
mod number;
mod value;

use std::ops::Range;

use thiserror::Error;

use super::psrp::{Argument, Command};
use crate::cmdlet::catalogue;
use crate::cmdlet::check::{Resolved, resolve};
use crate::powershell::clixml::Value;
use crate::powershell::{self, Element, Kind, Position, Script, StatementKind, ValueKind, ast};

/// A text as commands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Structured {
    /// The commands in order.
    pub commands: Vec<Command>,
    /// What has to be asked here before they are sent: each is an argument without its value.
    pub asks: Vec<Ask>,
    /// Commands that are not the product's and that sessions without a language usually do not have:
    /// they have Select-Object, Measure-Object, Get-Command and little else.
    pub unusual: Vec<String>,
}

/// `(Read-Host 'prompt')` as an argument: asked here, its answer is the argument's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The place of the command in [`Structured::commands`].
    pub command: usize,
    /// The place of the argument in the command.
    pub argument: usize,
    /// The words of the question; empty without any.
    pub prompt: String,
    /// True for `-AsSecureString`: the answer goes as [`Value::SecureString`], sealed with the
    /// session's key; otherwise as [`Value::String`].
    pub secret: bool,
}

impl Structured {
    /// Puts the answer to a question into its argument. Without one of this number nothing happens.
    pub fn answer(&mut self, number: usize, value: Value) {
        let Some(ask) = self.asks.get(number) else {
            return;
        };
        let argument = self
            .commands
            .get_mut(ask.command)
            .and_then(|c| c.arguments.get_mut(ask.argument));
        if let Some(argument) = argument {
            argument.value = Some(value);
        }
    }
}

/// Why a text cannot be sent as commands, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{position}: {why}. The session there has no language: it takes commands with parameters and plain values. {advice}"
)]
pub struct NotExpressible {
    /// Where in the text.
    pub position: Position,
    /// What it is that cannot be sent.
    pub why: String,
    /// What to do about it.
    pub advice: &'static str,
}

/// What to do about something that needs the language.
const ELSEWHERE: &str =
    "Run it on a target that has the language: the server itself over winrm or ssh";
const FILTER: &str = "Choose with -Identity or -Filter of the cmdlet itself, or run it on a target that has the language: the server itself over winrm or ssh";
const WRITE_OUT: &str = "Write the value itself";
const ONE_BY_ONE: &str = "Run the commands one by one, or on a target that has the language: the server itself over winrm or ssh";

/// What sessions without a language have besides the cmdlets they are for
/// (InitialSessionState.CreateRestricted, SessionCapabilities.RemoteServer).
const USUAL: [&str; 7] = [
    "Exit-PSSession",
    "Get-Command",
    "Get-FormatData",
    "Get-Help",
    "Measure-Object",
    "Out-Default",
    "Select-Object",
];

/// Makes commands of a parsed text; `text` is what `script` was parsed from.
pub fn commands(script: &Script, text: &str) -> Result<Structured, NotExpressible> {
    Reader {
        text,
        comments: script.scanned.comments(),
        out: Structured::default(),
    }
    .script(script)
}

/// The same for a text that is not parsed yet.
pub fn commands_of(text: &str) -> Result<Structured, NotExpressible> {
    match powershell::parse(text) {
        Ok(script) => commands(&script, text),
        Err(error) => Err(NotExpressible {
            position: error.position,
            why: error.message,
            advice: "",
        }),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Bytes of the comments, in order.
    comments: Vec<Range<usize>>,
    out: Structured,
}

impl Reader<'_> {
    fn script(mut self, script: &Script) -> Result<Structured, NotExpressible> {
        if let Some(block) = &script.param_block {
            return self.no(block.start, "parameters of a script (param)", ELSEWHERE);
        }
        let mut at = 0;
        for statement in &script.statements {
            self.gap(at..statement.span.start, ";", ELSEWHERE)?;
            at = statement.span.end;
            match &statement.kind {
                StatementKind::Pipeline(elements) => self.pipeline(&statement.span, elements)?,
                StatementKind::Assignment { variable, .. } => {
                    let why = format!("${variable} is assigned to");
                    return self.no(statement.span.start, &why, WRITE_OUT);
                }
                StatementKind::If { .. } => {
                    return self.no(statement.span.start, "a condition", ONE_BY_ONE);
                }
                StatementKind::Other => {
                    let why = "more than a pipeline of commands (a loop, a function, an operator)";
                    return self.no(statement.span.start, why, ONE_BY_ONE);
                }
            }
        }
        self.gap(at..self.text.len(), ";", ELSEWHERE)?;
        // Whatever hides from reading hides in a value, and was refused there.
        if let Some(opaque) = script.opaque.first() {
            return self.no(opaque.span.start, opaque.what, ELSEWHERE);
        }
        if self.out.commands.is_empty() {
            return self.no(0, "there is no command in it", ELSEWHERE);
        }
        Ok(self.out)
    }

    fn pipeline(
        &mut self,
        span: &Range<usize>,
        elements: &[Element],
    ) -> Result<(), NotExpressible> {
        let mut at = span.start;
        for (n, element) in elements.iter().enumerate() {
            let command = match element {
                Element::Command(command) => command,
                Element::Expression(value) => {
                    let why = match n {
                        0 => "a value and no command at the head of a pipeline",
                        _ => "a value and no command in a pipeline",
                    };
                    return self.no(value.span.start, why, FILTER);
                }
            };
            let joint = if n == 0 { "" } else { "|" };
            self.gap(at..command.span.start, joint, ONE_BY_ONE)?;
            at = command.span.end;
            self.command(command)?;
            if let Some(last) = self.out.commands.last_mut() {
                last.end_of_statement = n + 1 == elements.len();
            }
        }
        self.gap(at..span.end, "", ELSEWHERE)
    }

    fn command(&mut self, command: &ast::Command) -> Result<(), NotExpressible> {
        let first = command.arguments.first();
        let end = first.map_or(command.span.end, |a| a.span().start);
        let name = self.name(command, command.span.start..end)?;
        let cmdlet = catalogue().get(&name);
        if cmdlet.is_none() && !USUAL.contains(&name.as_str()) {
            self.out.unusual.push(name.clone());
        }
        let place = self.out.commands.len();
        self.out.commands.push(Command::named(&name));
        let mut arguments = command.arguments.iter().peekable();
        let mut at = end;
        while let Some(argument) = arguments.next() {
            self.gap(at..argument.span().start, "", ELSEWHERE)?;
            at = argument.span().end;
            match argument {
                ast::Argument::Splat { name, span } => {
                    let why = format!("@{name} holds the parameters");
                    return self.no(span.start, &why, "Write the parameters themselves");
                }
                ast::Argument::Value(value) => self.add(place, None, value, None)?,
                ast::Argument::Parameter { name, value, span } => {
                    self.parameter_as_written(name, value.as_ref(), span)?;
                    let meant = cmdlet.map_or(Resolved::Unknown, |c| resolve(c, name));
                    let kind = match (&meant, cmdlet) {
                        (Resolved::Own(n, _), Some(cmdlet)) => {
                            cmdlet.parameters.get(*n).map(|p| p.value_type.kind)
                        }
                        _ => None,
                    };
                    let takes = match &meant {
                        Resolved::Own(..) => kind.map(|k| k != Kind::Switch),
                        Resolved::Common(_, takes) => Some(*takes),
                        Resolved::Ambiguous(_) | Resolved::Unknown => None,
                    };
                    if let Some(value) = value {
                        self.add(place, Some(name.clone()), value, kind)?;
                        continue;
                    }
                    // `-Name: value`: reading gives the two apart.
                    if let Some(ast::Argument::Value(value)) = arguments.peek()
                        && self.slice(at..value.span.start).starts_with(':')
                    {
                        self.gap(at + 1..value.span.start, "", ELSEWHERE)?;
                        at = value.span.end;
                        arguments.next();
                        self.add(place, Some(name.clone()), value, kind)?;
                        continue;
                    }
                    match (takes, arguments.peek()) {
                        (Some(true), Some(ast::Argument::Value(value))) => {
                            self.gap(at..value.span.start, "", ELSEWHERE)?;
                            at = value.span.end;
                            arguments.next();
                            self.add(place, Some(name.clone()), value, kind)?;
                        }
                        (Some(true), _) => {
                            let why = format!("-{name} lacks its value");
                            return self.no(span.start, &why, WRITE_OUT);
                        }
                        (Some(false), _) => self.push(place, Some(name.clone()), None),
                        // With its dash the server decides whether the next argument belongs to it.
                        (None, _) => self.push(place, Some(format!("-{name}")), None),
                    }
                }
            }
        }
        self.gap(at..command.span.end, "", ELSEWHERE)
    }

    fn push(&mut self, place: usize, name: Option<String>, value: Option<Value>) {
        if let Some(command) = self.out.commands.get_mut(place) {
            command.arguments.push(Argument { name, value });
        }
    }

    /// Adds an argument; a question for it is noted.
    fn add(
        &mut self,
        place: usize,
        name: Option<String>,
        value: &ast::Value,
        kind: Option<Kind>,
    ) -> Result<(), NotExpressible> {
        if let Some((prompt, secret)) = self.question(value)? {
            let arguments = self.out.commands.get(place).map(|c| c.arguments.len());
            self.out.asks.push(Ask {
                command: place,
                argument: arguments.unwrap_or(0),
                prompt,
                secret,
            });
            self.push(place, name, None);
            return Ok(());
        }
        let filter = name
            .as_deref()
            .is_some_and(|n| n.to_ascii_lowercase().ends_with("filter"));
        let value = match &value.kind {
            ValueKind::Block(_) if filter && kind == Some(Kind::Text) => self.filter(value)?,
            _ => self.argument(value, kind == Some(Kind::Text))?,
        };
        self.push(place, name, Some(value));
        Ok(())
    }

    fn slice(&self, span: Range<usize>) -> &str {
        self.text.get(span).unwrap_or("")
    }

    fn no<T>(&self, at: usize, why: &str, advice: &'static str) -> Result<T, NotExpressible> {
        Err(NotExpressible {
            position: Position::of(self.text, at),
            why: why.to_owned(),
            advice,
        })
    }
}

#[cfg(test)]
mod shipped;
#[cfg(test)]
mod tests;
