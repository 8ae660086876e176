//! The stand-in for `powershell.exe`: the lab as a program, for tests that put it behind a real
//! sshd, and for anything else that starts a PowerShell.
//!
//! It takes the switches of Windows PowerShell 5.1 (about_PowerShell_exe) with their usual
//! abbreviations, and knows csdeck's own set-up script, behind which the text comes on standard
//! input.

use std::cell::Cell;
use std::io::{BufRead, Write};
use std::path::Path;

use super::Lab;
use super::clock::SystemClock;
use super::shell::{Options, Outcome, Shell};
use crate::execute::{Event, shell as wire};
use crate::powershell;

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Request {
    /// Run this script and end.
    Script(String),
    /// csdeck's own session: run what comes on standard input, to its end.
    Session,
    /// Read commands from standard input, line by line.
    Lines,
    /// Run the script in this file.
    File(String),
    /// Say which version this is.
    Version,
    /// Something is wrong with the command line.
    Wrong(String),
}

/// Runs the stand-in on the lab in `dir` and returns its exit code. `original` is the value of
/// SSH_ORIGINAL_COMMAND, which counts as the command line when there are no arguments (a forced
/// command of sshd). Output is written and flushed line by line.
pub fn main(
    dir: &Path,
    args: &[String],
    original: Option<&str>,
    stdin: &mut dyn BufRead,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> i32 {
    let request = match original.filter(|_| args.is_empty()) {
        Some(line) => read_command_line(line),
        None => read_arguments(args),
    };
    let lab = match Lab::open(dir) {
        Ok(lab) => lab,
        Err(error) => {
            let _ = writeln!(stderr, "{error}");
            return 1;
        }
    };
    let mut host = Host {
        lab: &lab,
        stdout,
        stderr,
        closed: Cell::new(false),
    };
    match request {
        Request::Script(text) => host.run(&text, Options::CONSOLE),
        Request::Session => match read_all(stdin) {
            Ok(text) => host.run(&text, Options::SESSION),
            Err(error) => host.complain(&format!("standard input cannot be read: {error}")),
        },
        Request::Lines => host.lines(stdin),
        Request::File(path) if path == "-" => host.lines(stdin),
        Request::File(path) => match std::fs::read(&path) {
            Ok(bytes) => host.run(&decode_file(&bytes), Options::CONSOLE),
            Err(error) => host.complain(&format!("The argument '{path}' to the -File parameter does not exist or cannot be read: {error}. Provide the path to an existing '.ps1' file as an argument to the -File parameter.")),
        },
        Request::Version => {
            host.say(&Event::Output("5.1.17763.1".to_owned()));
            0
        }
        Request::Wrong(message) => host.complain(&message),
    }
}

struct Host<'h> {
    lab: &'h Lab,
    stdout: &'h mut dyn Write,
    stderr: &'h mut dyn Write,
    /// Set when nobody reads any more: then there is no point in going on.
    closed: Cell<bool>,
}

