//! What a pipeline is made of.

use crate::powershell::clixml::Value;

/// One command of a pipeline (MS-PSRP 2.2.3.12).
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The cmdlet's name, or the whole text of a script.
    pub text: String,
    /// True for a script: an endpoint without a language refuses it.
    pub is_script: bool,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// True when a new statement begins behind it (a pipeline of several statements); false when its
    /// output goes to the next command.
    pub end_of_statement: bool,
}

/// An argument of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// The parameter, without `-`; `None` for one by position. With a `-` in front and without a
    /// value it goes as it is, and the server decides whether the next argument belongs to it
    /// (CommandParameter.ToCommandParameterInternal).
    pub name: Option<String>,
    /// Its value; `None` for a switch without one.
    pub value: Option<Value>,
}

impl Command {
    /// A text in the language of PowerShell, run as it is.
    pub fn script(text: &str) -> Command {
        Command {
            text: text.to_owned(),
            is_script: true,
            arguments: Vec::new(),
            end_of_statement: true,
        }
    }

    /// A cmdlet by its name, without arguments so far.
    pub fn named(name: &str) -> Command {
        Command {
            text: name.to_owned(),
            is_script: false,
            arguments: Vec::new(),
            end_of_statement: true,
        }
    }
}
