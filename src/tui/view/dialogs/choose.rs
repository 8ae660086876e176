//! The picker of values, the editor of lines, the forms of a copy, the question for a table.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::powershell::Copied;
use crate::text::{visible, visible_line};
use crate::tui::dialog::{CopyAs, Lines, Picker, Purpose};
use crate::tui::widget::input::LineInput;
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
        Purpose::Engagement(_) => "Variables of the engagement".to_owned(),
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

/// Draws the forms that a command can be copied in, and the highlighted one.
pub fn copy_as(open: &CopyAs, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let inside = usize::from(width) - 2;
    let (text, style) = match open.row(open.selected) {
        Some((_, Ok(copied))) => (visible(&copied.text).into_owned(), look.theme.text),
        Some((_, Err(why))) => (visible_line(why).into_owned(), look.theme.error),
        None => (String::new(), look.theme.text),
    };
    let mut lines: Vec<Line<'_>> = wrap::hard(&text, inside)
        .into_iter()
        .map(|l| Line::styled(l, style))
        .collect();
    if let Some((
        _,
        Ok(Copied {
            note: Some(note), ..
        }),
    )) = open.row(open.selected)
    {
        let rows = wrap::soft(&note.to_string(), inside).into_iter();
        lines.extend(rows.map(|l| Line::styled(l, look.theme.warning)));
    }
    let rows = open.rows() as u16;
    let wanted = rows + 1 + (lines.len() as u16).min(10) + 4;
    let height = wanted.min(frame.area().height.saturating_sub(2));
    let inner = dialog(frame, look, "Copy as", width, height, None);
    let choices = Rect {
        height: rows.min(inner.height),
        ..inner
    };
    list::draw(
        frame,
        choices,
        look,
        open.rows(),
        open.selected,
        true,
        |n| {
            let title = match open.is_file(n) {
                true => "into a .ps1 file",
                false => open.forms.get(n).map_or("", |(form, _)| form.title()),
            };
            match open.row(n) {
                Some((_, Err(_))) => {
                    Line::styled(format!("{title} (not possible)"), look.theme.dim)
                }
                _ => Line::raw(title),
            }
        },
    );
    let room = usize::from(inner.height.saturating_sub(rows + 3));
    if lines.len() > room && room > 0 {
        let more = format!("… {} more rows", lines.len() - room + 1);
        lines.truncate(room - 1);
        lines.push(Line::styled(more, look.theme.dim));
    }
    let area = Rect {
        y: inner.y + rows + 1,
        height: room as u16,
        ..inner
    };
    frame.render_widget(Paragraph::new(lines), area.intersection(inner));
    let hint = "Enter copies exactly this, Esc closes.";
    below(frame, inner, inner.height.saturating_sub(1), hint, look);
}

/// Draws the question for a table.
pub fn table(path: &LineInput, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let inner = dialog(frame, look, "Fill in from a table (CSV)", width, 6, None);
    let line = Rect { height: 1, ..inner };
    path.draw(frame, line, look.theme.input_focused, true);
    let hints = [
        "The file's header names the fields; each row is one command.",
        "Enter reads it. F2 writes an empty one there, to be filled in. Esc closes.",
    ];
    for (n, hint) in hints.iter().enumerate() {
        below(frame, inner, 2 + n as u16, hint, look);
    }
}
