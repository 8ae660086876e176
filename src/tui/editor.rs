//! The user's editor, on a file.

use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// An editor that comes back sooner has not been one: it handed the file to a window that is still
/// open.
const AT_ONCE: Duration = Duration::from_secs(2);

/// The program and its arguments: `$VISUAL`, `$EDITOR`, else what the platform has.
fn command() -> (String, Vec<String>) {
    let named = ["VISUAL", "EDITOR"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.trim().is_empty());
    match named {
        Some(value) => words(value.trim()),
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

/// A program and its arguments: the path of a program may hold blanks, in double quotes or, when it
/// is there, without; the rest is split at blanks (`code --wait`).
fn words(value: &str) -> (String, Vec<String>) {
    if Path::new(value).is_file() {
        return (value.to_owned(), Vec::new());
    }
    let (program, rest) = match value.strip_prefix('"').and_then(|v| v.split_once('"')) {
        Some((program, rest)) => (program, rest),
        None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
    };
    let rest = rest.split_whitespace().map(str::to_owned);
    (program.to_owned(), rest.collect())
}

fn run(program: &str, arguments: &[String], path: &Path) -> io::Result<ExitStatus> {
    let start = |program: &str| Command::new(program).args(arguments).arg(path).status();
    match start(program) {
        // `code` is a script there, which a process is not looked up as.
        Err(e) if cfg!(windows) && e.kind() == io::ErrorKind::NotFound => {
            start(&format!("{program}.cmd")).or(Err(e))
        }
        result => result,
    }
}

/// Opens the file and waits until the editor ends. The terminal must have been given back. `copy` is
/// the text of a copy that was made to be edited: it is taken away when nothing was changed in it,
/// since it would stand in the place of the original for no reason. Gives what there is to say.
/// Blocks.
pub fn edit(path: &Path, copy: Option<&str>) -> Option<String> {
    let (program, arguments) = command();
    let begin = Instant::now();
    let status = run(&program, &arguments, path);
    // A window that goes on holding the file needs it.
    let ended = begin.elapsed() >= AT_ONCE || !matches!(&status, Ok(s) if s.success());
    let same = |text: &str| std::fs::read_to_string(path).is_ok_and(|now| now == text);
    let gone = ended && copy.is_some_and(same) && std::fs::remove_file(path).is_ok();
    let file = match gone {
        true => String::new(),
        false => format!(". The file is {}", path.display()),
    };
    match status {
        Ok(status) if status.success() => {
            gone.then(|| "nothing was changed: the copy is taken away".to_owned())
        }
        Ok(status) => Some(format!("{program} ended with {status}{file}")),
        Err(error) => Some(format!(
            "the editor {program:?} does not start: {error}; set VISUAL or EDITOR{file}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_and_its_arguments() {
        let of = |value: &str| {
            let (program, arguments) = words(value);
            (program, arguments.join("|"))
        };
        assert_eq!(of("vim"), ("vim".into(), String::new()));
        assert_eq!(of("code --wait -n"), ("code".into(), "--wait|-n".into()));
        assert_eq!(
            of(r#""C:\Program Files\Notepad++\notepad++.exe" -multiInst"#),
            (
                r"C:\Program Files\Notepad++\notepad++.exe".into(),
                "-multiInst".into()
            )
        );
    }
}
