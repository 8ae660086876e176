//! The picker of values, and the editor of lines.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::text::visible_line;
use crate::tui::dialog::{Lines, Picker, Purpose};
use crate::tui::widget::{Look, dialog, list, wrap};

use super::below;

/// Draws the choices of a field.
pub fn picker(picker: &Picker, target: &str, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let found = picker.found();
    let foot = foot(picker, target, usize::from(width) - 2);
    let rows = found.len().clamp(1, 14) as u16;
    let height = (rows + foot.len() as u16 + 4).min(frame.area().height.saturating_sub(2));
    let title = match picker.marked.len() {
        0 => format!("{}: {} of {}", picker.field, found.len(), picker.len()),
        n => format!(
            "{}: {} of {}, {n} marked",
            picker.field,
            found.len(),
            picker.len()
        ),
    };
    let inner = dialog(frame, look, &title, width, height, None);
    let line = Rect { height: 1, ..inner };
    picker
        .input
        .draw(frame, line, look.theme.input_focused, true);
    let rows = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(2 + foot.len() as u16),
        ..inner
    };
    let values = found
        .iter()
        .map(|s| s.value.chars().count())
        .max()
        .unwrap_or(0)
        .min(44);
    list::draw(frame, rows, look, found.len(), picker.selected, true, |n| {
        let suggestion = found[n];
        let mark = match (picker.list, picker.is_marked(&suggestion.value)) {
            (false, _) => "",
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
        };
        let value = visible_line(&suggestion.value).into_owned();
        let text = format!("{mark}{value:<values$}  {}", visible_line(&suggestion.note));
        Line::raw(wrap::clip(&text, usize::from(rows.width), look.ascii))
    });
    if found.is_empty() {
        let text = match (picker.input.text().trim().is_empty(), picker.closed) {
            (true, _) => "Nothing is known here yet.",
            (false, true) => "None of the choices has all of these words.",
            (false, false) => "Nothing known has these words: Enter takes what you typed.",
        };
        frame.render_widget(Paragraph::new(text), rows);
    }
    for (n, text) in foot.iter().enumerate() {
        below(
            frame,
            inner,
            inner.height - foot.len() as u16 + n as u16,
            text,
            look,
        );
    }
}

/// What can be done, and the command that F5 would ask about.
fn foot(picker: &Picker, target: &str, width: usize) -> Vec<String> {
    let keys = match picker.list {
        true => "Type to find. Tab marks, Enter takes, Esc closes.",
        false => "Type to find. Enter takes, Esc closes.",
    };
    let mut rows = vec![keys.to_owned()];
    if let Some(command) = &picker.ask {
        let text = format!("F5 asks {}: {command}", visible_line(target));
        rows.extend(wrap::soft(&text, width));
    }
    rows
}

/// Draws a text of several lines.
pub fn lines(lines: &Lines, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let title = match &lines.purpose {
        Purpose::List(field) => format!("{field}: one value per line"),
        Purpose::Engagement => "Variables of the engagement".to_owned(),
    };
    let wanted = (lines.lines().len() as u16).clamp(6, 20) + 4;
    let height = wanted.min(frame.area().height.saturating_sub(2));
    let inner = dialog(frame, look, &title, width, height, None);
    let problem = lines.problem.as_deref().map_or_else(Vec::new, |problem| {
        wrap::soft(
            &visible_line(&problem.replace('\n', " ")),
            usize::from(inner.width),
        )
    });
    let foot = 1 + problem.len().min(3) as u16;
    let text = Rect {
        height: inner.height.saturating_sub(foot),
        ..inner
    };
    lines.draw(frame, text, look.theme.input_focused);
    for (row, line) in (inner.y + text.height..).zip(problem.into_iter().take(3)) {
        let area = Rect {
            y: row,
            height: 1,
            ..inner
        };
        frame.render_widget(Paragraph::new(Line::styled(line, look.theme.error)), area);
    }
    let hint = format!(
        "Row {} of {}. Enter begins a line, F2 keeps, Esc drops.",
        lines.row() + 1,
        lines.lines().len()
    );
    below(frame, inner, inner.height.saturating_sub(1), &hint, look);
}
