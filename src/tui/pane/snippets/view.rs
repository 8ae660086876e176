//! How the Snippets pane looks.

mod form;
mod table;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::cmdlet::{Risk, effect_of, explain};
use crate::execute::Target;
use crate::snippet::search::marks;
use crate::snippet::{Layer, Library, Snippet};
use crate::text::visible_line;
use crate::tui::widget::{Look, block, list, pair, wrap};

use super::{Row, State};

/// Draws the form when one is open, else the list with the selected snippet's page.
/// `target` is the one that is chosen.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    state: &State,
    target: Option<&Target>,
    look: Look<'_>,
) {
    match &state.form {
        Some(form) => match &state.table {
            Some(table) => table::draw(frame, area, table, &form.snippet, look),
            None => form::draw(frame, area, form, target, look),
        },
        None => draw_list(frame, area, state, look),
    }
}

/// The style of a risk; the word is always written beside it.
pub fn risk_style(look: Look<'_>, risk: Risk) -> Style {
    match risk {
        Risk::Read => look.theme.good,
        Risk::Change => look.theme.warning,
        Risk::Destructive => look.theme.bad,
    }
}

fn draw_list(frame: &mut Frame<'_>, area: Rect, state: &State, look: Look<'_>) {
    let [left, right] = if area.width >= 100 {
        Layout::horizontal([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(area)
    } else {
        Layout::vertical([Constraint::Percentage(55), Constraint::Percentage(45)]).areas(area)
    };
    let cmdlets = state.len() - state.snippets();
    let mut title = format!("Snippets {}", state.snippets());
    if cmdlets > 0 {
        title.push_str(&format!(", cmdlets {cmdlets}"));
    }
    if state.reading {
        title.push_str(", reading your folders");
    }
    if let Some(subject) = state.subject() {
        title.push_str(&format!(" for {}", visible_line(&subject.name)));
    }
    title.push_str(&state.filter.shown());
    if !state.library.problems.is_empty() {
        title.push_str(&format!(
            "  {} files are broken: csdeck snippet lint",
            state.library.problems.len()
        ));
    }
    let frame_block = block(look, title, true);
    let inner = frame_block.inner(left);
    frame.render_widget(frame_block, left);
    if state.is_empty() {
        let text = nothing_found(state);
        let lines: Vec<Line<'_>> = wrap::soft(&text, usize::from(inner.width))
            .into_iter()
            .map(Line::raw)
            .collect();
        frame.render_widget(Paragraph::new(lines), inner);
    }
    // What the search made of the words stands over what it found.
    let said: Vec<Line<'_>> = state
        .said
        .iter()
        .take(2)
        .map(|text| {
            let text = wrap::clip(&visible_line(text), usize::from(inner.width), look.ascii);
            Line::styled(text, look.theme.warning)
        })
        .collect();
    let height = said.len().min(usize::from(inner.height.saturating_sub(1))) as u16;
    frame.render_widget(Paragraph::new(said), Rect { height, ..inner });
    let inner = Rect {
        y: inner.y + height,
        height: inner.height - height,
        ..inner
    };
    list::draw(
        frame,
        inner,
        look,
        state.len(),
        state.selected,
        true,
        |n| match state.row(n) {
            Some(row) => row_line(
                row,
                state.is_broken(row),
                &state.needles,
                usize::from(inner.width),
                look,
            ),
            None => Line::default(),
        },
    );
    let frame_block = block(look, "About", false);
    let inner = frame_block.inner(right);
    frame.render_widget(frame_block, right);
    let width = usize::from(inner.width);
    let lines = match state.row(state.selected) {
        Some(Row::Snippet(snippet)) => about(&state.library, snippet, width, look),
        Some(Row::Cmdlet(cmdlet)) => wrap::soft(&explain::cmdlet(cmdlet), width)
            .into_iter()
            .map(Line::raw)
            .collect(),
        None => Vec::new(),
    };
    frame.render_widget(Paragraph::new(lines), inner);
}

/// The text with the lines of each paragraph joined: a file's own line ends are for its own width.
/// Lines that are set off (a list, an example) stay lines.
fn paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut between = "";
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            between = "\n\n";
            continue;
        }
        if between.is_empty() && !out.is_empty() {
            let set_off = line.starts_with([' ', '\t', '-', '*']);
            between = if set_off { "\n" } else { " " };
        }
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(line);
        between = "";
    }
    out
}

