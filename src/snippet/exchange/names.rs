//! Names: of fields, as PowerShell wants them, and of snippets, as files want them.

use crate::snippet::library::snippet_id;

/// Variables that PowerShell sets itself (about_Automatic_Variables, about_Preference_Variables)
/// and parameters that every advanced function has (about_CommonParameters): no field can be
/// called like them.
const KEPT: &[&str] = &[
    "_",
    "allnodes",
    "args",
    "confirm",
    "confirmpreference",
    "consolefilename",
    "db",
    "debug",
    "debugpreference",
    "erroraction",
    "erroractionpreference",
    "errorvariable",
    "error",
    "event",
    "eventargs",
    "eventsubscriber",
    "executioncontext",
    "false",
    "foreach",
    "home",
    "host",
    "informationaction",
    "informationvariable",
    "input",
    "iscoreclr",
    "islinux",
    "ismacos",
    "iswindows",
    "lastexitcode",
    "matches",
    "maximumhistorycount",
    "myinvocation",
    "nestedpromptlevel",
    "null",
    "ofs",
    "outbuffer",
    "outvariable",
    "outputencoding",
    "ov",
    "ob",
    "ea",
    "ev",
    "pid",
    "pipelinevariable",
    "profile",
    "progressaction",
    "progresspreference",
    "psboundparameters",
    "pscmdlet",
    "pscommandpath",
    "psculture",
    "psdebugcontext",
    "psedition",
    "pshome",
    "psitem",
    "psscriptroot",
    "pssenderinfo",
    "psuiculture",
    "psversiontable",
    "pv",
    "pwd",
    "sender",
    "shellid",
    "stacktrace",
    "switch",
    "this",
    "true",
    "vb",
    "verbose",
    "verbosepreference",
    "wa",
    "warningaction",
    "warningpreference",
    "warningvariable",
    "whatif",
    "whatifpreference",
    "wi",
    "wv",
    "optional",
];

/// The names of the fields of one snippet: each a PowerShell identifier, no two the same.
#[derive(Debug, Default)]
pub struct Names {
    taken: Vec<String>,
}

impl Names {
    /// Names that must not be used: the variables that a body has of its own.
    pub fn of_body(text: &str) -> Names {
        let in_name = |c: &char| c.is_alphanumeric() || *c == '_';
        let taken = text
            .split('$')
            .skip(1)
            .map(|rest| {
                rest.trim_start_matches('{')
                    .chars()
                    .take_while(in_name)
                    .collect()
            })
            .filter(|name: &String| !name.is_empty())
            .map(|name| name.to_lowercase())
            .collect();
        Names { taken }
    }

    /// A name as near to the wanted one as PowerShell allows.
    pub fn take(&mut self, wanted: &str) -> String {
        let plain = identifier(wanted);
        let free = |name: &str, taken: &[String]| {
            let name = name.to_lowercase();
            !KEPT.contains(&name.as_str()) && !taken.contains(&name)
        };
        let mut name = plain.clone();
        let mut number = 1;
        while !free(&name, &self.taken) {
            name = match number {
                1 => format!("{plain}Value"),
                n => format!("{plain}Value{n}"),
            };
            number += 1;
        }
        self.taken.push(name.to_lowercase());
        name
    }
}

/// Letters, digits and `_`; what stood behind anything else goes on with a capital.
fn identifier(name: &str) -> String {
    let mut out = String::new();
    let mut capital = false;
    for c in name.chars().take(64) {
        if c.is_ascii_alphanumeric() || c == '_' {
            out.push(if capital { c.to_ascii_uppercase() } else { c });
            capital = false;
        } else {
            capital = !out.is_empty();
        }
    }
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert_str(0, "Value");
    }
    out
}

/// The id of a title within a group, different from those that are taken: small letters, digits
/// and `-`. An id that a file cannot have (a device of Windows) gets a number too.
pub fn id(group: &str, title: &str, taken: &[String]) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            _ if c.is_ascii_alphanumeric() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
        if slug.len() >= 56 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    let slug = if slug.is_empty() { "snippet" } else { slug };
    let named = |slug: &str| match group {
        "" => slug.to_owned(),
        group => format!("{group}/{slug}"),
    };
    let free = |id: &String| !taken.contains(id) && snippet_id(id).is_ok();
    std::iter::once(named(slug))
        .chain((2..10_000).map(|n| named(&format!("{slug}-{n}"))))
        .find(free)
        .unwrap_or_else(|| named(slug))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields() {
        let mut names = Names::of_body("$x = ${Pool}; Get-X $Server_1.Name");
        for (wanted, name) in [
            ("user", "user"),
            ("User", "UserValue"),
            ("USER", "USERValue2"),
            ("user-name", "userName"),
            ("host", "hostValue"),
            ("pool", "poolValue"),
            ("server_1", "server_1Value"),
            ("x", "xValue"),
            ("1st", "Value1st"),
            ("", "Value"),
        ] {
            assert_eq!(names.take(wanted), name);
        }
    }

    #[test]
    fn ids() {
        let taken = ["a/nul-2".to_owned()];
        assert_eq!(
            id("a", "Benutzer für Köln: ändern!", &[]),
            "a/benutzer-fuer-koeln-aendern"
        );
        assert_eq!(id("", "日本", &[]), "snippet");
        assert_eq!(id("a", "nul", &taken), "a/nul-3");
        assert_eq!(id("a", "x", &["a/x".into(), "a/x-2".into()]), "a/x-3");
    }

    proptest! {
        #[test]
        fn every_title_has_an_id_that_can_be_saved(title in "\\PC{0,90}") {
            let id = id("group", &title, &[]);
            prop_assert_eq!(snippet_id(&id), Ok(id));
        }

        #[test]
        fn every_name_is_an_identifier(name in "\\PC{0,90}") {
            let name = Names::default().take(&name);
            prop_assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()));
            prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        }
    }
}
