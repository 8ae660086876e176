//! The forms of a command that is taken somewhere else.

use clap::ValueEnum;

use crate::cli::{Context, Failure, note};
use crate::powershell::{self, About, Copied, CopyForm};
use crate::snippet::Snippet;

/// `--as FORM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// As it is: a line for each command
    Command,
    /// One line: a console runs nothing before all of it is there
    Line,
    /// A script file, with help in front
    Script,
    /// powershell.exe with -EncodedCommand
    Encoded,
}

impl Form {
    /// The text in this form; `origin` says what it was made from.
    pub(super) fn copy(
        self,
        snippet: &Snippet,
        origin: &str,
        text: &str,
    ) -> Result<Copied, Failure> {
        let form = match self {
            Form::Command => CopyForm::Command,
            Form::Line => CopyForm::OneLine,
            Form::Script => CopyForm::Script,
            Form::Encoded => CopyForm::Encoded,
        };
        let about = About {
            title: &snippet.title,
            origin,
        };
        powershell::copy(form, text, about)
            .map_err(|e| Failure::failed(format!("{} as {}: {e}", snippet.id, form.word())))
    }
}

/// Prints a text, in a form if one was asked for. A script goes out as the bytes of its file,
/// unless somebody looks at it.
pub(super) fn printed(
    cx: &mut Context,
    id: &str,
    text: &str,
    copied: Option<&Copied>,
) -> Result<(), Failure> {
    let Some(copied) = copied else {
        return cx.out.raw(text);
    };
    if let Some(said) = &copied.note {
        note(&format!("{id}: {said}"));
    }
    match copied.form {
        CopyForm::Script if cx.out.is_terminal() => cx.out.text(&copied.text.replace("\r\n", "\n")),
        CopyForm::Script => cx.out.bytes(&copied.file()),
        _ => cx.out.raw(&copied.text),
    }
}
