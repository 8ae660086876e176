//! Targets from what is there already: an ssh configuration, a topology.

pub mod ssh_config;
pub mod topology;

use super::winrm::endpoint::Endpoint;
use super::{Target, TransportKind};

/// A target that would be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The target.
    pub target: Target,
    /// What is lost on the way, and what is worth knowing; a line each.
    pub notes: Vec<String>,
}

/// Something that becomes no target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its name.
    pub name: String,
    /// Why not.
    pub why: String,
    /// True when there is a target of this name at the same place: nothing is missing.
    pub taken: bool,
}

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The targets, those that others jump through in front of them.
    pub found: Vec<Found>,
    /// What becomes none.
    pub left: Vec<Left>,
}

impl Plan {
    /// The plan beside targets that are there: names that are taken are left alone, and told. A way
    /// through one of them goes through the one that is there, which has to be the same server.
    pub fn beside(mut self, there: &[Target]) -> Plan {
        let mut kept: Vec<Found> = Vec::new();
        let mut lost: Vec<String> = Vec::new();
        for found in std::mem::take(&mut self.found) {
            let target = &found.target;
            let name = target.name.clone();
            let gone = target
                .jump
                .as_deref()
                .filter(|j| lost.iter().any(|l| l.eq_ignore_ascii_case(j)));
            if let Some(taken) = there.iter().find(|t| t.is_called(&name)) {
                let is_same = is_same_place(taken, target);
                let why = match is_same {
                    true => "there is a target of this name; it stays as it is",
                    false => "there is another target of this name; it stays as it is",
                };
                if !is_same {
                    lost.push(name.clone());
                }
                self.left.push(Left {
                    name,
                    why: why.into(),
                    taken: is_same,
                });
            } else if let Some(group) = group_called(there, &name) {
                let why = format!("{group:?} is the name of a group");
                lost.push(name.clone());
                self.left.push(Left {
                    name,
                    why,
                    taken: false,
                });
            } else if let Some(jump) = gone {
                let why = format!("its way goes through {jump}, which is another server here");
                lost.push(name.clone());
                self.left.push(Left {
                    name,
                    why,
                    taken: false,
                });
            } else {
                kept.push(found);
            }
        }
        // A group that is called like a target would make the file one that cannot be read.
        let names: Vec<String> = there
            .iter()
            .chain(kept.iter().map(|k| &k.target))
            .map(|t| t.name.to_lowercase())
            .collect();
        for Found { target, notes } in &mut kept {
            target.groups.retain(|group| {
                let is_free = !names.contains(&group.to_lowercase());
                if !is_free {
                    notes.push(format!(
                        "the group {group:?} is left out: a target is called so"
                    ));
                }
                is_free
            });
        }
        self.found = kept;
        self
    }
}

fn group_called<'t>(targets: &'t [Target], name: &str) -> Option<&'t String> {
    let mut groups = targets.iter().flat_map(|t| &t.groups);
    groups.find(|g| g.eq_ignore_ascii_case(name))
}

fn is_same_place(a: &Target, b: &Target) -> bool {
    let place = |t: &Target| match t.transport {
        TransportKind::Winrm => {
            let endpoint = Endpoint::of(t).ok();
            endpoint.map(|e| (e.host, e.port))
        }
        _ => {
            let place = t.host_and_port().ok();
            place.map(|(host, port)| (host.to_lowercase(), port))
        }
    };
    a.transport == b.transport && place(a) == place(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::TransportKind;
    use crate::execute::target::check;

    #[test]
    fn groups_and_names_keep_apart() {
        let ssh = |name: &str, group: &str| Target {
            name: name.into(),
            transport: TransportKind::Ssh,
            address: format!("{name}.kestrel.lan"),
            groups: vec![group.into()],
            ..Target::lab()
        };
        let there = [ssh("fe01", "pool01")];
        let found = |target| Found {
            target,
            notes: Vec::new(),
        };
        let plan = Plan {
            found: vec![
                found(ssh("edge01", "EDGE02")),
                found(ssh("edge02", "edges")),
                found(ssh("POOL01", "x")),
                found(ssh("fe02", "FE01")),
            ],
            left: Vec::new(),
        };
        let plan = plan.beside(&there);
        let made: Vec<Target> = plan.found.iter().map(|f| f.target.clone()).collect();
        let names: Vec<&str> = made.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["edge01", "edge02", "fe02"]);
        assert!(made[0].groups.is_empty() && made[2].groups.is_empty());
        assert!(plan.found[0].notes[0].contains("EDGE02"));
        assert!(plan.left[0].why.contains("name of a group"));
        let all: Vec<Target> = there.into_iter().chain(made).collect();
        assert_eq!(check::check(&all), Ok(()));
    }
}
