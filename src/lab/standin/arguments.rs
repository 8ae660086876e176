//! The command line of powershell.exe: its switches, their abbreviations, and what they ask for.

use crate::execute::host::LOADER;
use crate::execute::shell as wire;

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Run this script and end.
    Script(String),
    /// csdeck's own session: run what comes on standard input, to its end.
    Session,
    /// csdeck's host that stays: its script is the first line of standard input.
    Warm,
    /// Read commands from standard input, line by line.
    Lines,
    /// Run the script in this file.
    File(String),
    /// Say which version this is.
    Version,
    /// Something is wrong with the command line.
    Wrong(String),
}

/// What follows a switch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    Encoded,
    Command,
    File,
    Version,
}

/// The switches: full name, shortest abbreviation, second name, what follows.
const SWITCHES: [(&str, &str, &str, Takes); 16] = [
    ("help", "h", "?", Takes::Version),
    ("nologo", "nol", "", Takes::Nothing),
    ("noexit", "noe", "", Takes::Nothing),
    ("noprofile", "nop", "", Takes::Nothing),
    ("noninteractive", "noni", "", Takes::Nothing),
    ("sta", "s", "", Takes::Nothing),
    ("mta", "m", "", Takes::Nothing),
    ("command", "c", "", Takes::Command),
    ("configurationname", "config", "", Takes::Value),
    ("file", "f", "", Takes::File),
    ("executionpolicy", "ex", "ep", Takes::Value),
    ("encodedcommand", "e", "ec", Takes::Encoded),
    ("inputformat", "i", "if", Takes::Value),
    ("outputformat", "o", "of", Takes::Value),
    ("windowstyle", "w", "", Takes::Value),
    ("version", "v", "", Takes::Version),
];

fn switch(argument: &str) -> Option<Takes> {
    let bare = argument
        .strip_prefix("--")
        .or_else(|| argument.strip_prefix(['-', '/']))?;
    let bare = bare.to_ascii_lowercase();
    let fits = |(full, short, second, _): &&(&str, &str, &str, Takes)| {
        bare == *second && !second.is_empty()
            || (bare.starts_with(short) && full.starts_with(&bare))
    };
    SWITCHES.iter().find(fits).map(|(.., takes)| *takes)
}

/// Reads the arguments behind the program's name.
pub fn read_arguments(args: &[String]) -> Request {
    let mut rest = args.iter();
    let mut version = false;
    while let Some(argument) = rest.next() {
        // powershell.exe takes what it does not know for the beginning of a command.
        let Some(takes) = switch(argument) else {
            return command(std::iter::once(argument).chain(rest));
        };
        match takes {
            Takes::Nothing => {}
            Takes::Value => {
                if rest.next().is_none() {
                    return Request::Wrong(format!("The {argument} parameter requires a value."));
                }
            }
            Takes::Version => version = rest.next().is_none(),
            Takes::Command => return command(rest),
            Takes::File => {
                let Some(path) = rest.next() else {
                    return Request::Wrong(
                        "The -File parameter requires a file path argument.".to_owned(),
                    );
                };
                if rest.next().is_some() {
                    return Request::Wrong(
                        "csdeck lab: arguments to a script file are not simulated".to_owned(),
                    );
                }
                return Request::File(path.clone());
            }
            Takes::Encoded => {
                let script = rest.next().and_then(|text| wire::decode(text));
                return match script {
                    Some(script) if wire::is_bootstrap(&script) => Request::Session,
                    Some(script) if script == LOADER => Request::Warm,
                    Some(script) => Request::Script(script),
                    None => Request::Wrong("Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The value must be Base64 encoded.".to_owned()),
                };
            }
        }
    }
    if version {
        Request::Version
    } else {
        Request::Lines
    }
}

fn command<'a>(words: impl Iterator<Item = &'a String>) -> Request {
    let words: Vec<&str> = words.map(String::as_str).collect();
    match words.as_slice() {
        [] => Request::Wrong("Cannot process the command because of a missing parameter. A command must follow -Command.".to_owned()),
        ["-"] => Request::Lines,
        ["-", ..] => Request::Wrong("'-' was specified with the -Command parameter; no other arguments to -Command are permitted.".to_owned()),
        words => Request::Script(words.join(" ")),
    }
}

/// A command line as it comes through SSH: a PowerShell with its arguments, or, as a server whose
/// default shell is PowerShell takes it, a script.
pub fn read_command_line(line: &str) -> Request {
    let words = split_words(line);
    let program = words.first().map(|w| {
        w.rsplit(['\\', '/'])
            .next()
            .unwrap_or(w)
            .to_ascii_lowercase()
    });
    let program = program
        .as_deref()
        .map(|p| p.strip_suffix(".exe").unwrap_or(p));
    match program {
        Some("powershell" | "pwsh") => read_arguments(&words[1..]),
        Some(_) => Request::Script(line.to_owned()),
        None => Request::Lines,
    }
}

/// Splits a Windows command line: blanks separate, double quotes keep together, `\"` is a quote.
pub fn split_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut inside, mut started) = (false, false);
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if characters.peek() == Some(&'"') => {
                characters.next();
                word.push('"');
                started = true;
            }
            '"' => {
                inside = !inside;
                started = true;
            }
            c if c.is_whitespace() && !inside => {
                if started {
                    words.push(std::mem::take(&mut word));
                    started = false;
                }
            }
            c => {
                word.push(c);
                started = true;
            }
        }
    }
    if started {
        words.push(word);
    }
    words
}
