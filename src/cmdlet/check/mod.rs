//! Does a script agree with the reference? Every command is bound to its parameters as PowerShell
//! would do it (about_Parameters, about_Parameter_Sets), without running anything.
//!
//! What reading cannot know (variables, expressions, splatted tables that are made elsewhere) is
//! never held against a script; what comes in by the pipeline binds the parameters that the
//! reference marks for it.

mod bind;
mod names;
mod sets;
mod tables;
mod value;

use std::collections::HashMap;
use std::ops::Range;

use super::catalogue::{Cmdlet, Product, catalogue};
use super::effect::full_name;
use super::finding::{Finding, Severity};
use super::outside;
use crate::near;
use crate::powershell::{self, Command, Kind, Lines, Script, ValueKind};

pub use names::{Resolved, common_names, resolve};
pub use tables::Tables;

/// Checks a text. One that is not PowerShell has one finding: where it goes wrong.
pub fn check(text: &str, product: Option<Product>) -> Vec<Finding> {
    match powershell::parse(text) {
        Ok(script) => check_script(text, &script, product),
        Err(error) => vec![Finding::syntax(&error)],
    }
}

/// Checks a parsed text. `product` limits what exists to one product; without it, what exists
/// in any of them is fine.
pub fn check_script(text: &str, script: &Script, product: Option<Product>) -> Vec<Finding> {
    let lines = Lines::of(text);
    let tables = Tables::of(text, script);
    let filters = filters(script);
    let mut findings = Vec::new();
    // The search for near names is the dear part, and a script calls the same names again.
    let mut strangers: HashMap<String, Finding> = HashMap::new();
    for command in &script.commands {
        if filters.iter().any(|f| f.contains(&command.span.start)) {
            continue;
        }
        let mut report = Report {
            lines: &lines,
            start: command.span.start,
            findings: &mut findings,
        };
        match cmdlet_of(command, script) {
            Known::Cmdlet(cmdlet) => bind::bind(command, cmdlet, &tables, product, &mut report),
            Known::Elsewhere => {}
            Known::No(name) => {
                let known = strangers.get(&name.to_ascii_lowercase()).cloned();
                match known {
                    Some(said) => report.again(said),
                    None => {
                        unknown(&name, strangers.len() < HINTS, &mut report);
                        if let Some(said) = findings.last() {
                            strangers.insert(name.to_ascii_lowercase(), said.clone());
                        }
                    }
                }
            }
        }
    }
    findings.sort_by_key(|f| (f.line, f.column));
    findings
}

/// The blocks that are filters: `-Filter { Enabled -eq $true }` looks like a command and is none,
/// the cmdlet reads it as text.
pub(super) fn filters(script: &Script) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for command in &script.commands {
        for (name, value) in command.pairs() {
            let Some(value) = value.filter(|v| matches!(v.kind, ValueKind::Block(_))) else {
                continue;
            };
            // Only a cmdlet that is known to take it as text: Where-Object's -Filter runs it.
            if name.to_ascii_lowercase().ends_with("filter") && takes_text(command, name) {
                found.push(value.span.clone());
            }
        }
    }
    found
}

fn takes_text(command: &Command, parameter: &str) -> bool {
    let Some(name) = command.name.as_deref().filter(|_| !command.by_path) else {
        return false;
    };
    match catalogue().get(name).map(|c| (c, resolve(c, parameter))) {
        Some((cmdlet, Resolved::Own(index, _))) => {
            cmdlet.parameters[index].value_type.kind == Kind::Text
        }
        Some(_) => false,
        None => name.to_ascii_lowercase().starts_with("get-ad"),
    }
}

enum Known {
    Cmdlet(&'static Cmdlet),
    /// A command that the catalogue does not hold and csdeck knows all the same, or one whose
    /// name cannot be read.
    Elsewhere,
    No(String),
}

fn cmdlet_of(command: &Command, script: &Script) -> Known {
    let Some(name) = &command.name else {
        return Known::Elsewhere;
    };
    let defined = |name: &str| {
        script
            .functions
            .iter()
            .any(|f| f.eq_ignore_ascii_case(name))
    };
    if defined(name) {
        return Known::Elsewhere;
    }
    match catalogue().get(name) {
        Some(cmdlet) => Known::Cmdlet(cmdlet),
        None if outside::is_known(&full_name(name)) => Known::Elsewhere,
        None => Known::No(name.clone()),
    }
}

/// For how many unknown names of a text the near ones are looked for.
const HINTS: usize = 16;

fn unknown(name: &str, hint: bool, report: &mut Report<'_, '_>) {
    let near = match hint {
        true => near::did_you_mean(name, catalogue().iter().map(|c| c.name)),
        false => String::new(),
    };
    if is_cs(name) {
        report.error(
            "unknown-cmdlet",
            format!("{name} is in no Lync Server or Skype for Business Server product.{near}"),
        );
    } else {
        report.warning(
            "unknown-command",
            format!("{name} is not in the catalogue; csdeck cannot check it.{near}"),
        );
    }
}

/// `Verb-CsNoun`, by its form alone.
fn is_cs(name: &str) -> bool {
    name.split_once('-').is_some_and(|(verb, noun)| {
        !verb.is_empty() && noun.len() > 2 && noun.to_ascii_lowercase().starts_with("cs")
    })
}

/// Where the findings about one command go.
struct Report<'a, 'b> {
    lines: &'a Lines<'b>,
    /// The command's first byte.
    start: usize,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_, '_> {
    fn error(&mut self, rule: &'static str, message: String) {
        self.error_at(self.start, rule, message);
    }

    /// What was said of another command, of this one.
    fn again(&mut self, said: Finding) {
        let Finding {
            rule,
            severity,
            message,
            ..
        } = said;
        self.findings
            .push(Finding::at(self.lines, self.start, rule, severity, message));
    }

    fn warning(&mut self, rule: &'static str, message: String) {
        self.warning_at(self.start, rule, message);
    }

    fn error_at(&mut self, offset: usize, rule: &'static str, message: String) {
        self.findings.push(Finding::at(
            self.lines,
            offset,
            rule,
            Severity::Error,
            message,
        ));
    }

    fn warning_at(&mut self, offset: usize, rule: &'static str, message: String) {
        self.findings.push(Finding::at(
            self.lines,
            offset,
            rule,
            Severity::Warning,
            message,
        ));
    }
}

#[cfg(test)]
mod tests;
