//! A command on its way to somewhere else: the forms it can be copied in.
//!
//! The danger of a copied command is a line end: a console runs what stands in front of one while
//! the rest is still arriving. No form ends in one, and [`CopyForm::OneLine`] has none at all.

use thiserror::Error;

use super::encoded::{CMD_LIMIT, PROCESS_LIMIT, command_line, decode_line};
use super::{Command, OneLineError, SyntaxError, one_line, parse, windows_lines};
use crate::text::visible_line;

/// The forms of a copied command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CopyForm {
    /// As it was rendered: a line for each command.
    Command,
    /// One line, for a console: nothing runs before all of it is there.
    OneLine,
    /// A script: comment-based help and the commands.
    Script,
    /// A command line with `-EncodedCommand`, for cmd.exe, a scheduled task or another shell.
    Encoded,
}

impl CopyForm {
    /// All forms, in the order they are offered in.
    pub const ALL: [CopyForm; 4] = [
        CopyForm::Command,
        CopyForm::OneLine,
        CopyForm::Script,
        CopyForm::Encoded,
    ];

    /// The word for commands and JSON.
    pub fn word(self) -> &'static str {
        match self {
            CopyForm::Command => "command",
            CopyForm::OneLine => "line",
            CopyForm::Script => "script",
            CopyForm::Encoded => "encoded",
        }
    }

    /// What it is, for people.
    pub fn title(self) -> &'static str {
        match self {
            CopyForm::Command => "the command as it is",
            CopyForm::OneLine => "one line",
            CopyForm::Script => "a script file",
            CopyForm::Encoded => "powershell.exe -EncodedCommand",
        }
    }
}

/// What the help of a script says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About<'a> {
    /// The title, one line.
    pub title: &'a str,
    /// What it was made from: a snippet's id, with the table if there was one.
    pub origin: &'a str,
}

/// A command in one of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The form.
    pub form: CopyForm,
    /// The text for a clipboard: no line end behind it. A script has CR LF within, since the
    /// editors of older servers show nothing else as lines.
    pub text: String,
    /// What has to be known before it is used.
    pub note: Option<CopyNote>,
}

impl Copied {
    /// The bytes of a file with it: a line end behind the last line, and for a script with
    /// anything but ASCII in it a byte order mark, without which Windows PowerShell 5.1 reads the
    /// file in the system's ANSI code page (about_Character_Encoding).
    pub fn file(&self) -> Vec<u8> {
        let script = self.form == CopyForm::Script;
        let mut bytes = Vec::with_capacity(self.text.len() + 8);
        if script && !self.text.is_ascii() {
            bytes.extend_from_slice("\u{feff}".as_bytes());
        }
        bytes.extend_from_slice(self.text.as_bytes());
        bytes.extend_from_slice(if script { b"\r\n" } else { b"\n" });
        bytes
    }
}

/// What has to be known about a copied text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CopyNote {
    /// Longer than [`CMD_LIMIT`].
    #[error(
        "the line has {length} characters and cmd.exe takes {CMD_LIMIT}: start it from PowerShell or from a program"
    )]
    TooLongForCmd {
        /// Characters.
        length: usize,
    },
}

/// Why a command has no such form.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CopyError {
    /// There is nothing to copy.
    #[error("there is no command to copy")]
    Empty,
    /// It cannot be read, so nothing can be said about its lines.
    #[error("{0}. It can be copied as it is")]
    Syntax(#[from] SyntaxError),
    /// It does not stand on one line.
    #[error("{0}. It can be copied as a script, or encoded")]
    OneLine(#[from] OneLineError),
    /// No process takes such a line.
    #[error(
        "encoded it has {length} characters, and the command line of a process takes {PROCESS_LIMIT}. It can be copied as a script"
    )]
    TooLong {
        /// Characters.
        length: usize,
    },
    /// A form that reads differently from the command: a fault of csdeck, and never given out.
    #[error("the {0} does not read like the command itself. It can be copied as it is")]
    Changed(&'static str),
}

/// Writes a command in a form. Whatever is given out reads as the same commands.
pub fn copy(form: CopyForm, command: &str, about: About<'_>) -> Result<Copied, CopyError> {
    let command = command.trim_end_matches(['\n', '\r']);
    if command.trim().is_empty() {
        return Err(CopyError::Empty);
    }
    let mut note = None;
    let text = match form {
        CopyForm::Command => command.to_owned(),
        CopyForm::OneLine => one_line(command)?,
        CopyForm::Script => script(command, about)?,
        CopyForm::Encoded => {
            let line = command_line(command);
            let length = line.len();
            if length > PROCESS_LIMIT {
                return Err(CopyError::TooLong { length });
            }
            if decode_line(&line).as_deref() != Ok(command) {
                return Err(CopyError::Changed("encoded line"));
            }
            note = (length > CMD_LIMIT).then_some(CopyNote::TooLongForCmd { length });
            line
        }
    };
    Ok(Copied { form, text, note })
}

/// No `#Requires`: the module is called Lync on one server and SkypeForBusiness on the next, and a
/// script that refuses to start in a change window helps nobody.
fn script(command: &str, about: About<'_>) -> Result<String, CopyError> {
    let parsed = parse(command)?;
    let mut help = format!(
        "<#\n.SYNOPSIS\n    {}\n.DESCRIPTION\n    Made by csdeck from {}.\n",
        comment(about.title),
        comment(about.origin)
    );
    if parsed.commands.iter().any(asks) {
        help.push_str("    Asks for passwords when it runs; none stands in it.\n");
    }
    // Behind two empty lines the help is the script's, also when a function comes first
    // (about_Comment_Based_Help).
    let text = format!("{help}#>\n\n\n{command}");
    let text = windows_lines(&text)?;
    let read = parse(&text).map_err(|_| CopyError::Changed("script"))?;
    let names = |commands: &[Command]| -> Vec<(Option<String>, usize)> {
        let shape = |c: &Command| (c.name.clone(), c.arguments.len());
        commands.iter().map(shape).collect()
    };
    if names(&read.commands) != names(&parsed.commands)
        || read.statements.len() != parsed.statements.len()
    {
        return Err(CopyError::Changed("script"));
    }
    Ok(text)
}

fn asks(command: &Command) -> bool {
    command.is("Get-Credential") || command.is("Read-Host") && command.may_give("AsSecureString")
}

/// A line of help: it ends no comment, and no word in it is a keyword of the help.
fn comment(text: &str) -> String {
    visible_line(text.trim())
        .replace("#>", "# >")
        .trim_start_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests;
