//! Dialogs with more text than may fit: a page of it, and how far it scrolls.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::text::visible;
use crate::tui::action::{BINDINGS, Place, keys_shown};
use crate::tui::widget::{Look, wrap};

/// Rows under the text of a notice.
pub const NOTICE_TAIL: u16 = 2;

/// The height of a dialog, frame included, for so many rows of text and the tail under them. The
/// first and the last row of the screen stay free: they hold the target and the keys.
pub fn height(rows: usize, tail: u16, screen: u16) -> u16 {
    u16::try_from(rows)
        .unwrap_or(u16::MAX)
        .saturating_add(tail + 2)
        .min(screen.saturating_sub(2))
}

/// The rows of text that a dialog has room for on a screen of this height.
pub fn room(rows: usize, tail: u16, screen: u16) -> usize {
    usize::from(height(rows, tail, screen).saturating_sub(tail + 2))
}

/// How far so many rows scroll in a room; 0 when they fit.
pub fn limit(rows: usize, room: usize) -> usize {
    match rows > room {
        true => rows - room.saturating_sub(1),
        false => 0,
    }
}

/// The rows that are shown. When they are not all, the last row says which ones they are.
pub fn window(
    lines: Vec<Line<'static>>,
    room: usize,
    scroll: usize,
    look: Look<'_>,
) -> Vec<Line<'static>> {
    let rows = lines.len();
    if rows <= room || room == 0 {
        return lines;
    }
    let from = scroll.min(limit(rows, room));
    let mut shown: Vec<Line<'static>> = lines.into_iter().skip(from).take(room - 1).collect();
    let text = format!(
        "rows {} to {} of {rows}: PgUp and PgDn show more",
        from + 1,
        from + shown.len()
    );
    shown.push(Line::styled(text, look.theme.error));
    shown
}

/// Hands out the rows of a dialog under so many rows of text and an empty one, from above; what has no
/// room shares the last one.
pub fn rows_below(inner: Rect, shown: usize) -> impl FnMut() -> Rect {
    let mut at = inner.y.saturating_add(shown as u16 + 1);
    move || {
        let area = Rect {
            y: at.min(inner.bottom().saturating_sub(1)),
            height: 1.min(inner.height),
            ..inner
        };
        at = at.saturating_add(1);
        area
    }
}

/// The rows of a notice. Lines of a comparison (`+ `, `- `) are kept to the blank.
pub fn notice_lines(text: &str, width: usize) -> Vec<Line<'static>> {
    visible(text)
        .split('\n')
        .flat_map(
            |line| match line.starts_with("+ ") || line.starts_with("- ") {
                true => wrap::hard(line, width),
                false => wrap::soft(line, width),
            },
        )
        .map(Line::raw)
        .collect()
}

/// The rows of the help screen: every binding of every place.
pub fn help_lines(width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for place in Place::ALL {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled(place.title(), look.theme.title));
        for binding in BINDINGS.iter().filter(|b| b.place == place) {
            let mut keys = keys_shown(binding);
            for part in wrap::soft(binding.help, width.saturating_sub(21)) {
                lines.push(Line::from(vec![
                    Span::styled(
                        format!("  {:<18} ", std::mem::take(&mut keys)),
                        look.theme.key,
                    ),
                    Span::raw(part),
                ]));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_holds_the_last_row() {
        assert_eq!(limit(10, 10), 0);
        // Nine rows and the row that says so.
        assert_eq!(limit(11, 10), 2);
        assert_eq!(room(100, 2, 24), 18);
        assert_eq!(room(5, 2, 24), 5);
        assert_eq!(room(usize::MAX, 2, 24), 18);
        assert_eq!(room(5, 2, 0), 0);
    }
}
