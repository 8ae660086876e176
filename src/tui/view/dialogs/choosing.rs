//! A question with named answers.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::execute::ask::Asks;
use crate::text::{visible, visible_line};
use crate::tui::dialog::Choosing;
use crate::tui::widget::{Look, dialog, list, wrap};

use super::below;

/// Rows of what is asked that are shown at most.
const MESSAGE: usize = 10;

/// Rows of what an answer does that are shown at most.
const HELP: usize = 4;

/// Draws who asks, the question, the answers, and what the highlighted one does.
pub fn draw(choosing: &Choosing, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let inside = usize::from(width) - 2;
    let (question, choice) = (&choosing.question, &choosing.choice);
    let mut lines = wrap::soft(visible_line(&question.head()).as_ref(), inside);
    lines.push(String::new());
    for text in [&choice.caption, &choice.message] {
        if !text.trim().is_empty() {
            let rows = wrap::soft(visible(text.trim()).as_ref(), inside);
            lines.extend(rows.into_iter().take(MESSAGE));
        }
    }
    let selected = choosing.selected.and_then(|n| choice.options.get(n));
    let help = match (choosing.help, selected) {
        (true, Some(option)) if !option.help.trim().is_empty() => {
            wrap::soft(visible(option.help.trim()).as_ref(), inside)
        }
        (true, Some(_)) => vec!["(there is no help on this answer)".to_owned()],
        _ => Vec::new(),
    };
    let help: Vec<String> = help.into_iter().take(HELP).collect();
    let count = choice.options.len();
    let foot = help.len() + 2;
    let wanted = lines.len() + 1 + count + foot + 2;
    let most = frame.area().height.saturating_sub(2);
    let height = u16::try_from(wanted).unwrap_or(u16::MAX).min(most);
    let title = match question.asks {
        Asks::Server => "Log in",
        Asks::Command => "The command asks",
    };
    let inner = dialog(frame, look, title, width, height, None);
    let room = usize::from(inner.height).saturating_sub(foot);
    // What is asked gives way before the answers do, down to the rows that say what it is about.
    lines.truncate(room.saturating_sub(count.min(4) + 1));
    let head = lines.len() + 1;
    let at = |row: usize, height: usize| {
        let y = inner.y.saturating_add(row as u16).min(inner.bottom());
        Rect {
            y,
            height: (height as u16).min(inner.bottom().saturating_sub(y)),
            ..inner
        }
    };
    let text: Vec<Line<'_>> = lines.into_iter().map(Line::raw).collect();
    frame.render_widget(Paragraph::new(text), inner);
    let rows = at(head, room.saturating_sub(head));
    let row = |n: usize| {
        let shown = choice.options.get(n).map(|o| o.shown()).unwrap_or_default();
        let default = match choice.default == Some(n) {
            true => "  (default)",
            false => "",
        };
        Line::raw(wrap::clip(
            &format!(" {shown}{default}"),
            inside,
            look.ascii,
        ))
    };
    // Without a highlight the first page is shown, and no row of it is set off.
    let (highlight, focused) = match choosing.selected {
        Some(n) => (n, true),
        None => (count, false),
    };
    match focused {
        true => list::draw(frame, rows, look, count, highlight, true, row),
        false => {
            let rows_of: Vec<Line<'_>> = (0..count).map(row).collect();
            frame.render_widget(Paragraph::new(rows_of), rows);
        }
    }
    for (n, text) in help.iter().enumerate() {
        let row = inner.height.saturating_sub(1 + (help.len() - n) as u16);
        below(frame, inner, row, text, look);
    }
    let hint = match (choosing.gone, choosing.selected) {
        (true, _) => "Nobody waits for the answer any more. Enter or Esc closes.",
        (false, None) => "Choose with the arrows or the letters. ? helps. Esc does not answer.",
        (false, Some(_)) => {
            "Enter answers, arrows or letters choose, ? helps. Esc does not answer."
        }
    };
    below(frame, inner, inner.height.saturating_sub(1), hint, look);
}
