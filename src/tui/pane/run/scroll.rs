//! Where in an output the screen stands, in rows of the terminal.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::window::{Slot, Window};
use crate::text::visible_line;
use crate::tui::widget::wrap;

/// A place: a line, and a row of it when it is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Anchor {
    /// The line's number.
    pub line: u64,
    /// The row within the line.
    pub row: usize,
}

/// The room that an output is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Columns.
    pub width: usize,
    /// Rows for lines.
    pub height: usize,
    /// Lines that are too long go on in the next row.
    pub wrap: bool,
}

/// The text of a line as it is shown, in one row.
pub fn text_of(slot: &Slot<'_>) -> String {
    match slot {
        Slot::Line(line) => {
            let text = line.shown();
            match line.cut {
                0 => visible_line(&text).into_owned(),
                more => format!(
                    "{} [{more} more bytes: s saves all of it]",
                    visible_line(&text)
                ),
            }
        }
        Slot::Gap(lines) => format!("[{lines} lines are not kept]"),
        Slot::Unread => "[...]".to_owned(),
    }
}

/// The rows of a line.
pub fn rows_of(slot: &Slot<'_>, room: Room) -> Vec<String> {
    match room.wrap {
        true => wrap::hard(&text_of(slot), room.width),
        false => vec![text_of(slot)],
    }
}

fn count(window: &Window, line: u64, room: Room) -> usize {
    match room.wrap {
        true => rows_of(&window.line(line), room).len().max(1),
        false => 1,
    }
}

/// The first place of the screen that ends with the last line.
pub fn bottom(window: &Window, room: Room) -> Anchor {
    let Some(last) = window.end().checked_sub(1) else {
        return Anchor::default();
    };
    let row = count(window, last, room) - 1;
    up(
        window,
        Anchor { line: last, row },
        room.height.saturating_sub(1),
        room,
    )
}

/// So many rows up, as far as there are any.
pub fn up(window: &Window, mut at: Anchor, mut rows: usize, room: Room) -> Anchor {
    loop {
        if at.row >= rows {
            return Anchor {
                row: at.row - rows,
                ..at
            };
        }
        rows -= at.row + 1;
        let Some(line) = window.above(at.line) else {
            return Anchor {
                line: at.line,
                row: 0,
            };
        };
        at = Anchor {
            line,
            row: count(window, line, room) - 1,
        };
    }
}

/// So many rows down, as far as there are any.
pub fn down(window: &Window, mut at: Anchor, mut rows: usize, room: Room) -> Anchor {
    loop {
        let last = count(window, at.line, room) - 1;
        let left = last.saturating_sub(at.row);
        if left >= rows {
            return Anchor {
                row: at.row + rows,
                ..at
            };
        }
        rows -= left + 1;
        let Some(line) = window.below(at.line) else {
            return Anchor { row: last, ..at };
        };
        at = Anchor { line, row: 0 };
    }
}

/// The part of a row that stands right of a column.
pub fn from_column(text: &str, column: usize) -> Cow<'_, str> {
    if column == 0 {
        return Cow::Borrowed(text);
    }
    let mut passed = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        if passed >= column {
            // Half of a wide character is a blank.
            let pad = " ".repeat(passed - column);
            return Cow::Owned(format!("{pad}{}", &text[at..]));
        }
        passed += grapheme.width();
    }
    // A wide character may stand across the column.
    Cow::Owned(" ".repeat(passed.saturating_sub(column)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::output::{Line, Stream};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn up_and_down_meet(
            lengths in prop::collection::vec(0usize..40, 1..12),
            from in 0u64..12, rows in 0usize..60, width in 2usize..20, height in 1usize..9, wrap: bool,
        ) {
            let lines = lengths.iter().map(|n| Line::new(Stream::Output, "x".repeat(*n)));
            let window = Window::whole(lines.collect());
            let room = Room { width, height, wrap };
            let at = Anchor { line: from.min(window.end() - 1), row: 0 };
            let moved = down(&window, at, rows, room);
            // What went down comes back up, unless the end was in the way.
            if down(&window, at, rows + 1, room) != moved {
                prop_assert_eq!(up(&window, moved, rows, room), at);
            }
            prop_assert_eq!(up(&window, moved, 10_000, room), Anchor::default());
            // From the bottom place there are at most as many rows as there is room.
            let below = bottom(&window, room);
            let last = down(&window, below, 10_000, room);
            prop_assert_eq!(last.line, window.end() - 1);
            prop_assert_eq!(down(&window, below, height.saturating_sub(1), room), last);
        }

        #[test]
        fn a_row_goes_on_at_its_column(text in "[a-z日é]{0,20}", column in 0usize..25) {
            let rest = from_column(&text, column);
            prop_assert_eq!(rest.width(), text.width().saturating_sub(column));
        }
    }
}
