//! `-EncodedCommand`: a script as one word that no shell touches (about_PowerShell_exe).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::ast::begins;
use super::chars::is_dash;

/// The longest line that cmd.exe takes, in characters ("Command prompt line string limitation",
/// Windows client troubleshooting).
pub const CMD_LIMIT: usize = 8_191;

/// The longest command line of a process, in UTF-16 units, its closing NUL not counted:
/// CreateProcessW takes 32,767 with it.
pub const PROCESS_LIMIT: usize = 32_766;

/// Base64 of UTF-16LE, as `-EncodedCommand` takes it (about_PowerShell_exe).
pub fn encode(script: &str) -> String {
    let bytes: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    STANDARD.encode(bytes)
}

/// The reverse of [`encode`]; `None` when it is not base64 of UTF-16LE.
pub fn decode(encoded: &str) -> Option<String> {
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    if bytes.len() % 2 != 0 {
        return None;
    }
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).ok()
}

/// The command line that runs a script in a new Windows PowerShell without anybody's profile. It
/// may ask: `-NonInteractive` is not in it. ASCII, and nothing in it means anything to cmd.exe.
pub fn command_line(script: &str) -> String {
    format!(
        "powershell.exe -NoProfile -EncodedCommand {}",
        encode(script)
    )
}

/// Why a line has no script in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LineError {
    /// It starts something else.
    #[error("the line does not start PowerShell")]
    OtherProgram,
    /// It has no `-EncodedCommand`, or nothing stands behind it.
    #[error("the line has no -EncodedCommand with something behind it")]
    NotEncoded,
    /// What stands there is cut off or something else.
    #[error("what stands behind -EncodedCommand is no base64 of UTF-16: it may be cut off")]
    NotReadable,
}

/// The script of a command line with `-EncodedCommand`, however it is abbreviated, behind
/// whatever other parameters. The script is read only; whether it may run is judged elsewhere.
pub fn decode_line(line: &str) -> Result<String, LineError> {
    let line = line.trim();
    let line = line.strip_prefix('&').unwrap_or(line).trim_start();
    // A path with blanks stands in quotes.
    let (program, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or(LineError::OtherProgram)?,
        None => line
            .split_once(char::is_whitespace)
            .ok_or(LineError::OtherProgram)?,
    };
    let file = program.rsplit(['\\', '/']).next().unwrap_or(program);
    let file = file.to_ascii_lowercase();
    if !matches!(file.trim_end_matches(".exe"), "powershell" | "pwsh") {
        return Err(LineError::OtherProgram);
    }
    let mut words = rest.split_whitespace();
    let encoded = words
        .by_ref()
        .any(is_encoded_command)
        .then(|| words.next())
        .flatten()
        .ok_or(LineError::NotEncoded)?;
    decode(encoded.trim_matches(['"', '\''])).ok_or(LineError::NotReadable)
}

/// `-EncodedCommand`, a beginning of it, or its short form `-ec`.
fn is_encoded_command(word: &str) -> bool {
    word.strip_prefix(|c| is_dash(c) || c == '/')
        .is_some_and(|name| begins(name, "EncodedCommand") || name.eq_ignore_ascii_case("ec"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_line() {
        // `Get-X` in UTF-16LE.
        let line = "powershell.exe -NoProfile -EncodedCommand RwBlAHQALQBYAA==";
        assert_eq!(command_line("Get-X"), line);
        for line in [
            line,
            r#"& "C:\Windows\System32\WindowsPowerShell\v1.0\PowerShell.EXE" -NoLogo -e "RwBlAHQALQBYAA==""#,
            "pwsh /enc RwBlAHQALQBYAA== ",
            "powershell -ExecutionPolicy Bypass –ec RwBlAHQALQBYAA==",
        ] {
            assert_eq!(decode_line(line).as_deref(), Ok("Get-X"), "{line}");
        }
    }

    #[test]
    fn lines_without_a_script() {
        assert_eq!(decode_line("cmd /c dir"), Err(LineError::OtherProgram));
        assert_eq!(decode_line(""), Err(LineError::OtherProgram));
        assert_eq!(
            decode_line("powershell -ExecutionPolicy Bypass -File a.ps1"),
            Err(LineError::NotEncoded)
        );
        assert_eq!(decode_line("powershell -enc"), Err(LineError::NotEncoded));
        assert_eq!(
            decode_line("powershell -enc RwBlAHQALQBYA"),
            Err(LineError::NotReadable)
        );
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(script in "\\PC{0,60}|[ -~\n\r\t]{0,80}|(?s).{0,40}") {
            prop_assert_eq!(decode(&encode(&script)), Some(script.clone()));
            let line = command_line(&script);
            prop_assert!(line.is_ascii() && !line.contains(['\n', '\r', '%', '^', '&', '|', '"']));
            if !script.is_empty() {
                prop_assert_eq!(decode_line(&line), Ok(script));
            }
        }

        #[test]
        fn any_line_is_read_or_refused(line in "(powershell|pwsh\\.exe)? ?[-/]e[nc]* ?[A-Za-z0-9+/=\"é ]{0,40}") {
            let _ = decode_line(&line);
        }
    }
}
