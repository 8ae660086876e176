//! What a pipeline is made of, and CREATE_PIPELINE (MS-PSRP 2.2.2.10, 2.2.3.11, 2.2.3.12).

use super::build::{enumeration, list, record, record_of, string};
use super::host_info::HostInfo;
use super::state::Version;
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
    /// Whether it has a scope of its own, as a script that is called with `&` has: what it sets is gone
    /// with it. Without a word the server runs it in the session's own.
    pub own_scope: Option<bool>,
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
    /// A text in the language of PowerShell, run as it is, in a scope of its own.
    pub fn script(text: &str) -> Command {
        Command {
            text: text.to_owned(),
            is_script: true,
            arguments: Vec::new(),
            own_scope: Some(true),
            end_of_statement: true,
        }
    }

    /// A cmdlet by its name, without arguments so far.
    pub fn named(name: &str) -> Command {
        Command {
            text: name.to_owned(),
            is_script: false,
            arguments: Vec::new(),
            own_scope: None,
            end_of_statement: true,
        }
    }
}

/// How a pipeline is run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipelineOptions {
    /// True when objects will be sent into it; its input has to be ended then.
    pub input: bool,
    /// True when every record of an error, a warning and the like is to say which command made it, in
    /// more detail than the short form that errors always have.
    pub details: bool,
    /// True when it goes into the server's `Get-History`.
    pub history: bool,
}

/// How many statements commands make.
pub(super) fn statements(commands: &[Command]) -> usize {
    commands
        .split_inclusive(|command| command.end_of_statement)
        .count()
}

/// The data of CREATE_PIPELINE for a server of a version. Commands are not empty.
pub(super) fn create(commands: &[Command], options: &PipelineOptions, server: Version) -> Value {
    let statements: Vec<Value> = commands
        .split_inclusive(|command| command.end_of_statement)
        .map(|statement| {
            let commands = statement.iter().map(|command| one(command, server));
            list(commands.collect())
        })
        .collect();
    let first = statements.first().cloned().unwrap_or(Value::Null);
    let mut shell = vec![
        ("Cmds", first),
        ("IsNested", Value::Bool(false)),
        ("History", Value::Null),
        ("RedirectShellErrorOutputPipe", Value::Bool(true)),
    ];
    // Not in the specification: how PowerShell 3 and later send several statements. With it the
    // server reads the statements from here, the first one too.
    if statements.len() > 1 {
        let all = statements.into_iter().map(|cmds| record([("Cmds", cmds)]));
        shell.push(("ExtraCmds", list(all.collect())));
    }
    let streams = if options.details { 15 } else { 0 };
    record([
        ("NoInput", Value::Bool(!options.input)),
        (
            "ApartmentState",
            enumeration("System.Threading.ApartmentState", "Unknown", 2),
        ),
        (
            "RemoteStreamOptions",
            enumeration(
                "System.Management.Automation.RemoteStreamOptions",
                if options.details {
                    "AddInvocationInfo"
                } else {
                    "0"
                },
                streams,
            ),
        ),
        ("AddToHistory", Value::Bool(options.history)),
        ("HostInfo", HostInfo::of_the_pool()),
        ("PowerShell", record_of(shell)),
        ("IsNested", Value::Bool(false)),
    ])
}

fn one(command: &Command, server: Version) -> Value {
    let merge = || {
        enumeration(
            "System.Management.Automation.Runspaces.PipelineResultTypes",
            "None",
            0,
        )
    };
    let arguments = command.arguments.iter().map(|argument| {
        // A switch is on: a server takes a parameter without a value for one with $null.
        let absent = argument
            .name
            .as_ref()
            .map_or(Value::Null, |_| Value::Bool(true));
        record([
            ("N", argument.name.as_deref().map_or(Value::Null, string)),
            ("V", argument.value.clone().unwrap_or(absent)),
        ])
    });
    let mut properties = vec![
        ("Cmd", string(&command.text)),
        ("IsScript", Value::Bool(command.is_script)),
        (
            "UseLocalScope",
            command.own_scope.map_or(Value::Null, Value::Bool),
        ),
        ("MergeMyResult", merge()),
        ("MergeToResult", merge()),
        ("MergePreviousResults", merge()),
    ];
    if server >= Version::WITH_STATEMENTS {
        for name in ["MergeError", "MergeWarning", "MergeVerbose", "MergeDebug"] {
            properties.push((name, merge()));
        }
    }
    if server >= Version::WITH_INFORMATION {
        properties.push(("MergeInformation", merge()));
    }
    properties.push(("Args", list(arguments.collect())));
    record_of(properties)
}
