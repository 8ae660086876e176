//! What may run: text is judged, shown and confirmed here, and only here becomes [`Approved`],
//! the one thing that transports accept.

mod transfer;

use thiserror::Error;

pub use transfer::{ApprovedTransfer, Direction, Transfer, TransferAssessment, assess_transfer};

use crate::cmdlet::hop::{self, Note, Way};
use crate::cmdlet::{self, Finding, Judgement, NoPreview, Risk, judge};
use crate::powershell::{Script, SyntaxError};

/// Text that was judged, shown and confirmed for one target. Cannot be made outside this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    text: String,
    target: String,
    risk: Risk,
}

impl Approved {
    /// The text, byte for byte as it was shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name of the target it was approved for.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The risk it was approved with.
    pub fn risk(&self) -> Risk {
        self.risk
    }
}

/// What a target lets run; the part of a target that the gate needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Everything the gates let through.
    Normal,
    /// Only what reads.
    ReadOnly,
    /// Everything above reading needs the name typed.
    Protected,
}

/// How the user said yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The text was shown and nothing more was asked: enough for what only reads.
    Shown,
    /// Yes to target and text (`--yes`): enough for a change.
    Yes,
    /// The target's name as typed (`--yes-i-typed NAME`).
    Typed(String),
}

/// Why text does not run. Nothing was connected to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Denied {
    /// There is nothing to run.
    #[error("there is nothing to run: the text is empty")]
    Empty,
    /// The text is not PowerShell.
    #[error("not run: {0}")]
    Syntax(#[from] SyntaxError),
    /// A path that cannot be shown as it is.
    #[error("not copied: {0}")]
    Name(String),
    /// A gate stands in the way and cannot be opened.
    #[error("gate closed: {0}")]
    Closed(String),
    /// It is for another way to a server, or another place.
    #[error("not run: {0}")]
    Elsewhere(String),
    /// The user has to say more first.
    #[error("not confirmed: {0}")]
    NotConfirmed(String),
}

/// What has to be said before a text may run on a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing beyond seeing it.
    Look,
    /// A yes.
    Yes,
    /// The target's name, typed.
    TypeName,
}

/// A text judged for a target, not yet confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    text: String,
    target: String,
    guard: Guard,
    judgement: Judgement,
    notes: Vec<Note>,
}

/// Judges a text that runs here. What is refused here is refused whatever the user confirms.
pub fn assess(text: &str, target: &str, guard: Guard) -> Result<Assessment, Denied> {
    assess_over(text, target, guard, &Way::default())
}

/// Judges a text for a target that is reached over this way.
pub fn assess_over(
    text: &str,
    target: &str,
    guard: Guard,
    way: &Way,
) -> Result<Assessment, Denied> {
    if text.trim().is_empty() {
        return Err(Denied::Empty);
    }
    let judgement = judge(text)?;
    if judgement.removes_cms {
        return Err(Denied::Closed(
            "Uninstall-CsDatabase -CentralManagementDatabase removes the Central Management store. csdeck cannot yet \
             prove that the store moved away and that every replica is UpToDate, so it does not run this anywhere"
                .into(),
        ));
    }
    if guard == Guard::ReadOnly && judgement.risk > Risk::Read {
        return Err(Denied::Closed(format!(
            "{target} is read-only and this is a {} ({}). Set protection = \"normal\" for the target in targets.toml to allow it",
            judgement.risk.word(),
            judgement.reasons.first().map_or("", |r| r.text.as_str()),
        )));
    }
    if let Some(why) = hop::refusal(&judgement.script, way) {
        return Err(Denied::Elsewhere(why));
    }
    Ok(Assessment {
        text: text.to_owned(),
        target: target.to_owned(),
        guard,
        notes: hop::notes(&judgement.script, way),
        judgement,
    })
}

impl Assessment {
    /// The text that would run.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The target it would run on.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The computed risk.
    pub fn risk(&self) -> Risk {
        self.judgement.risk
    }

    /// True when it changes nothing because its commands have `-WhatIf`.
    pub fn is_preview(&self) -> bool {
        self.judgement.preview && self.judgement.risk == Risk::Read
    }

    /// The text that previews what this one does, or why there is none.
    pub fn preview(&self) -> Result<String, NoPreview> {
        match self.judgement.reasons.is_empty() {
            true => Err(NoPreview::Nothing),
            false => cmdlet::preview_script(&self.text, &self.judgement.script),
        }
    }