impl Host<'_> {
    fn run(&mut self, text: &str, options: Options) -> i32 {
        let lab = self.lab;
        let clock = SystemClock;
        let mut shell = Shell::new(lab, &clock, options);
        self.run_in(&mut shell, text).exit
    }

    fn run_in(&mut self, shell: &mut Shell<'_>, text: &str) -> Outcome {
        let closed = Cell::new(self.closed.get());
        let (stdout, stderr) = (&mut *self.stdout, &mut *self.stderr);
        let mut sink = |event: Event| {
            if write_event(stdout, stderr, &event).is_err() {
                closed.set(true);
            }
        };
        let outcome = shell.run(text, &mut sink, &|| closed.get());
        self.closed.set(closed.get());
        outcome
    }

    /// Reads commands as `powershell -Command -` does: a statement runs when its line is
    /// complete, an incomplete one at the next empty line. The last statement decides the exit
    /// code.
    fn lines(&mut self, stdin: &mut dyn BufRead) -> i32 {
        let lab = self.lab;
        let clock = SystemClock;
        let mut shell = Shell::new(lab, &clock, Options::CONSOLE);
        let mut pending = String::new();
        let mut exit = 0;
        loop {
            let mut raw = Vec::new();
            let count = match stdin.read_until(b'\n', &mut raw) {
                Ok(count) => count,
                Err(error) => {
                    return self.complain(&format!("standard input cannot be read: {error}"));
                }
            };
            let line = String::from_utf8_lossy(&raw);
            let line = line
                .trim_start_matches('\u{feff}')
                .trim_end_matches(['\r', '\n']);
            if pending.is_empty() && line.trim().eq_ignore_ascii_case("exit") {
                return exit;
            }
            let blank = line.trim().is_empty();
            if !blank {
                pending.push_str(line);
                pending.push('\n');
            }
            let complete = count == 0 || blank || powershell::parse(&pending).is_ok();
            if complete && !pending.trim().is_empty() {
                let text = std::mem::take(&mut pending);
                let outcome = self.run_in(&mut shell, text.trim_end());
                exit = outcome.exit;
            }
            if count == 0 || self.closed.get() {
                return exit;
            }
        }
    }

    fn say(&mut self, event: &Event) {
        if write_event(self.stdout, self.stderr, event).is_err() {
            self.closed.set(true);
        }
    }

    fn complain(&mut self, message: &str) -> i32 {
        self.say(&Event::Error(message.to_owned()));
        1
    }
}

/// Writes an event where powershell.exe writes it: errors to standard error, everything else to
/// standard output. Progress is not written.
fn write_event(
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
    event: &Event,
) -> std::io::Result<()> {
    match event {
        Event::Output(line) => writeln!(stdout, "{line}"),
        Event::Warning(line) => writeln!(stdout, "WARNING: {line}"),
        Event::Verbose(line) => writeln!(stdout, "VERBOSE: {line}"),
        Event::Error(line) => {
            writeln!(stderr, "{line}")?;
            return stderr.flush();
        }
        Event::Progress(_) | Event::State(_) => Ok(()),
    }?;
    stdout.flush()
}

fn read_all(stdin: &mut dyn BufRead) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes)
        .trim_start_matches('\u{feff}')
        .to_owned())
}

/// A script file: UTF-16LE with its mark, else UTF-8 with or without one.
fn decode_file(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let units: Vec<u16> = rest
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        return String::from_utf16_lossy(&units);
    }
    String::from_utf8_lossy(bytes)
        .trim_start_matches('\u{feff}')
        .to_owned()
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

