//! How much of the language the lab's sessions take (about_Language_Modes).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::LabError;

/// What a session takes. The lab is otherwise the same: whoever is refused asks something plainer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Everything that the lab evaluates.
    #[default]
    Full,
    /// Commands with values, `@(...)` too, but no script blocks, members and types: a
    /// RestrictedLanguage endpoint.
    Restricted,
    /// Commands with plain values alone, and of PowerShell's own only a few: NoLanguage, as
    /// `/OcsPowershell` is.
    None,
}

impl Language {
    /// All of them, in the order they are listed to users.
    pub const ALL: [Language; 3] = [Language::Full, Language::Restricted, Language::None];

    /// The name on the command line and in the state file.
    pub fn name(self) -> &'static str {
        match self {
            Language::Full => "full",
            Language::Restricted => "restricted",
            Language::None => "none",
        }
    }

    /// True for the state file, which says nothing of what is usual.
    pub(super) fn is_full(&self) -> bool {
        *self == Language::Full
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = LabError;

    fn from_str(name: &str) -> Result<Self, LabError> {
        Self::ALL
            .into_iter()
            .find(|l| l.name().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| LabError::UnknownLanguage {
                name: name.to_owned(),
            })
    }
}
