//! The stand-in as a runspace of PowerShell remoting, for the WinRM server of the tests: one
//! session whose variables stay, asked and answering in JSON lines.
//!
//! In: `{"run": TEXT}`; while that runs `{"stop": true}`, and after a question `{"answer": TEXT}` or
//! `{"refuse": true}`. Out, in order: `{"output": VALUE}` (as `shell/typed.rs` writes it),
//! `{"error": {text, message, category, id, target, position}}`, `{"warning"|"verbose"|"debug"|
//! "information": TEXT}`, `{"progress": {id, parent, activity, status, operation, percent, seconds,
//! done}}`, `{"ask": PROMPT, "secret": BOOL}`, and at the end `{"end": EXIT_CODE, "stopped": BOOL}`.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use serde_json::{Value, json};

use crate::execute::{Event, host};
use crate::lab::Lab;
use crate::lab::clock::SystemClock;
use crate::lab::shell::{Options, Shell};
use crate::store::secret::Secret;

/// Runs texts until standard input ends; returns the exit code.
pub fn serve(lab: &Lab, stdin: Box<dyn BufRead + Send>, stdout: &mut dyn Write) -> i32 {
    let requests = read_ahead(stdin);
    let out = Out {
        stdout: RefCell::new(stdout),
        closed: Cell::new(false),
    };
    let stopped = Cell::new(false);
    let ask = |prompt: &str, secret: bool| {
        out.say(&json!({ "ask": prompt, "secret": secret }));
        while !(stopped.get() || out.closed.get()) {
            let Ok(mut request) = requests.recv() else {
                stopped.set(true);
                break;
            };
            if let Some(Value::String(answer)) = request.get_mut("answer").map(Value::take) {
                return Some(Secret::new(answer));
            }
            if !request["refuse"].is_null() {
                return None;
            }
            stopped.set(!request["stop"].is_null());
        }
        None
    };
    let cancelled = || {
        match requests.try_recv() {
            Ok(request) => stopped.set(stopped.get() || !request["stop"].is_null()),
            // Nobody is there to read the rest.
            Err(TryRecvError::Disconnected) => stopped.set(true),
            Err(TryRecvError::Empty) => {}
        }
        stopped.get() || out.closed.get()
    };
    let clock = SystemClock;
    let mut shell = Shell::new(lab, &clock, Options::REMOTE).asking(&ask);
    while let Ok(request) = requests.recv() {
        let Some(text) = request["run"].as_str() else {
            continue;
        };
        stopped.set(false);
        let outcome = shell.run(text, &mut |event| out.event(&event), &cancelled);
        out.say(&json!({ "end": outcome.exit, "stopped": outcome.cancelled }));
        if out.closed.get() {
            return 1;
        }
    }
    0
}

/// Reads requests in a thread of its own, so that a stop is seen while a command runs.
fn read_ahead(stdin: Box<dyn BufRead + Send>) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let lines = stdin.lines().map_while(Result::ok);
        for request in lines.filter_map(|line| serde_json::from_str(&line).ok()) {
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    receiver
}

struct Out<'a> {
    stdout: RefCell<&'a mut dyn Write>,
    closed: Cell<bool>,
}

impl Out<'_> {
    fn event(&self, event: &Event) {
        let parsed = |text: String| serde_json::from_str::<Value>(&text).unwrap_or_default();
        match event {
            Event::Output(text) => self.say(&json!({ "output": text })),
            Event::Object(object) => self.say(&json!({ "output": object.value })),
            Event::Error(record) => self.say(&json!({ "error": parsed(host::error_json(record)) })),
            Event::Progress(progress) => {
                self.say(&json!({ "progress": parsed(host::progress_json(progress)) }));
            }
            Event::Warning(text)
            | Event::Verbose(text)
            | Event::Debug(text)
            | Event::Information(text) => self.say(&json!({ event.kind(): text })),
            Event::State(_) => {}
        }
    }

    fn say(&self, what: &Value) {
        let mut stdout = self.stdout.borrow_mut();
        let written = writeln!(stdout, "{what}").and_then(|()| stdout.flush());
        if written.is_err() {
            self.closed.set(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says each line when what came before it is answered: a question asked or a run ended.
    fn talk(input: &[Value]) -> Vec<Value> {
        let dir = tempfile::tempdir().expect("a folder");
        let lab = Lab::open(dir.path()).expect("a lab");
        let (stdin, mut to) = std::io::pipe().expect("a pipe");
        let (from, mut stdout) = std::io::pipe().expect("a pipe");
        let mut said = Vec::new();
        std::thread::scope(|scope| {
            let served = scope.spawn(move || {
                let stdin = Box::new(std::io::BufReader::new(stdin));
                serve(&lab, stdin, &mut stdout)
            });
            let mut answers = std::io::BufReader::new(from).lines();
            for line in input {
                writeln!(to, "{line}").expect("it reads");
                for answer in answers.by_ref() {
                    let answer: Value =
                        serde_json::from_str(&answer.expect("UTF-8")).expect("JSON");
                    said.push(answer.clone());
                    if !(answer["ask"].is_null() && answer["end"].is_null()) {
                        break;
                    }
                }
            }
            drop(to);
            assert_eq!(served.join().expect("no panic"), 0);
        });
        said
    }

    #[test]
    fn a_session_keeps_its_variables_and_types() {
        let said = talk(&[
            json!({"run": "$a = 7; Get-CsPool nowhere; Write-Warning careful"}),
            json!({"run": "$a; Get-CsManagementStoreReplicationStatus | Select-Object -First 1"}),
        ]);
        assert_eq!(said[0]["error"]["category"], "InvalidData");
        assert_eq!(said[1], json!({"warning": "careful"}));
        assert_eq!(said[2]["stopped"], false);
        assert_eq!(said[3], json!({"output": 7}));
        assert_eq!(said[4]["output"]["UpToDate"], true);
        let at = said[4]["output"]["LastStatusReport"]["_date"].as_str();
        assert!(at.expect("a date").ends_with("+08:00"), "{said:?}");
        assert_eq!(said[5], json!({"end": 0, "stopped": false}));
    }

    #[test]
    fn a_question_is_answered_refused_or_stopped() {
        let read = json!({"run": "$x = Read-Host Name; $x"});
        let asked = json!({"ask": "Name", "secret": false});
        let said = talk(&[read.clone(), json!({"answer": "kim"})]);
        assert_eq!(said[..2], [asked.clone(), json!({"output": "kim"})]);
        let said = talk(&[read.clone(), json!({"refuse": true})]);
        assert_eq!((&said[0], said[1]["error"].is_object()), (&asked, true));
        let said = talk(&[read, json!({"stop": true})]);
        assert_eq!(said.last().expect("an end")["stopped"], true, "{said:?}");
    }
}
