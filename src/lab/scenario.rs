//! The situations the lab can be put into.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::LabError;

/// A situation of the simulated deployment, chosen by `csdeck lab reset`. Each one shows one
/// phenomenon of replication; what it does not name is healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// The CMS is on sgpool01; sgedge02 does not report until it is freed.
    #[default]
    Default,
    /// The CMS is still on the Standard Edition server mnlse01 and waits to be moved.
    CmsMove,
    /// The branch appliance cebsba01 is in the topology and was never deployed.
    NeverReported,
    /// Neither Edge server reports until it is freed.
    StuckEdge,
    /// The master replicator and the file transfer agent are stopped: rows no longer move.
    CmsDown,
    /// The master notices a publish only after 45 s, and until then all rows say True.
    StaleTrue,
    /// The row of sgmed01 alternates between True and False.
    Flapping,
}

impl Scenario {
    /// All scenarios, in the order they are listed to users.
    pub const ALL: [Scenario; 7] = [
        Scenario::Default,
        Scenario::CmsMove,
        Scenario::NeverReported,
        Scenario::StuckEdge,
        Scenario::CmsDown,
        Scenario::StaleTrue,
        Scenario::Flapping,
    ];

    /// The name on the command line and in the state file.
    pub fn name(self) -> &'static str {
        match self {
            Scenario::Default => "default",
            Scenario::CmsMove => "cms-move",
            Scenario::NeverReported => "never-reported",
            Scenario::StuckEdge => "stuck-edge",
            Scenario::CmsDown => "cms-down",
            Scenario::StaleTrue => "stale-true",
            Scenario::Flapping => "flapping",
        }
    }

    /// One line on what the scenario shows.
    pub fn summary(self) -> &'static str {
        match self {
            Scenario::Default => "sgedge02 does not report until it is freed",
            Scenario::CmsMove => "the CMS is on the Standard Edition server and waits to be moved",
            Scenario::NeverReported => "the branch appliance was never deployed",
            Scenario::StuckEdge => "neither Edge server reports until it is freed",
            Scenario::CmsDown => "no active master: rows no longer move",
            Scenario::StaleTrue => "a publish is noticed only after 45 s",
            Scenario::Flapping => "the row of sgmed01 alternates",
        }
    }

    /// All names, for messages and completion: `default, cms-move, ...`.
    pub fn names() -> String {
        Self::ALL.map(Scenario::name).join(", ")
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scenario {
    type Err = LabError;

    fn from_str(name: &str) -> Result<Self, LabError> {
        Self::ALL
            .into_iter()
            .find(|s| s.name().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| LabError::UnknownScenario {
                name: name.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_a_wrong_one_lists_them() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.name().parse::<Scenario>().ok(), Some(scenario));
            assert_eq!(
                serde_json::to_value(scenario).ok(),
                Some(serde_json::Value::from(scenario.name()))
            );
        }
        let error = "rainy-day".parse::<Scenario>().map_err(|e| e.to_string());
        let text = error.err().unwrap_or_default();
        assert!(
            text.contains("rainy-day") && text.contains("stuck-edge"),
            "{text}"
        );
    }
}
