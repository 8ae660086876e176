//! The parameter set that a pasted command means, and the places of its values without a name.

use crate::cmdlet::catalogue::{Cmdlet, ParameterSet};

/// What was chosen.
pub(super) struct Choice {
    pub set: &'static ParameterSet,
    /// The parameters of the values without a name, in order; fewer where there is no place.
    pub places: Vec<usize>,
    /// What is wrong with it.
    pub note: Option<String>,
}

/// Chooses among the sets that hold everything given: the default one, else the one with the
/// fewest required parameters still missing, else the first. Where none holds everything, the one
/// that holds the most stands in, and the note says so. `None` for a cmdlet without sets.
pub(super) fn choose(cmdlet: &'static Cmdlet, given: &[usize], loose: usize) -> Option<Choice> {
    let holds = |set: &ParameterSet| given.iter().filter(|p| set.member(**p).is_some()).count();
    let most = cmdlet.sets.iter().map(holds).max()?;
    let holding: Vec<&'static ParameterSet> =
        cmdlet.sets.iter().filter(|s| holds(s) == most).collect();
    let room = |set: &ParameterSet| places(set, given, loose).len();
    let widest = holding.iter().map(|s| room(s)).max()?;
    let fitting: Vec<&'static ParameterSet> =
        holding.into_iter().filter(|s| room(s) == widest).collect();
    let missing = |set: &ParameterSet| {
        let places = places(set, given, loose);
        set.members
            .iter()
            .filter(|m| m.required)
            .filter(|m| !given.contains(&m.parameter) && !places.contains(&m.parameter))
            .count()
    };
    let default = fitting.iter().find(|s| {
        cmdlet
            .default_set
            .is_some_and(|d| s.name.eq_ignore_ascii_case(d))
    });
    let set: &'static ParameterSet = match default {
        Some(set) => set,
        None => fitting.iter().min_by_key(|s| missing(s))?,
    };
    let note = (most < given.len()).then(|| {
        let outside: Vec<&str> = given
            .iter()
            .filter(|p| set.member(**p).is_none())
            .filter_map(|p| Some(cmdlet.parameters.get(*p)?.name))
            .collect();
        format!(
            "no parameter set has all of these parameters; {} has no -{}",
            set.name,
            outside.join(", -")
        )
    });
    Some(Choice {
        set,
        places: places(set, given, loose),
        note,
    })
}

/// The parameters that values without a name bind to.
fn places(set: &ParameterSet, given: &[usize], loose: usize) -> Vec<usize> {
    let mut places = set.places(|p| given.contains(&p));
    places.truncate(loose);
    places
}
