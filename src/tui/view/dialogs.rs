//! How dialogs look.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::cmdlet::Risk;
use crate::execute::Protection;
use crate::gate::Asks;
use crate::text::{visible, visible_line};
use crate::tui::action::{BINDINGS, Place, keys_shown};
use crate::tui::dialog::{Confirm, Dialog, Palette};
use crate::tui::model::Model;
use crate::tui::widget::{Look, dialog, list, wrap};

/// Draws the open dialog.
pub fn draw(model: &Model, open: &Dialog, frame: &mut Frame<'_>) {
    let look = model.look();
    let width = frame.area().width.saturating_sub(4).min(100);
    match open {
        Dialog::Confirm(confirm) => draw_confirm(confirm, look, width, frame),
        Dialog::Targets { selected, text } => {
            draw_targets(model, *selected, text.as_deref(), frame)
        }
        Dialog::Command(input) => {
            let inner = dialog(frame, look, "Command to run", width, 4, None);
            input.draw(
                frame,
                Rect { height: 1, ..inner },
                look.theme.input_focused,
                true,
            );
            below(
                frame,
                inner,
                1,
                "Enter shows target and text, and asks. Esc closes.",
                look,
            );
        }
        Dialog::Palette(palette) => draw_palette(palette, look, width, frame),
        Dialog::Help(scroll) => draw_help(*scroll, look, width, frame),
        Dialog::HostKey {
            target, key, typed, ..
        } => {
            let text = format!(
                "{} ({}) shows a host key that is not in {}.\n\n{} {}\n\nCompare the fingerprint with the server's own: ssh-keygen -lf on the server, or ask who runs it. Type yes to trust this key from now on; Esc leaves.",
                visible_line(target),
                visible_line(&key.address),
                key.known_hosts.display(),
                visible_line(&key.key_type),
                key.fingerprint
            );
            draw_question(
                frame,
                look,
                "Unknown host key",
                &text,
                width,
                |frame, line| {
                    typed.draw(frame, line, look.theme.input_focused, true);
                },
            );
        }
        Dialog::Password { prompt, input, .. } => {
            let text = format!(
                "{}\n\nIt is kept in memory until csdeck ends, and tried once. Enter goes on, Esc leaves.",
                visible_line(prompt)
            );
            draw_question(frame, look, "Log in", &text, width, |frame, line| {
                input.draw(frame, line, look.theme.input_focused)
            });
        }
        Dialog::Notice { title, text } => {
            let rows = wrap::soft(&visible(text), usize::from(width) - 2);
            let inner = dialog(frame, look, title, width, rows.len() as u16 + 4, None);
            let lines: Vec<Line<'_>> = rows.into_iter().map(Line::raw).collect();
            let count = lines.len() as u16;
            frame.render_widget(Paragraph::new(lines), inner);
            below(frame, inner, count + 1, "Enter or Esc closes.", look);
        }
    }
}

fn below(frame: &mut Frame<'_>, inner: Rect, row: u16, text: &str, look: Look<'_>) {
    if row < inner.height {
        let line = Rect {
            y: inner.y + row,
            height: 1,
            ..inner
        };
        frame.render_widget(
            Paragraph::new(Line::styled(text.to_owned(), look.theme.dim)),
            line,
        );
    }
}

