//! The output of a job: the newest lines in memory, the rest in a file, all of it to be read and
//! searched by line number.
//!
//! Lines are numbered from 0 in the order in which they came. The file is made only when the
//! memory's share is used up; it has no name and goes with the job, also when csdeck is killed.

mod line;
mod pattern;
mod spill;

use std::collections::VecDeque;
use std::io::{self, Write};
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use thiserror::Error;

pub use line::{Line, Stream};
pub use pattern::Pattern;
use spill::Spill;

/// How much of an output is kept, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Lines in memory.
    pub lines: usize,
    /// Bytes in memory.
    pub bytes: usize,
    /// Bytes in the file.
    pub file: u64,
}

impl Default for Limits {
    /// 4,000 lines or 2 MiB in memory, 2 GiB in the file.
    fn default() -> Self {
        Limits {
            lines: 4_000,
            bytes: 2 << 20,
            file: 2 << 30,
        }
    }
}

/// Why output could not be read or written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The file that older lines are in.
    #[error("older output cannot be read: {0}")]
    Spill(io::Error),
    /// The file that output is saved in.
    #[error("{0}")]
    Save(#[from] io::Error),
}

/// The output of one job.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    limits: Limits,
    spill: Option<Spill>,
    /// Lines between the file and the memory that are not kept.
    gap: u64,
    /// Why they are not.
    problem: Option<String>,
    tail: VecDeque<Line>,
    bytes: usize,
}

impl Output {
    /// An empty output whose older lines go to a file in `folder`. Nothing is made yet.
    pub fn new(folder: impl Into<PathBuf>, limits: Limits) -> Output {
        Output {
            folder: folder.into(),
            limits,
            spill: None,
            gap: 0,
            problem: None,
            tail: VecDeque::new(),
            bytes: 0,
        }
    }

    /// How many lines came.
    pub fn len(&self) -> u64 {
        self.gap().end + self.tail.len() as u64
    }

    /// True while none came.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of the lines that are not kept, because the disk is full or the file too large.
    pub fn gap(&self) -> Range<u64> {
        let start = self.spill.as_ref().map_or(0, Spill::len);
        start..start + self.gap
    }

    /// Why lines are not kept.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Adds a line in memory. True when [`spill`](Output::spill) is due.
    pub fn push(&mut self, line: Line) -> bool {
        self.bytes += line.weight();
        self.tail.push_back(line);
        self.is_over()
    }

    fn is_over(&self) -> bool {
        self.tail.len() > self.limits.lines || self.bytes > self.limits.bytes
    }

    /// Moves the older half of the memory to the file. Blocks. Where that does not go the oldest
    /// lines are let go, and [`problem`](Output::problem) says why.
    pub fn spill(&mut self) {
        if !self.is_over() {
            return;
        }
        let (mut count, mut bytes) = (0, 0);
        for line in &self.tail {
            let fits = self.tail.len() - count <= self.limits.lines / 2
                && self.bytes - bytes <= self.limits.bytes / 2;
            if fits {
                break;
            }
            count += 1;
            bytes += line.weight();
        }
        // Behind a gap nothing is added: the numbers of the file's lines follow each other.
        if self.gap > 0 {
            self.gap += count as u64;
        } else if let Err(why) = self.write(count, bytes as u64) {
            self.gap = count as u64;
            self.problem = Some(why);
        }
        self.tail.drain(..count);
        self.tail.shrink_to(self.limits.lines);
        self.bytes -= bytes;
    }

    fn write(&mut self, count: usize, bytes: u64) -> Result<(), String> {
        let told = |e: io::Error| {
            format!(
                "older lines cannot be kept in {}: {e}",
                self.folder.display()
            )
        };
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::new(&self.folder).map_err(told)?),
        };
        if spill.bytes() + bytes > self.limits.file {
            return Err(format!(
                "more than {} MiB came; what follows is kept as far as it is new",
                self.limits.file >> 20
            ));
        }
        spill.add(self.tail.iter().take(count)).map_err(told)
    }

    /// Goes through the kept lines from a number on, each with at most `most` bytes of its text.
    /// Blocks.
    pub fn each(
        &mut self,
        from: u64,
        most: usize,
        mut each: impl FnMut(u64, Line) -> ControlFlow<()>,
    ) -> Result<(), OutputError> {
        let gap = self.gap();
        let mut stopped = false;
        if let Some(spill) = self.spill.as_mut().filter(|s| from < s.len()) {
            let read = spill.each(from, most, |n, line| {
                let flow = each(n, line);
                stopped = flow.is_break();
                flow
            });
            read.map_err(OutputError::Spill)?;
        }
        if stopped {
            return Ok(());
        }
        let skip = from.saturating_sub(gap.end);
        for (n, line) in self.tail.iter().enumerate().skip(skip as usize) {
            // A copy of what is asked for, not of a line of a hundred megabytes.
            let at = line.text.floor_char_boundary(most);
            let copy = Line {
                stream: line.stream,
                text: line.text[..at].to_owned(),
                cut: line.cut + line.text.len() - at,
            };
            if each(gap.end + n as u64, copy).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// At most `count` kept lines from a number on, each clipped to `most` bytes. Blocks.
    pub fn page(
        &mut self,
        from: u64,
        count: usize,
        most: usize,
    ) -> Result<Vec<(u64, Line)>, OutputError> {
        let mut page = Vec::new();
        if count == 0 {
            return Ok(page);
        }
        self.each(from, most, |n, line| {
            page.push((n, line));
            match page.len() < count {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })?;
        Ok(page)
    }

    /// The numbers of the lines within a range that hold the pattern, at most `most` of them, and
    /// where the search came to: the end of the range, or less when there are more. Blocks.
    pub fn search(
        &mut self,
        pattern: &Pattern,
        range: Range<u64>,
        most: usize,
    ) -> Result<(Vec<u64>, u64), OutputError> {
        let (mut found, mut came_to) = (Vec::new(), range.end);
        self.each(range.start, usize::MAX, |n, line| {
            if n >= range.end {
                return ControlFlow::Break(());
            }
            if pattern.is_in(&line.shown()) {
                if found.len() >= most {
                    came_to = n;
                    return ControlFlow::Break(());
                }
                found.push(n);
            }
            ControlFlow::Continue(())
        })?;
        Ok((found, came_to))
    }

    /// Writes the kept lines as the server sent them, without progress; a line tells where lines
    /// are missing. Blocks.
    pub fn save(&mut self, writer: &mut dyn Write) -> Result<(), OutputError> {
        let gap = self.gap();
        let missing = match self.gap {
            0 => None,
            n => Some(format!("[csdeck: {n} lines are missing here]\n")),
        };
        let mut told = missing.is_none();
        let mut failed = None;
        let write = |n: u64, line: Line| {
            let mut one = || {
                if !told && n >= gap.end {
                    told = true;
                    writer.write_all(missing.as_deref().unwrap_or("").as_bytes())?;
                }
                if line.stream == Stream::Progress {
                    return Ok(());
                }
                writer.write_all(line.shown().as_bytes())?;
                writer.write_all(b"\n")
            };
            match one() {
                Ok(()) => ControlFlow::Continue(()),
                Err(e) => {
                    failed = Some(e);
                    ControlFlow::Break(())
                }
            }
        };
        self.each(0, usize::MAX, write)?;
        failed.map_or(Ok(()), |e| Err(OutputError::Save(e)))
    }
}

#[cfg(test)]
mod tests;
