//! The words a watch ends in.

use std::fmt;

/// The overall verdict of one poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every expected replica confirmed its newest package in enough consecutive polls.
    Converged,
    /// Not there yet, and something may still move.
    Converging,
    /// At least one replica is past its limit and no other one is still under way.
    Stuck,
    /// A change was announced but no package was made for it in time.
    NoChange,
    /// No fresh data: nothing can be said, least of all something good.
    Blind,
    /// The watch itself cannot go on.
    Failed,
}

impl Verdict {
    /// The verdict as it is written on screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Converged => "converged",
            Verdict::Converging => "converging",
            Verdict::Stuck => "stuck",
            Verdict::NoChange => "no-change",
            Verdict::Blind => "blind",
            Verdict::Failed => "failed",
        }
    }

    /// The exit code of a watch that ends with this verdict. Blindness is the data's fault when
    /// it came `from_input` (3) and the target's otherwise (5, unreachable).
    pub fn exit_code(self, from_input: bool) -> u8 {
        match self {
            Verdict::Converged => 0,
            Verdict::Failed => 1,
            Verdict::Blind if !from_input => 5,
            Verdict::Converging | Verdict::Stuck | Verdict::NoChange | Verdict::Blind => 3,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The verdict on one replica in one poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowVerdict {
    /// True, and its report is not older than its newest package.
    UpToDate,
    /// Not confirmed yet, within the usual time.
    Waiting,
    /// Later than usual, not yet past the limit; or it reported but did not apply.
    Lagging,
    /// Past the limit without confirming.
    Stuck,
    /// It has no report at all: defined in the topology, probably never set up.
    NeverReported,
    /// Expected, but not in the answer.
    Missing,
    /// In the answer, but not expected: probably removed from the topology.
    Orphan,
    /// There was no fresh answer; the row shows what was last known.
    Unreachable,
    /// Known to be dead and left out, with a reason: not counted.
    Excluded,
}

impl RowVerdict {
    /// The verdict in words for people.
    pub fn word(self) -> &'static str {
        match self {
            RowVerdict::UpToDate => "up to date",
            RowVerdict::Waiting => "waiting",
            RowVerdict::Lagging => "lagging",
            RowVerdict::Stuck => "stuck",
            RowVerdict::NeverReported => "never reported",
            RowVerdict::Missing => "missing",
            RowVerdict::Orphan => "orphan",
            RowVerdict::Unreachable => "unreachable",
            RowVerdict::Excluded => "excluded",
        }
    }

    /// The verdict as it is written in JSON: [`RowVerdict::word`] with hyphens.
    pub fn json_word(self) -> &'static str {
        match self {
            RowVerdict::UpToDate => "up-to-date",
            RowVerdict::NeverReported => "never-reported",
            other => other.word(),
        }
    }
}

impl fmt::Display for RowVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
