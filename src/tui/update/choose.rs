//! Choosing and editing the values of a form, and the variables of the engagement.

use std::path::PathBuf;

use crate::powershell::literal;
use crate::snippet::{Snippet, rows};
use crate::text::is_unsafe;
use crate::tui::action::Action;
use crate::tui::dialog::{CopyAs, Dialog, Lines, Picker, Purpose};
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::widget::input::LineInput;

use super::runs;

/// What an engagement's file without variables begins with.
const EMPTY_ENGAGEMENT: &str = "\
# What is the same in every form tonight. A form that opens takes it from here.
# pool = \"pool01.contoso.com\"
# sql-server = \"sql01.contoso.com\"
# sql-instance = \"RTC\"
# domain = \"contoso.com\"
# The name of a field serves as well: RegistrarPort = \"5061\"
";

/// An action inside the picker; `None` when it is closed.
pub fn in_picker(
    model: &mut Model,
    mut picker: Box<Picker>,
    action: Action,
) -> (Option<Dialog>, Vec<Effect>) {
    match action {
        Action::Open => {
            let chosen = picker.chosen();
            if chosen.is_empty() {
                return (Some(Dialog::Pick(picker)), Vec::new());
            }
            put(model, &picker.field, &chosen);
            return (None, Vec::new());
        }
        Action::Mark if picker.list => picker.mark(),
        Action::RunText => {
            if let Some(command) = &picker.ask {
                runs::ask_for_choices(model, command);
                return (model.dialog.take(), Vec::new());
            }
        }
        _ => {}
    }
    (Some(Dialog::Pick(picker)), Vec::new())
}

/// Puts chosen values into a field of the open form, and goes on to the next field.
fn put(model: &mut Model, field: &str, elements: &[String]) {
    let known = model.sources.known();
    let Some(form) = &mut model.snippets.form else {
        return;
    };
    let at = form.snippet.fields.iter().position(|f| f.name == field);
    if let Some(n) = at {
        form.focus = n;
        form.set_elements(n, elements);
        if form.shown().last() != Some(&n) {
            form.step(1);
        }
        form.offer(known);
    }
}

/// An action inside the editor of lines.
pub fn in_lines(
    model: &mut Model,
    mut lines: Box<Lines>,
    action: Action,
) -> (Option<Dialog>, Vec<Effect>) {
    if action != Action::Save {
        lines.act(action);
        return (Some(Dialog::Lines(lines)), Vec::new());
    }
    match &lines.purpose {
        Purpose::Engagement(before) => {
            let (text, before) = (lines.text(), before.clone());
            model.snippets.engagement_before.clone_from(&before);
            (None, vec![Effect::WriteEngagement { text, before }])
        }
        Purpose::List(field) => {
            let kept = lines.lines().iter().map(|l| l.trim().to_owned());
            let elements: Vec<String> = kept.filter(|l| !l.is_empty()).collect();
            let wrong = elements
                .iter()
                .find_map(|e| literal::single_quoted(e).err());
            if let Some(error) = wrong {
                lines.problem = Some(error.to_string());
                return (Some(Dialog::Lines(lines)), Vec::new());
            }
            put(model, &field.clone(), &elements);
            (None, Vec::new())
        }
    }
}

/// Opens the editor on `engagement.toml`.
pub fn edit_engagement(model: &mut Model, text: &str) {
    let shown = match text.trim().is_empty() {
        true => EMPTY_ENGAGEMENT,
        false => text,
    };
    let purpose = Purpose::Engagement(text.to_owned());
    model.dialog = Some(Dialog::Lines(Box::new(Lines::new(purpose, shown))));
}

/// The editor again, with what is wrong about the text.
pub fn engagement_refused(model: &mut Model, text: &str, why: String) {
    let purpose = Purpose::Engagement(model.snippets.engagement_before.clone());
    let mut lines = Lines::new(purpose, text);
    lines.problem = Some(why);
    model.questions.push_front(Dialog::Lines(Box::new(lines)));
}

/// Copies the highlighted form; what cannot be copied keeps the question open.
pub fn copy_as(model: &mut Model, open: Box<CopyAs>) -> Vec<Effect> {
    let file = open.is_file(open.selected);
    let copied = match open.row(open.selected) {
        Some((_, Ok(copied))) => copied.clone(),
        Some((_, Err(why))) => {
            model.complain(why.clone());
            model.dialog = Some(Dialog::CopyAs(open));
            return Vec::new();
        }
        None => return Vec::new(),
    };
    let taken = match file {
        true => Effect::CopyToFile(copied.file()),
        false => Effect::Copy(copied.text),
    };
    let mut effects = runs::copied(model, &open.command, taken);
    effects.extend(super::snippets_pane::keep_values(model));
    effects
}

/// A path as it was typed, with `~` for the home folder as shells have it.
pub fn typed_path(typed: &str) -> PathBuf {
    let typed = typed.trim();
    let rest = typed
        .strip_prefix("~/")
        .or_else(|| typed.strip_prefix("~\\"));
    match (rest, std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(typed),
    }
}

/// Reads a table for the open form.
pub fn read_table(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    let Some(form) = &model.snippets.form else {
        return Vec::new();
    };
    let snippet = Box::new(form.snippet.clone());
    vec![Effect::ReadTable(path, snippet, form.values())]
}

/// Writes an empty table for the open form, which stays to be named for when it is filled in.
pub fn write_table(model: &mut Model, path: LineInput) -> Vec<Effect> {
    let name = path.text().trim().to_owned();
    model.snippets.last_table.clone_from(&name);
    let Some(form) = &model.snippets.form else {
        return Vec::new();
    };
    if name.is_empty() {
        model.complain("name the file first, such as users.csv");
        model.dialog = Some(Dialog::Table(path));
        return Vec::new();
    }
    let content = rows::blank(&form.snippet, false).into_bytes();
    vec![Effect::WriteNew(typed_path(&name), content)]
}

/// A text that is pasted into a field of one value, as it goes in, and what was changed: line ends,
/// characters that act on a terminal, and what people copy along with a thumbprint or a number.
pub fn mended(snippet: &Snippet, field: usize, text: &str) -> (String, Option<String>) {
    let text = text.trim_end_matches('\n');
    let mut said = Vec::new();
    if text.contains(['\n', '\t']) {
        said.push("line ends and tabs became blanks");
    }
    if text.chars().any(is_unsafe) {
        said.push("invisible and control characters were left out");
    }
    let mut kept: String = text.chars().filter(|c| !is_unsafe(*c)).collect();
    let meaning = snippet.meanings().get(field).copied();
    if let Some(better) = meaning.and_then(|m| m.without_separators(&kept)) {
        kept = better;
        said.push("separators between the digits were left out");
    }
    let said = (!said.is_empty()).then(|| format!("pasted: {}", said.join("; ")));
    (kept, said)
}
