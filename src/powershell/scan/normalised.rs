//! What the scan gives: the script in the grammar's alphabet.

use std::ops::Range;

/// A script in the grammar's alphabet, with the way back to the original's byte offsets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Normalised {
    /// Same structure as the original; quotes, dashes and blanks outside strings are ASCII.
    pub text: String,
    /// `text` with the inside of strings and comments blanked: what is certainly code.
    pub code: String,
    /// True when output of something goes to a file: `>` in code, but for `2>&1` and `> $null`.
    /// The grammar does not know every form of it.
    pub writes_file: bool,
    /// Every string and comment, inner ones in front of those that they stand in.
    pub quoted: Vec<Quoted>,
    /// (offset in `text`, offset in the original) wherever the two begin to differ by a new
    /// amount; sorted.
    pub(super) shifts: Vec<(usize, usize)>,
}

/// A string or a comment of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// Bytes of the original, delimiters included.
    pub span: Range<usize>,
    /// What it is.
    pub kind: QuotedKind,
}

/// The kinds of text that is no code (about_Quoting_Rules, about_Comments).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotedKind {
    /// Nothing in it expands.
    Single,
    /// Variables and `$( )` in it expand.
    Double,
    /// A here-string in which nothing expands.
    HereSingle,
    /// A here-string in which variables and `$( )` expand.
    HereDouble,
    /// A comment.
    Comment,
}

impl Normalised {
    /// The comments: bytes of the original, in order. None stands in another.
    pub fn comments(&self) -> Vec<Range<usize>> {
        let comments = self.quoted.iter().filter(|q| q.kind == QuotedKind::Comment);
        comments.map(|q| q.span.clone()).collect()
    }

    /// The original's byte offset for one of `text`.
    pub fn original(&self, offset: usize) -> usize {
        match self.shifts.partition_point(|(here, _)| *here <= offset) {
            0 => offset,
            n => {
                let (here, there) = self.shifts[n - 1];
                there + (offset - here)
            }
        }
    }
}
