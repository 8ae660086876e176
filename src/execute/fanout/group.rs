//! Equal answers together, and how the odd ones differ.

use std::time::Duration;

use similar::TextDiff;

use super::answer::{Answer, Text};
use crate::execute::event::JobState;

/// Lines of a difference that are shown at most.
const MOST_LINES: usize = 40;

/// After this a difference is shown roughly instead of exactly.
const DIFF_LIMIT: Duration = Duration::from_millis(500);

/// Targets that ended alike and answered the same.
#[derive(Debug, Clone)]
pub struct Group {
    /// The names of the targets, in the order in which they ended.
    pub members: Vec<String>,
    /// How they ended.
    pub state: JobState,
    /// csdeck's exit code for each of them.
    pub exit: i32,
    /// Why the first of them did not come to an end of its own.
    pub why: Option<String>,
    /// What they put out, as the first of them wrote it, with its own name as `<target>`.
    pub output: Text,
    /// What they complained of, in the same way.
    pub errors: Text,
    /// The hashes of the answers as they are, and with the names replaced.
    exact: Vec<[u8; 32]>,
    named: Vec<[u8; 32]>,
}

impl Group {
    /// True when the answers are the same only because each target's own name counts as `<target>`.
    pub fn is_named(&self) -> bool {
        self.exact.len() > 1
    }

    /// How they ended, in words: `succeeded`, `failed`, `unreachable or refused`, ...
    pub fn word(&self) -> &'static str {
        match (self.state, self.exit) {
            (JobState::Failed, 5) => "unreachable or refused",
            (state, _) => state.word(),
        }
    }

    fn holds(&self, answer: &Answer) -> bool {
        self.exact.contains(&answer.exact) || self.named.contains(&answer.named)
    }

    fn absorb(&mut self, other: Group) {
        self.members.extend(other.members);
        merge(&mut self.exact, other.exact);
        merge(&mut self.named, other.named);
    }
}

fn merge(into: &mut Vec<[u8; 32]>, more: Vec<[u8; 32]>) {
    for hash in more {
        if !into.contains(&hash) {
            into.push(hash);
        }
    }
}

/// The groups of the answers so far. Memory grows with the number of different answers, at most
/// twice [`KEPT`](super::KEPT) for each.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    groups: Vec<Group>,
}

impl Groups {
    /// Adds an answer. Two answers are equal when they are so as they are, or with the targets' own
    /// names left out: a target called like a word of its answer is not odd for that.
    pub fn add(&mut self, answer: Answer) {
        let mut new = Group {
            exact: vec![answer.exact],
            named: vec![answer.named],
            members: Vec::new(),
            state: answer.state,
            exit: answer.exit,
            why: None,
            output: Text::default(),
            errors: Text::default(),
        };
        let (alike, others): (Vec<Group>, Vec<Group>) = std::mem::take(&mut self.groups)
            .into_iter()
            .partition(|group| group.holds(&answer));
        self.groups = others;
        let mut alike = alike.into_iter();
        match alike.next() {
            Some(first) => {
                new.members.push(answer.name);
                let mut all = first;
                for group in alike {
                    all.absorb(group);
                }
                all.absorb(new);
                self.groups.push(all);
            }
            None => self.groups.push(Group {
                members: vec![answer.name],
                why: answer.why,
                output: answer.output,
                errors: answer.errors,
                ..new
            }),
        }
    }

    /// The groups, the largest first; of equal ones what succeeded before what did not, then by
    /// the first name.
    pub fn sorted(mut self) -> Vec<Group> {
        self.groups.sort_by(|a, b| {
            let key = |g: &Group| {
                (
                    std::cmp::Reverse(g.members.len()),
                    g.state != JobState::Succeeded,
                )
            };
            key(a)
                .cmp(&key(b))
                .then_with(|| a.members.first().cmp(&b.members.first()))
        });
        self.groups
    }
}

/// How `odd` differs from `usual`: lines of a unified difference, `-` in front of what only the usual
/// answer has, `+` in front of what only the odd one has. Bounded in length and time.
pub fn difference(usual: &Group, odd: &Group) -> Vec<String> {
    let mut lines = Vec::new();
    let mut cut = false;
    for (name, a, b) in [
        ("output", &usual.output, &odd.output),
        ("errors", &usual.errors, &odd.errors),
    ] {
        cut |= a.cut || b.cut;
        if a.kept == b.kept {
            continue;
        }
        let diff = TextDiff::configure()
            .timeout(DIFF_LIMIT)
            .diff_lines(&a.kept, &b.kept);
        let text = diff.unified_diff().context_radius(1).to_string();
        lines.push(format!("{name}:"));
        lines.extend(text.lines().map(str::to_owned));
    }
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("... {more} more lines of difference"));
    }
    if cut {
        lines.push(format!(
            "(the answers are longer than the {} KiB of each that are shown; all of them was compared)",
            super::KEPT / 1024
        ));
    }
    lines
}
