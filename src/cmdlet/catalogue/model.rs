//! What the reference says of a cmdlet.

use super::product::Products;
use super::types::ValueType;
use crate::powershell::Kind;

/// A cmdlet of the reference.
#[derive(Debug)]
pub struct Cmdlet {
    /// `Verb-Noun`, as the reference spells it.
    pub name: &'static str,
    /// The products it exists in.
    pub products: Products,
    /// True for a cmdlet of the Exchange Management Shell; the others are in the module of Lync
    /// or Skype for Business.
    pub exchange: bool,
    /// Name of the default parameter set, when the reference marks one.
    pub default_set: Option<&'static str>,
    /// The parameters in the order of the reference, `-WhatIf` and `-Confirm` last; common
    /// parameters (`-Verbose`, ...) are not among them.
    pub parameters: Vec<Parameter>,
    /// The parameter sets, at least one.
    pub sets: Vec<ParameterSet>,
}

/// A parameter of a cmdlet.
#[derive(Debug)]
pub struct Parameter {
    /// The name without its dash.
    pub name: &'static str,
    /// What it takes.
    pub value_type: ValueType,
    /// True when the objects of the pipeline themselves bind to it.
    pub by_value: bool,
    /// True when a property of the same name of the pipeline's objects binds to it.
    pub by_property: bool,
    /// The products it exists in; empty when only an online service has it.
    pub products: Products,
    /// Other names.
    pub aliases: Vec<&'static str>,
    /// Accepted values, where the reference lists them.
    pub values: Vec<&'static str>,
    /// True when the list of values is known not to be complete.
    pub open_values: bool,
}

/// A parameter set.
#[derive(Debug)]
pub struct ParameterSet {
    /// Its name; `(All)` when the cmdlet has one set only.
    pub name: &'static str,
    /// Its parameters, in the order of the reference.
    pub members: Vec<Member>,
}

/// A parameter within a set.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Index into [`Cmdlet::parameters`].
    pub parameter: usize,
    /// True when the set cannot be bound without it.
    pub required: bool,
    /// Place among the arguments without a name, from 0.
    pub position: Option<u8>,
}

impl Cmdlet {
    /// The parameter of exactly this name or alias; PowerShell ignores case.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.index_of(name).and_then(|n| self.parameters.get(n))
    }

    /// The place of the parameter of exactly this name or alias.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.parameters
            .iter()
            .position(|p| p.name.eq_ignore_ascii_case(name))
            .or_else(|| {
                self.parameters
                    .iter()
                    .position(|p| p.aliases.iter().any(|a| a.eq_ignore_ascii_case(name)))
            })
    }

    /// The set of this name.
    pub fn set(&self, name: &str) -> Option<&ParameterSet> {
        self.sets.iter().find(|s| s.name.eq_ignore_ascii_case(name))
    }

    /// The set to begin with: the default one, else the first.
    pub fn first_set(&self) -> Option<&ParameterSet> {
        self.default_set
            .and_then(|name| self.set(name))
            .or_else(|| self.sets.first())
    }

    /// True when it can be asked what it would do.
    pub fn has_what_if(&self) -> bool {
        self.parameter("WhatIf").is_some()
    }

    /// The part in front of the dash.
    pub fn verb(&self) -> &'static str {
        self.name
            .split_once('-')
            .map_or(self.name, |(verb, _)| verb)
    }

    /// The required parameters of a set, in its order.
    pub fn required<'a>(&'a self, set: &'a ParameterSet) -> impl Iterator<Item = &'a Parameter> {
        set.members
            .iter()
            .filter(|m| m.required)
            .filter_map(|m| self.parameters.get(m.parameter))
    }
}

impl Parameter {
    /// True for a switch: present or absent, no value of its own.
    pub fn is_switch(&self) -> bool {
        self.value_type.kind == Kind::Switch
    }
}

impl ParameterSet {
    /// The member for a parameter's index.
    pub fn member(&self, parameter: usize) -> Option<&Member> {
        self.members.iter().find(|m| m.parameter == parameter)
    }

    /// The parameters that values without a name bind to, in their order: those with a position
    /// that were not given by name.
    pub fn places(&self, is_given: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut places: Vec<(u8, usize)> = self
            .members
            .iter()
            .filter(|m| !is_given(m.parameter))
            .filter_map(|m| Some((m.position?, m.parameter)))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, parameter)| parameter).collect()
    }
}
