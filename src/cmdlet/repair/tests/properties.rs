//! What holds for any text.

use proptest::prelude::*;

use super::*;
use crate::cmdlet::catalogue::{Cmdlet, ParameterSet, catalogue};
use crate::powershell::{Argument, Value, ValueKind, literal};

/// Pieces of commands and of damage, to be thrown together.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "‘",
    "’",
    "‚",
    "“",
    "”",
    "„",
    "″",
    "‶",
    "–",
    "—",
    "‑",
    "-",
    "\u{a0}",
    "\u{200b}",
    "\u{feff}",
    "\u{ad}",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "`",
    "` \n",
    "$",
    "$(",
    "(",
    ")",
    "{",
    "}",
    "@'\n",
    "\n'@",
    "@{",
    ",",
    ";",
    "|",
    "&",
    "#",
    "<#",
    "#>",
    "--%",
    ">",
    ">>",
    "• ",
    "1. ",
    "1.1 ",
    "PS C:\\> ",
    "[PS] C:\\x>",
    "a",
    "it’s",
    "Get-CsPool",
    "Get–CsPool",
    "Get-Cs",
    "Pool",
    "Install-CsDatabase",
    "-CentralManagementDatabase",
    "–SqlServerFqdn",
    "-UseDefaultSQL",
    "UseDefaultSQL",
    "Paths",
    "Clean",
    "-DatabasePaths",
    "I:\\A",
    "=",
    "$x",
    "-join",
    "\u{2028}",
    "\0",
    "😀",
];

fn damaged() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|p| p.concat())
}

/// A string with the characters that damage is made of.
fn nasty() -> impl Strategy<Value = String> {
    let text = "[a-c0-9 \u{a0}‘’“”″–\u{200b}$`(){}|;,'\"\\\\-]{0,12}";
    text.prop_map(|s| s)
}

/// A command of the catalogue as csdeck writes it.
fn rendered() -> impl Strategy<Value = String> {
    let count = catalogue().len();
    (
        0..count,
        any::<prop::sample::Index>(),
        prop::collection::vec((any::<bool>(), nasty(), prop::option::of(nasty())), 30),
    )
        .prop_map(|(cmdlet, set, values)| {
            let cmdlet = catalogue().iter().nth(cmdlet).expect("in range");
            let set = &cmdlet.sets[set.index(cmdlet.sets.len())];
            write(cmdlet, set, &values)
        })
}

fn write(cmdlet: &Cmdlet, set: &ParameterSet, values: &[(bool, String, Option<String>)]) -> String {
    let mut text = cmdlet.name.to_owned();
    for (member, (given, value, second)) in set.members.iter().zip(values) {
        let parameter = &cmdlet.parameters[member.parameter];
        if !(member.required || *given) {
            continue;
        }
        text.push_str(&format!(" -{}", parameter.name));
        if !parameter.is_switch() {
            let elements: Vec<String> = std::iter::once(value).chain(second).cloned().collect();
            text.push_str(&format!(
                " {}",
                literal::array(&elements).expect("no controls")
            ));
        }
    }
    text
}

/// The constants of a text: names and values of all commands.
fn values(text: &str) -> Option<Vec<String>> {
    fn of(value: &Value, out: &mut Vec<String>) {
        match &value.kind {
            ValueKind::Text(text) => out.push(text.clone()),
            ValueKind::Array(items) => items.iter().for_each(|i| of(i, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    for command in parse(text).ok()?.commands {
        for argument in &command.arguments {
            if let Argument::Value(value) = argument {
                of(value, &mut out);
            }
        }
    }
    Some(out)
}

fn settles(text: &str) -> Result<(), TestCaseError> {
    let once = repair(text);
    let twice = repair(&once.text);
    prop_assert_eq!(&once.text, &twice.text);
    if once.changes.iter().all(|c| c.rule != "not-settled") {
        prop_assert_eq!(twice.changes, Vec::new());
    } else {
        prop_assert_eq!(&once.text, text);
    }
    let _ = fill(&once.text);
    let _ = diff(text, &once.text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_settles(text in any::<String>()) {
        settles(&text)?;
    }

    #[test]
    fn any_damage_settles(text in damaged()) {
        settles(&text)?;
    }

    #[test]
    fn nasty_characters_settle(text in "[a’‘'“”\"″ ,\n\u{a0}`-]{0,60}") {
        settles(&text)?;
    }

    #[test]
    fn a_rendered_command_is_fine(text in prop::collection::vec(rendered(), 1..4)) {
        for end in ["\n", "\r\n", "; "] {
            let text = text.join(end);
            let repaired = repair(&text);
            prop_assert_eq!(repaired.changes, Vec::new());
            prop_assert_eq!(repaired.text, text);
        }
    }

    /// Of a text that is PowerShell, every string keeps its value, whatever delimits it.
    #[test]
    fn strings_keep_their_values(text in damaged()) {
        let repaired = repair(&text);
        // The others move statements and words about.
        let told = repaired.changes.iter().any(|c| match c.rule {
            "quote" | "blank" => false,
            "dash" => !matches!(c.before.as_str(), "–" | "—" | "―"),
            _ => true,
        });
        if let (Some(before), false) = (values(&text), told) {
            prop_assert_eq!(values(&repaired.text), Some(before));
        }
    }

    #[test]
    fn a_rendered_command_fills_with_its_values(text in rendered()) {
        let filled = fill(&text).expect("fills");
        prop_assert_eq!(filled.len(), 1);
        let pasted: Vec<String> = filled[0].values.iter().flat_map(|(_, value)| match value {
            Pasted::Values(values) => values.clone(),
            _ => Vec::new(),
        }).collect();
        let blank = |s: &str| s.chars().all(|c| c.is_whitespace() || c == '\u{200b}');
        let whole = values(&text).expect("parses");
        if filled[0].lost.is_empty() {
            prop_assert_eq!(pasted, whole);
        } else {
            prop_assert!(whole.iter().any(|v| blank(v)));
        }
        prop_assert!(filled[0].kept.is_empty());
    }

    /// The worst that typography does to a command is undone.
    #[test]
    fn typography_is_undone(text in rendered()) {
        if text.contains(['–', '‘', '’', '“', '”', '\u{a0}']) {
            return Ok(());
        }
        let mut opens = true;
        let damaged: String = text.chars().map(|c| match c {
            '\'' => {
                opens = !opens;
                if opens { '’' } else { '‘' }
            }
            other => other,
        }).collect();
        let damaged = damaged.replace(" -", "\u{a0}–");
        // Only outside of strings: their inside stays.
        if values(&damaged) == values(&text) {
            prop_assert_eq!(repair(&damaged).text, text);
        }
    }
}
