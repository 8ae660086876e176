//! How the Topology pane looks.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::visible_line;
use crate::tui::widget::{Look, block, list, pair, wrap};

use super::State;
use super::state::name_of;

/// Draws the tree and the details of the selected row.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, look: Look<'_>) {
    let [tree, detail] = if area.width >= 100 {
        Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(50)]).areas(area)
    } else {
        Layout::vertical([Constraint::Percentage(60), Constraint::Percentage(40)]).areas(area)
    };
    draw_tree(frame, tree, state, look);
    draw_detail(frame, detail, state, look);
}

fn draw_tree(frame: &mut Frame<'_>, area: Rect, state: &State, look: Look<'_>) {
    let title = format!("Topology{}", state.filter.shown());
    let frame_block = block(look, title, true);
    let inner = frame_block.inner(area);
    frame.render_widget(frame_block, area);
    if state.visible().is_empty() {
        let text = match (&state.problem, state.rows.is_empty()) {
            (Some(problem), _) => format!("The topology cannot be shown: {problem}"),
            (None, true) => "No topology is loaded. Save one with Get-CsTopology -AsXml (or use a .tbxml file of Topology Builder) and name it in config.toml: topology = \"C:\\\\path\\\\topology.xml\"".into(),
            (None, false) => format!("Nothing matches {:?}. Esc shows all rows again.", state.filter.input.text()),
        };
        let lines: Vec<Line<'_>> = wrap::soft(&visible_line(&text), usize::from(inner.width))
            .into_iter()
            .map(Line::raw)
            .collect();
        frame.render_widget(Paragraph::new(lines).style(look.theme.text), inner);
        return;
    }
    let (open, closed) = if look.ascii {
        ("- ", "+ ")
    } else {
        ("▾ ", "▸ ")
    };
    list::draw(
        frame,
        inner,
        look,
        state.visible().len(),
        state.selected,
        true,
        |n| {
            let index = state.visible()[n];
            let row = &state.rows[index];
            let mark = match (
                state.has_children(index),
                state.is_folded(index) && state.filter.words().is_empty(),
            ) {
                (false, _) => "  ",
                (true, true) => closed,
                (true, false) => open,
            };
            let label = visible_line(&row.label).into_owned();
            let room = usize::from(inner.width).saturating_sub(row.depth * 2 + 2);
            Line::from(vec![
                Span::styled(format!("{}{mark}", "  ".repeat(row.depth)), look.theme.dim),
                Span::styled(
                    wrap::clip(&label, room, look.ascii),
                    if row.depth == 0 {
                        look.theme.title
                    } else {
                        look.theme.text
                    },
                ),
            ])
        },
    );
}

fn draw_detail(frame: &mut Frame<'_>, area: Rect, state: &State, look: Look<'_>) {
    let Some(row) = state.current() else {
        frame.render_widget(block(look, "Details", false), area);
        return;
    };
    let frame_block = block(look, visible_line(name_of(row)).into_owned(), false);
    let inner = frame_block.inner(area);
    frame.render_widget(frame_block, area);
    let width = row
        .detail
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0)
        .min(24);
    let room = usize::from(inner.width).saturating_sub(width + 2);
    let mut lines = Vec::new();
    for (name, value) in &row.detail {
        let name = wrap::clip(&visible_line(name), width, look.ascii);
        for (n, part) in wrap::soft(&visible_line(value), room)
            .into_iter()
            .enumerate()
        {
            lines.push(pair(look, if n == 0 { &name } else { "" }, width, part));
        }
    }
    let height = usize::from(inner.height);
    if lines.len() > height && height > 0 {
        let more = lines.len() - height + 1;
        lines.truncate(height - 1);
        lines.push(Line::styled(
            format!("... {more} more lines; a taller window shows them"),
            look.theme.dim,
        ));
    }
    frame.render_widget(Paragraph::new(lines).style(look.theme.text), inner);
}
