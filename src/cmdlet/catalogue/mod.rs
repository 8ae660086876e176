//! Microsoft's reference of 948 cmdlets as data: names, parameters, types, parameter sets,
//! products. Read at first use; nothing of it is touched before.

mod model;
mod parse;
mod product;
mod types;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::powershell::Command;

pub use model::{Cmdlet, Member, Parameter, ParameterSet};
pub use product::{Product, Products};
pub use types::ValueType;

/// All cmdlets of the reference.
#[derive(Debug)]
pub struct Catalogue {
    cmdlets: Vec<Cmdlet>,
    by_name: HashMap<String, usize>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    // That the text reads is a test; an empty catalogue would say "unknown", never "fine".
    Catalogue::new(parse::parse(include_str!("reference.txt")).unwrap_or_default())
});

/// The catalogue; reads it when called for the first time (some milliseconds).
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// Reads the catalogue anew, for benchmarks.
pub fn load() -> Catalogue {
    Catalogue::new(parse::parse(include_str!("reference.txt")).unwrap_or_default())
}

impl Catalogue {
    fn new(cmdlets: Vec<Cmdlet>) -> Catalogue {
        let by_name = cmdlets
            .iter()
            .enumerate()
            .map(|(n, c)| (c.name.to_ascii_lowercase(), n))
            .collect();
        Catalogue { cmdlets, by_name }
    }

    /// The cmdlet of this name; PowerShell ignores case.
    pub fn get(&self, name: &str) -> Option<&Cmdlet> {
        self.by_name
            .get(&name.to_ascii_lowercase())
            .and_then(|n| self.cmdlets.get(*n))
    }

    /// The cmdlet that a command calls; `None` for a program by its path and for a name that is
    /// computed.
    pub fn of(&self, command: &Command) -> Option<&Cmdlet> {
        let name = command.name.as_deref().filter(|_| !command.by_path)?;
        self.get(name)
    }

    /// All cmdlets, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Cmdlet> {
        self.cmdlets.iter()
    }

    /// How many cmdlets there are.
    pub fn len(&self) -> usize {
        self.cmdlets.len()
    }

    /// True when there are none: the catalogue could not be read.
    pub fn is_empty(&self) -> bool {
        self.cmdlets.is_empty()
    }

    /// Cmdlets in which every word occurs, best first: a word counts more in the name than among
    /// the parameters, and more at its beginning than inside. An empty query gives all.
    pub fn search(&self, query: &str) -> Vec<&Cmdlet> {
        let words: Vec<String> = query
            .split_whitespace()
            .map(str::to_ascii_lowercase)
            .collect();
        let mut found: Vec<(u32, &Cmdlet)> = self
            .cmdlets
            .iter()
            .filter_map(|c| Some((score(c, &words)?, c)))
            .collect();
        // By name within the same score: the list is sorted by name and the sort is stable.
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, c)| c).collect()
    }
}

fn score(cmdlet: &Cmdlet, words: &[String]) -> Option<u32> {
    let name = cmdlet.name.to_ascii_lowercase();
    let (verb, noun) = name.split_once('-').unwrap_or(("", &name));
    let noun = noun.strip_prefix("cs").unwrap_or(noun);
    words.iter().try_fold(0, |sum, word| {
        let word = word.as_str();
        let worth = if name == word || noun == word.trim_start_matches("cs") {
            16
        } else if name.starts_with(word) || noun.starts_with(word) || verb == word {
            8
        } else if name.contains(word) {
            4
        } else if cmdlet.parameters.iter().any(|p| {
            p.name
                .to_ascii_lowercase()
                .contains(word.trim_start_matches('-'))
        }) {
            1
        } else {
            return None;
        };
        Some(sum + worth)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::powershell::Kind;

    #[test]
    fn the_reference_reads() {
        let all = parse::parse(include_str!("reference.txt")).expect("reads");
        assert_eq!(all.len(), 948);
        // -WhatIf and -Confirm included; as counted in the extracted facts.
        assert_eq!(all.iter().map(|c| c.parameters.len()).sum::<usize>(), 7772);
        assert_eq!(all.iter().map(|c| c.sets.len()).sum::<usize>(), 1478);
        // One more than support -WhatIf and -Confirm together: one has -WhatIf alone.
        assert_eq!(all.iter().filter(|c| c.has_what_if()).count(), 608);
        for cmdlet in &all {
            assert!(!cmdlet.products.is_empty(), "{}", cmdlet.name);
            assert!(cmdlet.first_set().is_some(), "{}", cmdlet.name);
        }
    }

    #[test]
    fn a_cmdlet_with_everything() {
        let cmdlet = catalogue().get("install-csdatabase").expect("known");
        assert_eq!(cmdlet.name, "Install-CsDatabase");
        assert_eq!(cmdlet.products.to_string(), "L2010 L2013 S2015 S2019");
        let set = cmdlet.set("ByCMS").expect("known");
        let required: Vec<_> = cmdlet.required(set).map(|p| p.name).collect();
        assert_eq!(required, ["CentralManagementDatabase", "SqlServerFqdn"]);
        let paths = cmdlet.parameter("databasepaths").expect("known");
        assert_eq!(
            (paths.value_type.kind, paths.value_type.list),
            (Kind::Text, true)
        );
        let kind = cmdlet.parameter("DatabaseType").expect("known");
        assert!(kind.values.contains(&"Monitoring") && !kind.open_values);
        assert_eq!(cmdlet.parameter("wi").map(|p| p.name), Some("WhatIf"));
        let map = cmdlet.parameter("DatabasePathMap").expect("known");
        assert!(!map.products.has(Product::L2010) && map.products.has(Product::L2013));
        assert_eq!(map.value_type.kind, Kind::Hashtable);
    }

    #[test]
    fn types_say_how_a_value_is_written() {
        for (name, kind, list) in [
            ("", Kind::Switch, false),
            ("UInt16", Kind::Integer(0, 65535), false),
            ("CertType[]", Kind::Text, true),
            ("Nullable<Guid>", Kind::Guid, false),
            ("PSListModifier`1[String]", Kind::ListChange, false),
            (
                "Collections.ObjectModel.Collection`1[Uri]",
                Kind::Text,
                true,
            ),
            ("Unlimited`1[UInt32]", Kind::Text, false),
            ("Byte[]", Kind::Object, false),
            ("PSCredential[]", Kind::Credential, true),
            (
                "Collections.ObjectModel.Collection`1[Microsoft.Rtc.Rgs.Management.WritableSettings.Holiday]",
                Kind::Object,
                true,
            ),
        ] {
            let found = ValueType::of(name);
            assert_eq!((found.kind, found.list), (kind, list), "{name}");
        }
    }

    #[test]
    fn search_puts_the_name_first() {
        let names = |query: &str| -> Vec<&str> {
            catalogue()
                .search(query)
                .into_iter()
                .map(|c| c.name)
                .collect()
        };
        assert_eq!(
            names("install database").first(),
            Some(&"Install-CsDatabase")
        );
        assert_eq!(
            names("voiceroute")
                .first()
                .map(|n| n.ends_with("CsVoiceRoute")),
            Some(true)
        );
        assert!(names("databasepathmap").contains(&"Install-CsDatabase"));
        assert_eq!(names("").len(), 948);
        assert!(names("zzz").is_empty());
    }
}
