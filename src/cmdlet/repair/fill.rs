//! Commands of a repaired text, taken apart for a form.

use std::ops::Range;

use thiserror::Error;

use super::pasted::{self, Pasted};
use super::place;
use crate::cmdlet::catalogue::{Cmdlet, ParameterSet, catalogue};
use crate::cmdlet::check::{Resolved, resolve};
use crate::near;
use crate::powershell::{
    self, Argument, Command, Element, Script, StatementKind, SyntaxError, Value, ValueKind,
};

/// A command taken apart.
#[derive(Debug, Clone)]
pub struct Filled {
    /// What it runs.
    pub cmdlet: &'static Cmdlet,
    /// The parameter set that holds everything given and lost: of several the default one, else
    /// the one with the fewest required parameters still missing.
    pub set: &'static ParameterSet,
    /// Index into [`Cmdlet::parameters`] and value, in the order pasted. Values without a name
    /// have the parameter of their place.
    pub values: Vec<(usize, Pasted)>,
    /// Parameters that stand there without a value or with an empty string: the placeholder was
    /// lost. A form shows them empty and required.
    pub lost: Vec<usize>,
    /// Arguments that a form has no field for, as written: common parameters, `-Switch:$false`,
    /// splats, redirections, unknown parameters.
    pub kept: Vec<String>,
    /// The rest of the pipeline as written, such as `| Format-List`; empty when there is none.
    pub tail: String,
    /// What the user must know.
    pub notes: Vec<String>,
}

/// Why a text gives no form.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FillError {
    /// The repaired text is not PowerShell.
    #[error("still not PowerShell after the repair: {0}. Mend this place and paste again")]
    Syntax(#[from] SyntaxError),
    /// No command of the catalogue begins a statement.
    #[error("no cmdlet of the catalogue begins a statement here.{hint}")]
    NoCmdlet {
        /// Names that may have been meant, as a sentence with a blank in front; may be empty.
        hint: String,
    },
}

/// Every catalogue command at the head of a statement, in order.
///
/// # Errors
///
/// When the text is not PowerShell, with line and column; when there is no such command, with
/// the names that are near.
pub fn fill(repaired: &str) -> Result<Vec<Filled>, FillError> {
    let script = powershell::parse(repaired)?;
    let mut all: Vec<Filled> = Vec::new();
    let mut seen: Vec<Range<usize>> = Vec::new();
    for statement in &script.statements {
        let StatementKind::Pipeline(elements) = &statement.kind else {
            continue;
        };
        let Some(Element::Command(command)) = elements.first() else {
            continue;
        };
        let tail = repaired.get(command.span.end..statement.span.end);
        if let Some(filled) = one(repaired, command, tail.unwrap_or("").trim()) {
            all.push(filled);
            seen.push(statement.span.clone());
        }
    }
    // Nothing vanishes in silence.
    let others: Vec<String> = script
        .statements
        .iter()
        .filter(|s| !seen.contains(&s.span))
        .map(|s| {
            let text = repaired.get(s.span.clone()).unwrap_or("");
            text.lines().next().unwrap_or("").chars().take(60).collect()
        })
        .collect();
    let within = |c: &Command| seen.iter().any(|s| s.contains(&c.span.start));
    let left: Vec<&str> = script
        .commands
        .iter()
        .filter(|c| !within(c))
        .filter_map(|c| Some(catalogue().of(c)?.name))
        .collect();
    match all.last_mut() {
        Some(last) => {
            last.notes.extend(
                others
                    .iter()
                    .map(|text| format!("not in a form, run it by itself: {text}")),
            );
            Ok(all)
        }
        None => Err(FillError::NoCmdlet {
            hint: hint(repaired, &script, &left),
        }),
    }
}

fn hint(text: &str, script: &Script, inside: &[&str]) -> String {
    if let Some(name) = inside.first() {
        return format!(" {name} stands inside another statement: paste it alone");
    }
    let heads = script.commands.iter().filter_map(|c| c.name.as_deref());
    // Few words: each is held against all names.
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|w| w.contains('-') && !w.starts_with('-'))
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|w| w.len() < 80)
        .take(16)
        .collect();
    if let Some(word) = words.iter().find(|w| catalogue().get(w).is_some()) {
        return format!(" {word} stands in the middle of a line: paste the text from there on");
    }
    for word in heads.filter(|w| w.len() < 80).take(16).chain(words) {
        let near = near::did_you_mean(word, catalogue().iter().map(|c| c.name));
        if !near.is_empty() {
            return near;
        }
    }
    String::new()
}

fn one(text: &str, command: &Command, tail: &str) -> Option<Filled> {
    let cmdlet = catalogue().of(command)?;
    let mut reader = Reader {
        text,
        cmdlet,
        named: Vec::new(),
        kept: Vec::new(),
        notes: Vec::new(),
    };
    reader.read(command);
    let given: Vec<usize> = reader.named.iter().filter_map(|n| n.0).collect();
    let loose = reader.named.iter().filter(|n| n.0.is_none()).count();
    let choice = place::choose(cmdlet, &given, loose)?;
    reader.notes.extend(choice.note);
    let mut filled = Filled {
        cmdlet,
        set: choice.set,
        values: Vec::new(),
        lost: Vec::new(),
        kept: reader.kept,
        tail: tail.to_owned(),
        notes: reader.notes,
    };
    let mut places = choice.places.into_iter();
    for (index, value) in reader.named {
        match (index.or_else(|| places.next()), value) {
            (Some(index), value) => filled.put(text, index, value),
            (None, Some(value)) => filled.notes.push(format!(
                "{} stands where no parameter takes a value; it was left out",
                written(text, value)
            )),
            (None, None) => {}
        }
    }
    Some(filled)
}

