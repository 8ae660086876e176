//! The form of a target.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::execute::target::keys::Key;
use crate::text::visible_line;
use crate::tui::dialog::TargetForm;
use crate::tui::widget::{Look, dialog, list, wrap};

use super::below;

/// Rows of what is wrong that are shown.
const PROBLEM: usize = 4;

/// Draws the form.
pub fn draw(form: &TargetForm, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let keys = form.shown();
    let count = keys.len();
    // What is wrong is not cut short: the lines above make room for it.
    let inside = usize::from(width).saturating_sub(2);
    let mut problem = match &form.problem {
        Some(problem) => wrap::soft(&visible_line(&problem.replace('\n', " ")), inside),
        None => Vec::new(),
    };
    problem.truncate(PROBLEM);
    let tail = 1 + problem.len().max(1) as u16;
    let height = (count as u16 + tail + 2).min(frame.area().height.saturating_sub(2));
    let room = usize::from(height.saturating_sub(tail + 2));
    let at = keys.iter().position(|n| *n == form.focus).unwrap_or(0);
    let start = list::page_start(at, room.max(1));
    let end = count.min(start + room);
    let mut title = match &form.before {
        Some(before) => format!("Target {}", visible_line(&before.name)),
        None => "New target".to_owned(),
    };
    if end - start < count {
        title = format!(
            "{title}: rows {} to {end} of {count}, Tab goes on",
            start + 1
        );
    }
    let inner = dialog(frame, look, &title, width, height, None);
    for (n, y) in keys[start..end].iter().zip(inner.y..) {
        let (Some(key), Some(input)) = (Key::ALL.get(*n), form.inputs.get(*n)) else {
            continue;
        };
        let focused = *n == form.focus;
        let line = Rect {
            y,
            height: 1,
            ..inner
        };
        let style = match focused {
            true => look.theme.title,
            false => look.theme.dim,
        };
        let label = Line::styled(format!("{:<16}", key.word()), style);
        frame.render_widget(Paragraph::new(label), line);
        let value = Rect {
            x: line.x + 17.min(line.width),
            width: line.width.saturating_sub(17),
            ..line
        };
        let style = match focused {
            true => look.theme.input_focused,
            false => look.theme.input,
        };
        if key.choices().is_empty() {
            input.draw(frame, value, style, focused);
            continue;
        }
        let shown = match (input.text(), focused) {
            ("", true) => "< not set >".to_owned(),
            (text, true) => format!("< {text} >"),
            (text, false) => text.to_owned(),
        };
        frame.render_widget(Paragraph::new(Line::styled(shown, style)), value);
    }
    let help = inner.height.saturating_sub(tail);
    below(frame, inner, help, form.key().help(), look);
    for (text, row) in problem.iter().zip(help + 1..) {
        let area = Rect {
            y: inner.y + row,
            height: 1.min(inner.height),
            ..inner
        };
        let text = Line::styled(text.clone(), look.theme.error);
        frame.render_widget(Paragraph::new(text), area);
    }
    if problem.is_empty() {
        let hint = match form.key().choices().is_empty() {
            true => "F2 writes it, Esc leaves everything as it was.",
            false => "Left, Right and letters choose. F2 writes it, Esc leaves all as it was.",
        };
        below(frame, inner, help + 1, hint, look);
    }
}
