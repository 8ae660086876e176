//! The question before a run: where, how risky and why, and exactly what.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::cmdlet::hop::Note;
use crate::cmdlet::{Finding, Risk, Severity};
use crate::execute::Protection;
use crate::gate::Asks;
use crate::text::{visible, visible_line};
use crate::tui::dialog::Confirm;
use crate::tui::widget::{Look, dialog, wrap};

use super::page;

/// Draws the question.
pub fn draw(confirm: &Confirm, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let style = match (confirm.assessment.risk(), confirm.target.protection) {
        (_, Protection::Protected) | (Risk::Destructive, _) => Some(look.theme.bad),
        (Risk::Change, _) => Some(look.theme.warning),
        // The frame speaks of the target that is asked about, not of the one that is chosen.
        (Risk::Read, _) => Some(look.theme.border_focused),
    };
    // In the title, where no scrolling takes it away.
    let title = format!(
        "Run this? {} on {}{}",
        confirm.assessment.risk().word(),
        visible_line(&confirm.target.name),
        match confirm.target.protection {
            Protection::Protected => ", PROTECTED",
            Protection::ReadOnly => ", READ-ONLY",
            Protection::Normal => "",
        }
    );
    let tail = tail(confirm);
    let lines = lines(confirm, look, usize::from(width).saturating_sub(2));
    let room = page::room(lines.len(), tail, frame.area().height);
    let wanted = page::height(lines.len(), tail, frame.area().height);
    let inner = dialog(frame, look, &title, width, wanted, style);
    let shown = page::window(lines, room, confirm.scroll, look);
    let mut row = page::rows_below(inner, shown.len());
    frame.render_widget(Paragraph::new(shown), inner);
    let question = match confirm.asks() {
        _ if confirm.wants_preview() => {
            "F6 runs it with -WhatIf first, which changes nothing. Esc leaves.".to_owned()
        }
        Asks::TypeName => format!(
            "Type \"{}\" and press Enter to run exactly this text. Esc leaves.",
            visible_line(&confirm.target.name)
        ),
        Asks::Yes | Asks::Look => "Enter runs exactly this text. Esc leaves.".to_owned(),
    };
    let area = row();
    frame.render_widget(
        Paragraph::new(Line::styled(question, look.theme.title)),
        area,
    );
    if takes_name(confirm) {
        let area = row();
        confirm
            .typed
            .draw(frame, area, look.theme.input_focused, true);
    }
    if let Some(problem) = &confirm.problem {
        let area = row();
        let text = visible_line(problem).into_owned();
        frame.render_widget(Paragraph::new(Line::styled(text, look.theme.error)), area);
    }
}

/// Findings that are shown: the text itself must stay in sight.
const FINDINGS: usize = 2;

/// Rows under the text: a blank one, the question, the answer, what was wrong with the last one.
pub fn tail(confirm: &Confirm) -> u16 {
    2 + u16::from(takes_name(confirm)) + u16::from(confirm.problem.is_some())
}

/// True while the target's name can be typed.
fn takes_name(confirm: &Confirm) -> bool {
    confirm.asks() == Asks::TypeName && !confirm.wants_preview()
}

/// What is known of the text's preview: nothing of one that nobody needs.
fn preview_lines(confirm: &Confirm, look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    let room = room.saturating_sub(8);
    let mut lines = Vec::new();
    match (&confirm.evidence, &confirm.preview) {
        (Some(evidence), _) => {
            let (words, style) = match evidence.counts() {
                true => ("succeeded", look.theme.good),
                false => (evidence.state.word(), look.theme.error),
            };
            lines.push(Line::from(vec![
                Span::styled("Preview ", look.theme.dim),
                Span::styled(format!("-WhatIf {words}"), style),
                Span::raw(format!(" here, {} before this question", age(evidence.age))),
            ]));
            for line in &evidence.lines {
                let text = wrap::clip(&visible_line(line), room, look.ascii);
                lines.push(Line::styled(format!("        {text}"), look.theme.dim));
            }
            if evidence.more > 0 {
                lines.push(Line::styled(
                    format!("        and {} more lines in the Run pane", evidence.more),
                    look.theme.dim,
                ));
            }
        }
        (None, preview) if confirm.assessment.risk() == Risk::Destructive => {
            let text = match preview {
                Ok(_) => "not run yet (F6)".to_owned(),
                Err(why) => format!("none: {why}"),
            };
            for (n, part) in wrap::soft(&visible_line(&text), room)
                .into_iter()
                .enumerate()
            {
                let head = if n == 0 { "Preview " } else { "        " };
                lines.push(Line::styled(format!("{head}{part}"), look.theme.dim));
            }
        }
        (None, _) => {}
    }
    lines
}

