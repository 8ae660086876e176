//! What a run prints while it goes on.

use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;

use super::progress::Bar;
use super::summary::Summary;
use super::{jobs, jsonl};
use crate::cli::{Exit, Failure, Format, Out, note, status};
use crate::execute::fanout::{End, Said};
use crate::execute::objects;
use crate::execute::{Event, JobState, Target};

/// Objects of one job that are gathered for one table, and their bytes; more begin another.
const TABLE: (usize, usize) = (5_000, 16 << 20);

/// Objects that are not printed yet, and their bytes.
type Gathered = (Vec<Value>, usize);

/// Prints the events of all jobs in the form asked for.
pub(super) struct Report<'a> {
    out: &'a mut Out,
    format: Format,
    targets: Vec<Target>,
    /// For people, and only where there is something to set side by side.
    summary: Option<Summary>,
    /// The events so far, for the one document of --format json.
    document: Vec<Value>,
    exits: Vec<Exit>,
    /// Objects of each job that are not printed yet: a table needs all of them.
    objects: Vec<Gathered>,
    /// What they are at, for people.
    bar: Option<Bar>,
    /// Why output could not be written. The jobs go on: what runs on a server is not cut short
    /// because a disk here is full.
    unwritten: Option<Failure>,
}

impl<'a> Report<'a> {
    pub(super) fn new(out: &'a mut Out, format: Format, targets: Vec<Target>) -> Self {
        let several = targets.len() > 1 && format == Format::Table;
        Report {
            out,
            format,
            summary: several.then(|| Summary::new(&targets)),
            objects: vec![Gathered::default(); targets.len()],
            bar: (format == Format::Table)
                .then(|| Bar::new(targets.iter().map(|t| t.name.clone()).collect())),
            targets,
            document: Vec::new(),
            exits: Vec::new(),
            unwritten: None,
        }
    }

    /// Prints until the last job ended.
    pub(super) async fn follow(mut self, mut said: Receiver<Said>) -> Result<Exit, Failure> {
        loop {
            let mut written = Ok(());
            let next = match said.try_recv() {
                Ok(next) => Some(next),
                // A quiet moment: the reader gets what there is.
                Err(TryRecvError::Empty) => {
                    written = self.out.flush();
                    if let Some(bar) = &self.bar {
                        bar.draw();
                    }
                    said.recv().await
                }
                Err(TryRecvError::Disconnected) => None,
            };
            match next {
                Some(Said::Event(number, event)) => {
                    written = written.and(self.event(number, &event))
                }
                Some(Said::End(number, end)) => written = written.and(self.end(number, &end)),
                None => break,
            }
            if let Err(failure) = written {
                self.unwritten.get_or_insert(failure);
            }
        }
        if self.format == Format::Json {
            let document = std::mem::take(&mut self.document);
            self.out.json(&document)?;
        }
        if let Some(failure) = self.unwritten {
            return Err(failure);
        }
        if let Some(summary) = self.summary {
            self.out.flush()?;
            summary.tell();
        }
        // A job whose task vanished said nothing; that is never a success.
        self.exits.resize(self.targets.len(), Exit::Failed);
        Ok(Exit::worst(self.exits))
    }

    fn event(&mut self, number: usize, event: &Event) -> Result<(), Failure> {
        if let (Event::Progress(record), Some(bar)) = (event, &mut self.bar) {
            bar.push(number, record);
            return Ok(());
        }
        // Whatever is printed now stands where the line was.
        status::wipe();
        if let Some(summary) = &mut self.summary {
            summary.event(number, event);
        }
        let name = self.name(number);
        if self.format != Format::Table {
            let object = jsonl::of(name, event);
            return self.object(object);
        }
        let prefix = self.prefix(number);
        match event {
            Event::Output(text) | Event::Information(text) => {
                self.print_objects(number)?;
                self.out.text(&format!("{prefix}{text}"))?;
            }
            Event::Object(object) => {
                let full = self.objects.get_mut(number).is_some_and(|(all, bytes)| {
                    *bytes += objects::weight(&object.value);
                    all.push(object.value.clone());
                    all.len() >= TABLE.0 || *bytes >= TABLE.1
                });
                if full {
                    self.print_objects(number)?;
                }
            }
            Event::Error(record) => {
                for line in text_lines(&record.text) {
                    note(&format!("{prefix}{line}"));
                }
            }
            Event::Warning(text) => note(&format!("{prefix}warning: {text}")),
            Event::Verbose(text) => note(&format!("{prefix}verbose: {text}")),
            Event::Debug(text) => note(&format!("{prefix}debug: {text}")),
            Event::Progress(_) | Event::State(_) => {}
        }
        Ok(())
    }

    /// Prints the objects that a job answered with so far: several with few properties as a table, else
    /// a line for each property.
    fn print_objects(&mut self, number: usize) -> Result<(), Failure> {
        let gathered = self.objects.get_mut(number).map(std::mem::take);
        let (objects, _) = gathered.unwrap_or_default();
        let prefix = self.prefix(number);
        let lines = objects::lines(&objects);
        let mut lines = lines.iter();
        lines.try_for_each(|line| self.out.line(&format!("{prefix}{line}")))
    }

    fn end(&mut self, number: usize, end: &End) -> Result<(), Failure> {
        status::wipe();
        if let Some(bar) = &mut self.bar {
            bar.end(number);
        }
        // A job that ended badly keeps what it answered; what cannot be written is told at the end.
        let printed = self.print_objects(number);
        let exit = Exit::of(end.exit());
        self.exits.push(exit);
        if let Some(summary) = &mut self.summary {
            summary.end(number, end);
        }
        let prefix = self.prefix(number);
        let why = self
            .targets
            .get(number)
            .and_then(|target| jobs::why(target, end));
        if let Some(why) = &why {
            note(&format!("{prefix}{why}"));
        } else if end.end.state == JobState::Failed {
            let code = end.end.host_exit.filter(|code| *code != 0);
            note(&format!(
                "{prefix}failed{}",
                code.map_or_else(String::new, |code| format!(
                    ": PowerShell ended with {code}"
                ))
            ));
        }
        if self.format == Format::Table {
            return printed;
        }
        let name = self.name(number);
        let mut object = json!({ "target": name, "event": "state", "state": end.end.state, "exit": exit.code() });
        if let (Some(why), Some(map)) = (&why, object.as_object_mut()) {
            map.insert("text".into(), Value::from(why.as_str()));
        }
        self.object(object)
    }

    fn object(&mut self, object: Value) -> Result<(), Failure> {
        if self.format == Format::Jsonl {
            return self.out.jsonl(&object);
        }
        self.document.push(object);
        Ok(())
    }

    fn name(&self, number: usize) -> &str {
        self.targets.get(number).map_or("", |t| t.name.as_str())
    }

    fn prefix(&self, number: usize) -> String {
        match self.targets.as_slice() {
            [_] => String::new(),
            _ => format!("{}: ", self.name(number)),
        }
    }
}

/// The lines of a text; of an empty one an empty line.
fn text_lines(text: &str) -> impl Iterator<Item = &str> {
    let empty = text.is_empty().then_some("");
    text.lines().chain(empty)
}
