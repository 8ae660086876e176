//! Binding of one command's arguments to the parameters of its cmdlet.

use super::names::{Resolved, resolve};
use super::sets::{self, Given};
use super::tables::Tables;
use super::{Report, value};
use crate::cmdlet::catalogue::{Cmdlet, Parameter, Product};
use crate::near;
use crate::powershell::ast::begins;
use crate::powershell::{Argument, Command, Value, ValueKind};

/// Binds a command and reports what does not fit.
pub fn bind(
    command: &Command,
    cmdlet: &Cmdlet,
    tables: &Tables,
    product: Option<Product>,
    report: &mut Report<'_, '_>,
) {
    if let Some(product) = product.filter(|p| !cmdlet.products.has(*p)) {
        report.error(
            "not-in-product",
            format!(
                "{} does not exist in {}; it is in {}",
                cmdlet.name,
                product.title(),
                cmdlet.products
            ),
        );
    }
    let mut binder = Binder {
        cmdlet,
        product,
        given: Given {
            piped: command.piped,
            ..Given::default()
        },
        doubtful: false,
        report,
    };
    binder.arguments(command, tables);
    // With a name that means nothing the rest would only be guessed.
    if !binder.doubtful {
        sets::resolve(cmdlet, &binder.given, binder.report);
    }
}

struct Binder<'a, 'r, 'x, 'y> {
    cmdlet: &'a Cmdlet,
    product: Option<Product>,
    given: Given<'a>,
    /// True once a name could not be resolved.
    doubtful: bool,
    report: &'r mut Report<'x, 'y>,
}

impl<'a> Binder<'a, '_, '_, '_> {
    fn arguments(&mut self, command: &'a Command, tables: &'a Tables) {
        let mut arguments = command.arguments.iter().peekable();
        while let Some(argument) = arguments.next() {
            match argument {
                Argument::Parameter { name, value, span } => {
                    let Some(takes_value) = self.name(name, span.start, value.as_ref()) else {
                        // The value of a name that means nothing belongs to it.
                        if matches!(arguments.peek(), Some(Argument::Value(_))) {
                            arguments.next();
                        }
                        continue;
                    };
                    if !takes_value || value.is_some() {
                        continue;
                    }
                    match arguments.peek() {
                        Some(Argument::Value(next)) => {
                            match self.given.last {
                                Some(_) => self.value_of_last(next),
                                None => self.common_value(name, next),
                            }
                            arguments.next();
                        }
                        _ => self.report.error_at(
                            span.start,
                            "missing-value",
                            format!("-{name} needs a value and has none"),
                        ),
                    }
                }
                Argument::Value(value) => self.given.loose.push(value),
                Argument::Splat { name, span } => self.splat(name, span.start, tables),
            }
        }
    }

    /// Resolves a name and notes it as given. Returns whether a value must follow; `None` when
    /// the name means nothing.
    fn name(&mut self, name: &str, at: usize, attached: Option<&'a Value>) -> Option<bool> {
        match resolve(self.cmdlet, name) {
            Resolved::Own(index, cut) => {
                let parameter = &self.cmdlet.parameters[index];
                if cut {
                    self.report.warning_at(
                        at,
                        "abbreviated-parameter",
                        format!("-{name} is short for -{}", parameter.name),
                    );
                }
                self.note(index, at, attached, true);
                Some(!parameter.is_switch())
            }
            Resolved::Common(full, takes_value) => {
                self.given.last = None;
                if !takes_value && attached.is_some_and(value::is_no_truth) {
                    self.report.error_at(
                        at,
                        "switch-value",
                        format!("-{full} is a switch: -{full}:$true or -{full}:$false"),
                    );
                }
                Some(takes_value)
            }
            Resolved::Ambiguous(names) => {
                self.doubtful = true;
                self.report.error_at(
                    at,
                    "ambiguous-parameter",
                    format!("-{name} may be -{}", names.join(" or -")),
                );
                None
            }
            Resolved::Unknown => {
                self.doubtful = true;
                let near = near::did_you_mean(name, self.cmdlet.parameters.iter().map(|p| p.name));
                self.report.error_at(
                    at,
                    "unknown-parameter",
                    format!("{} has no parameter -{name}.{near}", self.cmdlet.name),
                );
                None
            }
        }
    }

    /// The value of `-ErrorAction` and its kin (ActionPreference).
    fn common_value(&mut self, name: &str, given: &Value) {
        const ACTIONS: [&str; 6] = [
            "Continue",
            "Ignore",
            "Inquire",
            "SilentlyContinue",
            "Stop",
            "Suspend",
        ];
        let is_action = matches!(
            resolve(self.cmdlet, name),
            Resolved::Common(full, _) if full.ends_with("Action")
        );
        if let ValueKind::Bare(word) | ValueKind::Text(word) = &given.kind
            && is_action
            && !ACTIONS.iter().any(|a| begins(word, a))
        {
            self.report.error_at(
                given.span.start,
                "unknown-value",
                format!(
                    "{word:?} is no value of -{name}. It takes {}.",
                    ACTIONS.join(", ")
                ),
            );
        }
    }

    fn note(&mut self, index: usize, at: usize, attached: Option<&'a Value>, sure: bool) {
        let parameter = &self.cmdlet.parameters[index];
        if self.given.sure.iter().any(|(n, _)| *n == index) {
            self.report.error_at(
                at,
                "duplicate-parameter",
                format!("-{} is given twice", parameter.name),
            );
        }
        self.in_product(parameter, at);
        if sure {
            self.given.sure.push((index, at));
        } else {
            self.given.maybe.push(index);
        }
        self.given.last = Some((index, at));
        if let Some(value) = attached {
            self.value_of_last(value);
        }
    }

    /// Judges a value of the parameter named last.
    fn value_of_last(&mut self, given: &Value) {
        if let Some((index, at)) = self.given.last {
            value::judge(&self.cmdlet.parameters[index], given, at, self.report);
        }
    }

    fn in_product(&mut self, parameter: &Parameter, at: usize) {
        if parameter.products.is_empty() {
            self.report.warning_at(
                at,
                "not-in-product",
                format!(
                    "-{} exists in the online service only, by the reference",
                    parameter.name
                ),
            );
            return;
        }
        if let Some(product) = self
            .product
            .filter(|p| !parameter.products.has(*p) && self.cmdlet.products.has(*p))
        {
            // A warning: pages name the products of a parameter less carefully than a cmdlet's.
            self.report.warning_at(
                at,
                "not-in-product",
                format!(
                    "{} has no -{} in {} by the reference; it is in {}",
                    self.cmdlet.name,
                    parameter.name,
                    product.title(),
                    parameter.products
                ),
            );
        }
    }

    fn splat(&mut self, name: &str, at: usize, tables: &'a Tables) {
        let Some(table) = tables.get(name) else {
            self.given.open = true;
            return;
        };
        self.given.open |= table.open;
        for (key, entry, conditional) in &table.entries {
            match resolve(self.cmdlet, key) {
                Resolved::Own(index, _) => {
                    let conditional = *conditional || self.given.sure.iter().any(|g| g.0 == index);
                    self.note(index, at, None, !conditional);
                    let parameter = &self.cmdlet.parameters[index];
                    // A switch takes a truth from a table.
                    let truth = matches!(&entry.kind, ValueKind::Variable(_));
                    if !(parameter.is_switch() && truth) {
                        value::judge(parameter, entry, at, self.report);
                    }
                }
                Resolved::Common(..) => {}
                Resolved::Ambiguous(_) | Resolved::Unknown => {
                    self.name(key, at, None);
                }
            }
        }
    }
}
