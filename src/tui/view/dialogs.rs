//! How dialogs look.

mod asking;
mod choose;
mod choosing;
mod command;
mod confirm;
mod page;
mod several;
mod target_form;
mod targets;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::cmdlet::catalogue;
use crate::text::visible_line;
use crate::tui::action::keys_shown;
use crate::tui::dialog::{Dialog, Palette};
use crate::tui::model::Model;
use crate::tui::widget::{Look, dialog, list, wrap};

/// Draws the open dialog.
pub fn draw(model: &Model, open: &Dialog, frame: &mut Frame<'_>) {
    let look = model.look();
    let width = width(frame.area().width);
    match open {
        Dialog::Confirm(confirm) => confirm::draw(confirm, look, width, frame),
        Dialog::Several(open) => several::draw(open, look, width, frame),
        Dialog::Targets(list) => targets::targets(model, list, width, frame),
        Dialog::TargetForm(form) => target_form::draw(form, look, width, frame),
        Dialog::ImportFrom(selected) => targets::sources(*selected, look, width, frame),
        Dialog::Import(import) => targets::import(import, look, width, frame),
        Dialog::RemoveTarget(target) => {
            let text = format!(
                "{} ({}) is taken out of targets.toml. Nothing happens on the server; its password in the keyring and its host key stay.",
                visible_line(&target.name),
                visible_line(&target.place())
            );
            let title = format!("Remove {}?", visible_line(&target.name));
            draw_question(frame, look, &title, &text, width, |frame, line| {
                let hint = "Enter removes it, Esc leaves it.";
                frame.render_widget(Paragraph::new(Line::styled(hint, look.theme.title)), line);
            });
        }
        Dialog::Command(line) => {
            let refused = model
                .current_target()
                .and_then(|t| t.refuses(line.input.text()));
            command::draw(
                line,
                refused.as_deref(),
                &model.sources.commands,
                look,
                width,
                frame,
            );
        }
        Dialog::PasteCommand(input) => {
            let inner = dialog(frame, look, "Command line from elsewhere", width, 4, None);
            let line = Rect { height: 1, ..inner };
            input.draw(frame, line, look.theme.input_focused, true);
            let hint = "Enter makes a form of it, damage mended. Esc closes.";
            below(frame, inner, 1, hint, look);
        }
        Dialog::Pick(picker) => {
            let target = model.current_target().map_or("", |t| t.name.as_str());
            choose::picker(picker, target, look, width, frame);
        }
        Dialog::CopyAs(open) => choose::copy_as(open, look, width, frame),
        Dialog::Table(path) => choose::table(path, look, width, frame),
        Dialog::Lines(lines) => choose::lines(lines, look, width, frame),
        Dialog::Sets { cmdlet, selected } => draw_sets(cmdlet, *selected, look, width, frame),
        Dialog::SaveSnippet { id, edit, .. } => {
            let title = match edit {
                true => "Copy to your own snippets, to be edited",
                false => "Save as a snippet of your own",
            };
            let inner = dialog(frame, look, title, width, 4, None);
            let line = Rect { height: 1, ..inner };
            id.draw(frame, line, look.theme.input_focused, true);
            let hint = match edit {
                true => "Under the same name it takes the place of the built-in one. Enter copies.",
                false => "folder/name. Enter saves, Esc closes.",
            };
            below(frame, inner, 1, hint, look);
        }
        Dialog::SaveOutput { path, objects, .. } => {
            let inner = dialog(
                frame,
                look,
                "Save the output in which file?",
                width,
                4,
                None,
            );
            let line = Rect { height: 1, ..inner };
            path.draw(frame, line, look.theme.input_focused, true);
            let hint = match objects {
                true => ".json, .csv: all objects; else what is on the screen. Never over a file.",
                false => "The text as the server sent it; never over a file. Esc closes.",
            };
            below(frame, inner, 1, hint, look);
        }
        Dialog::Palette(palette) => draw_palette(palette, look, width, frame),
        Dialog::Help(scroll) => {
            let lines = page::help_lines(usize::from(width) - 2, look);
            draw_page("Keys", lines, *scroll, CLOSES, look, frame);
        }
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
        Dialog::Asking(asking) => asking::draw(asking, look, width, frame),
        Dialog::Choosing(choosing) => choosing::draw(choosing, look, width, frame),
        Dialog::Notice {
            title,
            text,
            scroll,
            offer,
        } => {
            let lines = page::notice_lines(text, usize::from(width) - 2);
            let foot = match offer {
                Some(offer) => {
                    let names = offer.meant.names.iter().map(|(_, name)| name.as_str());
                    let names = names.collect::<Vec<_>>().join(", ");
                    format!("F8 takes {names}. {CLOSES}")
                }
                None => CLOSES.to_owned(),
            };
            draw_page(title, lines, *scroll, &foot, look, frame);
        }
    }
}