/// How long ago, in words.
pub fn age(seconds: i64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

/// The colour of a risk.
pub fn risk_style(risk: Risk, look: Look<'_>) -> Style {
    match risk {
        Risk::Read => look.theme.good,
        Risk::Change => look.theme.warning,
        Risk::Destructive => look.theme.danger,
    }
}

/// A text behind a heading of eight columns, wrapped.
pub fn headed(
    head: &str,
    text: &str,
    room: usize,
    style: Style,
    look: Look<'_>,
) -> Vec<Line<'static>> {
    let rows = wrap::soft(&visible_line(text), room.saturating_sub(8));
    let rows = rows.into_iter().enumerate();
    rows.map(|(n, part)| {
        let head = if n == 0 { head } else { "        " };
        Line::from(vec![
            Span::styled(head.to_owned(), look.theme.dim),
            Span::styled(part, style),
        ])
    })
    .collect()
}

/// What the reference has against the text: the first of it.
pub fn finding_lines(findings: &[Finding], look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let more = findings.len().saturating_sub(FINDINGS);
    for finding in findings.iter().take(FINDINGS) {
        let style = match finding.severity {
            Severity::Error => look.theme.error,
            Severity::Warning => look.theme.warning,
        };
        let rows = wrap::soft(&visible_line(&finding.to_string()), room.saturating_sub(8));
        for (n, part) in rows.into_iter().enumerate() {
            let head = if n == 0 { "Check   " } else { "        " };
            lines.push(Line::styled(format!("{head}{part}"), style));
        }
    }
    if more > 0 {
        lines.push(Line::raw(format!(
            "        and {more} more: csdeck cmdlet check says all"
        )));
    }
    lines
}

/// What is to be known of the way to the target.
pub fn note_lines(notes: &[Note], look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    let style = |note: &Note| match note.about.is_warning() {
        true => look.theme.warning,
        false => look.theme.text,
    };
    notes
        .iter()
        .flat_map(|note| headed("Way     ", &note.text, room, style(note), look))
        .collect()
}

/// Target, risk and reasons, the text itself, and what runs in front of it.
pub fn lines(confirm: &Confirm, look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    let risk = confirm.assessment.risk();
    let mut lines = vec![
        Line::from(vec![
            Span::styled("Target  ", look.theme.dim),
            Span::styled(
                visible_line(&confirm.target.name).into_owned(),
                look.theme.title,
            ),
            Span::raw(format!("  {}", visible_line(&confirm.target.place()))),
        ]),
        Line::from(vec![
            Span::styled("Risk    ", look.theme.dim),
            Span::styled(
                match confirm.assessment.is_preview() {
                    true => "read: a preview, -WhatIf changes nothing",
                    false => risk.word(),
                },
                risk_style(risk, look),
            ),
        ]),
    ];
    for reason in confirm.assessment.reasons().take(3) {
        lines.push(Line::raw(format!(
            "        {}",
            wrap::clip(&visible_line(reason), room.saturating_sub(8), look.ascii)
        )));
    }
    lines.extend(preview_lines(confirm, look, room));
    lines.extend(finding_lines(&confirm.findings, look, room));
    lines.push(Line::default());
    lines.extend(text_lines(confirm.assessment.text(), look, room));
    let notes = confirm.assessment.notes();
    if !notes.is_empty() {
        // Below the text, where they push it nowhere.
        lines.push(Line::default());
        lines.extend(note_lines(notes, look, room));
    }
    if let Some(prelude) = &confirm.prelude {
        lines.push(Line::default());
        lines.extend(prelude_lines(prelude, look, room));
    }
    lines
}

/// The text as it runs.
pub fn text_lines(text: &str, look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    // The terminal's cells hold no tab; left out, it would join what it separates.
    let text = visible(text).replace('\t', "    ");
    wrap::hard(&text, room)
        .into_iter()
        .map(|l| Line::styled(l, look.theme.input))
        .collect()
}

/// What csdeck itself runs in front of the text: below it, where it hides nothing.
pub fn prelude_lines(prelude: &str, look: Look<'_>, room: usize) -> Vec<Line<'static>> {
    let shown = format!(
        "In front csdeck runs {}",
        prelude.trim_end().replace('\n', "; ")
    );
    wrap::hard(&shown, room)
        .into_iter()
        .map(|l| Line::styled(l, look.theme.dim))
        .collect()
}