fn draw_question(
    frame: &mut Frame<'_>,
    look: Look<'_>,
    title: &str,
    text: &str,
    width: u16,
    input: impl FnOnce(&mut Frame<'_>, Rect),
) {
    let rows = wrap::soft(text, usize::from(width) - 2);
    let count = rows.len() as u16;
    let inner = dialog(frame, look, title, width, count + 4, None);
    frame.render_widget(
        Paragraph::new(rows.into_iter().map(Line::raw).collect::<Vec<_>>()),
        inner,
    );
    let row = (count + 1).min(inner.height.saturating_sub(1));
    input(
        frame,
        Rect {
            y: inner.y + row,
            height: 1.min(inner.height),
            ..inner
        },
    );
}

fn draw_confirm(confirm: &Confirm, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let risk = confirm.assessment.risk();
    let room = usize::from(width) - 2;
    let style = match (risk, confirm.target.protection) {
        (_, Protection::Protected) | (Risk::Destructive, _) => Some(look.theme.bad),
        (Risk::Change, _) => Some(look.theme.warning),
        (Risk::Read, _) => None,
    };
    let mut head = vec![
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
                risk.word(),
                match risk {
                    Risk::Read => look.theme.good,
                    Risk::Change => look.theme.warning,
                    Risk::Destructive => look.theme.danger,
                },
            ),
        ]),
    ];
    for reason in confirm.assessment.reasons().take(3) {
        head.push(Line::raw(format!(
            "        {}",
            wrap::clip(&visible_line(reason), room.saturating_sub(8), look.ascii)
        )));
    }
    if let Some(prelude) = &confirm.prelude {
        let shown = prelude.trim_end().replace('\n', "; ");
        for (n, part) in wrap::hard(&shown, room.saturating_sub(8))
            .into_iter()
            .enumerate()
        {
            head.push(Line::styled(
                format!("{}{part}", if n == 0 { "After   " } else { "        " }),
                look.theme.dim,
            ));
        }
    }
    head.push(Line::default());
    let text = wrap::hard(&visible(confirm.assessment.text()), room);
    let question = match confirm.asks() {
        Asks::TypeName => format!(
            "Type {} and press Enter to run exactly this text. Esc leaves.",
            visible_line(&confirm.target.name)
        ),
        Asks::Yes | Asks::Look => "Enter runs exactly this text. Esc leaves.".to_owned(),
    };
    let typed = confirm.asks() == Asks::TypeName;
    let tail = 2 + u16::from(typed) + u16::from(confirm.problem.is_some());
    let wanted = head.len() as u16 + text.len() as u16 + tail + 2;
    let inner = dialog(frame, look, "Run this?", width, wanted, style);
    // What does not fit cannot be read, and what cannot be read is not run blindly: say so.
    let rows = usize::from(inner.height.saturating_sub(tail));
    let hidden = (head.len() + text.len()).saturating_sub(rows);
    let mut lines = head;
    lines.extend(text.into_iter().map(|l| Line::styled(l, look.theme.input)));
    if hidden > 0 {
        lines.truncate(rows.saturating_sub(1));
        lines.push(Line::styled(
            format!(
                "... {} more lines do not fit: make the window taller to read them",
                hidden + 1
            ),
            look.theme.error,
        ));
    }
    let mut at = lines.len() as u16 + 1;
    frame.render_widget(Paragraph::new(lines), inner);
    let line = |row: &mut u16| {
        let area = Rect {
            y: inner.y + (*row).min(inner.height.saturating_sub(1)),
            height: 1,
            ..inner
        };
        *row += 1;
        area
    };
    let area = line(&mut at);
    frame.render_widget(
        Paragraph::new(Line::styled(question, look.theme.title)),
        area,
    );
    if typed {
        let area = line(&mut at);
        confirm
            .typed
            .draw(frame, area, look.theme.input_focused, true);
    }
    if let Some(problem) = &confirm.problem {
        let area = line(&mut at);
        frame.render_widget(
            Paragraph::new(Line::styled(
                visible_line(problem).into_owned(),
                look.theme.error,
            )),
            area,
        );
    }
}

fn draw_targets(model: &Model, selected: usize, text: Option<&str>, frame: &mut Frame<'_>) {
    let look = model.look();
    let width = frame.area().width.saturating_sub(4).min(80);
    let title = if text.is_some() {
        "Run on which target?"
    } else {
        "Targets"
    };
    let inner = dialog(
        frame,
        look,
        title,
        width,
        (model.targets.len() as u16 + 2).max(4),
        None,
    );
    list::draw(
        frame,
        inner,
        look,
        model.targets.len(),
        selected,
        true,
        |n| {
            let target = &model.targets[n];
            Line::raw(format!(
                "{:<20} {:<12} {}",
                wrap::clip(&visible_line(&target.name), 20, look.ascii),
                target.protection.word(),
                visible_line(&target.place())
            ))
        },
    );
}

fn draw_palette(palette: &Palette, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let found = palette.found();
    let inner = dialog(
        frame,
        look,
        "Actions",
        width.min(70),
        (found.len() as u16 + 4).min(18),
        None,
    );
    palette.input.draw(
        frame,
        Rect { height: 1, ..inner },
        look.theme.input_focused,
        true,
    );
    let rows = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(1),
        ..inner
    };
    list::draw(
        frame,
        rows,
        look,
        found.len(),
        palette.selected,
        true,
        |n| {
            let binding = found[n];
            let keys = keys_shown(binding);
            Line::raw(format!(
                "{:<24} {:<14} {}",
                binding.name,
                wrap::clip(&keys, 14, look.ascii),
                binding.help
            ))
        },
    );
    if found.is_empty() {
        frame.render_widget(Paragraph::new("No action has all of these words."), rows);
    }
}

fn draw_help(scroll: usize, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let mut lines = vec![Line::styled(
        "Up and Down scroll, Esc closes.",
        look.theme.dim,
    )];
    for place in Place::ALL {
        lines.push(Line::default());
        lines.push(Line::styled(place.title(), look.theme.title));
        for binding in BINDINGS.iter().filter(|b| b.place == place) {
            lines.push(Line::from(vec![
                Span::styled(format!("  {:<18} ", keys_shown(binding)), look.theme.key),
                Span::raw(binding.help),
            ]));
        }
    }
    let height = frame.area().height.saturating_sub(2);
    let inner = dialog(frame, look, "Keys", width.min(76), height, None);
    let last = lines.len().saturating_sub(usize::from(inner.height));
    let shown: Vec<Line<'_>> = lines.into_iter().skip(scroll.min(last)).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}
