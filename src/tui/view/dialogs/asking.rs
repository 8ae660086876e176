//! The questions of a server, or of a command that runs there.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::execute::ask::Asks;
use crate::text::{visible, visible_line};
use crate::tui::dialog::{Answer, Asking};
use crate::tui::widget::{Look, dialog, wrap};

use super::below;

/// Rows of what the server says in front of its prompts that are shown at most.
const INSTRUCTIONS: usize = 8;

/// Draws the prompts and what is typed. When they do not all fit, those before the one with the
/// cursor make room.
pub fn draw(asking: &Asking, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let inside = usize::from(width) - 2;
    let question = &asking.question;
    let head = question.head();
    let mut lines = wrap::soft(visible_line(&head).as_ref(), inside);
    let instructions = wrap::soft(visible(question.instructions.trim()).as_ref(), inside);
    if !question.instructions.trim().is_empty() {
        lines.extend(instructions.into_iter().take(INSTRUCTIONS));
    }
    let prompts: Vec<Vec<String>> = question
        .prompts
        .iter()
        .map(|p| {
            let rows = wrap::soft(visible(p.text.trim_end()).as_ref(), inside);
            rows.into_iter().take(4).collect()
        })
        .collect();
    let rows = |from: usize| -> usize { prompts[from..].iter().map(|p| p.len() + 1).sum() };
    let wanted = lines.len() + 1 + rows(0) + 4;
    let most = frame.area().height.saturating_sub(2);
    let height = u16::try_from(wanted).unwrap_or(u16::MAX).min(most);
    let title = match question.asks {
        Asks::Server => "Log in",
        Asks::Command => "The command asks",
    };
    let inner = dialog(frame, look, title, width, height, None);
    let room = usize::from(inner.height).saturating_sub(2);
    // The head gives way before the prompt with the cursor does.
    let own = prompts.get(asking.focus).map_or(0, |p| p.len() + 1);
    lines.truncate(room.saturating_sub(own + 1));
    let left = room.saturating_sub(lines.len() + 1);
    let mut first = 0;
    while first < asking.focus && rows(first) > left {
        first += 1;
    }
    let mut row = lines.len() as u16 + 1;
    let head: Vec<Line<'_>> = lines.into_iter().map(Line::raw).collect();
    frame.render_widget(Paragraph::new(head), inner);
    let end = inner.height.saturating_sub(2);
    let at = |row: u16| Rect {
        y: inner.y + row,
        height: 1,
        ..inner
    };
    for (n, (prompt, answer)) in prompts.iter().zip(&asking.answers).enumerate().skip(first) {
        for text in prompt {
            if row < end {
                frame.render_widget(Paragraph::new(text.as_str()), at(row));
            }
            row = row.saturating_add(1);
        }
        if row < end {
            let focused = n == asking.focus;
            let style = match focused {
                true => look.theme.input_focused,
                false => look.theme.input,
            };
            match answer {
                Answer::Shown(input) => input.draw(frame, at(row), style, focused),
                Answer::Hidden(input) => input.draw(frame, at(row), style),
            }
        }
        row = row.saturating_add(1);
    }
    let hint = match (asking.warned, asking.focus + 1 < prompts.len()) {
        _ if asking.gone => "Nobody waits for the answer any more. Enter or Esc closes.",
        (true, _) => "Nothing was typed. Enter again takes it as it is.",
        (false, _) if question.asks == Asks::Command => {
            "Enter answers. Esc does not: the command is told so."
        }
        (false, true) => "Enter: the next question. Up and down move. Esc does not log in.",
        (false, false) => "Enter answers. Esc does not log in.",
    };
    below(frame, inner, inner.height.saturating_sub(1), hint, look);
}
