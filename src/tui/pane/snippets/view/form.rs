//! How a form looks.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::cmdlet::Severity;
use crate::execute::Target;
use crate::powershell::Kind;
use crate::snippet::{Field, Mode, RenderError, Rendered};
use crate::text::visible_line;
use crate::tui::pane::snippets::Form;
use crate::tui::widget::{Look, block, block_styled, list, wrap};

use super::risk_style;

/// Draws the form: its fields, the help of the one with the cursor, and the command.
/// `target` is the chosen one: a command that it cannot take is told so at once.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    form: &Form,
    target: Option<&Target>,
    look: Look<'_>,
) {
    let width = usize::from(area.width).saturating_sub(2);
    let mut preview = preview_lines(form, width, look);
    let rendered = form.result.as_ref().ok();
    let refused = rendered.and_then(|r| target?.refuses(&r.text));
    if let Some(why) = refused {
        let rows = wrap::soft(&visible_line(&why), width).into_iter();
        // In front, where a long command does not push it out.
        preview.splice(0..0, rows.map(|l| Line::styled(l, look.theme.error)));
    }
    let preview_height = (preview.len() as u16 + 2).clamp(3, (area.height / 2).max(3));
    // The help has what the fields and the command leave, and some of it in any case.
    let wanted = help_lines(form, width, look).len() as u16 + 2;
    let fields = (form.shown().len() + 3).min(8) as u16;
    let left = area.height.saturating_sub(preview_height + fields);
    let help_height = match wanted.clamp(3, 14).min(left) {
        0..3 if area.height >= 20 => 4,
        0..3 => 0,
        rows => rows,
    };
    let [fields, help, command] = Layout::vertical([
        Constraint::Min(3),
        Constraint::Length(help_height),
        Constraint::Length(preview_height),
    ])
    .areas(area);
    draw_fields(frame, fields, form, look);
    if help_height > 0 {
        draw_help(frame, help, form, look);
    }
    let (title, style) = match &form.result {
        Ok(rendered) => (
            match rendered.findings.len() {
                0 => format!("Command: {}", rendered.risk.word()),
                1 => format!("Command: {}, 1 finding", rendered.risk.word()),
                n => format!("Command: {}, {n} findings", rendered.risk.word()),
            },
            risk_style(look, rendered.risk),
        ),
        Err(_) => ("Command: not complete".to_owned(), look.theme.dim),
    };
    let title = match form.result.as_ref().map_or(1, |r| r.text.lines().count()) {
        0 | 1 => title,
        // A console runs the first ones while the rest is still being pasted.
        n => format!("{title}, {n} lines (Ctrl-D copies them as one)"),
    };
    let title = match form.snippet.mode() {
        Mode::Command => title,
        Mode::Script { .. } => format!("{title}, the whole script"),
    };
    let frame_block = block_styled(look, title, style, false);
    let inner = frame_block.inner(command);
    frame.render_widget(frame_block, command);
    let room = usize::from(inner.height);
    if preview.len() > room && room > 1 {
        // What is cut off is said; the question before a run shows all of it.
        let more = format!("… {} more rows", preview.len() - room + 1);
        preview.truncate(room - 1);
        preview.push(Line::styled(more, look.theme.dim));
    }
    frame.render_widget(Paragraph::new(preview), inner);
}

fn preview_lines(form: &Form, width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    match &form.result {
        Ok(rendered) => command_lines(rendered, width, look),
        Err(RenderError::Fields(errors)) => errors
            .iter()
            .map(|e| {
                Line::styled(
                    wrap::clip(&visible_line(&e.to_string()), width, look.ascii),
                    look.theme.dim,
                )
            })
            .collect(),
        Err(other) => wrap::soft(&visible_line(&other.to_string()), width)
            .into_iter()
            .map(|l| Line::styled(l, look.theme.error))
            .collect(),
    }
}

