//! Names in which the hand slipped. A repair changes none of them, since it would be a guess: what was
//! probably meant is offered.

use std::ops::Range;

use crate::cmdlet::check::{Resolved, resolve};
use crate::cmdlet::{Cmdlet, catalogue};
use crate::near;
use crate::powershell::{self, Argument, Command};

/// Slips that are looked for in one text: each is held against all names.
const MOST: usize = 16;

/// What was probably meant by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The text with the names that there are.
    pub text: String,
    /// Each name as it was written, and the one that took its place: `-Identiyt`, `-Identity`.
    pub names: Vec<(String, String)>,
}

/// The text with each cmdlet and parameter that does not exist replaced by the one name that is nearly
/// the same. `None` when there is none to replace, or when the text is no PowerShell. Only names of Lync
/// and Skype for Business cmdlets are taken for slips of such: any other may be somebody's own.
pub fn meant(text: &str) -> Option<Meant> {
    let script = powershell::parse(text).ok()?;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for command in &script.commands {
        let cmdlet = match catalogue().of(command) {
            Some(cmdlet) => cmdlet,
            None => match name(text, command) {
                Some((span, cmdlet)) => {
                    edits.push((span, cmdlet.name.to_owned()));
                    cmdlet
                }
                None => continue,
            },
        };
        edits.extend(
            command
                .arguments
                .iter()
                .filter_map(|a| parameter(text, command, cmdlet, a)),
        );
        if edits.len() > MOST {
            return None;
        }
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|(span, _)| span.start);
    let written = |span: &Range<usize>| text.get(span.clone()).unwrap_or("").to_owned();
    let names = edits
        .iter()
        .map(|(span, name)| (written(span), name.clone()))
        .collect();
    let mut mended = text.to_owned();
    for (span, name) in edits.into_iter().rev() {
        mended.replace_range(span, &name);
    }
    Some(Meant {
        text: mended,
        names,
    })
}

/// Where the name of a command stands, and the cmdlet that it probably names.
fn name(text: &str, command: &Command) -> Option<(Range<usize>, &'static Cmdlet)> {
    let name = command.name.as_deref().filter(|_| !command.by_path)?;
    let noun = name.split_once('-')?.1;
    if !noun.get(..2)?.eq_ignore_ascii_case("cs") || name.len() > 80 {
        return None;
    }
    let start = command.span.start;
    let span = start..start + name.len();
    // Behind `&` or a module's name it is left alone.
    (text.get(span.clone())? == name).then_some(())?;
    let near = near::slip(name, catalogue().iter().map(|c| c.name))?;
    Some((span, catalogue().get(near)?))
}

fn parameter(
    text: &str,
    command: &Command,
    cmdlet: &'static Cmdlet,
    argument: &Argument,
) -> Option<(Range<usize>, String)> {
    let Argument::Parameter { name, span, .. } = argument else {
        return None;
    };
    if resolve(cmdlet, name) != Resolved::Unknown || name.len() > 80 {
        return None;
    }
    let written = span.start..span.start + 1 + name.len();
    (text.get(written.clone())? == format!("-{name}")).then_some(())?;
    let near = near::slip(name, cmdlet.parameters.iter().map(|p| p.name))?;
    // Given already: then it was meant to be something else.
    let there = |a: &Argument| {
        matches!(a, Argument::Parameter { name, .. }
            if matches!(resolve(cmdlet, name), Resolved::Own(n, _) if cmdlet.parameters.get(n).is_some_and(|p| p.name == near)))
    };
    (!command.arguments.iter().any(there)).then(|| (written, format!("-{near}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cmdlet::check;

    fn of(text: &str) -> Option<String> {
        meant(text).map(|m| m.text)
    }

    #[test]
    fn names_that_are_nearly_there() {
        assert_eq!(
            of("Set-CsUser -Identity a -EnterpriseVoiceEnabeld $true").as_deref(),
            Some("Set-CsUser -Identity a -EnterpriseVoiceEnabled $true")
        );
        // A cmdlet, and then what it takes; what stands in a string is nobody's name.
        let both = meant("Get-CsUser | Mvoe-CsUser -Taregt:'-Taregt' | fl").expect("slips");
        assert_eq!(both.text, "Get-CsUser | Move-CsUser -Target:'-Taregt' | fl");
        let names = [("Mvoe-CsUser", "Move-CsUser"), ("-Taregt", "-Target")];
        assert_eq!(both.names, names.map(|(a, b)| (a.into(), b.into())));
    }

    #[test]
    fn what_is_left_alone() {
        for fine in [
            "Get-CsUser -Identity a",
            "Get-CsUser -Ident a -Verbose",
            "Get-CsUser -Nonsense 1",
            "Get-CsEverything",
            // Somebody's own, or another product's.
            "Get-Usr a; Get-Itme b",
            // The parameter that is near is there already.
            "Move-CsUser -Target a -Taregt b",
            "Get-CsUser (",
            "",
        ] {
            assert_eq!(of(fine), None, "{fine}");
        }
    }

    proptest! {
        // Two letters that changed places in a name of the reference are put back, or nothing is done.
        #[test]
        fn a_slip_is_taken_back(
            cmdlet in 0..10_000_usize, parameter in 0..100_usize, at in 0..40_usize,
        ) {
            let all: Vec<&Cmdlet> = catalogue().iter().collect();
            let cmdlet = all[cmdlet % all.len()];
            prop_assume!(!cmdlet.parameters.is_empty());
            let right = cmdlet.parameters[parameter % cmdlet.parameters.len()].name;
            let mut letters: Vec<char> = right.chars().collect();
            prop_assume!(letters.len() > 5);
            let at = at % (letters.len() - 1);
            letters.swap(at, at + 1);
            let wrong: String = letters.iter().collect();
            let text = format!("{} -{wrong}", cmdlet.name);
            let unknown = check(&text, None).iter().any(|f| f.rule == "unknown-parameter");
            if let Some(mended) = of(&text) {
                let left = check(&mended, None);
                prop_assert!(unknown && left.iter().all(|f| f.rule != "unknown-parameter"));
            }
        }

        #[test]
        fn any_text_ends(text in "\\PC{0,60}") {
            if let Some(meant) = meant(&text) {
                prop_assert!(meant.text != text && !meant.names.is_empty());
            }
        }
    }
}
