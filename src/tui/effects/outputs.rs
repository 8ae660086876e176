//! The outputs of jobs: kept beside the state, which holds what the screen shows.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::mpsc;

use crate::execute::Event;
use crate::execute::objects;
use crate::execute::output::{Limits, Line, Output, OutputError, Pattern, Stream};
use crate::store::atomic;
use crate::text::visible;
use crate::tui::message::{JobId, Message, SaveAs};
use crate::tui::pane::run;

/// Lines that are looked through before others get at the output.
const CHUNK: u64 = 20_000;

/// The longest text that is copied of an output, in bytes.
const MOST_COPIED: usize = 4 << 20;

/// Newest lines that are looked at for a copy.
const COPIED_LINES: u64 = 40_000;

/// Objects that are saved as JSON or CSV are held in memory; up to so many bytes of text.
const MOST_OBJECTS: usize = 128 << 20;

/// The outputs of the jobs of this session.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    jobs: Arc<Mutex<HashMap<JobId, Arc<Mutex<Output>>>>>,
}

impl Outputs {
    /// The output of a job that begins.
    pub fn begin(&self, id: JobId, folder: PathBuf) {
        let output = Output::new(folder, Limits::default());
        lock(&self.jobs).insert(id, Arc::new(Mutex::new(output)));
    }

    /// Keeps what a job said. The job waits while older lines are written.
    pub async fn keep(&self, id: JobId, event: &Event, messages: &mpsc::Sender<Message>) {
        // Neither is kept, and it comes often.
        if matches!(event, Event::Progress(_) | Event::State(_)) {
            return;
        }
        let Some(output) = self.get(id) else {
            return;
        };
        let mut lines = Line::of(event.clone());
        // A save or a search has it for a while: no other job waits for that.
        if let Ok(mut output) = output.try_lock() {
            let mut due = false;
            for line in lines.by_ref() {
                due |= output.push(line);
            }
            if !due {
                return;
            }
        }
        let left: Vec<Line> = lines.collect();
        let spilled = tokio::task::spawn_blocking(move || {
            let mut output = lock(&output);
            for line in left {
                output.push(line);
            }
            let before = output.problem().is_some();
            output.spill();
            output.problem().filter(|_| !before).map(str::to_owned)
        });
        if let Ok(Some(problem)) = spilled.await {
            let _ = messages.send(Message::NotKept(id, problem)).await;
        }
    }

    /// Lets the output of a job go, with its file.
    pub fn forget(&self, id: JobId) {
        lock(&self.jobs).remove(&id);
    }

    fn get(&self, id: JobId) -> Option<Arc<Mutex<Output>>> {
        lock(&self.jobs).get(&id).cloned()
    }

    /// Reads lines for the screen. Blocks.
    pub fn page(&self, job: JobId, range: Range<u64>) -> Message {
        let (lines, gap) = match self.get(job) {
            Some(output) => {
                let mut output = lock(&output);
                let count = range.end.saturating_sub(range.start) as usize;
                let mut lines = output.page(range.start, count, run::CLIP);
                if let Ok(lines) = &mut lines {
                    lines.retain(|(n, _)| *n < range.end);
                }
                (lines.map_err(|e| e.to_string()), output.gap())
            }
            None => (Ok(Vec::new()), 0..0),
        };
        Message::Page {
            job,
            range,
            lines,
            gap,
        }
    }

    /// Looks lines through, a part at a time, so that the job can go on in between. Blocks.
    pub fn search(&self, job: JobId, search: u64, pattern: &Pattern, lines: Range<u64>) -> Message {
        let mut hits: Vec<u64> = Vec::new();
        let mut more = false;
        let mut from = lines.start;
        let mut failed = None;
        while let Some(output) = self.get(job).filter(|_| from < lines.end && !more) {
            let part = from..(from + CHUNK).min(lines.end);
            let left = run::MOST_FOUND.saturating_sub(hits.len());
            match lock(&output).search(pattern, part.clone(), left) {
                Ok((found, came_to)) => {
                    hits.extend(found);
                    more = came_to < part.end;
                }
                Err(why) => {
                    failed = Some(why.to_string());
                    break;
                }
            }
            from = part.end;
        }
        let hits = failed.map_or(Ok((hits, more)), Err);
        Message::Found { job, search, hits }
    }

    /// The newest part of an output as text that is safe to paste, and whether it is all. Blocks.
    pub fn newest(&self, job: JobId) -> Result<(String, bool), String> {
        let Some(output) = self.get(job) else {
            return Err("this output is not there any more".into());
        };
        let mut output = lock(&output);
        let from = output.len().saturating_sub(COPIED_LINES);
        let mut lines = std::collections::VecDeque::new();
        let (mut bytes, mut whole) = (0, from == 0 && output.gap().is_empty());
        let read = output.each(from, MOST_COPIED, |_, line| {
            if line.stream != Stream::Progress {
                whole &= line.cut == 0;
                let text = visible(&line.shown()).into_owned();
                bytes += text.len() + 1;
                lines.push_back(text);
            }
            while bytes > MOST_COPIED && lines.len() > 1 {
                bytes -= lines.pop_front().map_or(0, |l: String| l.len() + 1);
                whole = false;
            }
            ControlFlow::Continue(())
        });
        read.map_err(|e| e.to_string())?;
        Ok((Vec::from(lines).join("\n"), whole))
    }

