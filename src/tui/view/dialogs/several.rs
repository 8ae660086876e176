//! The question before a run on several targets: where, how risky, in which order, and exactly what.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use unicode_width::UnicodeWidthStr;

use crate::cmdlet::Risk;
use crate::cmdlet::hop::Note;
use crate::execute::Protection;
use crate::text::visible_line;
use crate::tui::dialog::{Aim, Demand, Several};
use crate::tui::widget::{Look, dialog, wrap};

use super::confirm::{
    age, finding_lines, headed, note_lines, prelude_lines, risk_style, text_lines,
};
use super::page;

/// Draws the question.
pub fn draw(open: &Several, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let protected = open
        .aims
        .iter()
        .filter(|a| a.target.protection == Protection::Protected)
        .count();
    let style = match (open.risk(), protected) {
        (Risk::Destructive, _) | (_, 1..) => look.theme.bad,
        (Risk::Change, _) => look.theme.warning,
        (Risk::Read, _) => look.theme.border_focused,
    };
    // In the title, where no scrolling takes it away.
    let title = format!(
        "Run this? {} on {} targets{}",
        open.risk().word(),
        open.aims.len(),
        match protected {
            0 => String::new(),
            n => format!(", {n} PROTECTED"),
        }
    );
    let tail = tail(open);
    let lines = lines(open, look, usize::from(width).saturating_sub(2));
    let room = page::room(lines.len(), tail, frame.area().height);
    let wanted = page::height(lines.len(), tail, frame.area().height);
    let inner = dialog(frame, look, &title, width, wanted, Some(style));
    let shown = page::window(lines, room, open.scroll, look);
    let mut row = page::rows_below(inner, shown.len());
    frame.render_widget(Paragraph::new(shown), inner);
    frame.render_widget(
        Paragraph::new(Line::styled(question(open), look.theme.title)),
        row(),
    );
    if open.wanted().is_some() {
        open.typed
            .draw(frame, row(), look.theme.input_focused, true);
    }
    if let Some(problem) = &open.problem {
        let text = visible_line(problem).into_owned();
        frame.render_widget(Paragraph::new(Line::styled(text, look.theme.error)), row());
    }
}

fn question(open: &Several) -> String {
    if open.wants_preview() {
        return "F6 runs it with -WhatIf on all of them first. Esc leaves.".to_owned();
    }
    let count = open.aims.len();
    match (open.demand(), open.wanted()) {
        (Demand::Names, Some(name)) => format!(
            "Type \"{}\" and press Enter ({} of {count}). Esc leaves.",
            visible_line(&name),
            open.named + 1
        ),
        (_, Some(words)) => {
            format!("Type \"{words}\" and press Enter to run exactly this text. Esc leaves.")
        }
        (_, None) => {
            format!("Enter runs exactly this text on all {count}. Esc leaves.")
        }
    }
}

/// Rows under the text: a blank one, the question, the answer, what was wrong with the last one.
pub fn tail(open: &Several) -> u16 {
    2 + u16::from(open.wanted().is_some()) + u16::from(open.problem.is_some())
}

