//! Which parameter set a command means, and what that set still needs.

use super::Report;
use crate::cmdlet::catalogue::{Cmdlet, ParameterSet};
use crate::near;
use crate::powershell::{Value, ValueKind};

/// What a command gives.
#[derive(Debug, Default)]
pub struct Given<'a> {
    /// Parameters that are certainly given: index, and the byte where the name stands.
    pub sure: Vec<(usize, usize)>,
    /// Parameters that a splatted table may give.
    pub maybe: Vec<usize>,
    /// Values without a name, in order.
    pub loose: Vec<&'a Value>,
    /// True when a splatted table may give more than is seen.
    pub open: bool,
    /// True when objects come in by the pipeline.
    pub piped: bool,
    /// The parameter named last, and where.
    pub last: Option<(usize, usize)>,
}

/// Finds the sets that hold everything that is given; reports what excludes what, values that
/// nothing takes, and what is missing in every set that is left.
pub fn resolve(cmdlet: &Cmdlet, given: &Given<'_>, report: &mut Report<'_, '_>) {
    let sets: Vec<&ParameterSet> = cmdlet
        .sets
        .iter()
        .filter(|set| given.sure.iter().all(|(p, _)| set.member(*p).is_some()))
        .collect();
    if sets.is_empty() {
        exclusive(cmdlet, given, report);
        return;
    }
    let placed: Vec<(&ParameterSet, Vec<usize>)> = sets
        .iter()
        .filter_map(|set| Some((*set, place(set, given)?)))
        .collect();
    if placed.is_empty() {
        unplaced(cmdlet, &sets, given, report);
        return;
    }
    for (n, value) in given.loose.iter().enumerate() {
        // Every set that is left gives the value to the same parameter, as a rule; where they
        // differ nothing is known.
        let mut takers = placed.iter().filter_map(|(_, p)| p.get(n));
        if let Some(first) = takers.next().filter(|f| takers.all(|t| t == *f)) {
            super::value::judge(&cmdlet.parameters[*first], value, value.span.start, report);
        }
    }
    missing(cmdlet, given, &placed, report);
}

/// The parameters that the values without a name bind to in a set; `None` when there is no place
/// for one of them.
fn place(set: &ParameterSet, given: &Given<'_>) -> Option<Vec<usize>> {
    let mut places = set.places(|p| given.sure.iter().any(|(s, _)| *s == p));
    if places.len() < given.loose.len() {
        return None;
    }
    places.truncate(given.loose.len());
    Some(places)
}

fn exclusive(cmdlet: &Cmdlet, given: &Given<'_>, report: &mut Report<'_, '_>) {
    let together = |a: usize, b: usize| {
        cmdlet
            .sets
            .iter()
            .any(|set| set.member(a).is_some() && set.member(b).is_some())
    };
    for (n, (b, at)) in given.sure.iter().enumerate() {
        if let Some((a, _)) = given.sure[..n].iter().find(|(a, _)| !together(*a, *b)) {
            report.error_at(
                *at,
                "exclusive-parameters",
                format!(
                    "-{} and -{} are in no parameter set together",
                    cmdlet.parameters[*a].name, cmdlet.parameters[*b].name
                ),
            );
            return;
        }
    }
    let names: Vec<&str> = given
        .sure
        .iter()
        .map(|(p, _)| cmdlet.parameters[*p].name)
        .collect();
    report.error(
        "exclusive-parameters",
        format!("no parameter set has all of -{}", names.join(", -")),
    );
}

fn unplaced(
    cmdlet: &Cmdlet,
    sets: &[&ParameterSet],
    given: &Given<'_>,
    report: &mut Report<'_, '_>,
) {
    let most = sets
        .iter()
        .map(|set| {
            set.places(|p| given.sure.iter().any(|(s, _)| *s == p))
                .len()
        })
        .max()
        .unwrap_or(0);
    let Some(value) = given.loose.get(most) else {
        return;
    };
    let at = value.span.start;
    // The switch that stands right in front of it.
    let switch = given
        .sure
        .iter()
        .filter(|(p, offset)| cmdlet.parameters[*p].is_switch() && *offset < at)
        .max_by_key(|(_, offset)| *offset)
        .map(|(p, offset)| (cmdlet.parameters[*p].name, *offset));
    match (&value.kind, switch) {
        (ValueKind::Variable(v), Some((name, offset)))
            if v.eq_ignore_ascii_case("true") || v.eq_ignore_ascii_case("false") =>
        {
            report.error_at(
                offset,
                "switch-value",
                format!(
                    "-{name} is a switch and takes no value: leave ${v} out, or write -{name}:${v}"
                ),
            );
        }
        (ValueKind::Bare(word), _) => {
            let near = near::near(word, cmdlet.parameters.iter().map(|p| p.name));
            let hint = near
                .first()
                .map_or_else(String::new, |n| format!(" Did you mean -{n}?"));
            report.error_at(
                at,
                "unplaced-value",
                format!(
                    "{word} is no parameter, and no parameter takes a value in this place.{hint}"
                ),
            );
        }
        (_, Some((name, _))) => report.error_at(
            at,
            "switch-value",
            format!("-{name} is a switch and takes no value; nothing else takes one in this place"),
        ),
        _ => report.error_at(
            at,
            "unplaced-value",
            "no parameter takes a value in this place".to_owned(),
        ),
    }
}

fn missing(
    cmdlet: &Cmdlet,
    given: &Given<'_>,
    placed: &[(&ParameterSet, Vec<usize>)],
    report: &mut Report<'_, '_>,
) {
    if given.open {
        return;
    }
    let lacking: Vec<(&ParameterSet, Vec<usize>)> = placed
        .iter()
        .map(|(set, places)| {
            let lacking = set
                .members
                .iter()
                .filter(|m| m.required)
                .map(|m| m.parameter)
                .filter(|p| {
                    let parameter = &cmdlet.parameters[*p];
                    let piped = given.piped && (parameter.by_value || parameter.by_property);
                    !piped
                        && !given.sure.iter().any(|(s, _)| s == p)
                        && !given.maybe.contains(p)
                        && !places.contains(p)
                })
                .collect();
            (*set, lacking)
        })
        .collect();
    if lacking.iter().any(|(_, l)| l.is_empty()) {
        return;
    }
    let named = |l: &[usize]| {
        l.iter()
            .map(|p| format!("-{}", cmdlet.parameters[*p].name))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let text = match lacking.as_slice() {
        [] => return,
        [(set, l)] if cmdlet.sets.len() == 1 || set.name == "(All)" => {
            format!("{} needs {}", cmdlet.name, named(l))
        }
        [(set, l)] => format!(
            "{} needs {} (parameter set {})",
            cmdlet.name,
            named(l),
            set.name
        ),
        several => {
            let each: Vec<String> = several
                .iter()
                .map(|(set, l)| format!("{} ({})", named(l), set.name))
                .collect();
            format!("{} needs one of these: {}", cmdlet.name, each.join("; "))
        }
    };
    report.error("missing-parameter", text);
}
