//! Lines in a file without a name: the system removes it when it is closed, however csdeck ends.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::line::{Line, Stream};

/// The place of every so many lines is remembered.
const STEP: u64 = 64;

/// A record: one byte for the stream, four for the length (little-endian), the text.
const HEAD: usize = 5;

/// Lines in a file, from line 0 on without a gap.
#[derive(Debug)]
pub struct Spill {
    file: File,
    /// Where lines 0, 64, 128, ... begin.
    index: Vec<u64>,
    lines: u64,
    bytes: u64,
}

impl Spill {
    /// An empty file in this folder, which is made. Only this account can read it; it has no name
    /// from the start (Unix) or goes with its last handle (Windows), so that nothing stays behind.
    pub fn new(folder: &Path) -> io::Result<Spill> {
        std::fs::create_dir_all(folder)?;
        let file = tempfile::tempfile_in(folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(Spill {
            file,
            index: Vec::new(),
            lines: 0,
            bytes: 0,
        })
    }

    /// How many lines it holds.
    pub fn len(&self) -> u64 {
        self.lines
    }

    /// The file, to be looked at.
    #[cfg(test)]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// How many bytes it holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds lines behind the last one: all of them, or none and the error.
    pub fn add<'l>(&mut self, lines: impl Iterator<Item = &'l Line>) -> io::Result<()> {
        let mut block = Vec::new();
        let mut index = Vec::new();
        let mut count = 0;
        for line in lines {
            if (self.lines + count).is_multiple_of(STEP) {
                index.push(self.bytes + block.len() as u64);
            }
            let length = u32::try_from(line.text.len())
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a line of 4 GiB"))?;
            block.push(line.stream.tag());
            block.extend_from_slice(&length.to_le_bytes());
            block.extend_from_slice(line.text.as_bytes());
            count += 1;
        }
        // What a full disk cut off is written over by the next attempt.
        self.file.seek(SeekFrom::Start(self.bytes))?;
        self.file.write_all(&block)?;
        self.bytes += block.len() as u64;
        self.lines += count;
        self.index.append(&mut index);
        Ok(())
    }

    /// Goes through the lines from a number on; each has at most `most` bytes of its text.
    pub fn each(
        &mut self,
        from: u64,
        most: usize,
        mut each: impl FnMut(u64, Line) -> ControlFlow<()>,
    ) -> io::Result<()> {
        let Some(start) = self.index.get((from / STEP) as usize) else {
            return Ok(());
        };
        self.file.seek(SeekFrom::Start(*start))?;
        let mut reader = BufReader::with_capacity(64 * 1024, &mut self.file);
        for number in from / STEP * STEP..self.lines {
            let mut head = [0; HEAD];
            reader.read_exact(&mut head)?;
            let [tag, length @ ..] = head;
            let length = u32::from_le_bytes(length) as usize;
            if number < from {
                reader.seek_relative(length as i64)?;
                continue;
            }
            let mut text = vec![0; length.min(most)];
            reader.read_exact(&mut text)?;
            reader.seek_relative((length - text.len()) as i64)?;
            let cut = length - text.len();
            let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the file was changed");
            let stream = Stream::of_tag(tag).ok_or_else(damaged)?;
            let text = match String::from_utf8(text) {
                Ok(text) => text,
                // Cut inside of a character.
                Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
            };
            let line = Line { stream, text, cut };
            if each(number, line).is_break() {
                break;
            }
        }
        Ok(())
    }
}
