//! Parameter binding: strict, in PowerShell's words.

use super::error::ErrorRecord;
use super::value::Value;

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: present or absent.
    Switch,
    /// One string.
    Text,
    /// One or more strings.
    List,
    /// An integer.
    Int,
    /// `$true` or `$false`.
    Bool,
    /// Anything.
    Any,
}

/// A parameter in one parameter set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its name, without the dash.
    pub name: &'a str,
    /// What it takes.
    pub kind: Kind,
    /// True when the set needs it.
    pub mandatory: bool,
    /// The place of a value without a name, from 0.
    pub position: Option<usize>,
}

/// Reads one parameter of a set's description: the name, then marks: `!` mandatory, `?` switch,
/// `*` list, `#` integer, `=` Boolean, `~` anything, and `@` with a position.
pub fn parameter(text: &str) -> Parameter<'_> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let (name, marks) = text.split_at(end);
    let kind = marks.chars().find_map(|mark| match mark {
        '?' => Some(Kind::Switch),
        '*' => Some(Kind::List),
        '#' => Some(Kind::Int),
        '=' => Some(Kind::Bool),
        '~' => Some(Kind::Any),
        _ => None,
    });
    let position = marks
        .split_once('@')
        .and_then(|(_, digits)| digits.parse().ok());
    Parameter {
        name,
        kind: kind.unwrap_or(Kind::Text),
        mandatory: marks.contains('!'),
        position,
    }
}

/// The parameters of a set's description, in order.
pub fn parameters(set: &str) -> impl Iterator<Item = Parameter<'_>> {
    set.split_ascii_whitespace().map(parameter)
}

/// Every cmdlet has these (about_CommonParameters); name, alias, takes a value.
const COMMON: [(&str, &str, bool); 12] = [
    ("Verbose", "vb", false),
    ("Debug", "db", false),
    ("ErrorAction", "ea", true),
    ("WarningAction", "wa", true),
    ("InformationAction", "infa", true),
    ("ErrorVariable", "ev", true),
    ("WarningVariable", "wv", true),
    ("InformationVariable", "iv", true),
    ("OutVariable", "ov", true),
    ("OutBuffer", "ob", true),
    ("PipelineVariable", "pv", true),
    ("ProgressAction", "proga", true),
];

/// Cmdlets that change something have these too.
const RISK: [(&str, &str); 2] = [("WhatIf", "wi"), ("Confirm", "cf")];

/// An argument whose value was worked out.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// `-Name` or `-Name:value`.
    Parameter(String, Option<Value>),
    /// A value, and how it was written.
    Value(Value, String),
}

/// What a cmdlet takes.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// The cmdlet's name.
    pub name: &'static str,
    /// Its .NET class, which error ids end with.
    pub class: &'static str,
    /// Its parameter sets, see [`parameter`].
    pub sets: &'static [&'static str],
    /// True when it takes `-WhatIf` and `-Confirm`.
    pub should_process: bool,
}

/// Arguments that fit a cmdlet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bound {
    values: Vec<(String, Value)>,
}

impl Bound {
    /// The value of a parameter, `None` when it was not given.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    /// True for a switch that is on.
    pub fn on(&self, name: &str) -> bool {
        self.value(name).is_some_and(Value::is_true)
    }

    /// A switch that was given, on or off.
    pub fn given(&self, name: &str) -> Option<bool> {
        self.value(name).map(Value::is_true)
    }

    /// A string, without blanks around it.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(|v| v.text().trim().to_owned())
    }

    /// A list of strings; empty when it was not given.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.value(name) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::List(values)) => values.iter().map(Value::text).collect(),
            Some(one) => vec![one.text()],
        }
    }

    /// An integer.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.value(name) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    }
}

/// What a parameter name stands for: its full name, and what it takes.
type Resolved = (String, Kind);

