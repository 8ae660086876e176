//! A text under repair: every character knows where it stood in the text that was pasted.

use std::ops::Range;

use super::Change;

/// The text as it is by now, and what was changed so far.
pub(super) struct Draft {
    /// The characters of today.
    pub chars: Vec<char>,
    /// The byte of the pasted text that each of them stood at, or stands in for.
    origins: Vec<usize>,
    /// Length of the pasted text.
    end: usize,
    done: Vec<(usize, Done)>,
}

struct Done {
    rule: &'static str,
    before: String,
    after: String,
    message: String,
}

/// One replacement, in characters of the draft.
pub(super) struct Edit {
    /// What goes.
    pub range: Range<usize>,
    /// What comes.
    pub with: String,
    /// The rule's name, stable.
    pub rule: &'static str,
    /// Why, in words.
    pub message: String,
}

impl Edit {
    /// A replacement.
    pub fn new(
        range: Range<usize>,
        with: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
    ) -> Edit {
        Edit {
            range,
            with: with.into(),
            rule,
            message: message.into(),
        }
    }
}

impl Draft {
    pub fn new(pasted: &str) -> Draft {
        let (origins, chars) = pasted.char_indices().unzip();
        Draft {
            chars,
            origins,
            end: pasted.len(),
            done: Vec::new(),
        }
    }

    /// Applies edits that do not overlap; the first of two that do wins, and the next round of
    /// the repair sees the other again. Returns whether anything changed.
    pub fn apply(&mut self, mut edits: Vec<Edit>) -> bool {
        if edits.is_empty() {
            return false;
        }
        edits.sort_by_key(|e| (e.range.start, e.range.end));
        let mut chars = Vec::with_capacity(self.chars.len());
        let mut origins = Vec::with_capacity(self.chars.len());
        let mut at = 0;
        for edit in edits {
            if edit.range.start < at || edit.range.end > self.chars.len() {
                continue;
            }
            chars.extend_from_slice(&self.chars[at..edit.range.start]);
            origins.extend_from_slice(&self.origins[at..edit.range.start]);
            let origin = self
                .origins
                .get(edit.range.start)
                .copied()
                .unwrap_or(self.end);
            let before: String = self.chars[edit.range.clone()].iter().collect();
            for c in edit.with.chars() {
                chars.push(c);
                origins.push(origin);
            }
            at = edit.range.end;
            let done = Done {
                rule: edit.rule,
                before,
                after: edit.with,
                message: edit.message,
            };
            self.done.push((origin, done));
        }
        chars.extend_from_slice(&self.chars[at..]);
        origins.extend_from_slice(&self.origins[at..]);
        self.chars = chars;
        self.origins = origins;
        true
    }

    /// The text of some characters.
    pub fn text(&self, range: Range<usize>) -> String {
        self.chars.get(range).unwrap_or(&[]).iter().collect()
    }

    /// The changes in the order of the pasted text. One walk finds all their places: a long line
    /// with a change at every character stays cheap.
    pub fn changes(self, pasted: &str) -> Vec<Change> {
        let mut done = self.done;
        done.sort_by_key(|(origin, _)| *origin);
        let mut places = pasted.char_indices().peekable();
        let (mut line, mut column) = (1, 1);
        done.into_iter()
            .map(|(origin, done)| {
                while let Some((_, c)) = places.next_if(|(at, _)| *at < origin) {
                    (line, column) = match c {
                        '\n' => (line + 1, 1),
                        _ => (line, column + 1),
                    };
                }
                Change {
                    line,
                    column,
                    rule: done.rule,
                    before: done.before,
                    after: done.after,
                    message: done.message,
                }
            })
            .collect()
    }
}
