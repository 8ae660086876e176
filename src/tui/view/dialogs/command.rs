//! How the command line looks: the line, what is said of it, and a list under it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::cmdlet::Risk;
use crate::suggest::Commands;
use crate::text::visible_line;
use crate::tui::dialog::{CommandLine, Tone};
use crate::tui::widget::{Look, dialog, list, wrap};

/// Rows of the list at most.
const ROWS: u16 = 8;

/// Draws the command line; `refused` is why the chosen target takes no such text. Its place does not move while the list comes and goes.
pub fn draw(
    line: &CommandLine,
    refused: Option<&str>,
    commands: &Commands,
    look: Look<'_>,
    width: u16,
    frame: &mut Frame<'_>,
) {
    let rows = frame.area().height.saturating_sub(7).clamp(1, ROWS);
    let inner = dialog(frame, look, "Command to run", width, rows + 6, None);
    let at = |row: u16, height: u16| Rect {
        y: (inner.y + row).min(inner.bottom().saturating_sub(1)),
        height: height.min(inner.height.saturating_sub(row)),
        ..inner
    };
    let columns = usize::from(inner.width);
    let searching = line.search.is_some();
    line.input
        .draw(frame, at(0, 1), look.theme.input_focused, !searching);
    if let Some(search) = &line.search {
        let label = "history: ";
        let [head, words] = ratatui::layout::Layout::horizontal([
            ratatui::layout::Constraint::Length(label.len() as u16),
            ratatui::layout::Constraint::Min(1),
        ])
        .areas(at(1, 1));
        frame.render_widget(Paragraph::new(Line::styled(label, look.theme.dim)), head);
        search
            .words
            .draw(frame, words, look.theme.input_focused, true);
        let found = search.found(commands);
        if found.is_empty() {
            let none = Line::styled("No command has all of these words.", look.theme.dim);
            frame.render_widget(Paragraph::new(none), at(3, 1));
        }
        let row = |n: usize| Line::raw(wrap::clip(&visible_line(found[n]), columns, look.ascii));
        list::draw(
            frame,
            at(3, rows),
            look,
            found.len(),
            search.selected,
            true,
            row,
        );
    } else {
        frame.render_widget(Paragraph::new(said(line, refused, columns, look)), at(1, 2));
        draw_popup(line, frame, at(3, rows), look);
    }
    let hint = match (searching, &line.popup) {
        (true, _) => "Enter takes it, Ctrl-R goes to an older one. Esc leaves.",
        (_, Some(_)) => "Tab and Shift-Tab go through the list. Esc closes it.",
        _ => "Enter shows target and text, and asks. Tab completes. Esc closes.",
    };
    super::below(frame, inner, rows + 3, hint, look);
}

/// The risk, and the first thing that is to be said, in two rows.
fn said(
    line: &CommandLine,
    refused: Option<&str>,
    columns: usize,
    look: Look<'_>,
) -> Vec<Line<'static>> {
    let checked = &line.checked;
    let mut spans = Vec::new();
    if let Some(risk) = checked.risk {
        let style = match risk {
            Risk::Read => look.theme.good,
            Risk::Change => look.theme.warning,
            Risk::Destructive => look.theme.danger,
        };
        spans.push(Span::styled(risk.word(), style));
    }
    // A text that is not finished is not held against the target.
    let refused = refused.map(|why| (Tone::Error, why.to_owned()));
    let Some((tone, text)) = checked.says.as_ref().or(refused.as_ref()) else {
        return vec![Line::from(spans)];
    };
    let style = match tone {
        Tone::Calm => look.theme.dim,
        Tone::Warning => look.theme.warning,
        Tone::Error => look.theme.error,
    };
    let head: usize = spans.iter().map(|s| s.content.len() + 2).sum();
    let shown = visible_line(text).into_owned();
    let mut rows = wrap::soft(&shown, columns.saturating_sub(head)).into_iter();
    if head > 0 {
        spans.push(Span::raw("  "));
    }
    spans.push(Span::styled(rows.next().unwrap_or_default(), style));
    let rest: Vec<String> = rows.collect();
    let mut lines = vec![Line::from(spans)];
    if !rest.is_empty() {
        let text = wrap::clip(&rest.join(" "), columns.saturating_sub(head), look.ascii);
        lines.push(Line::styled(format!("{}{text}", " ".repeat(head)), style));
    }
    lines
}

fn draw_popup(line: &CommandLine, frame: &mut Frame<'_>, area: Rect, look: Look<'_>) {
    let Some(popup) = &line.popup else {
        return;
    };
    let candidates = &popup.completion.candidates;
    let columns = usize::from(area.width);
    let page = list::page_start(popup.chosen.unwrap_or(0), usize::from(area.height));
    let shown = candidates.iter().skip(page).take(usize::from(area.height));
    let widest = shown.map(|c| c.text.chars().count()).max().unwrap_or(0);
    let names = widest.min(columns * 3 / 5);
    list::draw(
        frame,
        area,
        look,
        candidates.len(),
        popup.chosen.unwrap_or(0),
        popup.chosen.is_some(),
        |n| {
            let candidate = &candidates[n];
            let text = wrap::clip(&visible_line(&candidate.text), names, look.ascii);
            let note = visible_line(&candidate.note).into_owned();
            let note = wrap::clip(&note, columns.saturating_sub(names + 2), look.ascii);
            Line::from(vec![
                Span::raw(format!("{text:<names$}  ")),
                Span::styled(note, look.theme.dim),
            ])
        },
    );
}