    /// Why it has that risk, one line each.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        self.judgement.reasons.iter().map(|r| r.text.as_str())
    }

    /// The text, parsed.
    pub fn script(&self) -> &Script {
        &self.judgement.script
    }

    /// What to know of the way to the target before it runs. It stops nothing.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Adds what else is to be known.
    pub fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// What the reference has against the text. It stops nothing: the reference may be wrong, and
    /// the server has the last word.
    pub fn findings(&self) -> Vec<Finding> {
        cmdlet::check_script(&self.text, &self.judgement.script, None)
    }

    /// What the user has to say on a command line.
    pub fn asks(&self) -> Asks {
        match (self.judgement.risk, self.guard) {
            (Risk::Read, _) => Asks::Look,
            (Risk::Change, Guard::Normal) => Asks::Yes,
            _ => Asks::TypeName,
        }
    }

    /// What the user has to say in the console: there every run is asked, and everything that is
    /// not certain to only look needs the target's name.
    pub fn asks_in_console(&self) -> Asks {
        match self.asks() {
            Asks::Look => Asks::Yes,
            _ => Asks::TypeName,
        }
    }

    /// Turns the assessment into something that may run, when `said` is enough.
    pub fn approve(self, said: &Confirmation) -> Result<Approved, Denied> {
        let enough = match (self.asks(), said) {
            (_, Confirmation::Typed(name)) => {
                if *name != self.target {
                    return Err(Denied::NotConfirmed(format!(
                        "the name typed is {name:?}, the target is {:?}",
                        self.target
                    )));
                }
                true
            }
            (Asks::Look, _) | (Asks::Yes, Confirmation::Yes) => true,
            _ => false,
        };
        if enough {
            return Ok(Approved {
                text: self.text,
                target: self.target,
                risk: self.judgement.risk,
            });
        }
        let why = self
            .judgement
            .reasons
            .first()
            .map_or_else(String::new, |r| format!(" ({})", r.text));
        Err(Denied::NotConfirmed(match self.asks() {
            Asks::TypeName => format!(
                "this is {}{why} on {}: add --yes-i-typed {} to run it",
                self.judgement.risk.word(),
                self.target,
                self.target
            ),
            _ => format!(
                "this is a change{why} on {}: add --yes to run it",
                self.target
            ),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, guard: Guard, said: &Confirmation) -> Result<Approved, Denied> {
        assess(text, "fe01", guard)?.approve(said)
    }

    #[test]
    fn reading_needs_no_word_change_a_yes_destruction_the_name() {
        let typed = Confirmation::Typed("fe01".into());
        for (text, shown, yes) in [
            ("Get-CsPool", true, true),
            ("Enable-CsTopology", false, true),
            ("Remove-CsUser a", false, false),
        ] {
            assert_eq!(
                run(text, Guard::Normal, &Confirmation::Shown).is_ok(),
                shown,
                "{text}"
            );
            assert_eq!(
                run(text, Guard::Normal, &Confirmation::Yes).is_ok(),
                yes,
                "{text}"
            );
            assert!(run(text, Guard::Normal, &typed).is_ok(), "{text}");
        }
        assert!(run("Enable-CsTopology", Guard::Protected, &Confirmation::Yes).is_err());
        assert!(run("Enable-CsTopology", Guard::Protected, &typed).is_ok());
    }

    #[test]
    fn a_wrong_name_opens_nothing_not_even_reading() {
        assert!(matches!(
            run(
                "Get-CsPool",
                Guard::Normal,
                &Confirmation::Typed("fe02".into())
            ),
            Err(Denied::NotConfirmed(_))
        ));
    }

    #[test]
    fn closed_gates_stay_closed_whatever_is_typed() {
        let typed = Confirmation::Typed("fe01".into());
        assert!(matches!(
            run(
                "Uninstall-CsDatabase -CentralManagementDatabase",
                Guard::Normal,
                &typed
            ),
            Err(Denied::Closed(_))
        ));
        assert!(matches!(
            run("Enable-CsTopology", Guard::ReadOnly, &typed),
            Err(Denied::Closed(_))
        ));
        assert!(run("Get-CsPool", Guard::ReadOnly, &Confirmation::Shown).is_ok());
        assert!(matches!(
            run(" \n", Guard::Normal, &typed),
            Err(Denied::Empty)
        ));
        assert!(matches!(
            run("Get-X (", Guard::Normal, &typed),
            Err(Denied::Syntax(_))
        ));
    }

    #[test]
    fn the_text_is_kept_byte_for_byte() {
        let text = "Get-CsPool  -Identity ‘a’ ";
        assert_eq!(
            run(text, Guard::Normal, &Confirmation::Shown).map(|a| a.text().to_owned()),
            Ok(text.to_owned())
        );
    }
}
