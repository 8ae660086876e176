//! Processes that tests start, wait for and end.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything here is waited for before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How long to wait between two looks.
pub const STEP: Duration = Duration::from_millis(20);

/// Looks again and again until `look` finds something; panics with `what` when it never does.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < end,
            "waited {} s in vain: {what}",
            PATIENCE.as_secs()
        );
        std::thread::sleep(STEP);
    }
}

/// True when a process of this id is there and not a zombie.
pub fn is_running(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| !rest.trim_start().starts_with('Z'))
    })
}

/// Ends a process that a test started on its server.
pub fn kill(pid: u32) {
    let _ = Command::new("kill").args(["-9", &pid.to_string()]).output();
}

/// The name of the user the tests run as.
pub fn this_user() -> String {
    run(Command::new("id").arg("-un")).trim().to_owned()
}

/// True when the tests run as root.
pub fn running_as_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

/// What a program prints; panics with its complaint when it fails.
pub fn run(command: &mut Command) -> String {
    let out = command
        .output()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(
        out.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// True when a program took the input and succeeded.
pub fn feed(program: &str, input: &str) -> bool {
    use std::io::Write;
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect(program);
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait().unwrap().success()
}

/// The processes below one, from /proc.
pub fn descendants(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|n| n.parse::<u32>().ok())
        else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        let fields = stat.rsplit(") ").next().unwrap_or_default();
        if let Some(parent) = fields
            .split_whitespace()
            .nth(1)
            .and_then(|p| p.parse::<u32>().ok())
        {
            parents.push((pid, parent));
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let above = found[at];
        found.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == above)
                .map(|(pid, _)| *pid),
        );
        at += 1;
    }
    found.remove(0);
    found
}

/// Makes a named pipe.
pub fn make_pipe(path: &std::path::Path) {
    run(Command::new("mkfifo").arg(path));
}