fn draw_fields(frame: &mut Frame<'_>, area: Rect, form: &Form, look: Look<'_>) {
    let mut title = visible_line(&form.snippet.title).into_owned();
    if let Some(plan) = form.plan.as_ref().filter(|p| p.cmdlet.sets.len() > 1) {
        title.push_str(&format!(" (F4: {} sets)", plan.cmdlet.sets.len()));
    }
    let mut frame_block = block(look, title, true);
    let inner = frame_block.inner(area);
    let fields = form.shown();
    let hidden = form.inputs.len() - fields.len();
    // The last row says what is folded away.
    let height = usize::from(inner.height) - usize::from(hidden > 0 && inner.height > 1);
    let at = fields.iter().position(|n| *n == form.focus).unwrap_or(0);
    // The last page is a full one.
    let start = list::page_start(at, height).min(fields.len().saturating_sub(height));
    if fields.len() > height {
        let last = fields.len().min(start + height);
        let part = format!(" fields {} to {last} of {} ", start + 1, fields.len());
        frame_block = frame_block.title_bottom(Span::styled(part, look.theme.dim));
    }
    frame.render_widget(frame_block, area);
    if form.inputs.is_empty() {
        frame.render_widget(
            Paragraph::new("This command has no fields: F5 runs it, F3 copies it."),
            inner,
        );
        return;
    }
    let names = fields
        .iter()
        .map(|n| form.snippet.fields[*n].name.chars().count())
        .max()
        .unwrap_or(0)
        .min(28);
    if hidden > 0 {
        let rows = fields.len().saturating_sub(start).min(height);
        let line = Rect {
            y: inner.y + rows as u16,
            height: 1.min(inner.height),
            ..inner
        };
        let more = format!("  {hidden} more that are not required: F6 shows them");
        frame.render_widget(Paragraph::new(Line::styled(more, look.theme.dim)), line);
    }
    let page = fields.into_iter().skip(start).take(height);
    for (row, n) in page.enumerate() {
        let field = &form.snippet.fields[n];
        let line = Rect {
            y: inner.y + row as u16,
            height: 1,
            ..inner
        };
        let input_width = (inner.width.saturating_sub(names as u16 + 4) * 3 / 5).max(10);
        let [mark, name, input, note] = Layout::horizontal([
            Constraint::Length(2),
            Constraint::Length(names as u16 + 1),
            Constraint::Length(input_width),
            Constraint::Min(0),
        ])
        .areas(line);
        let focused = n == form.focus;
        let error = form.error_of(field);
        let sign = match (error.is_some(), field.required) {
            (true, _) => Span::styled("! ", look.theme.error),
            (false, true) => Span::styled("* ", look.theme.accent),
            (false, false) => Span::raw("  "),
        };
        frame.render_widget(Paragraph::new(Line::from(sign)), mark);
        let name_style = if focused {
            look.theme.accent
        } else {
            look.theme.text
        };
        frame.render_widget(
            Paragraph::new(Line::styled(
                wrap::clip(&field.name, names, look.ascii),
                name_style,
            )),
            name,
        );
        form.inputs[n].draw(
            frame,
            input,
            if focused {
                look.theme.input_focused
            } else {
                look.theme.input
            },
            focused,
        );
        let room = usize::from(note.width).saturating_sub(1);
        let (note_text, style) = match (error, form.doubt_of(field), form.origin_of(n)) {
            (Some(error), _, _) => (short(error), look.theme.error),
            (None, Some(doubt), _) => (format!("? {doubt}"), look.theme.warning),
            (None, None, Some(origin)) => (origin.to_owned(), look.theme.accent),
            (None, None, None) => (hint(form, n, field), look.theme.dim),
        };
        let note_text = wrap::clip(&visible_line(&note_text), room, look.ascii);
        let note_line = Line::styled(format!(" {note_text}"), style);
        frame.render_widget(Paragraph::new(note_line), note);
    }
}

/// The message in the room there is beside a field; all of it stands under the form.
fn short(error: &str) -> String {
    let required = error.strip_prefix("a value is required (");
    match required.and_then(|rest| rest.strip_suffix(')')) {
        Some(wanted) => format!("required: {wanted}"),
        None => error.to_owned(),
    }
}

/// What the field takes, in a few words.
fn hint(form: &Form, n: usize, field: &Field) -> String {
    if field.kind == Kind::Switch {
        return "on or off (Space)".into();
    }
    let choices = form.choices(n);
    // What is known for the field with the cursor; the others are asked when it comes to them.
    if choices.is_empty() && n == form.focus && !form.offered.is_empty() {
        let values: Vec<&str> = form
            .offered
            .iter()
            .take(3)
            .map(|s| s.value.as_str())
            .collect();
        return format!("F7: {} choices, {}", form.offered.len(), values.join(" | "));
    }
    if let (true, false, Some(words)) = (
        choices.is_empty(),
        field.list,
        form.snippet.meaning_of(field).hint(),
    ) {
        return words.to_owned();
    }
    match (choices.is_empty(), field.list) {
        (false, _) if field.kind != Kind::Bool => format!("Ctrl-N: {}", choices.join(" | ")),
        (_, true) => "several: separate with commas".into(),
        _ => form.snippet.kind_of(field).hint().into(),
    }
}

fn draw_help(frame: &mut Frame<'_>, area: Rect, form: &Form, look: Look<'_>) {
    let Some(field) = form.snippet.fields.get(form.focus) else {
        return;
    };
    let frame_block = block(look, field.name.clone(), false);
    let inner = frame_block.inner(area);
    frame.render_widget(frame_block, area);
    let mut lines = help_lines(form, usize::from(inner.width), look);
    let room = usize::from(inner.height);
    if lines.len() > room && room > 0 {
        lines.truncate(room);
        let last = &mut lines[room - 1];
        last.push_span(if look.ascii { " ..." } else { " …" });
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// The help of the field with the cursor; what there was no room for beside it comes first.
fn help_lines(form: &Form, width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    let Some(field) = form.snippet.fields.get(form.focus) else {
        return Vec::new();
    };
    let rows = |text: &str, style: Style| {
        wrap::soft(
            &visible_line(&text.replace('\n', " ")),
            width.saturating_sub(2),
        )
        .into_iter()
        .map(move |row| Line::styled(row, style))
        .collect::<Vec<_>>()
    };
    let mut lines = match form.doubt_of(field) {
        Some(doubt) => rows(doubt, look.theme.warning),
        None => Vec::new(),
    };
    lines.extend(rows(&field.help, look.theme.dim));
    lines
}

/// The rows of a command, and what the reference has against it.
pub fn command_lines(rendered: &Rendered, width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    let text = wrap::hard(&rendered.text, width).into_iter();
    let mut lines: Vec<Line<'static>> = text.map(|l| Line::styled(l, look.theme.text)).collect();
    for finding in &rendered.findings {
        let style = match finding.severity {
            Severity::Error => look.theme.error,
            Severity::Warning => look.theme.warning,
        };
        let said = format!("{}: {}", finding.severity.word(), finding.message);
        let rows = wrap::soft(&visible_line(&said), width).into_iter();
        lines.extend(rows.map(|l| Line::styled(l, style)));
    }
    lines
}
