//! The log of changes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use crate::replication::{Change, Subject};
use crate::text::visible_line;
use crate::tui::widget::{Look, list, wrap};

use super::state::{State, subject};

/// Draws the page of changes that holds the selection.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, selected: usize, look: Look<'_>) {
    let changes = state.changes();
    if changes.is_empty() {
        let text = match state.watcher.changes().len() {
            0 => "Nothing changed yet in this watch. l leaves the log.",
            _ => "No change has these words. Esc drops them.",
        };
        let rows = wrap::soft(text, usize::from(area.width));
        let lines: Vec<Line<'_>> = rows.into_iter().map(Line::raw).collect();
        frame.render_widget(Paragraph::new(lines), area);
        return;
    }
    let width = usize::from(area.width);
    let names = changes.iter().map(|c| subject(&c.subject).width()).max();
    let names = names.unwrap_or(0).min((width / 2).saturating_sub(4));
    list::draw(frame, area, look, changes.len(), selected, false, |n| {
        line(state, changes[n], names, width, look)
    });
}

fn line(
    state: &State,
    change: &Change,
    names: usize,
    width: usize,
    look: Look<'_>,
) -> Line<'static> {
    let at = change
        .at
        .map_or_else(|| "--:--:--".to_owned(), |at| state.clock(at));
    let name = wrap::clip(&visible_line(subject(&change.subject)), names, look.ascii);
    let pad = " ".repeat(names.saturating_sub(name.width()));
    let arrow = if look.ascii { "->" } else { "→" };
    let room = width.saturating_sub(8 + 2 + names + 2);
    let what = format!(
        "{} {arrow} {}",
        visible_line(&change.from),
        visible_line(&change.to)
    );
    let style = match &change.subject {
        Subject::Replica(_) => look.theme.text,
        Subject::Overall | Subject::Store => look.theme.title,
    };
    Line::from(vec![
        Span::styled(at, look.theme.dim),
        Span::raw("  "),
        Span::styled(format!("{name}{pad}"), style),
        Span::raw("  "),
        Span::raw(wrap::clip(&what, room, look.ascii)),
    ])
}
