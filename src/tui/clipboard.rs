//! Text for somewhere else: the system's clipboard, the terminal's, or a file.

use std::path::Path;

use super::terminal::offer_to_clipboard;
use crate::store::atomic;

/// Puts text where the user can paste it from, and says where that is. Success is claimed only
/// for what was confirmed. Blocks.
pub fn copy(
    system: &mut Option<arboard::Clipboard>,
    file: &Path,
    text: &str,
) -> Result<String, String> {
    let lines = text.lines().count();
    let what = if lines == 1 {
        "1 line".to_owned()
    } else {
        format!("{lines} lines")
    };
    // Over SSH the system's clipboard is that of the wrong machine.
    let remote = ["SSH_CONNECTION", "SSH_TTY"]
        .iter()
        .any(|v| std::env::var_os(v).is_some());
    if !remote {
        if system.is_none() {
            *system = arboard::Clipboard::new().ok();
        }
        if let Some(clipboard) = system
            && clipboard.set_text(text).is_ok()
        {
            return Ok(format!("{what} copied to the clipboard"));
        }
    }
    let offered = offer_to_clipboard(text).is_ok();
    let saved = atomic::write(file, text.as_bytes());
    match (offered, saved) {
        (true, Ok(())) => Ok(format!(
            "{what} offered by OSC 52, unconfirmed; saved in {}",
            file.display()
        )),
        (true, Err(_)) => Ok(format!("{what} offered by OSC 52, unconfirmed")),
        (false, Ok(())) => Ok(format!(
            "no clipboard here: {what} saved in {}",
            file.display()
        )),
        (false, Err(e)) => Err(format!(
            "not copied: no clipboard takes it, and {} cannot be written: {e}",
            file.display()
        )),
    }
}
