//! A program of the user's that is told when a watch gets somewhere.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::replication::Verdict;
use crate::text::visible_line;

/// How long a hook may run before it is stopped.
const LIMIT: Duration = Duration::from_secs(30);

/// How much of what a hook says on standard error is read, in bytes.
const SAID: u64 = 400;

/// Why a hook did not do its work.
#[derive(Debug, Error)]
pub enum HookError {
    /// No program is named.
    #[error("the hook names no program")]
    Empty,
    /// It cannot be started.
    #[error("the hook {program} cannot be started: {source}")]
    Start {
        /// The program.
        program: String,
        /// The system's words.
        source: io::Error,
    },
    /// It failed.
    #[error("the hook {program} failed ({status}){said}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
        /// Its first line on standard error, behind a colon.
        said: String,
    },
    /// It did not end.
    #[error("the hook {program} was stopped after {} s", LIMIT.as_secs())]
    Slow {
        /// The program.
        program: String,
    },
}

/// True when a watch that now stands at `after` has something to tell that it did not have at
/// `before`. Converging is the normal course of things.
pub fn is_news(before: Verdict, after: Verdict) -> bool {
    before != after && after != Verdict::Converging
}

/// Starts the program (its name, then its arguments; no shell) and writes the JSON document to its
/// standard input. What it prints is not shown.
///
/// # Errors
/// See [`HookError`]; a program that does not read its input is fine.
pub async fn call(command: &[String], document: &str) -> Result<(), HookError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(HookError::Empty);
    };
    let start = |source| HookError::Start {
        program: program.clone(),
        source,
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(start)?;
    let (input, errors) = (child.stdin.take(), child.stderr.take());
    let document = format!("{document}\n");
    let work = async {
        let write = async {
            if let Some(mut input) = input {
                // A broken pipe: the program does not want it.
                let _ = input.write_all(document.as_bytes()).await;
            }
        };
        let hear = async {
            let mut said = Vec::new();
            if let Some(errors) = errors {
                let _ = errors.take(SAID).read_to_end(&mut said).await;
            }
            said
        };
        tokio::join!(write, hear, child.wait())
    };
    let Ok(((), said, status)) = tokio::time::timeout(LIMIT, work).await else {
        return Err(HookError::Slow {
            program: program.clone(),
        });
    };
    let status = status.map_err(start)?;
    if status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&said);
    let said = text.lines().find(|line| !line.trim().is_empty());
    let said = said.map_or_else(String::new, |line| {
        format!(": {}", visible_line(line.trim()))
    });
    Err(HookError::Failed {
        program: program.clone(),
        status: status.to_string(),
        said,
    })
}
