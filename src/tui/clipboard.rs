//! Text for somewhere else: the system's clipboard, the terminal's, or a file.
//!
//! What is copied never ends in a line end: pasted into a console it would run by itself.

use std::path::{Path, PathBuf};

use super::terminal::offer_to_clipboard;
use crate::store::atomic;

/// The longest text that is offered by OSC 52, in bytes of UTF-8. Nobody says what a terminal
/// takes, and it does not answer. The limit is that of hterm's osc52.sh, which others took over: a
/// sequence of 100,000 bytes, base64 and all. xterm and kitty take millions and tmux 1 MiB; some
/// take less (Tabby about 3 KB, Termux 6 KB, GNU screen 4 KB), which is why what was offered
/// is always saved as well.
const OSC52_MOST: usize = 74_991;

/// Which ways a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    /// The system's clipboard; nothing else is needed, since it answers.
    system: bool,
    /// The terminal's clipboard by OSC 52, which does not answer.
    terminal: bool,
    /// The file.
    file: bool,
}

/// Decides where a text of `length` bytes goes. `remote`: the program runs behind SSH, where the
/// system's clipboard is that of the wrong machine. `system`: there is one and it takes text.
fn plan(remote: bool, system: bool, length: usize) -> Plan {
    let system = system && !remote;
    Plan {
        system,
        terminal: !system && length <= OSC52_MOST,
        file: !system,
    }
}

/// Puts text where the user can paste it from, and says where that is. Success is claimed only
/// for what was confirmed. Blocks.
pub fn copy(
    system: &mut Option<arboard::Clipboard>,
    file: &Path,
    text: &str,
) -> Result<String, String> {
    let text = without_line_end(text);
    let remote = ["SSH_CONNECTION", "SSH_TTY"]
        .iter()
        .any(|v| std::env::var_os(v).is_some());
    let taken = !remote && {
        if system.is_none() {
            *system = arboard::Clipboard::new().ok();
        }
        system
            .as_mut()
            .is_some_and(|clipboard| clipboard.set_text(text).is_ok())
    };
    let plan = plan(remote, taken, text.len());
    let offered = plan.terminal && offer_to_clipboard(text).is_ok();
    let saved = plan.file.then(|| to_file(file, text.as_bytes()));
    told(plan, text, offered, saved)
}

/// Writes a file that holds what was copied; the result is where it is.
pub fn to_file(file: &Path, content: &[u8]) -> Result<PathBuf, String> {
    match atomic::write(file, content) {
        Ok(()) => Ok(file.to_owned()),
        Err(e) => Err(format!("{} cannot be written: {e}", file.display())),
    }
}

fn without_line_end(text: &str) -> &str {
    text.trim_end_matches(['\n', '\r'])
}

/// What the user is told: what was done, and how sure it is.
fn told(
    plan: Plan,
    text: &str,
    offered: bool,
    saved: Option<Result<PathBuf, String>>,
) -> Result<String, String> {
    let what = match text.lines().count() {
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    let saved = match saved {
        _ if plan.system => return Ok(format!("{what} copied to the clipboard")),
        Some(Ok(path)) => Ok(path),
        Some(Err(why)) => Err(why),
        None => Err("no file was written".to_owned()),
    };
    match (offered, saved) {
        (true, Ok(path)) => Ok(format!(
            "{what} offered by OSC 52, unconfirmed; saved in {}",
            path.display()
        )),
        (true, Err(_)) => Ok(format!("{what} offered by OSC 52, unconfirmed")),
        (false, Ok(path)) if !plan.terminal => Ok(format!(
            "too long for the terminal's clipboard ({} of {OSC52_MOST} bytes): {what} saved in {}",
            text.len(),
            path.display()
        )),
        (false, Ok(path)) => Ok(format!(
            "no clipboard here: {what} saved in {}",
            path.display()
        )),
        (false, Err(why)) => Err(format!("not copied: no clipboard takes it, and {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_depends_on_where_it_runs_and_on_the_length() {
        let ways = |remote, system, length| {
            let plan = plan(remote, system, length);
            (plan.system, plan.terminal, plan.file)
        };
        assert_eq!(ways(false, true, 10), (true, false, false));
        // The system's clipboard has no such limit.
        assert_eq!(ways(false, true, 10_000_000), (true, false, false));
        assert_eq!(ways(false, false, 10), (false, true, true));
        assert_eq!(ways(true, true, 10), (false, true, true));
        assert_eq!(ways(true, false, OSC52_MOST), (false, true, true));
        assert_eq!(ways(true, false, OSC52_MOST + 1), (false, false, true));
    }

    #[test]
    fn the_limit_is_that_of_the_whole_sequence() {
        // ESC ] 52 ; c ; and ESC \ around base64, which makes four bytes of three.
        let sequence = |text: usize| "\x1b]52;c;\x1b\\".len() + text.div_ceil(3) * 4;
        assert!(sequence(OSC52_MOST) <= 100_000);
        assert!(sequence(OSC52_MOST + 3) > 100_000);
    }

    #[test]
    fn what_is_said_is_what_was_done() {
        let path = || Some(Ok(PathBuf::from("clipboard.txt")));
        let said = |plan, offered, saved| told(plan, "a\nb", offered, saved);
        let here = plan(false, true, 3);
        let away = plan(true, true, 3);
        let long = plan(true, true, OSC52_MOST + 1);
        assert_eq!(
            said(here, false, None).as_deref(),
            Ok("2 lines copied to the clipboard")
        );
        assert_eq!(
            said(away, true, path()).as_deref(),
            Ok("2 lines offered by OSC 52, unconfirmed; saved in clipboard.txt")
        );
        let failed = || Some(Err("clipboard.txt cannot be written: no".to_owned()));
        assert_eq!(
            said(away, true, failed()).as_deref(),
            Ok("2 lines offered by OSC 52, unconfirmed")
        );
        assert_eq!(
            said(away, false, path()).as_deref(),
            Ok("no clipboard here: 2 lines saved in clipboard.txt")
        );
        assert!(said(long, false, path()).is_ok_and(|s| s.contains("too long for the terminal")));
        assert!(said(long, false, failed()).is_err_and(|e| e.contains("not copied")));
    }

    #[test]
    fn nothing_copied_ends_in_a_line_end() {
        assert_eq!(without_line_end("a\nb\r\n\n"), "a\nb");
        assert_eq!(without_line_end("a "), "a ");
    }

    #[test]
    fn a_file_is_written_where_it_was_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/command.ps1");
        assert_eq!(to_file(&path, b"Get-X").as_deref(), Ok(path.as_path()));
        assert_eq!(std::fs::read(&path).expect("reads"), b"Get-X");
        // A folder is no file.
        assert!(to_file(folder.path(), b"x").is_err_and(|e| e.contains("cannot be written")));
    }
}
