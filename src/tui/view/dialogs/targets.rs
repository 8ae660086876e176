//! The list of targets, the preview of an import.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::execute::{Protection, Target};
use crate::text::visible_line;
use crate::tui::dialog::{Import, Source, TargetList};
use crate::tui::model::Model;
use crate::tui::widget::{Look, dialog, list, wrap};

use super::below;

/// Draws the list.
pub fn targets(model: &Model, open: &TargetList, width: u16, frame: &mut Frame<'_>) {
    let look = model.look();
    let found = open.found(&model.targets);
    let what = match open.text {
        Some(_) => match open.marked.len() {
            0 => "Run on which targets?".to_owned(),
            n => format!("Run on which targets? {n} marked."),
        },
        None => "Targets".to_owned(),
    };
    let title = match open.typing || !open.filter.text().is_empty() {
        true => format!("{what} {} of {}", found.len(), model.targets.len()),
        false => what,
    };
    let wanted = u16::try_from(model.targets.len()).unwrap_or(u16::MAX);
    let height = wanted
        .saturating_add(5)
        .max(7)
        .min(frame.area().height.saturating_sub(2));
    let inner = dialog(frame, look, &title, width, height, None);
    let rows = Rect {
        height: inner.height.saturating_sub(2),
        ..inner
    };
    let columns = usize::from(rows.width);
    list::draw(
        frame,
        rows,
        look,
        found.len(),
        open.selected,
        true,
        |n| match found.get(n).and_then(|place| model.targets.get(*place)) {
            Some(target) if open.text.is_some() => {
                let mark = match open.marked.contains(&target.name) {
                    true => "[x] ",
                    false => "[ ] ",
                };
                let columns = columns.saturating_sub(mark.len());
                let mut line = row(target, &target.groups.join(", "), columns, look);
                line.spans.insert(0, Span::raw(mark));
                line
            }
            Some(target) => row(target, &target.groups.join(", "), columns, look),
            None => Line::default(),
        },
    );
    if found.is_empty() {
        let text = "No target has all of these words.";
        frame.render_widget(Paragraph::new(text), rows);
    }
    let last = inner.height.saturating_sub(1);
    if open.typing || !open.filter.text().is_empty() {
        let area = Rect {
            y: inner.y + last,
            height: 1.min(inner.height),
            ..inner
        };
        frame.render_widget(Paragraph::new(Span::styled("/", look.theme.key)), area);
        let line = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(1),
            ..area
        };
        open.filter
            .draw(frame, line, look.theme.input_focused, open.typing);
    } else {
        let hint = match open.text {
            Some(_) => "Space marks, a marks all, / filters, Enter goes on, Esc leaves.",
            None => "Enter chooses, / filters, a adds, e edits, d removes, x tests, i imports.",
        };
        below(frame, inner, last, hint, look);
    }
}

/// A target on one line, with something more at its end.
fn row(target: &Target, more: &str, columns: usize, look: Look<'_>) -> Line<'static> {
    let cell = |text: &str, width: usize| {
        let text = wrap::clip(&visible_line(text), width, look.ascii);
        format!("{text:<width$}")
    };
    let protection = match target.protection {
        Protection::Normal => "",
        Protection::ReadOnly => "READ-ONLY",
        Protection::Protected => "PROTECTED",
    };
    let style = match target.protection {
        Protection::Protected => look.theme.bad,
        _ => look.theme.text,
    };
    let text = format!(
        "{} {}",
        // What nothing stands behind has the room of both.
        match more {
            "" => visible_line(&target.place()).into_owned(),
            _ => cell(&target.place(), columns.saturating_sub(46).clamp(12, 34)),
        },
        visible_line(more)
    );
    Line::from(vec![
        Span::raw(format!("{} ", cell(&target.name, 20))),
        Span::styled(format!("{protection:<10}"), style),
        Span::raw(wrap::clip(&text, columns.saturating_sub(31), look.ascii)),
    ])
}

/// Draws the question where to import from.
pub fn sources(selected: usize, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let inner = dialog(frame, look, "Import targets from", width, 6, None);
    let rows = Rect {
        height: 2.min(inner.height),
        ..inner
    };
    list::draw(frame, rows, look, Source::ALL.len(), selected, true, |n| {
        Line::raw(Source::ALL.get(n).map_or("", |s| s.words()))
    });
    below(frame, inner, 3, "Enter shows what would be added.", look);
}

/// Draws the preview.
pub fn import(open: &Import, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let count = open.rows.len();
    let marked = open.rows.iter().filter(|(_, m)| *m).count();
    let title = format!("Import from {}: {marked} of {count}", open.source.words());
    let inside = usize::from(width).saturating_sub(2);
    let mut foot: Vec<String> = Vec::new();
    if let Some((found, _)) = open.rows.get(open.selected) {
        let notes = found.notes.iter().take(3);
        foot.extend(notes.flat_map(|n| wrap::soft(&visible_line(n), inside)));
    }
    foot.truncate(4);
    let left = open.left.iter().take(3);
    foot.extend(left.map(|l| format!("not: {}: {}", visible_line(&l.name), visible_line(&l.why))));
    if open.left.len() > 3 {
        foot.push(format!(
            "and {} more: csdeck target import --dry-run says all",
            open.left.len() - 3
        ));
    }
    foot.push("Space marks, a all, Enter adds what is marked, Esc adds nothing.".into());
    let wanted = u16::try_from(count + foot.len()).unwrap_or(u16::MAX);
    let height = wanted
        .saturating_add(3)
        .max(7)
        .min(frame.area().height.saturating_sub(2));
    let inner = dialog(frame, look, &title, width, height, None);
    // The last line of the foot tells the keys: it stays.
    let most = usize::from(inner.height / 2).max(1);
    let cut = foot.len().saturating_sub(most);
    foot.drain(..cut);
    let rows = Rect {
        height: inner.height.saturating_sub(foot.len() as u16 + 1),
        ..inner
    };
    let columns = usize::from(rows.width);
    list::draw(frame, rows, look, count, open.selected, true, |n| {
        let Some((found, marked)) = open.rows.get(n) else {
            return Line::default();
        };
        let mark = if *marked { "[x] " } else { "[ ] " };
        let target = &found.target;
        let more = match &target.jump {
            Some(jump) => format!("via {jump}"),
            None => target.groups.join(", "),
        };
        let mut line = row(target, &more, columns.saturating_sub(4), look);
        line.spans.insert(0, Span::raw(mark));
        line
    });
    if count == 0 {
        frame.render_widget(
            Paragraph::new("Nothing here that is not there already."),
            rows,
        );
    }
    let from = inner.height.saturating_sub(foot.len() as u16);
    for (row, text) in (from..).zip(&foot) {
        below(frame, inner, row, text, look);
    }
}
