//! The stand-in for `powershell.exe`: the lab as a program, for tests that put it behind a real
//! sshd, and for anything else that starts a PowerShell.
//!
//! It takes the switches of Windows PowerShell 5.1 (about_PowerShell_exe) with their usual
//! abbreviations, and knows csdeck's own set-up script, behind which the text comes on standard
//! input.

mod arguments;
mod runspace;
mod warm;

use std::cell::Cell;
use std::io::{BufRead, Write};
use std::path::Path;

use super::Lab;
use super::clock::SystemClock;
use super::shell::{Options, Outcome, Shell};
use crate::execute::Event;
use crate::execute::host::nonce_of;
use crate::execute::host::script::decoded;
use crate::powershell;
use arguments::{Request, read_arguments, read_command_line};
pub use runspace::serve as runspace;

/// Runs the stand-in on the lab in `dir` and returns its exit code. `original` is the value of
/// SSH_ORIGINAL_COMMAND, which counts as the command line when there are no arguments (a forced
/// command of sshd). Output is written and flushed line by line.
pub fn main(
    dir: &Path,
    args: &[String],
    original: Option<&str>,
    mut stdin: Box<dyn BufRead + Send>,
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
    if request == Request::Warm {
        let mut line = String::new();
        let script = stdin.read_line(&mut line).ok().and_then(|_| decoded(&line));
        return match script.as_deref().and_then(nonce_of) {
            Some(nonce) => warm::serve(&lab, nonce, stdin, stdout),
            None => {
                let _ = writeln!(
                    stderr,
                    "csdeck lab: the script on standard input is not csdeck's own"
                );
                1
            }
        };
    }
    let mut host = Host {
        lab: &lab,
        stdout,
        stderr,
        closed: Cell::new(false),
    };
    match request {
        Request::Script(text) => host.run(&text, Options::CONSOLE),
        Request::Session => match read_all(&mut *stdin) {
            Ok(text) => host.run(&text, Options::SESSION),
            Err(error) => host.complain(&format!("standard input cannot be read: {error}")),
        },
        Request::Lines => host.lines(&mut *stdin),
        Request::File(path) if path == "-" => host.lines(&mut *stdin),
        Request::File(path) => match std::fs::read(&path) {
            Ok(bytes) => host.run(&decode_file(&bytes), Options::CONSOLE),
            Err(error) => host.complain(&format!("The argument '{path}' to the -File parameter does not exist or cannot be read: {error}. Provide the path to an existing '.ps1' file as an argument to the -File parameter.")),
        },
        Request::Version => {
            host.say(&Event::Output("5.1.17763.1".to_owned()));
            0
        }
        Request::Wrong(message) => host.complain(&message),
        // Answered above.
        Request::Warm => 1,
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
        self.say(&Event::error(message));
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
        Event::Debug(line) => writeln!(stdout, "DEBUG: {line}"),
        Event::Information(line) => writeln!(stdout, "{line}"),
        Event::Error(record) => {
            writeln!(stderr, "{}", record.text)?;
            return stderr.flush();
        }
        Event::Object(_) | Event::Progress(_) | Event::State(_) => Ok(()),
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

#[cfg(test)]
mod tests;
