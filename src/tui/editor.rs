//! The user's editor, on a file.

use std::path::Path;
use std::process::Command;

/// The program and its arguments: `$VISUAL`, `$EDITOR`, else what the platform has.
fn command() -> (String, Vec<String>) {
    let named = ["VISUAL", "EDITOR"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.trim().is_empty());
    match named {
        // The path of a program may hold blanks; `code --wait` is a program and an argument.
        Some(value) if Path::new(value.trim()).is_file() => (value.trim().to_owned(), Vec::new()),
        Some(value) => {
            let mut words = value.split_whitespace().map(str::to_owned);
            let program = words.next().unwrap_or_default();
            (program, words.collect())
        }
        None if cfg!(windows) => ("notepad.exe".to_owned(), Vec::new()),
        None => {
            let there = |name: &&str| {
                let path = std::env::var_os("PATH").unwrap_or_default();
                std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
            };
            let found = ["sensible-editor", "nano", "vi"].into_iter().find(there);
            (found.unwrap_or("vi").to_owned(), Vec::new())
        }
    }
}

/// Opens the file and waits until the editor ends. Gives what went wrong, with what to do.
fn open(path: &Path) -> Option<String> {
    let (program, arguments) = command();
    let status = Command::new(&program).args(&arguments).arg(path).status();
    match status {
        Ok(status) if status.success() => None,
        Ok(status) => Some(format!("{program} ended with {status}")),
        Err(error) => Some(format!(
            "the editor {program:?} does not start: {error}; set VISUAL or EDITOR. The file is {}",
            path.display()
        )),
    }
}

/// Opens the file and waits until the editor ends. The terminal must have been given back. A copy
/// that was made to be edited, of this text, is taken away when nothing was changed in it: it would
/// stand in the place of the original for no reason. Gives what there is to say.
pub fn edit(path: &Path, copy: Option<&str>) -> Option<String> {
    let problem = open(path);
    let unchanged =
        copy.is_some_and(|text| std::fs::read_to_string(path).is_ok_and(|now| now == text));
    if unchanged && std::fs::remove_file(path).is_ok() {
        let said = "nothing was changed: the copy is taken away".to_owned();
        return Some(problem.unwrap_or(said));
    }
    problem
}