/// The width of most dialogs on a screen of so many columns; never below 2.
fn width(columns: u16) -> u16 {
    columns.saturating_sub(4).clamp(2, 100)
}

/// How far the open dialog scrolls on this screen, and how far at a time by page, in rows.
pub fn scroll_limit(model: &Model, dialog: &Dialog) -> (usize, usize) {
    let (columns, rows) = model.size;
    let (look, inside) = (model.look(), usize::from(width(columns)) - 2);
    let (lines, tail) = match dialog {
        Dialog::Confirm(confirm) => (
            confirm::lines(confirm, look, inside).len(),
            confirm::tail(confirm),
        ),
        Dialog::Several(open) => (
            several::lines(open, look, inside).len(),
            several::tail(open),
        ),
        Dialog::Help(_) => (page::help_lines(inside, look).len(), page::NOTICE_TAIL),
        Dialog::Notice { text, .. } => (page::notice_lines(text, inside).len(), page::NOTICE_TAIL),
        _ => return (0, 1),
    };
    let room = page::room(lines, tail, rows);
    (page::limit(lines, room), room.saturating_sub(1).max(1))
}

/// How a page is closed.
const CLOSES: &str = "Enter or Esc closes.";

/// Draws text to read, with a line on what can be done with it.
fn draw_page(
    title: &str,
    lines: Vec<Line<'static>>,
    scroll: usize,
    foot: &str,
    look: Look<'_>,
    frame: &mut Frame<'_>,
) {
    let width = width(frame.area().width);
    let room = page::room(lines.len(), page::NOTICE_TAIL, frame.area().height);
    let height = page::height(lines.len(), page::NOTICE_TAIL, frame.area().height);
    let inner = dialog(frame, look, title, width, height, None);
    let shown = page::window(lines, room, scroll, look);
    let count = shown.len() as u16;
    frame.render_widget(Paragraph::new(shown), inner);
    below(frame, inner, count + 1, foot, look);
}

fn below(frame: &mut Frame<'_>, inner: Rect, row: u16, text: &str, look: Look<'_>) {
    if row < inner.height {
        let line = Rect {
            y: inner.y + row,
            height: 1,
            ..inner
        };
        frame.render_widget(
            Paragraph::new(Line::styled(
                wrap::clip(text, usize::from(inner.width), look.ascii),
                look.theme.dim,
            )),
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
    let count = u16::try_from(rows.len()).unwrap_or(u16::MAX - 4);
    let inner = dialog(frame, look, title, width, count.saturating_add(4), None);
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

fn draw_sets(cmdlet: &str, selected: usize, look: Look<'_>, width: u16, frame: &mut Frame<'_>) {
    let Some(cmdlet) = catalogue().get(cmdlet) else {
        return;
    };
    let height = (cmdlet.sets.len() as u16 + 4).min(frame.area().height.saturating_sub(2));
    let title = format!("{}: which parameter set?", cmdlet.name);
    let inner = dialog(frame, look, &title, width, height, None);
    let rows = Rect {
        height: inner.height.saturating_sub(2),
        ..inner
    };
    let names = cmdlet.sets.iter().map(|s| s.name.len()).max().unwrap_or(0);
    list::draw(frame, rows, look, cmdlet.sets.len(), selected, true, |n| {
        let set = &cmdlet.sets[n];
        let required: Vec<String> = cmdlet
            .required(set)
            .map(|p| format!("-{}", p.name))
            .collect();
        let needs = match required.is_empty() {
            true => "needs nothing".to_owned(),
            false => format!("needs {}", required.join(" ")),
        };
        let text = format!("{:<names$}  {needs}", set.name);
        Line::raw(wrap::clip(&text, usize::from(rows.width), look.ascii))
    });
    let hint = "Enter chooses, Esc closes.";
    below(frame, inner, rows.height + 1, hint, look);
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
            let text = format!(
                "{:<24} {:<14} {}",
                binding.name,
                wrap::clip(&keys, 14, look.ascii),
                binding.help
            );
            Line::raw(wrap::clip(&text, usize::from(rows.width), look.ascii))
        },
    );
    if found.is_empty() {
        frame.render_widget(Paragraph::new("No action has all of these words."), rows);
    }
}