impl Signature {
    /// Fits the arguments to the cmdlet's parameters.
    ///
    /// # Errors
    /// The binder's own error: unknown or ambiguous name, missing argument, no such position,
    /// missing mandatory parameter, no fitting parameter set, a value that cannot be converted.
    pub fn bind(&self, given: &[Given]) -> Result<Bound, ErrorRecord> {
        let mut bound = Bound::default();
        let mut loose: Vec<(&Value, &str)> = Vec::new();
        let mut arguments = given.iter().peekable();
        while let Some(argument) = arguments.next() {
            let (written, attached) = match argument {
                Given::Value(value, text) => {
                    loose.push((value, text));
                    continue;
                }
                Given::Parameter(name, attached) => (name, attached),
            };
            let (name, kind) = self.resolve(written)?;
            if bound.value(&name).is_some() {
                return Err(self.error(format!("Cannot bind parameter because parameter '{name}' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\"."), "ParameterAlreadyBound"));
            }
            let value = match (kind, attached) {
                (Kind::Switch, None) => Value::Bool(true),
                (_, Some(value)) => value.clone(),
                (_, None) => match arguments.next_if(|next| matches!(next, Given::Value(..))) {
                    Some(Given::Value(value, _)) => value.clone(),
                    _ => return Err(self.missing_argument(&name, kind)),
                },
            };
            let value = self.convert(&name, kind, value)?;
            bound.values.push((name, value));
        }
        self.positional(&mut bound, loose)?;
        self.choose_set(&bound)?;
        Ok(bound)
    }

