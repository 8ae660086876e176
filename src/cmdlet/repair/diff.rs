//! Before and after, as lines.

use similar::{ChangeTag, TextDiff};

/// Whether a line is in both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    /// In both.
    Same,
    /// Only in the text before.
    Removed,
    /// Only in the text after.
    Added,
}

/// A line of either text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// Which text it is of.
    pub kind: DiffKind,
    /// The line without its end.
    pub text: String,
}

/// The lines of two texts: those of the first that are gone in front of those that came.
pub fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    TextDiff::from_lines(before, after)
        .iter_all_changes()
        .map(|change| DiffLine {
            kind: match change.tag() {
                ChangeTag::Equal => DiffKind::Same,
                ChangeTag::Delete => DiffKind::Removed,
                ChangeTag::Insert => DiffKind::Added,
            },
            text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
        })
        .collect()
}