/// Why the list is empty, and what to do.
fn nothing_found(state: &State) -> String {
    let (words, typed) = (&state.words, state.filter.input.text());
    if words.is_empty() && !typed.trim().is_empty() {
        return format!("No snippet passes {typed:?}. Esc shows all again.");
    }
    match (state.subject(), words.is_empty()) {
        (Some(subject), true) => format!(
            "No snippet is about {}. Esc shows all snippets.",
            visible_line(&subject.name)
        ),
        (Some(subject), false) => format!(
            "No snippet about {} has all of these words: {words:?}. Esc shows all again.",
            visible_line(&subject.name)
        ),
        (None, true) => {
            "There are no snippets. p makes a form of a command line; / and a cmdlet's \
                         name finds its form; F2 in a form keeps it as a snippet of your own."
                .to_owned()
        }
        (None, false) => {
            let missing = match state.missing.as_slice() {
                [] => String::new(),
                missing => format!(" None has {}.", missing.join(", ")),
            };
            format!(
                "No snippet and no cmdlet has all of these words: {words:?}.{missing} Filters are \
                 tag: group: product: risk: layer: and -tag: for the others. Esc shows all again."
            )
        }
    }
}

/// Risk, name, and what tells the row from others.
fn row_line(
    row: Row<'_>,
    broken: bool,
    needles: &[String],
    width: usize,
    look: Look<'_>,
) -> Line<'static> {
    let (risk, name, mark, rest) = match row {
        Row::Snippet(snippet) => (
            snippet.risk,
            snippet.id.clone(),
            match (broken, &snippet.layer) {
                (true, _) => "BROKEN FILE",
                (false, Layer::BuiltIn) => "",
                (false, layer) => layer.word(),
            },
            snippet.title.clone(),
        ),
        Row::Cmdlet(cmdlet) => (
            effect_of(cmdlet.name).risk(),
            cmdlet.name.to_owned(),
            "cmdlet",
            cmdlet.products.to_string(),
        ),
    };
    let gap = if mark.is_empty() { "" } else { "  " };
    let text = visible_line(&format!("{name}  {mark}{gap}{rest}")).into_owned();
    let text = wrap::clip(&text, width.saturating_sub(13), look.ascii);
    let mut spans = vec![Span::styled(
        format!("{:<11} ", risk.word()),
        risk_style(look, risk),
    )];
    let mut done = 0;
    for found in marks(&text, needles) {
        spans.push(Span::styled(
            text[done..found.start].to_owned(),
            look.theme.text,
        ));
        spans.push(Span::styled(
            text[found.clone()].to_owned(),
            look.theme.accent,
        ));
        done = found.end;
    }
    spans.push(Span::styled(text[done..].to_owned(), look.theme.text));
    Line::from(spans)
}

fn about(library: &Library, snippet: &Snippet, width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    let prose = |text: &str| {
        wrap::soft(&crate::text::visible(text), width)
            .into_iter()
            .map(Line::raw)
            .collect::<Vec<_>>()
    };
    let mut lines = vec![Line::styled(
        wrap::clip(&visible_line(&snippet.title), width, look.ascii),
        look.theme.title,
    )];
    if let Some(problem) = library.broken(&snippet.id) {
        let text = format!(
            "The {} file of this name cannot be used: {}. e opens it.",
            problem.layer.word(),
            problem.error
        );
        let rows = wrap::soft(&visible_line(&text), width).into_iter();
        lines.extend(rows.map(|row| Line::styled(row, look.theme.error)));
    }
    for (name, value) in [
        (
            "fields",
            snippet
                .fields
                .iter()
                .map(|f| f.name.clone())
                .collect::<Vec<_>>()
                .join(", "),
        ),
        ("runs on", snippet.notes.runs_on.clone()),
        ("role", snippet.role.clone()),
        ("gates", snippet.notes.gates.clone()),
        ("verify", snippet.notes.verify.clone()),
        ("rollback", snippet.notes.rollback.clone()),
        ("products", snippet.products.join(", ")),
        ("tags", snippet.tags.join(", ")),
        ("from", library.origin(snippet)),
    ] {
        if value.is_empty() {
            continue;
        }
        for (n, part) in wrap::soft(&visible_line(&value), width.saturating_sub(10))
            .into_iter()
            .enumerate()
        {
            lines.push(pair(look, if n == 0 { name } else { "" }, 8, part));
        }
    }
    lines.push(Line::default());
    lines.extend(prose(&paragraphs(&snippet.description)));
    lines
}
