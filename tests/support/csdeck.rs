//! The built program with folders of its own.

#![allow(dead_code, reason = "every test file uses its own part")]

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// csdeck with an empty config folder and an empty data folder.
pub struct Csdeck {
    folder: TempDir,
}

/// What a command left behind.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Csdeck {
    pub fn new() -> Csdeck {
        Csdeck {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn config(&self) -> PathBuf {
        self.path("config")
    }

    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file below the test's folder and returns its path.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("makes the folder");
        std::fs::write(&path, text).expect("writes");
        path
    }

    pub fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_csdeck"));
        command
            .args(args)
            .env("CSDECK_CONFIG_DIR", self.config())
            .env("CSDECK_DATA_DIR", self.data())
            .env("TZ", "UTC")
            // The keys of whoever runs the tests are not offered to anybody.
            .env("HOME", self.folder.path())
            .env_remove("NO_COLOR")
            .env_remove("SSH_AUTH_SOCK")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Ended {
        end(self.command(args).spawn().expect("starts"))
    }

    /// Runs with this on standard input.
    pub fn feed<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: impl AsRef<[u8]>,
    ) -> Ended {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .spawn()
            .expect("starts");
        // A program that does not read its input to the end is for the test to judge.
        let _ = child
            .stdin
            .take()
            .expect("standard input")
            .write_all(input.as_ref());
        end(child)
    }
}

pub fn end(child: Child) -> Ended {
    let output = child.wait_with_output().expect("ends");
    Ended {
        code: output.status.code().expect("ends by itself"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

impl Ended {
    /// The same, when it ended with this code.
    #[track_caller]
    pub fn code(self, code: i32) -> Ended {
        assert_eq!(
            self.code, code,
            "\nstdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }

    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }

    /// The same, when nothing went to standard output.
    #[track_caller]
    pub fn silent(self) -> Ended {
        assert_eq!(self.stdout, "");
        self
    }

    /// The same, when this is on standard output.
    #[track_caller]
    pub fn prints(self, words: &str) -> Ended {
        assert!(
            self.stdout.contains(words),
            "{words:?} is not in: {}",
            self.stdout
        );
        self
    }

    /// The same, when this is on standard error.
    #[track_caller]
    pub fn says(self, words: &str) -> Ended {
        assert!(
            self.stderr.contains(words),
            "{words:?} is not in: {}",
            self.stderr
        );
        self
    }
}

pub fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    path.to_str().expect("UTF-8").to_owned()
}
