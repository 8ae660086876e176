//! `csdeck watch --input`: every frame is a poll, judged at its own time.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use super::Watch;
use super::print::Printer;
use crate::app::App;
use crate::cli::interrupt::cancel_on_interrupt;
use crate::cli::{Context, Exit, Failure, note};
use crate::replication::input::{Frame, Frames, InputError};
use crate::replication::{Verdict, Watcher, same_fqdn};
use crate::text::decode_lossy;
use crate::topology::Topology;

/// How often a followed input is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// How long a followed input must rest before it is read: half a table that was just being
/// written must not be taken for a whole one.
const SETTLED: Duration = Duration::from_millis(600);

/// The name of standard input in messages and as the source of its frames.
const STDIN: &str = "standard input";

pub(super) async fn run(cx: &mut Context, command: &Watch) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let Some(path) = command.input.clone() else {
        return Err(Failure::usage("--input is missing"));
    };
    let app = cx.app()?;
    let topology = topology(cx, &app)?;
    command.end.check()?;
    let config = &app.config.replication;
    command.options(config, topology.as_ref())?;
    let asked = path.display().to_string();
    let mut input = Input::open(path, command.follow)?;
    let every = input.is_folder();
    let mut printer = Printer::recorded(&mut cx.out, format, every, &asked);
    let first = match input.frames() {
        Ok(frames) => frames,
        // A recording that is still being written may not be whole yet.
        Err(e) if command.follow => {
            note(&format!("{e}; waiting for more"));
            Vec::new()
        }
        Err(e) => {
            let mut watcher = Watcher::new(command.options(config, topology.as_ref())?);
            let report = watcher.failed(&e.to_string(), None);
            printer.poll(report)?;
            printer.end(&watcher)?;
            return Err(Failure::failed(e.to_string()));
        }
    };
    let topology = topology.filter(|t| first.is_empty() || speaks_of(t, &first));
    let mut watcher = Watcher::new(command.options(config, topology.as_ref())?);
    observe(&mut watcher, &mut printer, &first)?;
    let end = if command.follow {
        follow(command, &mut input, first, &mut watcher, &mut printer).await?
    } else {
        None
    };
    printer.end(&watcher)?;
    command.end.write(&app, &watcher, &asked, None)?;
    Ok(end.unwrap_or_else(|| Exit::of(watcher.latest().verdict.exit_code(true).into())))
}

/// The topology whose replicas are expected: the configured one, the lab's own only when the lab
/// was asked for. A recording can come from anywhere.
fn topology(cx: &Context, app: &App) -> Result<Option<Topology>, Failure> {
    if !cx.global.lab && app.config.topology.is_none() {
        return Ok(None);
    }
    Ok(app.topology()?)
}

/// False, and said, when no frame has a single machine of the topology: then the recording is of
/// another deployment, and every row would be an orphan.
fn speaks_of(topology: &Topology, frames: &[Frame]) -> bool {
    let expected = topology.expected_replicas();
    let mut rows = frames.iter().flat_map(|f| &f.parsed.rows).peekable();
    let speaks = rows.peek().is_none()
        || rows.any(|row| {
            expected
                .iter()
                .any(|e| same_fqdn(&e.fqdn, &row.replica_fqdn))
        });
    if !speaks {
        note(
            "the input is of another deployment than the configured topology, which is left aside: who is missing cannot be said",
        );
    }
    speaks
}

fn observe(
    watcher: &mut Watcher,
    printer: &mut Printer<'_>,
    frames: &[Frame],
) -> Result<(), Failure> {
    for frame in frames {
        for remark in &frame.parsed.notes {
            note(&format!("{}: {remark}", frame.name));
        }
        printer.poll(watcher.observe(frame.observation()))?;
    }
    Ok(())
}

/// Goes on until converged, interrupted, timed out, or nobody reads. `None`: the verdict decides.
async fn follow(
    command: &Watch,
    input: &mut Input,
    mut seen: Vec<Frame>,
    watcher: &mut Watcher,
    printer: &mut Printer<'_>,
) -> Result<Option<Exit>, Failure> {
    let cancel: CancellationToken = cancel_on_interrupt();
    let deadline = command.goal.timeout.map(|t| Instant::now() + t);
    let mut told = String::new();
    while watcher.latest().verdict != Verdict::Converged && !printer.is_closed() {
        if deadline.is_some_and(|d| Instant::now() >= d) {
            return Ok(None);
        }
        tokio::select! {
            () = cancel.cancelled() => return Ok(Some(Exit::Interrupted)),
            () = tokio::time::sleep(LOOK) => {}
        }
        let ended = input.has_ended();
        if !input.has_settled_news() && !ended {
            continue;
        }
        match input.frames() {
            Ok(frames) => {
                let news = news(&seen, &frames);
                observe(watcher, printer, news)?;
                seen = frames;
            }
            // Not whole yet, or gone for a moment: the next look will tell.
            Err(e) if !ended => {
                let text = e.to_string();
                if told != text {
                    note(&format!("{text}; waiting for more"));
                    told = text;
                }
            }
            Err(e) => {
                printer.poll(watcher.failed(&e.to_string(), None))?;
                note(&e.to_string());
            }
        }
        if ended {
            return Ok(None);
        }
    }
    Ok(None)
}