    /// Saves an output in a file that is not there yet. Blocks.
    pub fn save(&self, job: JobId, path: &Path, save: SaveAs) -> Result<(), String> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|p| !p.is_dir()) {
            return Err(format!("{}: there is no such folder", folder.display()));
        }
        let Some(output) = self.get(job) else {
            return Err("this output is not there any more".into());
        };
        let saved = match save {
            SaveAs::Seen(text) => {
                atomic::write_new(path, text.as_bytes()).map_err(OutputError::Save)
            }
            SaveAs::Raw => atomic::write_new_with(path, |writer| lock(&output).save(writer)),
            SaveAs::Json | SaveAs::Csv => {
                let objects = all_objects(&mut lock(&output))?;
                let places: Vec<usize> = (0..objects.len()).collect();
                let text = match save {
                    SaveAs::Csv => {
                        objects::csv(&objects, &places).map_err(|e| format!("no CSV: {e}"))?
                    }
                    _ => objects::json(&objects, &places) + "\n",
                };
                atomic::write_new(path, text.as_bytes()).map_err(OutputError::Save)
            }
        };
        saved.map_err(|e| match e {
            OutputError::Save(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                format!("{} is there already: choose another name", path.display())
            }
            other => format!("{}: not saved: {other}", path.display()),
        })
    }
}

fn all_objects(output: &mut Output) -> Result<Vec<Value>, String> {
    let (mut objects, mut bytes) = (Vec::new(), 0);
    let read = output.each(0, MOST_OBJECTS, |_, line| {
        bytes += match line.stream {
            Stream::Object => line.text.len() + line.cut,
            _ => 0,
        };
        objects.extend(line.object());
        match bytes > MOST_OBJECTS {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    read.map_err(|e| e.to_string())?;
    match bytes > MOST_OBJECTS {
        true => Err(format!(
            "more than {} MiB of objects: save them as .jsonl, a line each, from the view of the lines (v)",
            MOST_OBJECTS >> 20
        )),
        false => Ok(objects),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn filled(events: impl IntoIterator<Item = Event>) -> (tempfile::TempDir, Outputs) {
        let folder = tempfile::tempdir().expect("folder");
        let outputs = Outputs::default();
        outputs.begin(1, folder.path().join("output"));
        let (sender, _receiver) = mpsc::channel(8);
        for event in events {
            outputs.keep(1, &event, &sender).await;
        }
        (folder, outputs)
    }

    #[tokio::test]
    async fn older_lines_are_read_found_and_saved() {
        let lines = (0..30_000).map(|n| Event::Output(format!("line {n}")));
        let (folder, outputs) = filled(lines.chain([Event::Progress("half".into())])).await;
        let Message::Page { lines, gap, .. } = outputs.page(1, 100..103) else {
            panic!("a page");
        };
        let read = lines.expect("reads");
        assert_eq!(
            read.iter()
                .map(|(n, l)| format!("{n} {}", l.text))
                .collect::<Vec<_>>(),
            ["100 line 100", "101 line 101", "102 line 102"]
        );
        assert!(gap.is_empty());
        let Message::Found { hits, .. } =
            outputs.search(1, 1, &Pattern::new("line 2999"), 0..30_001)
        else {
            panic!("hits");
        };
        let (hits, more) = hits.expect("reads");
        assert_eq!((hits.len(), more), (11, false));
        let Message::Found { hits, .. } = outputs.search(1, 1, &Pattern::new("line"), 0..30_000)
        else {
            panic!("hits");
        };
        let (hits, more) = hits.expect("reads");
        assert_eq!((hits.len(), more), (run::MOST_FOUND, true));
        let (text, whole) = outputs.newest(1).expect("reads");
        assert!(whole && text.starts_with("line 0\n") && text.ends_with("line 29999"));
        let path = folder.path().join("out.txt");
        outputs.save(1, &path, SaveAs::Raw).expect("saves");
        assert_eq!(std::fs::read_to_string(&path).expect("reads"), text + "\n");
        // Never over a file.
        let error = outputs.save(1, &path, SaveAs::Raw).expect_err("is there");
        assert!(error.contains("is there already"), "{error}");
        outputs.forget(1);
        assert!(outputs.newest(1).is_err());
    }

    #[tokio::test]
    async fn objects_are_saved_as_json_and_csv_and_text_byte_for_byte() {
        let (folder, outputs) = filled([
            Event::object(json!({"Name": "a\u{1b}", "N": 1})),
            Event::Warning("w".into()),
            Event::object(json!({"Name": "b", "N": 2})),
        ])
        .await;
        let save = |name: &str, save| {
            let path = folder.path().join(name);
            outputs.save(1, &path, save).expect("saves");
            std::fs::read_to_string(path).expect("reads")
        };
        assert_eq!(save("o.csv", SaveAs::Csv), "Name,N\r\na\u{1b},1\r\nb,2\r\n");
        let back: Value = serde_json::from_str(&save("o.json", SaveAs::Json)).expect("JSON");
        assert_eq!(back[1], json!({"Name": "b", "N": 2}));
        let raw = save("o.txt", SaveAs::Raw);
        assert_eq!(
            raw,
            "{\"Name\":\"a\\u001b\",\"N\":1}\nWARNING: w\n{\"Name\":\"b\",\"N\":2}\n"
        );
        let missing = folder.path().join("no/such/o.txt");
        assert!(
            outputs
                .save(1, &missing, SaveAs::Raw)
                .is_err_and(|e| e.contains("no such folder"))
        );
        let (text, _) = outputs.newest(1).expect("reads");
        assert!(!text.contains('\u{1b}'));
    }
}
