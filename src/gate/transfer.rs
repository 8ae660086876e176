//! Copies of files: a get reads, a put is a change; judged, shown and confirmed like text.

use super::{Asks, Confirmation, Denied, Guard};
use crate::cmdlet::Risk;
use crate::text::is_unsafe;

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the target to this machine.
    Get,
    /// From this machine to the target.
    Put,
}

impl Direction {
    /// The command's name.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Get => "get",
            Direction::Put => "put",
        }
    }
}

/// One file to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Which way.
    pub direction: Direction,
    /// The path on this machine.
    pub local: String,
    /// The path on the target, as its file system takes it.
    pub remote: String,
    /// True: a file that is there already is replaced.
    pub force: bool,
}

impl Transfer {
    /// The one text that is shown and journaled: `get fe01:/C:/x.zip -> ./x.zip`.
    pub fn text(&self, target: &str) -> String {
        let (word, local, remote) = (self.direction.word(), &self.local, &self.remote);
        let over = if self.force { " --force" } else { "" };
        match self.direction {
            Direction::Get => format!("{word} {target}:{remote} -> {local}{over}"),
            Direction::Put => format!("{word} {local} -> {target}:{remote}{over}"),
        }
    }
}

/// A copy judged for a target, not yet confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferAssessment {
    transfer: Transfer,
    target: String,
    guard: Guard,
}

/// A copy that was judged, shown and confirmed. Cannot be made outside of the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedTransfer {
    transfer: Transfer,
    target: String,
    text: String,
    risk: Risk,
}

impl ApprovedTransfer {
    /// What is copied.
    pub fn transfer(&self) -> &Transfer {
        &self.transfer
    }

    /// The name of the target it was approved for.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The text as it was shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The risk it was approved with.
    pub fn risk(&self) -> Risk {
        self.risk
    }
}

/// Judges a copy for a target. What is refused here is refused whatever the user confirms.
/// [`Denied::Name`] for a path that cannot be shown as it is.
pub fn assess_transfer(
    transfer: Transfer,
    target: &str,
    guard: Guard,
) -> Result<TransferAssessment, Denied> {
    for path in [&transfer.local, &transfer.remote] {
        if path.is_empty() {
            return Err(Denied::Name("a path is empty: name the file".into()));
        }
        if path.chars().any(|c| is_unsafe(c) || c.is_control()) {
            return Err(Denied::Name(format!(
                "the path {path:?} holds control or invisible characters: what is shown would not be what is copied. Rename the file first"
            )));
        }
    }
    if guard == Guard::ReadOnly && transfer.direction == Direction::Put {
        return Err(Denied::Closed(format!(
            "{target} is read-only and a put is a change. Set protection = \"normal\" for the target in targets.toml to allow it"
        )));
    }
    Ok(TransferAssessment {
        transfer,
        target: target.to_owned(),
        guard,
    })
}

impl TransferAssessment {
    /// The text that is to be shown.
    pub fn text(&self) -> String {
        self.transfer.text(&self.target)
    }

    /// Reading for a get, a change for a put.
    pub fn risk(&self) -> Risk {
        match self.transfer.direction {
            Direction::Get => Risk::Read,
            Direction::Put => Risk::Change,
        }
    }

    /// What the user has to say.
    pub fn asks(&self) -> Asks {
        match (self.risk(), self.guard) {
            (Risk::Read, _) => Asks::Look,
            (_, Guard::Normal) => Asks::Yes,
            _ => Asks::TypeName,
        }
    }

    /// Turns the assessment into something that may be done, when `said` is enough.
    pub fn approve(self, said: &Confirmation) -> Result<ApprovedTransfer, Denied> {
        let target = &self.target;
        match (self.asks(), said) {
            (_, Confirmation::Typed(name)) if name != target => {
                return Err(Denied::NotConfirmed(format!(
                    "the name typed is {name:?}, the target is {target:?}"
                )));
            }
            (_, Confirmation::Typed(_)) | (Asks::Look, _) | (Asks::Yes, Confirmation::Yes) => {}
            (Asks::Yes, Confirmation::Shown) => {
                return Err(Denied::NotConfirmed(format!(
                    "a put is a change on {target}: add --yes to do it"
                )));
            }
            (Asks::TypeName, _) => {
                return Err(Denied::NotConfirmed(format!(
                    "a put is a change on {target}, which is protected: add --yes-i-typed {target} to do it"
                )));
            }
        }
        Ok(ApprovedTransfer {
            text: self.text(),
            risk: self.risk(),
            transfer: self.transfer,
            target: self.target,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(direction: Direction, guard: Guard, said: &Confirmation) -> Result<String, Denied> {
        let transfer = Transfer {
            direction,
            local: "./x.zip".into(),
            remote: "/C:/backup/x.zip".into(),
            force: false,
        };
        assess_transfer(transfer, "fe01", guard)?
            .approve(said)
            .map(|a| format!("{} ({})", a.text(), a.risk().word()))
    }

    #[test]
    fn a_get_reads_and_a_put_changes() {
        use Confirmation::{Shown, Typed, Yes};
        use Direction::{Get, Put};
        assert_eq!(
            copy(Get, Guard::ReadOnly, &Shown).as_deref(),
            Ok("get fe01:/C:/backup/x.zip -> ./x.zip (read)")
        );
        assert_eq!(
            copy(Put, Guard::Normal, &Yes).as_deref(),
            Ok("put ./x.zip -> fe01:/C:/backup/x.zip (change)")
        );
        let typed = Typed("fe01".into());
        for (guard, said) in [
            (Guard::Normal, Shown),
            (Guard::Protected, Shown),
            (Guard::Protected, Yes),
            (Guard::Normal, Typed("fe02".into())),
        ] {
            assert!(
                matches!(copy(Put, guard, &said), Err(Denied::NotConfirmed(_))),
                "{guard:?} {said:?}"
            );
        }
        assert!(copy(Put, Guard::Protected, &typed).is_ok());
        assert!(matches!(
            copy(Put, Guard::ReadOnly, &typed),
            Err(Denied::Closed(_))
        ));
    }

    #[test]
    fn a_path_that_cannot_be_shown_is_no_path() {
        for path in ["", "a\nb", "a\u{1b}[2J", "a\u{202e}piz.x", "a\u{200b}b"] {
            let transfer = Transfer {
                direction: Direction::Get,
                local: "x".into(),
                remote: path.into(),
                force: false,
            };
            assert!(
                matches!(
                    assess_transfer(transfer, "fe01", Guard::Normal),
                    Err(Denied::Name(_))
                ),
                "{path:?}"
            );
        }
    }
}