/// Targets, risk and reasons, the order, the previews, the text itself, and what runs in front of it.
pub fn lines(open: &Several, look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    let names = open
        .aims
        .iter()
        .map(|a| visible_line(&a.target.name).width())
        .max()
        .unwrap_or(0)
        .min(24);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (n, aim) in open.aims.iter().enumerate() {
        let head = if n == 0 { "Targets " } else { "        " };
        let mut spans = vec![Span::styled(head, look.theme.dim)];
        let said = n < open.named;
        spans.extend(aim_spans(aim, names, said, open, look));
        lines.push(Line::from(spans));
    }
    lines.push(Line::from(vec![
        Span::styled("Risk    ", look.theme.dim),
        Span::styled(open.risk().word(), risk_style(open.risk(), look)),
    ]));
    let reasons = open.aims.first().into_iter();
    for reason in reasons.flat_map(|a| a.assessment.reasons()).take(3) {
        lines.push(Line::raw(format!(
            "        {}",
            wrap::clip(&visible_line(reason), room.saturating_sub(8), look.ascii)
        )));
    }
    let order = format!("{} (F4 changes it)", open.order.words(open.aims.len()));
    lines.extend(headed("Order   ", &order, room, Style::default(), look));
    if open.risk() == Risk::Destructive
        && let Err(why) = &open.preview
    {
        let text = format!("none: {why}");
        lines.extend(headed("Preview ", &text, room, look.theme.dim, look));
    }
    lines.extend(finding_lines(&open.findings, look, room));
    lines.push(Line::default());
    lines.extend(text_lines(open.text(), look, room));
    lines.extend(way_lines(open, look, room));
    let mut preludes: Vec<String> = Vec::new();
    for prelude in open.aims.iter().filter_map(|a| a.target.prelude()) {
        if !preludes.contains(&prelude) {
            lines.push(Line::default());
            lines.extend(prelude_lines(&prelude, look, room));
            preludes.push(prelude);
        }
    }
    lines
}

/// What is to be known of the ways to the targets: the first of each kind, with the targets that it is
/// about when they are not all, and how many more.
fn way_lines(open: &Several, look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    let mut notes: Vec<(Note, Vec<&str>)> = Vec::new();
    let mut more = 0;
    for aim in &open.aims {
        for note in aim.assessment.notes() {
            match notes
                .iter_mut()
                .find(|(known, _)| known.about == note.about)
            {
                Some((known, names)) if known.text == note.text => names.push(&aim.target.name),
                Some(_) => more += 1,
                None => notes.push((note.clone(), vec![&aim.target.name])),
            }
        }
    }
    if notes.is_empty() {
        return Vec::new();
    }
    let notes: Vec<Note> = notes
        .into_iter()
        .map(|(note, names)| match names.as_slice() {
            all if all.len() == open.aims.len() => note,
            [one] => named(note, one.to_string()),
            [one, rest @ ..] => named(note, format!("{one} and {} more", rest.len())),
            [] => note,
        })
        .collect();
    let mut lines = vec![Line::default()];
    lines.extend(note_lines(&notes, look, room));
    if more > 0 {
        let text = format!("{more} more like this on the other targets");
        lines.extend(headed("        ", &text, room, look.theme.dim, look));
    }
    lines
}

fn named(note: Note, names: String) -> Note {
    Note {
        text: format!("{names}: {}", note.text),
        ..note
    }
}

/// A target: its name, protection, place, whether its name was typed, how its preview ended.
fn aim_spans(
    aim: &Aim,
    names: usize,
    said: bool,
    open: &Several,
    look: Look<'_>,
) -> Vec<Span<'static>> {
    let name = wrap::clip(&visible_line(&aim.target.name), names, look.ascii);
    let pad = " ".repeat(names.saturating_sub(name.width()));
    let mut spans = vec![
        Span::styled(format!("{name}{pad}"), look.theme.title),
        Span::raw(format!("  {}", visible_line(&aim.target.place()))),
    ];
    match aim.target.protection {
        Protection::Protected => spans.push(Span::styled("  PROTECTED", look.theme.bad)),
        Protection::ReadOnly => spans.push(Span::raw("  READ-ONLY")),
        Protection::Normal => {}
    }
    if said {
        spans.push(Span::styled("  typed", look.theme.good));
    }
    match &aim.evidence {
        Some(evidence) if evidence.counts() => spans.push(Span::styled(
            format!("  -WhatIf succeeded, {} ago", age(evidence.age)),
            look.theme.good,
        )),
        Some(evidence) => spans.push(Span::styled(
            format!("  -WhatIf {}", evidence.state.word()),
            look.theme.error,
        )),
        None if open.risk() == Risk::Destructive && open.preview.is_ok() => {
            spans.push(Span::styled("  not previewed yet (F6)", look.theme.dim));
        }
        None => {}
    }
    spans
}