    fn all(&self) -> impl Iterator<Item = Parameter<'static>> {
        self.sets.iter().flat_map(|set| parameters(set))
    }

    fn resolve(&self, written: &str) -> Result<Resolved, ErrorRecord> {
        let mut candidates: Vec<Resolved> = Vec::new();
        let mut exact = None;
        let mut offer = |name: &str, alias: &str, kind: Kind| {
            if name.eq_ignore_ascii_case(written) || alias.eq_ignore_ascii_case(written) {
                exact = Some((name.to_owned(), kind));
            }
            let begins = name
                .get(..written.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(written));
            if begins
                && !candidates
                    .iter()
                    .any(|(known, _)| known.eq_ignore_ascii_case(name))
            {
                candidates.push((name.to_owned(), kind));
            }
        };
        for parameter in self.all() {
            offer(parameter.name, "\0", parameter.kind);
        }
        if self.should_process {
            for (name, alias) in RISK {
                offer(name, alias, Kind::Switch);
            }
        }
        for (name, alias, takes_value) in COMMON {
            offer(
                name,
                alias,
                if takes_value { Kind::Any } else { Kind::Switch },
            );
        }
        if let Some(found) = exact {
            return Ok(found);
        }
        // Common parameters give way to the cmdlet's own.
        let own: Vec<Resolved> = candidates
            .iter()
            .filter(|(name, _)| !COMMON.iter().any(|(common, ..)| common == name))
            .cloned()
            .collect();
        let candidates = if own.is_empty() { candidates } else { own };
        match candidates.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(self.error(
                format!("A parameter cannot be found that matches parameter name '{written}'."),
                "NamedParameterNotFound",
            )),
            several => {
                let names: Vec<String> =
                    several.iter().map(|(name, _)| format!("-{name}")).collect();
                Err(self.error(format!("Parameter cannot be processed because the parameter name '{written}' is ambiguous. Possible matches include: {}.", names.join(" ")), "AmbiguousParameter"))
            }
        }
    }

    fn positional(&self, bound: &mut Bound, loose: Vec<(&Value, &str)>) -> Result<(), ErrorRecord> {
        let mut places: Vec<Parameter<'static>> =
            self.all().filter(|p| p.position.is_some()).collect();
        places.sort_by_key(|p| p.position);
        for (value, text) in loose {
            let free = places.iter().find(|p| bound.value(p.name).is_none());
            let Some(parameter) = free else {
                return Err(self.error(
                    format!(
                        "A positional parameter cannot be found that accepts argument '{text}'."
                    ),
                    "PositionalParameterNotFound",
                ));
            };
            let value = self.convert(parameter.name, parameter.kind, value.clone())?;
            bound.values.push((parameter.name.to_owned(), value));
        }
        Ok(())
    }

    fn choose_set(&self, bound: &Bound) -> Result<(), ErrorRecord> {
        let everywhere = |name: &str| {
            COMMON.iter().any(|(common, ..)| *common == name)
                || (self.should_process && RISK.iter().any(|(risk, _)| *risk == name))
        };
        let fits = |set: &&&str| {
            let has = |name: &str| parameters(set).any(|p| p.name == name);
            bound
                .values
                .iter()
                .all(|(name, _)| everywhere(name) || has(name))
        };
        let fitting: Vec<&&str> = self.sets.iter().filter(fits).collect();
        let missing = |set: &str| -> Vec<String> {
            let needed = parameters(set).filter(|p| p.mandatory && bound.value(p.name).is_none());
            needed.map(|p| p.name.to_owned()).collect()
        };
        if self.sets.is_empty() || fitting.iter().any(|set| missing(set).is_empty()) {
            return Ok(());
        }
        match fitting.as_slice() {
            // A session that cannot ask says so for one set, and gives up among several.
            [set] => Err(self.error(
                format!("Cannot process command because of one or more missing mandatory parameters: {}.", missing(set).join(" ")),
                "MissingMandatoryParameter",
            )),
            _ => Err(self.error(
                "Parameter set cannot be resolved using the specified named parameters.".to_owned(),
                "AmbiguousParameterSet",
            )),
        }
    }

    fn convert(&self, name: &str, kind: Kind, value: Value) -> Result<Value, ErrorRecord> {
        let refuse = |what: &str, why: &str| {
            Err(self.error(format!("Cannot bind parameter '{name}'. Cannot convert value \"{}\" to type \"{what}\". Error: \"{why}\"", value.text()), "CannotConvertArgumentNoMessage"))
        };
        match (kind, &value) {
            (Kind::Any | Kind::List, _) => Ok(value),
            (Kind::Switch | Kind::Bool, Value::Bool(_)) => Ok(value),
            (Kind::Switch | Kind::Bool, Value::Int(n)) => Ok(Value::Bool(*n != 0)),
            (Kind::Switch | Kind::Bool, _) => {
                let what = if kind == Kind::Bool { "System.Boolean" } else { "System.Management.Automation.SwitchParameter" };
                refuse(what, "Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.")
            }
            (Kind::Int, Value::Int(_)) => Ok(value),
            (Kind::Int, Value::Text(text)) => match text.trim().parse() {
                Ok(number) => Ok(Value::Int(number)),
                Err(_) => refuse("System.Int32", "Input string was not in a correct format."),
            },
            (Kind::Int, _) => refuse("System.Int32", "Input string was not in a correct format."),
            (Kind::Text, Value::List(_)) => Err(self.error(
                format!("Cannot convert 'System.Object[]' to the type 'System.String' required by parameter '{name}'. Specified method is not supported."),
                "CannotConvertArgument",
            )),
            (Kind::Text, Value::Null) => Err(self.empty(name, "null")),
            (Kind::Text, other) if other.text().trim().is_empty() => Err(self.empty(name, "an empty string")),
            (Kind::Text, _) => Ok(value),
        }
    }

    fn empty(&self, name: &str, what: &str) -> ErrorRecord {
        let id = if what == "null" {
            "ParameterArgumentValidationErrorNullNotAllowed"
        } else {
            "ParameterArgumentValidationErrorEmptyStringNotAllowed"
        };
        self.error(
            format!("Cannot bind argument to parameter '{name}' because it is {what}."),
            id,
        )
    }

    fn missing_argument(&self, name: &str, kind: Kind) -> ErrorRecord {
        let what = match kind {
            _ if name.ends_with("Fqdn") || name.ends_with("DomainController") => {
                "Microsoft.Rtc.Management.Deploy.Fqdn"
            }
            Kind::Int => "System.Int32",
            Kind::Bool => "System.Boolean",
            Kind::List => "System.String[]",
            Kind::Any => "System.Object",
            Kind::Text | Kind::Switch => "System.String",
        };
        self.error(
            format!("Missing an argument for parameter '{name}'. Specify a parameter of type '{what}' and try again."),
            "MissingArgument",
        )
    }

    fn error(&self, message: String, id: &str) -> ErrorRecord {
        ErrorRecord::binding(self.name, self.class, message, id)
    }
}

#[cfg(test)]
mod tests;