fn written<'a>(text: &'a str, value: &Value) -> &'a str {
    text.get(value.span.clone()).unwrap_or("").trim()
}

impl Filled {
    fn put(&mut self, text: &str, index: usize, value: Option<&Value>) {
        let Some(parameter) = self.cmdlet.parameters.get(index) else {
            return;
        };
        let value = match value {
            None if parameter.is_switch() => return self.values.push((index, Pasted::On)),
            None => return self.lost.push(index),
            Some(value) if pasted::is_empty(value) => return self.lost.push(index),
            Some(value) => value,
        };
        let mut variables = Vec::new();
        pasted::variables(value, &mut variables);
        self.notes.extend(variables.iter().map(|name| {
            format!(
                "-{}: ${name} is not known here; it has its value only where it was set",
                parameter.name
            )
        }));
        let pasted = pasted::pasted(parameter, value, written(text, value));
        self.notes.extend(pasted::remarks(parameter, &pasted));
        self.values.push((index, pasted));
    }
}

/// Arguments as they were read: the parameter, `None` for a value without a name.
type Named<'a> = (Option<usize>, Option<&'a Value>);

struct Reader<'a> {
    text: &'a str,
    cmdlet: &'static Cmdlet,
    named: Vec<Named<'a>>,
    kept: Vec<String>,
    notes: Vec<String>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, command: &'a Command) {
        let mut arguments = command.arguments.iter().peekable();
        // Where the argument read last ends; in front of the first the command's name is no gap.
        let mut end = command.span.start;
        while let Some(argument) = arguments.next() {
            let mut span = argument.span();
            self.gap(end..span.start);
            match argument {
                Argument::Value(value) => self.named.push((None, Some(value))),
                Argument::Splat { .. } => self.keep(span.clone()),
                Argument::Parameter { name, value, .. } => {
                    let resolved = resolve(self.cmdlet, name);
                    let next = match arguments.peek() {
                        Some(Argument::Value(next)) if value.is_none() => Some(next),
                        _ => None,
                    };
                    let takes = match &resolved {
                        Resolved::Own(index, _) => !self.cmdlet.parameters[*index].is_switch(),
                        Resolved::Common(_, takes) => *takes,
                        // The value of a name that means nothing belongs to it.
                        Resolved::Ambiguous(_) | Resolved::Unknown => true,
                    };
                    let value = value.as_ref().or(next.filter(|_| takes));
                    if let (Some(next), true) = (next, takes) {
                        span.end = next.span.end;
                        arguments.next();
                    }
                    self.parameter(name, resolved, value, span.clone());
                }
            }
            end = span.end;
        }
        self.gap(end..command.span.end);
    }

    fn keep(&mut self, span: Range<usize>) {
        let written = self.text.get(span).unwrap_or("").trim();
        self.kept.push(written.to_owned());
    }

    /// What stands between arguments and is none: a redirection, with the number of its stream.
    fn gap(&mut self, span: Range<usize>) {
        let between = self.text.get(span).unwrap_or("");
        let Some(sign) = between.find('>') else {
            return;
        };
        let before = between.get(..sign).unwrap_or("");
        let stream = before.len() - before.trim_end_matches(|c: char| !c.is_whitespace()).len();
        let written = between.get(sign - stream..).unwrap_or("");
        self.kept.push(
            written
                .trim_end_matches(['`', ' ', '\t', '\r', '\n'])
                .to_owned(),
        );
    }

    fn parameter(
        &mut self,
        name: &str,
        resolved: Resolved,
        value: Option<&'a Value>,
        span: Range<usize>,
    ) {
        match resolved {
            Resolved::Own(index, _) => self.own(index, value, span),
            Resolved::Common(full, takes) => {
                if takes && value.is_none() {
                    self.notes.push(format!(
                        "-{full} needs a value and has none; kept as written"
                    ));
                }
                self.keep(span);
            }
            Resolved::Ambiguous(names) => {
                self.notes.push(format!(
                    "-{name} may be -{}; kept as written",
                    names.join(" or -")
                ));
                self.keep(span);
            }
            Resolved::Unknown => {
                let near = near::did_you_mean(name, self.cmdlet.parameters.iter().map(|p| p.name));
                self.notes.push(format!(
                    "{} has no parameter -{name}; kept as written.{near}",
                    self.cmdlet.name
                ));
                self.keep(span);
            }
        }
    }

    fn own(&mut self, index: usize, value: Option<&'a Value>, span: Range<usize>) {
        let parameter = &self.cmdlet.parameters[index];
        if self.named.iter().any(|(n, _)| *n == Some(index)) {
            let again = self.text.get(span).unwrap_or("").trim();
            self.notes.push(format!(
                "-{} is given twice; {again} was left out",
                parameter.name
            ));
            return;
        }
        match value.map(|v| &v.kind) {
            Some(ValueKind::Variable(truth))
                if parameter.is_switch() && truth.eq_ignore_ascii_case("true") =>
            {
                self.named.push((Some(index), None));
            }
            Some(_) if parameter.is_switch() => self.keep(span),
            _ => self.named.push((Some(index), value)),
        }
    }
}
