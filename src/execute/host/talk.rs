//! The conversation with one host: what to write to it, and what its bytes mean.

use std::hash::{BuildHasher, Hasher, RandomState};

use serde_json::Value;
use zeroize::Zeroizing;

use super::frame::{Frame, FrameReader, Piece};
use super::{record, script};
use crate::execute::event::Event;
use crate::execute::lines::{Line, LineSplitter};
use crate::execute::target::ShellProfile;
use crate::store::secret::Secret;

/// The largest object that is kept as one, in bytes of JSON; a larger one comes out as text.
const OBJECT_LIMIT: usize = 16 << 20;

/// Lines written while no command runs that are kept.
const IDLE_LINES: usize = 50;

/// What a host said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It is there and takes requests.
    Ready,
    /// Something of the command that runs.
    Event(Event),
    /// The command asks (`Read-Host`) and waits for [`Host::answer`].
    Asks {
        /// The prompt, as the server sent it.
        prompt: String,
        /// The answer is a secret.
        secret: bool,
    },
    /// The command ended; nothing more of it comes.
    Ended(Outcome),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// 0 when it ran to its end without an error record, else 1.
    pub exit: i32,
    /// It was stopped on request.
    pub stopped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    Idle,
    Running,
}

/// One host's conversation.
#[derive(Debug)]
pub struct Host {
    shell: ShellProfile,
    nonce: String,
    frames: FrameReader,
    state: State,
    /// The number of the last request.
    request: u64,
    /// The number of the last frame of its answer.
    seen: u64,
    /// Frames that are missing or torn.
    damaged: u64,
    /// Lines that are no frames.
    noise: LineSplitter,
    /// The text of frames that go on.
    text: LineSplitter,
    object: Vec<u8>,
    /// The progress that is coming is too long to be looked at.
    long_progress: bool,
    /// The process's number on its machine, and the platform it names.
    process: Option<(u32, String)>,
    /// What it wrote before it was there, or between two commands.
    idle: Vec<String>,
}

impl Host {
    /// A conversation that has not begun.
    pub fn new(shell: ShellProfile) -> Host {
        // The keys of two hashers are 256 random bits of the system.
        let random = || RandomState::new().build_hasher().finish();
        let nonce = format!("{:016x}{:016x}", random(), random());
        Host {
            shell,
            frames: FrameReader::new(&nonce),
            nonce,
            state: State::Starting,
            request: 0,
            seen: 0,
            damaged: 0,
            noise: LineSplitter::default(),
            text: LineSplitter::default(),
            object: Vec::new(),
            long_progress: false,
            process: None,
            idle: Vec::new(),
        }
    }

    /// The first line to write: the host's own script, which [`script::LOADER`] reads.
    pub fn opening(&self) -> Vec<u8> {
        let script = script::host(self.shell, &self.nonce);
        format!("{}\n", script::encoded(&script)).into_bytes()
    }

    /// The line that runs a text. Only for an idle host.
    pub fn run(&mut self, text: &str) -> Vec<u8> {
        self.request += 1;
        (self.seen, self.damaged) = (0, 0);
        self.object.clear();
        self.state = State::Running;
        self.line("run", text)
    }

    /// The line that asks the running command to stop, as Ctrl-C does in a console.
    pub fn stop(&self) -> Vec<u8> {
        self.line("stop", "")
    }

