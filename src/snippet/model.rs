//! What a snippet is.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::cmdlet::{Cmdlet, Parameter, Risk};
use crate::powershell::Kind;

use super::library::Layer;
use super::meaning::Meaning;
use super::template::{Template, passed_to};

/// A script of the library, read and ready to be filled in.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// Path under the library's folder without `.ps1`, with `/` on every platform.
    pub id: String,
    /// `.SYNOPSIS`, one line; the id when there is none.
    pub title: String,
    /// `.DESCRIPTION`.
    pub description: String,
    /// `.FUNCTIONALITY`, split at commas.
    pub tags: Vec<String>,
    /// `.COMPONENT`, split at commas: L2010, L2013, S2015, S2019, E2010, ...
    pub products: Vec<String>,
    /// `.ROLE`: who may run it.
    pub role: String,
    /// `.EXAMPLE`, in order.
    pub examples: Vec<String>,
    /// `.NOTES` by key.
    pub notes: Notes,
    /// The fields of the form, in the order of `param()`.
    pub fields: Vec<Field>,
    /// `DefaultParameterSetName` of `[CmdletBinding()]`.
    pub default_set: Option<String>,
    /// The names of the commands in the body, in order, each once.
    pub commands: Vec<String>,
    /// The risk of the body as it stands; a filled-in text can only be riskier.
    pub risk: Risk,
    /// Where it came from.
    pub layer: Layer,
    /// The file as read.
    pub source: String,
    pub(super) template: Template,
    /// What each field means, found out once.
    pub(super) meanings: OnceLock<Vec<Meaning>>,
}

impl Snippet {
    /// The first part of the id: its folder; empty for a file at the top.
    pub fn group(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// The file it was read from; `None` for what has none of its own.
    pub fn path(&self) -> Option<PathBuf> {
        self.layer.path(&self.id)
    }

    /// The field of this name; PowerShell ignores case.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|f| f.name.eq_ignore_ascii_case(name))
    }

    /// The parameter of the reference that a field is passed to: what the field means. Loads the
    /// catalogue.
    pub fn parameter_of(&self, field: &str) -> Option<(&'static Cmdlet, &'static Parameter)> {
        passed_to(&self.template, field)
    }

    /// What a field takes. The reference knows better than `[object]` whether the parameter
    /// changes a list; it is asked for such fields only, and not before a form is filled in.
    pub fn kind_of(&self, field: &Field) -> Kind {
        match field.kind {
            Kind::Object => self
                .parameter_of(&field.name)
                .map(|(_, parameter)| parameter.value_type.kind)
                .filter(|kind| *kind == Kind::ListChange)
                .unwrap_or(Kind::Object),
            kind => kind,
        }
    }

    /// What a field means. Loads the catalogue.
    pub fn meaning_of(&self, field: &Field) -> Meaning {
        let at = self.fields.iter().position(|f| f.name == field.name);
        at.and_then(|n| self.meanings().get(n))
            .copied()
            .unwrap_or(Meaning::Plain)
    }

    /// What the fields mean, in their order. Loads the catalogue.
    pub fn meanings(&self) -> &[Meaning] {
        self.meanings.get_or_init(|| {
            let of = |f: &Field| Meaning::of(f, self.kind_of(f), self.parameter_of(&f.name));
            self.fields.iter().map(of).collect()
        })
    }

    /// How it renders.
    pub fn mode(&self) -> Mode {
        match &self.template {
            Template::Commands(_) => Mode::Command,
            Template::Script { reason, .. } => Mode::Script {
                reason: reason.clone(),
            },
        }
    }
}

/// How a snippet becomes text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Its pipelines with the values in place.
    Command,
    /// The whole script, called with the values.
    Script {
        /// Why it cannot be rendered as commands.
        reason: String,
    },
}

/// The keys of `.NOTES` that csdeck shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// `RunsOn:` where it must run.
    pub runs_on: String,
    /// `Gates:` what must hold before.
    pub gates: String,
    /// `Verify:` how to see that it worked.
    pub verify: String,
    /// `Rollback:` how to undo it.
    pub rollback: String,
}

/// A field of a form: one parameter of the script.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The parameter's name, without `$`.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// True for `[type[]]`: several values.
    pub list: bool,
    /// `Mandatory`, in the parameter sets it belongs to.
    pub required: bool,
    /// The constant default, one string per element; `None` when there is none.
    pub default: Option<Vec<String>>,
    /// `ValidateSet`.
    pub choices: Vec<String>,
    /// `ValidateRange`, inclusive.
    pub range: Option<(i128, i128)>,
    /// `ValidatePattern`, a .NET regular expression, matched anywhere in the value.
    pub pattern: Option<String>,
    /// The parameter sets it belongs to; empty means all.
    pub sets: Vec<String>,
    /// `.PARAMETER` of the help, or `HelpMessage`.
    pub help: String,
}
