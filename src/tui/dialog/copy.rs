//! In which form a command is copied.

use crate::powershell::{About, Copied, CopyForm, copy};

/// The forms of one command.
#[derive(Debug)]
pub struct CopyAs {
    /// The command, byte for byte as it was shown.
    pub command: String,
    /// Each form, or why there is none.
    pub forms: Vec<(CopyForm, Result<Copied, String>)>,
    /// The highlighted row; the last one is the file.
    pub selected: usize,
}

impl CopyAs {
    /// All forms of a command. `title` and `origin` go into the help of a script.
    pub fn new(command: &str, title: &str, origin: &str) -> CopyAs {
        let about = About { title, origin };
        let of = |form: &CopyForm| {
            (
                *form,
                copy(*form, command, about).map_err(|e| e.to_string()),
            )
        };
        CopyAs {
            command: command.to_owned(),
            forms: CopyForm::ALL.iter().map(of).collect(),
            selected: 0,
        }
    }

    /// How many rows there are: the forms, and the script as a file.
    pub fn rows(&self) -> usize {
        self.forms.len() + 1
    }

    /// True for the last row: the script goes into a file.
    pub fn is_file(&self, row: usize) -> bool {
        row >= self.forms.len()
    }

    /// What the row stands for.
    pub fn row(&self, row: usize) -> Option<&(CopyForm, Result<Copied, String>)> {
        match self.is_file(row) {
            true => self
                .forms
                .iter()
                .find(|(form, _)| *form == CopyForm::Script),
            false => self.forms.get(row),
        }
    }
}