fn read_arguments(args: &[String]) -> Request {
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
fn read_command_line(line: &str) -> Request {
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
fn split_words(line: &str) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::ShellProfile;

    fn args(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    /// Exit code, standard output, standard error.
    fn start(words: &[&str], original: Option<&str>, input: &str) -> (i32, String, String) {
        let dir = tempfile::tempdir().expect("a folder");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = main(
            dir.path(),
            &args(words),
            original,
            &mut input.as_bytes(),
            &mut out,
            &mut err,
        );
        (
            exit,
            String::from_utf8_lossy(&out).into(),
            String::from_utf8_lossy(&err).into(),
        )
    }

    const POLL: &str =
        "ConvertTo-Json -Compress -Depth 3 -InputObject @(Get-CsManagementStoreReplicationStatus)";

    #[test]
    fn csdecks_own_session_runs_the_text_on_stdin() {
        let own = wire::arguments(ShellProfile::Lync);
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let (exit, out, err) = start(&own, None, POLL);
        assert_eq!((exit, err.as_str()), (0, ""));
        assert!(
            out.starts_with("[{\"UpToDate\":true,\"ReplicaFqdn\":\"sgfe01.kestrel.lan\"")
                && out.ends_with("}]\n")
        );
        // One statement over two lines and an empty line in between is one text here.
        let (exit, out, _) = start(&own, None, "Write-Output @('a',\n\n'b')\nWrite-Output c");
        assert_eq!((exit, out.as_str()), (0, "a\nb\nc\n"));
    }

    #[test]
    fn the_command_line_of_a_forced_command_counts() {
        let line = wire::command_line("powershell.exe", ShellProfile::Plain);
        assert_eq!(start(&[], Some(&line), "hostname").1, "SGFE01\n");
        assert_eq!(
            start(&[], Some("PowerShell -nop -c \"Write-Output 'a b'\""), "").1,
            "a b\n"
        );
        assert_eq!(start(&[], Some("hostname"), "").1, "SGFE01\n");
        // Arguments win.
        assert_eq!(
            start(&["-c", "whoami"], Some("hostname"), "").1,
            "kestrel\\fieldeng\n"
        );
    }

    #[test]
    fn switches_and_their_abbreviations() {
        let encoded = wire::encode("hostname");
        for words in [
            vec![
                "-NoLogo",
                "-NoProfile",
                "-NonInteractive",
                "-OutputFormat",
                "Text",
                "-EncodedCommand",
                &encoded,
            ],
            vec!["-nop", "-ep", "Bypass", "-e", &encoded],
            vec!["/noni", "-exec", "bypass", "-if", "Text", "-enc", &encoded],
            vec!["-version", "5.1", "-command", "hostname"],
            vec!["-w", "hidden", "hostname"],
            vec!["-c", "-"],
            vec!["-File", "-"],
            vec![],
        ] {
            assert_eq!(
                start(&words, None, "hostname\n"),
                (0, "SGFE01\n".into(), String::new()),
                "{words:?}"
            );
        }
        assert_eq!(start(&["-e", "###"], None, "").0, 1);
        assert_eq!(start(&["-command"], None, "").0, 1);
        assert_eq!(start(&["-ep"], None, "").0, 1);
        assert_eq!(start(&["-version"], None, "").1, "5.1.17763.1\n");
    }

    #[test]
    fn lines_run_one_by_one_and_share_variables() {
        let (exit, out, err) = start(
            &["-"],
            None,
            "$a = 'x'\nNonsense-Command\nWrite-Output @(\n$a\n)\n\nexit\nhostname\n",
        );
        assert_eq!((exit, out.lines().last()), (0, Some("x")));
        assert!(err.contains("Nonsense-Command : The term 'Nonsense-Command' is not recognized"));
        assert_eq!(start(&[], None, "Write-Output 'never closed\n").0, 1);
    }

    #[test]
    fn files_and_exit_codes() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.ps1");
        let units: Vec<u8> = "\u{feff}hostname"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        std::fs::write(&path, units).expect("written");
        let path = path.to_string_lossy().into_owned();
        assert_eq!(start(&["-File", &path], None, "").1, "SGFE01\n");
        assert_eq!(start(&["-File", "/nowhere.ps1"], None, "").0, 1);
        // The last statement decides, as in powershell.exe.
        assert_eq!(start(&["-c", "Get-Nothing; hostname"], None, "").0, 0);
        assert_eq!(start(&["-c", "hostname; Get-Nothing"], None, "").0, 1);
    }

    #[test]
    fn nobody_reading_ends_the_run() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let dir = tempfile::tempdir().expect("a folder");
        let text = args(&[
            "-c",
            "hostname; Start-Sleep -Seconds 500; Enable-CsTopology",
        ]);
        main(
            dir.path(),
            &text,
            None,
            &mut "".as_bytes(),
            &mut Closed,
            &mut Vec::new(),
        );
        let lab = Lab::open(dir.path()).expect("opens");
        assert!(lab.state().expect("reads").publishes.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_command_line_is_read(line in "\\PC{0,60}") {
            let _ = read_command_line(&line);
            let _ = read_arguments(&split_words(&line));
        }
    }
}
