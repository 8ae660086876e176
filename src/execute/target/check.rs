//! What must hold for a list of targets as a whole.

use super::{Target, TransportKind};
use crate::near::did_you_mean;

/// What is wrong with a list of targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place of the target in the list, from 0.
    pub index: usize,
    /// What is wrong with it, and what to do.
    pub text: String,
}

/// Checks a list as it stands in one `targets.toml`: names are unique and can be shown, each target
/// can be used by itself, each `jump` names an ssh target and no way goes round in a circle, and no
/// group is called like a target. Says the first problem in the order of the list.
pub fn check(targets: &[Target]) -> Result<(), Problem> {
    for (index, target) in targets.iter().enumerate() {
        if let Some(text) = wrong(targets, index, target) {
            return Err(Problem { index, text });
        }
    }
    Ok(())
}

fn wrong(targets: &[Target], index: usize, target: &Target) -> Option<String> {
    let name = &target.name;
    if name.trim().is_empty() {
        return Some("a target has an empty name".into());
    }
    if is_unshowable(name) {
        return Some(format!("the name {name:?} holds control characters"));
    }
    if targets.iter().take(index).any(|t| t.is_called(name)) {
        return Some(format!("two targets are called {name:?}"));
    }
    for group in &target.groups {
        if group.trim().is_empty() || is_unshowable(group) {
            return Some(format!(
                "target {name}: the group {group:?} is empty or holds control characters"
            ));
        }
        if targets.iter().any(|t| t.is_called(group)) {
            return Some(format!(
                "target {name}: the group {group:?} is called like a target, so that nobody knows which of the two is meant. Rename one of them"
            ));
        }
    }
    let zero = [
        ("connect_timeout", target.connect_timeout),
        ("login_timeout", target.login_timeout),
        ("command_timeout", target.command_timeout),
    ];
    if let Some((key, _)) = zero.iter().find(|(_, d)| d.is_some_and(|d| d.is_zero())) {
        return Some(format!(
            "target {name}: {key} must be longer than nothing; leave it out for the usual time"
        ));
    }
    target.problem().or_else(|| jump_problem(targets, target))
}

fn is_unshowable(name: &str) -> bool {
    name.chars()
        .any(|c| c.is_control() || crate::text::is_unsafe(c))
}

fn jump_problem(targets: &[Target], target: &Target) -> Option<String> {
    let name = &target.name;
    let first = target.jump.as_deref()?;
    if target.transport != TransportKind::Ssh {
        return Some(format!("target {name}: jump is there for ssh only"));
    }
    // Each hop is another target, so that a way longer than the list goes round in a circle.
    let mut way = vec![name.as_str()];
    let mut next = Some(first);
    while let Some(jump) = next {
        let Some(hop) = targets.iter().find(|t| t.is_called(jump)) else {
            let near = did_you_mean(jump, targets.iter().map(|t| t.name.as_str()));
            let from = way.last().unwrap_or(&"");
            return Some(format!(
                "target {from}: jump = {jump:?} names no target.{near}"
            ));
        };
        if hop.transport != TransportKind::Ssh {
            return Some(format!(
                "target {name}: jump = {jump:?} is a {} target; a connection goes only through ssh targets",
                hop.transport.word()
            ));
        }
        let circle = way.iter().any(|w| hop.is_called(w));
        way.push(&hop.name);
        if circle {
            return Some(format!(
                "target {name}: its way goes round in a circle: {}",
                way.join(" -> ")
            ));
        }
        next = hop.jump.as_deref();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssh(name: &str, jump: Option<&str>) -> Target {
        Target {
            name: name.into(),
            transport: TransportKind::Ssh,
            address: format!("{name}.kestrel.lan"),
            jump: jump.map(str::to_owned),
            ..Target::lab()
        }
    }

    fn says(targets: &[Target]) -> String {
        check(targets).expect_err("a problem").text
    }

    #[test]
    fn ways_end_somewhere() {
        let good = [
            ssh("fe01", Some("EDGE01")),
            ssh("edge01", Some("gw")),
            ssh("gw", None),
        ];
        assert_eq!(check(&good), Ok(()));
        let text = says(&[
            ssh("a", Some("b")),
            ssh("b", Some("c")),
            ssh("c", Some("a")),
        ]);
        assert!(text.contains("a -> b -> c -> a"), "{text}");
        let text = says(&[ssh("a", Some("a"))]);
        assert!(text.contains("a -> a"), "{text}");
        // A way into a circle ends nowhere either.
        let text = says(&[
            ssh("x", Some("a")),
            ssh("a", Some("b")),
            ssh("b", Some("a")),
        ]);
        assert!(text.contains("x -> a -> b -> a"), "{text}");
        let text = says(&[ssh("fe01", Some("egde01")), ssh("edge01", None)]);
        assert!(
            text.contains("egde01") && text.contains("Did you mean edge01"),
            "{text}"
        );
        let local = Target {
            name: "here".into(),
            transport: TransportKind::Local,
            ..Target::lab()
        };
        assert!(says(&[ssh("a", Some("here")), local.clone()]).contains("local target"));
        let local = Target {
            jump: Some("a".into()),
            ..local
        };
        assert!(says(&[ssh("a", None), local]).contains("ssh only"));
    }

    #[test]
    fn names_and_groups_do_not_meet() {
        let with = |group: &str| Target {
            groups: vec![group.into()],
            ..ssh("fe01", None)
        };
        assert_eq!(check(&[with("front ends")]), Ok(()));
        assert!(says(&[with("FE01")]).contains("called like a target"));
        assert!(says(&[with("")]).contains("empty"));
        assert_eq!(
            check(&[with("x"), ssh("X", None)]).map_err(|p| p.index),
            Err(0)
        );
        assert_eq!(
            check(&[ssh("x", None), ssh("X", None)]).map_err(|p| p.index),
            Err(1)
        );
        let hasty = Target {
            login_timeout: Some(std::time::Duration::ZERO),
            ..ssh("fe01", None)
        };
        assert!(says(&[hasty]).contains("login_timeout"));
    }
}
