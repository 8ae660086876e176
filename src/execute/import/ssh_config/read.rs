//! The files of an ssh configuration with those they include.

use std::fs::File as Opened;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::lex::{self, Line};
use super::{ImportError, Surroundings};

/// How deep files include files, as in OpenSSH.
const DEPTH: usize = 16;

/// Most files that are read.
const MOST_FILES: usize = 512;

/// Largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// A file.
#[derive(Debug)]
pub struct File {
    pub path: PathBuf,
    pub lines: Vec<(usize, Directive)>,
}

/// What a line asks for.
#[derive(Debug)]
pub enum Directive {
    /// `Host` with its patterns.
    Host(Vec<String>),
    /// `Match` with its criteria.
    Match(Vec<String>),
    /// `Include` with the files that were found.
    Include(Vec<File>),
    /// Everything else.
    Set(Line),
}

/// Reads a file and what it includes; names that are not absolute are looked for in `folder`.
pub fn read(path: &Path, folder: &Path, around: &Surroundings) -> Result<File, ImportError> {
    let mut reader = Reader {
        folder,
        around,
        files: 0,
    };
    reader.file(path, 0)
}

struct Reader<'a> {
    folder: &'a Path,
    around: &'a Surroundings,
    files: usize,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path, depth: usize) -> Result<File, ImportError> {
        self.files += 1;
        if depth > DEPTH || self.files > MOST_FILES {
            return Err(ImportError::Deep(path.to_owned()));
        }
        let text = text(path).map_err(|source| ImportError::Io {
            path: path.to_owned(),
            source,
        })?;
        let mut lines = Vec::new();
        for (n, line) in text.lines().enumerate() {
            let wrong = |why: &str| ImportError::Line {
                path: path.to_owned(),
                line: n + 1,
                why: why.to_owned(),
            };
            let Some(line) = lex::line(line).map_err(wrong)? else {
                continue;
            };
            let directive = match line.keyword.as_str() {
                "host" => Directive::Host(line.words),
                "match" => Directive::Match(line.words),
                "include" => Directive::Include(self.included(&line.words, depth)?),
                _ => Directive::Set(line),
            };
            lines.push((n + 1, directive));
        }
        Ok(File {
            path: path.to_owned(),
            lines,
        })
    }

    /// The files of all patterns, those of one pattern by name. What is not there is no error.
    fn included(&mut self, patterns: &[String], depth: usize) -> Result<Vec<File>, ImportError> {
        let mut files = Vec::new();
        for pattern in patterns {
            let pattern = self.around.expand_home(pattern);
            let pattern = self.folder.join(pattern);
            let found = glob::glob(&pattern.to_string_lossy());
            for path in found.into_iter().flatten().flatten() {
                match self.file(&path, depth + 1) {
                    Err(ImportError::Io { source, .. })
                        if source.kind() == io::ErrorKind::NotFound => {}
                    read => files.push(read?),
                }
            }
        }
        Ok(files)
    }
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    Opened::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "larger than 1 MiB",
        ));
    }
    crate::text::decode(&bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}
