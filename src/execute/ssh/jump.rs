//! Which servers a connection goes through.

use crate::execute::target::{Target, TransportKind};
use crate::execute::transport::TransportError;

/// Jumps that one connection goes through at most.
const MOST: usize = 4;

/// The jumps of a target, in the order in which they are connected to; none for a target without
/// a jump. [`TransportError::Setup`] when one is not there, is no ssh target, or when they go round
/// in a circle.
pub fn jumps<'a>(
    target: &'a Target,
    targets: &'a [Target],
) -> Result<Vec<&'a Target>, TransportError> {
    let wrong = |why: String| TransportError::Setup(format!("target {}: {why}", target.name));
    let mut way = vec![target];
    let mut at = target;
    while let Some(name) = &at.jump {
        let found = targets.iter().find(|t| t.name.eq_ignore_ascii_case(name));
        let next = found.ok_or_else(|| {
            wrong(format!(
                "jump = {name:?} of {} names no target; add it, or take the key away",
                at.name
            ))
        })?;
        if next.transport != TransportKind::Ssh {
            return Err(wrong(format!(
                "the jump {} is reached by {}; a jump is an ssh target",
                next.name,
                next.transport.word()
            )));
        }
        way.push(next);
        if way
            .iter()
            .rev()
            .skip(1)
            .any(|t| t.name.eq_ignore_ascii_case(&next.name))
        {
            let names: Vec<&str> = way.iter().map(|t| t.name.as_str()).collect();
            return Err(wrong(format!(
                "the jumps go round in a circle: {}",
                names.join(" -> ")
            )));
        }
        if way.len() > MOST + 1 {
            return Err(wrong(format!("more than {MOST} jumps in a row")));
        }
        at = next;
    }
    way.remove(0);
    way.reverse();
    Ok(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(jumps: &[(&str, &str)]) -> Vec<Target> {
        let made = jumps.iter().map(|(name, jump)| Target {
            name: (*name).into(),
            transport: TransportKind::Ssh,
            address: format!("{name}.kestrel.lan"),
            jump: Some((*jump).to_owned()).filter(|j| !j.is_empty()),
            ..Target::lab()
        });
        made.collect()
    }

    fn names(all: &[Target]) -> Result<Vec<&str>, String> {
        jumps(&all[0], all)
            .map(|found| found.iter().map(|t| t.name.as_str()).collect())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn the_outermost_comes_first() {
        assert_eq!(names(&targets(&[("fe01", "")])), Ok(vec![]));
        let two = targets(&[("fe01", "Inner"), ("outer", ""), ("inner", "outer")]);
        assert_eq!(names(&two), Ok(vec!["outer", "inner"]));
    }

    #[test]
    fn circles_strangers_and_long_ways_are_refused() {
        let why = |all: &[Target]| names(all).unwrap_err();
        let circle = targets(&[("fe01", "a"), ("a", "b"), ("b", "A")]);
        assert!(why(&circle).contains("a circle: fe01 -> a -> b -> a"));
        assert!(why(&targets(&[("fe01", "FE01")])).contains("fe01 -> fe01"));
        assert!(why(&targets(&[("fe01", "gone")])).contains("\"gone\""));
        let mut local = targets(&[("fe01", "here"), ("here", "")]);
        local[1].transport = TransportKind::Local;
        assert!(why(&local).contains("reached by local"));
        let mut long = targets(&[
            ("a", "b"),
            ("b", "c"),
            ("c", "d"),
            ("d", "e"),
            ("e", ""),
            ("f", ""),
        ]);
        assert_eq!(names(&long), Ok(vec!["e", "d", "c", "b"]));
        long[4].jump = Some("f".into());
        assert!(why(&long).contains("more than 4"));
    }
}
