//! How a table looks: its rows, and the command of the selected one.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::powershell::list as elements;
use crate::snippet::Snippet;
use crate::snippet::rows::Row;
use crate::text::visible_line;
use crate::tui::pane::snippets::Table;
use crate::tui::widget::{Look, block, block_styled, list, wrap};

use super::form::command_lines;
use super::risk_style;

/// Draws the rows and the command of the selected one, or what is wrong with it.
pub fn draw(frame: &mut Frame<'_>, area: Rect, table: &Table, snippet: &Snippet, look: Look<'_>) {
    let width = usize::from(area.width).saturating_sub(2);
    let selected = selected_lines(table, width, look);
    let height = (selected.len() as u16 + 2).clamp(3, (area.height / 2).max(3));
    let [rows, command] =
        Layout::vertical([Constraint::Min(4), Constraint::Length(height)]).areas(area);
    let name = table.path.file_name().map_or_else(
        || table.path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    );
    let bad = match table.bad() {
        0 => String::new(),
        n => format!(", {n} cannot be used"),
    };
    let title = format!(
        "{}: {} rows of {}{bad}",
        visible_line(&snippet.id),
        table.rows.len(),
        visible_line(&name)
    );
    let frame_block = block(look, title, true);
    let inner = frame_block.inner(rows);
    frame.render_widget(frame_block, rows);
    let heading = Rect {
        height: 1.min(inner.height),
        ..inner
    };
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let columns = visible_line(&names.join(" | ")).into_owned();
    let text = wrap::clip(
        &format!("  {:>5}  {columns}", "row"),
        usize::from(inner.width),
        look.ascii,
    );
    frame.render_widget(Paragraph::new(Line::styled(text, look.theme.dim)), heading);
    let below = Rect {
        y: inner.y + heading.height,
        height: inner.height - heading.height,
        ..inner
    };
    list::draw(
        frame,
        below,
        look,
        table.rows.len(),
        table.selected,
        true,
        |n| row_line(table, &table.rows[n], usize::from(below.width), look),
    );
    let (title, style) = match (table.current().map(|row| &row.result), &table.all) {
        (Some(Ok(rendered)), Ok(all)) => (
            format!(
                "Row {}: {}; all rows: {}",
                table.selected + 1,
                rendered.risk.word(),
                all.risk.word()
            ),
            risk_style(look, all.risk),
        ),
        (Some(Ok(rendered)), Err(_)) => (
            format!("Row {}: {}", table.selected + 1, rendered.risk.word()),
            risk_style(look, rendered.risk),
        ),
        _ => (
            format!("Row {}: cannot be used", table.selected + 1),
            look.theme.error,
        ),
    };
    let frame_block = block_styled(look, title, style, false);
    let inner = frame_block.inner(command);
    frame.render_widget(frame_block, command);
    let mut lines = selected;
    let room = usize::from(inner.height);
    if lines.len() > room && room > 1 {
        let more = format!("… {} more rows", lines.len() - room + 1);
        lines.truncate(room - 1);
        lines.push(Line::styled(more, look.theme.dim));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Mark, number, and the row's values or the first thing that is wrong with it.
fn row_line(table: &Table, row: &Row, width: usize, look: Look<'_>) -> Line<'static> {
    let (mark, style, text) = match &row.result {
        Ok(rendered) if rendered.findings.is_empty() && rendered.doubts.is_empty() => {
            ("  ", look.theme.text, cells(table, row))
        }
        Ok(_) => ("? ", look.theme.warning, cells(table, row)),
        Err(errors) => {
            let first = errors.errors.first().map(ToString::to_string);
            let more = match errors.errors.len() {
                0 | 1 => String::new(),
                n => format!(" (and {} more)", n - 1),
            };
            (
                "! ",
                look.theme.error,
                format!("{}{more}", first.unwrap_or_default()),
            )
        }
    };
    let text = visible_line(&text).into_owned();
    Line::from(vec![
        Span::styled(format!("{mark}{:>5}  ", row.number), style),
        Span::styled(
            wrap::clip(&text, width.saturating_sub(9), look.ascii),
            style,
        ),
    ])
}

/// The values of a row in the order of the columns: what tells it from the others.
fn cells(table: &Table, row: &Row) -> String {
    let cell = |(_, field): &(String, String)| {
        row.values
            .of(field)
            .map_or_else(String::new, elements::join)
    };
    table
        .columns
        .iter()
        .map(cell)
        .collect::<Vec<_>>()
        .join(" | ")
}

fn selected_lines(table: &Table, width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    let Some(row) = table.current() else {
        return vec![Line::raw("The table has a header and no rows.")];
    };
    match &row.result {
        Ok(rendered) => {
            let mut lines = command_lines(rendered, width, look);
            for doubt in &rendered.doubts {
                let rows = wrap::soft(&visible_line(&doubt.to_string()), width).into_iter();
                lines.extend(rows.map(|l| Line::styled(l, look.theme.warning)));
            }
            lines
        }
        Err(errors) => errors
            .errors
            .iter()
            .flat_map(|e| {
                let text = format!("line {}, {e}", row.line);
                wrap::soft(&visible_line(&text), width)
            })
            .map(|l| Line::styled(l, look.theme.error))
            .collect(),
    }
}
