//! Where a rendered command goes, and in which form.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::{Context, Failure, note};
use crate::powershell::{self, About, Copied, CopyForm};
use crate::snippet::Snippet;
use crate::store::atomic;

/// `--as FORM` and `--output FILE`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct To {
    /// The form of the text: as it is, one line for a console, a script file, or a line with
    /// -EncodedCommand
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<Form>,
    /// Write it to this file, which must not be there yet, instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
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
    fn of_domain(self) -> CopyForm {
        match self {
            Form::Command => CopyForm::Command,
            Form::Line => CopyForm::OneLine,
            Form::Script => CopyForm::Script,
            Form::Encoded => CopyForm::Encoded,
        }
    }
}

impl To {
    /// The text in the form asked for, `None` when none was; written to the file if there is one.
    /// `origin` says what it was made from.
    pub(super) fn copy(
        &self,
        snippet: &Snippet,
        origin: &str,
        text: &str,
    ) -> Result<Option<Copied>, Failure> {
        let form = match (self.form, &self.output) {
            (Some(form), _) => form.of_domain(),
            (None, Some(_)) => CopyForm::Command,
            (None, None) => return Ok(None),
        };
        let about = About {
            title: &snippet.title,
            origin,
        };
        let copied = powershell::copy(form, text, about)
            .map_err(|e| Failure::failed(format!("{} as {}: {e}", snippet.id, form.word())))?;
        if let Some(said) = &copied.note {
            note(&format!("{}: {said}", snippet.id));
        }
        if let Some(path) = &self.output {
            write_new(path, &copied.file())?;
        }
        Ok(Some(copied))
    }

    /// Prints the text unless it went into a file. A script goes out as the bytes of its file, but
    /// not to somebody who looks at it.
    pub(super) fn print(
        &self,
        cx: &mut Context,
        text: &str,
        copied: Option<&Copied>,
    ) -> Result<(), Failure> {
        match copied {
            _ if self.output.is_some() => Ok(()),
            None => cx.out.raw(text),
            Some(script) if script.form == CopyForm::Script => {
                if cx.out.is_terminal() {
                    cx.out.text(&script.text.replace("\r\n", "\n"))
                } else {
                    cx.out.bytes(&script.file())
                }
            }
            Some(copied) => cx.out.raw(&copied.text),
        }
    }
}

/// Writes a file that must not be there: it may be somebody's work.
pub(super) fn write_new(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let name = path.display();
    match atomic::write_new(path, content) {
        Ok(()) => {
            note(&format!("{name} written"));
            Ok(())
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(Failure::failed(format!(
            "{name} is there already: choose another name"
        ))),
        Err(e) => Err(Failure::failed(format!("{name}: {e}"))),
    }
}
