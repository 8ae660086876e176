//! How the console looks: a pure function of the state.

mod dialogs;

pub use dialogs::scroll_limit;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use crate::execute::{Protection, Target};
use crate::replication::Question;
use crate::text::visible_line;

use super::action::hints;
use super::model::Model;
use super::pane::{Pane, replication, run, snippets, topology};
use super::widget::wrap;

/// The smallest terminal that everything fits in: columns, rows.
pub const SMALLEST: (u16, u16) = (60, 15);

/// True when a window of so many columns and rows shows the console.
pub fn fits((columns, rows): (u16, u16)) -> bool {
    columns >= SMALLEST.0 && rows >= SMALLEST.1
}

/// Draws the whole screen.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let look = model.look();
    if !fits((area.width, area.height)) {
        let text = format!(
            "csdeck needs {} columns and {} rows; this window has {} and {}. Make it larger, or leave with Ctrl-C.",
            SMALLEST.0, SMALLEST.1, area.width, area.height
        );
        let lines: Vec<Line<'_>> = wrap::soft(&text, usize::from(area.width))
            .into_iter()
            .map(Line::raw)
            .collect();
        frame.render_widget(Paragraph::new(lines), area);
        return;
    }
    frame.buffer_mut().set_style(area, look.theme.text);
    if model.pane == Pane::Run && model.run.full {
        run::draw_full(frame, area, &model.run, look);
        let last = Rect {
            y: area.bottom().saturating_sub(1),
            height: 1,
            ..area
        };
        if model.run.look.filter.typing {
            let text = run::search_line(&model.run);
            let text = wrap::clip(&visible_line(&text), usize::from(area.width), model.ascii);
            frame.render_widget(ratatui::widgets::Clear, last);
            frame.render_widget(Paragraph::new(text).style(look.theme.status), last);
        } else if model.notice.is_some() {
            draw_status(model, frame, last);
        }
        if let Some(dialog) = &model.dialog {
            dialogs::draw(model, dialog, frame);
        }
        return;
    }
    let [header, body, status] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    draw_header(model, frame, header);
    let target = model
        .current_target()
        .map_or("no target", |t| t.name.as_str());
    match model.pane {
        Pane::Topology => topology::draw(frame, body, &model.topology, look),
        Pane::Snippets => {
            let target = model.current_target();
            snippets::draw(frame, body, &model.snippets, target, look)
        }
        Pane::Replication => {
            let restricted = model.current_target().is_some_and(Target::is_restricted);
            let asked = (target, Question::first(restricted).text());
            replication::draw(frame, body, &model.replication, asked, look);
        }
        Pane::Run => run::draw(frame, body, &model.run, look),
    }
    draw_status(model, frame, status);
    if let Some(dialog) = &model.dialog {
        dialogs::draw(model, dialog, frame);
    }
}

/// The tabs: pane, first column, width.
fn tabs() -> impl Iterator<Item = (Pane, u16, u16)> {
    Pane::ALL.into_iter().scan(1u16, |column, pane| {
        let width = pane.title().width() as u16 + 4;
        let at = *column;
        *column += width;
        Some((pane, at, width))
    })
}

/// The pane whose tab is at this place.
pub fn tab_at(_model: &Model, column: u16, row: u16) -> Option<Pane> {
    tabs()
        .find(|(_, at, width)| row == 0 && (*at..at + width).contains(&column))
        .map(|(pane, _, _)| pane)
}

fn draw_header(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let theme = model.look().theme;
    let mut spans = vec![Span::styled(" ", theme.header)];
    for (pane, _, _) in tabs() {
        let text = format!(" {} {} ", pane.index() + 1, pane.title());
        spans.push(Span::styled(
            text,
            if pane == model.pane {
                theme.selected_text
            } else {
                theme.header
            },
        ));
    }
    let width = usize::from(area.width);
    let taken = |spans: &[Span<'_>]| spans.iter().map(|s| s.content.width()).sum::<usize>();
    let mut right = Vec::new();
    let customer = model.customer.as_deref().map(visible_line);
    if let Some(target) = model.current_target() {
        let (word, style) = match target.protection {
            _ if model.on_lab() => ("LAB", theme.lab),
            Protection::Protected => ("PROTECTED", theme.protected),
            Protection::ReadOnly => ("READ-ONLY", theme.header),
            Protection::Normal => ("", theme.header),
        };
        let text = if model.on_lab() {
            format!(" {word} ")
        } else {
            // Both names want to be seen; the target's goes first.
            let wanted = customer.as_ref().map_or(0, |c| (c.width() + 2).min(16));
            let free = width.saturating_sub(taken(&spans) + word.len() + 3);
            let room = free.saturating_sub(wanted).max(12).min(free).min(20);
            let name = wrap::clip(&visible_line(&target.name), room, model.ascii);
            match word {
                "" => format!(" {name} "),
                _ => format!(" {word} {name} "),
            }
        };
        right.push(Span::styled(text, style));
    }
    if model.lab && !model.on_lab() {
        // Topology and replication are the lab's until csdeck begins anew.
        right.insert(0, Span::styled(" LAB ", theme.lab));
    }
    if let Some(customer) = customer {
        let free = width.saturating_sub(taken(&spans) + taken(&right) + 2);
        if free > 1 {
            let name = wrap::clip(&customer, free.min(24), model.ascii);
            right.insert(0, Span::styled(format!(" {name} "), theme.header));
        }
    }
    // The newest verdict, also while the pane looks at an earlier poll. Where there is no room
    // for both, the target is what must be seen.
    let newest = model.replication.watcher.rewind(0);
    if let Some(report) = newest.filter(|_| model.replication.watch != replication::Watch::Stopped)
    {
        let (done, of) = report.count();
        let text = format!(" {} {done}/{of} ", report.verdict.word());
        if taken(&spans) + text.width() + taken(&right) <= width {
            right.insert(0, Span::styled(text, theme.header));
        }
    }
    let used = taken(&spans) + taken(&right);
    spans.push(Span::styled(
        " ".repeat(width.saturating_sub(used)),
        theme.header,
    ));
    spans.extend(right);
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

fn draw_status(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let theme = model.look().theme;
    let width = usize::from(area.width);
    frame.buffer_mut().set_style(area, theme.status);
    if let Some(notice) = &model.notice {
        let style = if notice.problem {
            theme.status.patch(theme.error)
        } else {
            theme.status.patch(theme.good)
        };
        let text = wrap::clip(
            &visible_line(&notice.text),
            width.saturating_sub(1),
            model.ascii,
        );
        frame.render_widget(
            Paragraph::new(Line::styled(format!(" {text}"), style)),
            area,
        );
        return;
    }
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (key, word) in hints(model.places(), model.takes_text()) {
        let room = key.width() + word.width() + 3;
        if used + room > width {
            break;
        }
        used += room;
        spans.push(Span::styled(key, theme.key));
        spans.push(Span::raw(format!(" {word}  ")));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)).style(theme.status), area);
}