    /// The line that answers a question, or says that nobody does. Wiped when dropped.
    pub fn answer(&self, answer: Option<&Secret>) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match answer {
            Some(secret) => self.line("answer", secret.expose()),
            None => self.line("refuse", ""),
        })
    }

    fn line(&self, verb: &str, data: &str) -> Vec<u8> {
        let data = Zeroizing::new(script::encoded(data));
        let head = format!("{verb} {} ", self.request);
        // Room for all of it: a text that grows leaves copies behind.
        let mut line = Vec::with_capacity(head.len() + data.len() + 1);
        line.extend_from_slice(head.as_bytes());
        line.extend_from_slice(data.as_bytes());
        line.push(b'\n');
        line
    }

    /// True when a command can be given to it.
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    /// True before it said that it is there.
    pub fn is_starting(&self) -> bool {
        self.state == State::Starting
    }

    /// The number of its process on its machine, once it is known.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(|(pid, _)| *pid)
    }

    /// True when it says that it runs on Windows.
    pub fn on_windows(&self) -> bool {
        self.process
            .as_ref()
            .is_some_and(|(_, platform)| platform.starts_with("Win"))
    }

    /// The same as events, for the command that comes next.
    pub fn idle_events(&mut self) -> Vec<Event> {
        let told = |line| Event::Verbose(format!("PowerShell wrote between two commands: {line}"));
        self.take_idle().into_iter().map(told).collect()
    }

    /// What it wrote while no command ran, at most some lines of it; once.
    pub fn take_idle(&mut self) -> Vec<String> {
        std::mem::take(&mut self.idle)
    }

    /// Takes in a line of its standard error that belongs to no command.
    pub fn idle_line(&mut self, line: String) {
        if self.idle.len() < IDLE_LINES && !line.trim().is_empty() {
            self.idle.push(line);
        }
    }

    /// Takes bytes of its standard output.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Said)) {
        let mut pieces = Vec::new();
        self.frames.push(bytes, |piece| pieces.push(piece));
        for piece in pieces {
            self.piece(piece, &mut each);
        }
    }

    /// Ends the stream: what is left of it comes out.
    pub fn finish(&mut self, mut each: impl FnMut(Said)) {
        let mut pieces = Vec::new();
        self.frames.finish(|piece| pieces.push(piece));
        for piece in pieces {
            self.piece(piece, &mut each);
        }
        self.end_noise(&mut each);
        let rest = self.text.finish();
        self.console(rest.into_iter().collect(), &mut each);
    }

    fn piece(&mut self, piece: Piece, each: &mut impl FnMut(Said)) {
        match piece {
            Piece::Noise(bytes) => {
                let mut lines = Vec::new();
                self.noise.push(&bytes, |line| lines.push(line));
                self.console(lines, each);
            }
            Piece::Damaged => self.damaged += 1,
            Piece::Frame(frame) => {
                self.end_noise(each);
                self.frame(frame, each);
            }
        }
    }

    /// A line that a frame cut off is a line.
    fn end_noise(&mut self, each: &mut impl FnMut(Said)) {
        let line = self.noise.finish();
        self.console(line.into_iter().collect(), each);
    }

    fn console(&mut self, lines: Vec<Line>, each: &mut impl FnMut(Said)) {
        for line in lines {
            if self.state == State::Running {
                each(Said::Event(Event::Output(line.text)));
            } else {
                self.idle_line(line.text);
            }
        }
    }

    fn frame(&mut self, frame: Frame, each: &mut impl FnMut(Said)) {
        match (self.state, frame.kind) {
            (State::Starting, 'h') => {
                let words = String::from_utf8_lossy(&frame.payload).into_owned();
                let mut words = words.split(' ');
                self.process = words.next().and_then(|pid| pid.parse().ok()).map(|pid| {
                    let platform = words.next_back().unwrap_or_default();
                    (pid, platform.to_owned())
                });
                self.state = State::Idle;
                each(Said::Ready);
            }
            (State::Running, kind) if frame.id == self.request.to_string() => {
                if kind != 'p' {
                    self.damaged += frame.number.saturating_sub(self.seen + 1);
                    self.seen = frame.number;
                }
                self.answered(frame, each);
            }
            // Of a request that is over, or of none.
            _ => {}
        }
    }

    fn answered(&mut self, frame: Frame, each: &mut impl FnMut(Said)) {
        let event: fn(String) -> Event = match frame.kind {
            'o' => Event::Output,
            'e' => |text| Event::error(text),
            'd' => Event::Debug,
            'w' => Event::Warning,
            'v' => Event::Verbose,
            // It comes from another thread, also between the parts of a long text. One in parts is
            // longer than any that is looked at.
            'p' if frame.more => return self.long_progress = true,
            'p' if std::mem::take(&mut self.long_progress) => return,
            'p' => {
                return each(Said::Event(Event::Progress(Box::new(record::progress(
                    &frame.payload,
                )))));
            }
            'j' | 'r' => return self.object(frame, each),
            // The last part of a prompt that is longer than any prompt.
            'q' | 's' if frame.more => return,
            'q' | 's' => {
                return each(Said::Asks {
                    prompt: String::from_utf8_lossy(&frame.payload).into_owned(),
                    secret: frame.kind == 's',
                });
            }
            'x' => return self.ended(&frame.payload, each),
            _ => return self.damaged += 1,
        };
        if !frame.more && frame.payload.is_empty() {
            // An empty text is an empty line; a splitter would not say so.
            let line = self.text.finish().map_or_else(String::new, |l| l.text);
            return each(Said::Event(event(line)));
        }
        self.text
            .push(&frame.payload, |line| each(Said::Event(event(line.text))));
        if !frame.more
            && let Some(line) = self.text.finish()
        {
            each(Said::Event(event(line.text)));
        }
    }

    fn object(&mut self, frame: Frame, each: &mut impl FnMut(Said)) {
        self.object.extend_from_slice(&frame.payload);
        if frame.more && self.object.len() <= OBJECT_LIMIT {
            return;
        }
        let json = std::mem::take(&mut self.object);
        let read = match (frame.more, frame.kind) {
            (true, _) => None,
            (false, 'r') => record::error(&json).map(|e| Event::Error(Box::new(e))),
            (false, _) => match serde_json::from_slice(&json) {
                Ok(value @ (Value::Object(_) | Value::Array(_))) => Some(Event::object(value)),
                Ok(Value::String(text)) => Some(Event::Output(text)),
                Ok(plain) => Some(Event::Output(plain.to_string())),
                Err(_) => None,
            },
        };
        if let Some(event) = read {
            return each(Said::Event(event));
        }
        // Too large, or no JSON: what came is told as text.
        let told = |line: Line| {
            Said::Event(match frame.kind {
                'r' => Event::error(line.text),
                _ => Event::Output(line.text),
            })
        };
        self.text.push(&json, |line| each(told(line)));
        if !frame.more
            && let Some(line) = self.text.finish()
        {
            each(told(line));
        }
    }

    fn ended(&mut self, payload: &[u8], each: &mut impl FnMut(Said)) {
        if let Some(line) = self.text.finish() {
            each(Said::Event(Event::Output(line.text)));
        }
        let words = String::from_utf8_lossy(payload);
        let (state, failed) = words.split_once(' ').unwrap_or((&words, "1"));
        if self.damaged > 0 {
            each(Said::Event(Event::error(format!(
                "{} pieces of the answer were damaged on the way: what is shown is not all of it",
                self.damaged
            ))));
        }
        let good = state == "Completed" && failed == "0" && self.damaged == 0;
        self.state = State::Idle;
        each(Said::Ended(Outcome {
            exit: i32::from(!good),
            stopped: state == "Stopped",
        }));
    }
}