/// The frames that were not there before. A last frame that grew is a frame of its own; an input
/// that was written anew is all news.
fn news<'a>(seen: &[Frame], now: &'a [Frame]) -> &'a [Frame] {
    let same = seen.iter().zip(now).take_while(|(a, b)| a == b).count();
    if same + 1 >= seen.len() {
        now.get(same..).unwrap_or_default()
    } else {
        now
    }
}

/// Where the frames come from.
struct Input {
    frames: Frames,
    from: From,
    /// What the input looked like when it was last looked at, and since when.
    looks: (Signature, Instant),
    /// What it looked like when it was last read.
    read: Option<Signature>,
}

enum From {
    Path(PathBuf),
    /// Standard input, read to its end.
    Text(String),
    /// Standard input, still being read.
    Growing(Arc<Mutex<Growing>>),
}

#[derive(Default)]
struct Growing {
    bytes: Vec<u8>,
    ended: bool,
}

/// Names, sizes and times: they change when the input does.
type Signature = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Input {
    fn open(path: PathBuf, follow: bool) -> Result<Input, Failure> {
        let from = match (path == Path::new("-"), follow) {
            (true, true) => From::Growing(read_on()),
            (true, false) => {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .lock()
                    .read_to_end(&mut bytes)
                    .map_err(|e| Failure::failed(format!("{STDIN}: {e}")))?;
                From::Text(decode_lossy(&bytes))
            }
            (false, _) => From::Path(path),
        };
        // Times without a zone are the engineer's own; nothing is ever compared with the clock.
        let frames = Frames::new(TimeZone::system());
        Ok(Input {
            frames,
            from,
            looks: (Signature::new(), Instant::now()),
            read: None,
        })
    }

    fn is_folder(&self) -> bool {
        matches!(&self.from, From::Path(path) if path.is_dir())
    }

    fn frames(&mut self) -> Result<Vec<Frame>, InputError> {
        // Looked at before it is read: what changes meanwhile is news the next time.
        self.read = Some(self.signature());
        match &self.from {
            From::Path(path) => self.frames.read(path),
            From::Text(text) => self.frames.text(STDIN, text),
            From::Growing(growing) => {
                let text = decode_lossy(&lock(growing).bytes);
                // Nothing written yet is no answer without rows.
                if text.trim().is_empty() {
                    Ok(Vec::new())
                } else {
                    self.frames.text(STDIN, &text)
                }
            }
        }
    }

    /// True when standard input is at its end; files and folders can always grow.
    fn has_ended(&self) -> bool {
        match &self.from {
            From::Path(_) => false,
            From::Text(_) => true,
            From::Growing(growing) => lock(growing).ended,
        }
    }

    /// True when the input differs from what was read and has rested for a while.
    fn has_settled_news(&mut self) -> bool {
        let now = self.signature();
        if now != self.looks.0 {
            self.looks = (now, Instant::now());
            return false;
        }
        self.read.as_ref() != Some(&self.looks.0) && self.looks.1.elapsed() >= SETTLED
    }

    fn signature(&self) -> Signature {
        let of = |path: PathBuf| {
            let meta = std::fs::metadata(&path).ok();
            let (size, at) = meta.map_or((0, None), |m| (m.len(), m.modified().ok()));
            (path, size, at)
        };
        match &self.from {
            From::Path(path) if path.is_dir() => {
                let entries = std::fs::read_dir(path).into_iter().flatten();
                let mut all: Signature = entries
                    .filter_map(|e| e.ok().map(|e| of(e.path())))
                    .collect();
                all.sort();
                all
            }
            From::Path(path) => vec![of(path.clone())],
            From::Text(_) => Signature::new(),
            From::Growing(growing) => {
                vec![(PathBuf::new(), lock(growing).bytes.len() as u64, None)]
            }
        }
    }
}

/// Reads standard input on a thread of its own, so that an interrupt is not kept waiting.
fn read_on() -> Arc<Mutex<Growing>> {
    let growing = Arc::new(Mutex::new(Growing::default()));
    let into = growing.clone();
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match stdin.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => lock(&into).bytes.extend_from_slice(&buffer[..n]),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => {
                    note(&format!("{STDIN}: {e}"));
                    break;
                }
            }
        }
        lock(&into).ended = true;
    });
    growing
}

fn lock(growing: &Mutex<Growing>) -> std::sync::MutexGuard<'_, Growing> {
    growing.lock().unwrap_or_else(PoisonError::into_inner)
}
