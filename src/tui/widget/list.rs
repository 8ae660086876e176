//! Lists: a selection that stays inside, and rows drawn a page at a time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::tui::action::Action;

use super::Look;

/// Moves a selection in a list of `len` rows; `None` when the action moves nothing.
pub fn moved(selected: usize, len: usize, action: Action) -> Option<usize> {
    let last = len.saturating_sub(1);
    // The list may have become shorter since.
    let selected = selected.min(last);
    Some(match action {
        Action::Up => selected.saturating_sub(1),
        Action::Down => (selected + 1).min(last),
        Action::PageUp => selected.saturating_sub(10),
        Action::PageDown => (selected + 10).min(last),
        Action::Top => 0,
        Action::Bottom => last,
        _ => return None,
    })
}

/// The first row of the page that holds the selection.
pub fn page_start(selected: usize, height: usize) -> usize {
    selected.checked_div(height).unwrap_or(0) * height
}

/// Draws the page of rows that holds the selection. Only the rows of that page are made.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    look: Look<'_>,
    len: usize,
    selected: usize,
    focused: bool,
    row: impl Fn(usize) -> Line<'static>,
) {
    let height = usize::from(area.height);
    let selected = selected.min(len.saturating_sub(1));
    let start = page_start(selected, height);
    let lines: Vec<Line<'static>> = (start..len.min(start + height))
        .map(|n| {
            let line = row(n);
            if n != selected {
                line
            } else if focused {
                // The row's own colours give way: a selection must be readable first.
                let text: String = line.spans.iter().map(|s| s.content.as_ref()).collect();
                let padded = format!("{text:<width$}", width = usize::from(area.width));
                Line::styled(padded, look.theme.selected_text)
            } else {
                line.style(look.theme.selected)
            }
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}
