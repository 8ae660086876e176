//! The stand-in as a host that stays: what `host.ps1` does on a real server.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use crate::execute::Event;
use crate::execute::host;
use crate::execute::host::frame::{Frame, PART};
use crate::execute::host::script::decoded;
use crate::lab::Lab;
use crate::lab::clock::SystemClock;
use crate::lab::shell::{Options, Shell};
use crate::store::secret::Secret;

/// Bytes that fit into one frame.
const PIECE: usize = PART / 4 * 3;

/// Runs requests until standard input ends; returns the exit code.
pub fn serve(
    lab: &Lab,
    nonce: &str,
    stdin: Box<dyn BufRead + Send>,
    stdout: &mut dyn Write,
) -> i32 {
    let requests = read_ahead(stdin);
    let mut answer = Answer {
        nonce,
        stdout: RefCell::new(stdout),
        id: "0".to_owned(),
        number: Cell::new(0),
        failed: Cell::new(false),
        closed: Cell::new(false),
    };
    let hello = format!("{} 5.1.17763.1 Unix", std::process::id());
    answer.say('h', &hello);
    while let Ok(request) = requests.recv() {
        if request.verb == "run" {
            answer.begin(&request.id);
            let outcome = run(lab, &answer, &request, &requests);
            answer.say('x', outcome);
        }
        if answer.closed.get() {
            return 1;
        }
    }
    0
}

fn run(
    lab: &Lab,
    answer: &Answer<'_>,
    request: &Request,
    requests: &Receiver<Request>,
) -> &'static str {
    let stopped = Cell::new(false);
    let cancelled = || {
        match requests.try_recv() {
            Ok(other) => {
                stopped.set(stopped.get() || (other.verb == "stop" && other.id == request.id))
            }
            // Nobody is there to read the rest.
            Err(TryRecvError::Disconnected) => stopped.set(true),
            Err(TryRecvError::Empty) => {}
        }
        stopped.get() || answer.closed.get()
    };
    let ask = |prompt: &str, secret: bool| {
        answer.say(if secret { 's' } else { 'q' }, prompt);
        while !(stopped.get() || answer.closed.get()) {
            match requests.recv() {
                Ok(other) if other.id != request.id => {}
                Ok(other) => match other.verb.as_str() {
                    "answer" => return Some(Secret::new(other.text)),
                    "refuse" => return None,
                    verb => stopped.set(verb == "stop"),
                },
                Err(_) => stopped.set(true),
            }
        }
        None
    };
    let clock = SystemClock;
    let mut shell = Shell::new(lab, &clock, Options::WARM).asking(&ask);
    let outcome = shell.run(&request.text, &mut |event| answer.event(&event), &cancelled);
    match (outcome.cancelled, outcome.exit == 0 && !answer.failed.get()) {
        (true, _) => "Stopped 0",
        (_, true) => "Completed 0",
        _ => "Completed 1",
    }
}

/// A line of standard input.
struct Request {
    verb: String,
    id: String,
    text: String,
}

/// Reads requests in a thread of its own, so that a stop is seen while a command runs.
fn read_ahead(stdin: Box<dyn BufRead + Send>) -> Receiver<Request> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in stdin.lines().map_while(Result::ok) {
            let mut words = line.split(' ').map(str::to_owned);
            let (Some(verb), Some(id)) = (words.next(), words.next()) else {
                continue;
            };
            let text = words.next().and_then(|data| decoded(&data));
            let text = text.unwrap_or_default();
            if sender.send(Request { verb, id, text }).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The frames of one answer.
struct Answer<'a> {
    nonce: &'a str,
    stdout: RefCell<&'a mut dyn Write>,
    id: String,
    number: Cell<u64>,
    failed: Cell<bool>,
    closed: Cell<bool>,
}

impl Answer<'_> {
    fn begin(&mut self, id: &str) {
        id.clone_into(&mut self.id);
        self.number.set(0);
        self.failed.set(false);
    }

    fn event(&self, event: &Event) {
        match event {
            Event::Output(text) => self.say('o', text),
            Event::Object(object) => self.say('j', &object.value.to_string()),
            Event::Error(record) => {
                self.failed.set(true);
                match record.is_full() {
                    true => self.say('r', &host::error_json(record)),
                    false => self.say('e', &record.text),
                }
            }
            Event::Warning(text) => self.say('w', text),
            Event::Verbose(text) => self.say('v', text),
            Event::Debug(text) => self.say('d', text),
            Event::Information(text) => self.say('o', text),
            Event::Progress(progress) => self.say('p', &host::progress_json(progress)),
            Event::State(_) => {}
        }
    }

    fn say(&self, kind: char, text: &str) {
        let mut rest = text.as_bytes();
        loop {
            let (piece, after) = rest.split_at(rest.len().min(PIECE));
            if kind != 'p' {
                self.number.set(self.number.get() + 1);
            }
            let frame = Frame {
                id: self.id.clone(),
                number: self.number.get(),
                kind,
                more: !after.is_empty(),
                payload: piece.to_vec(),
            };
            let mut stdout = self.stdout.borrow_mut();
            let written =
                writeln!(stdout, "{}", frame.line(self.nonce)).and_then(|()| stdout.flush());
            if written.is_err() {
                self.closed.set(true);
            }
            if after.is_empty() || self.closed.get() {
                return;
            }
            rest = after;
        }
    }
}
