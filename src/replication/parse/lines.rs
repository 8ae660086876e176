//! Lines of a console recording, with the console's own talk blanked out.
//!
//! Only what is clearly the shell's is skipped: prompts with what was typed at them, the start
//! banner, transcript headings, verbose and debug lines, warnings (which are told). Error text is
//! not: an answer with an error in it is no answer.

use std::sync::LazyLock;

use regex::Regex;

use super::error::{Note, shown};

/// One line without its ending; skipped lines are empty, so that numbers stay right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: usize,
    pub text: &'a str,
}

/// The text's lines and what was skipped.
pub(super) struct Cleaned<'a> {
    pub lines: Vec<Line<'a>>,
    pub notes: Vec<Note>,
}

pub(super) fn clean(text: &str) -> Cleaned<'_> {
    let all: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let mut lines = Vec::with_capacity(all.len());
    let mut notes = Vec::new();
    let mut skipped = 0;
    let mut heading_until = 0;
    for (index, &text) in all.iter().enumerate() {
        let number = index + 1;
        if index >= heading_until && is_stars(text) {
            heading_until = heading_end(&all, index).unwrap_or(heading_until);
        }
        let warning = warning(text);
        if index < heading_until || warning.is_some() || is_console(text) {
            match warning {
                Some(text) => notes.push(Note::Warning {
                    line: number,
                    text: shown(text),
                }),
                None => skipped += 1,
            }
            lines.push(Line { number, text: "" });
        } else {
            lines.push(Line { number, text });
        }
    }
    if skipped > 0 {
        notes.push(Note::SkippedLines { count: skipped });
    }
    Cleaned { lines, notes }
}

/// Start-Transcript frames its heading and its end with lines of asterisks.
fn is_stars(text: &str) -> bool {
    let text = text.trim_end();
    text.len() >= 10 && text.bytes().all(|b| b == b'*')
}

/// The index after the closing line of a transcript heading that opens at `start`.
fn heading_end(all: &[&str], start: usize) -> Option<usize> {
    const LONGEST: usize = 40;
    if !all.get(start + 1)?.contains("PowerShell") {
        return None;
    }
    let body = all.iter().enumerate().skip(start + 2).take(LONGEST);
    body.into_iter()
        .find(|(_, text)| is_stars(text))
        .map(|(index, _)| index + 1)
}

/// What stands before a warning, in the languages that Windows PowerShell speaks.
const WARNINGS: [&str; 9] = [
    "WARNING: ",
    "WARNUNG: ",
    "AVERTISSEMENT : ",
    "ADVERTENCIA: ",
    "AVVISO: ",
    "AVISO: ",
    "\u{41f}\u{420}\u{415}\u{414}\u{423}\u{41f}\u{420}\u{415}\u{416}\u{414}\u{415}\u{41d}\u{418}\u{415}: ",
    "\u{8b66}\u{544a}: ",
    "\u{acbd}\u{ace0}: ",
];

fn warning(text: &str) -> Option<&str> {
    WARNINGS
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .map(str::trim)
}

/// A prompt (`PS C:\>`, `[server]: PS C:\>`, the `>>` of a command that goes on, `C:\>` of
/// cmd.exe), a prompt of one's own with our cmdlet typed at it, or a line that PowerShell prints
/// when it starts or that says how it works.
fn is_console(text: &str) -> bool {
    static PROMPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let one = [
            r"(\[[^\]]{1,255}\]: )?PS( [^>]{0,400})?>",
            r">>( |$)",
            r"[A-Za-z]:\\[^<>|]{0,400}>",
            // Not an error of the cmdlet, which says its name and a colon.
            r"[^<>$#%\u{276f}\u{bb}]{0,200}[>$#%\u{276f}\u{bb}]\s*(\$[A-Za-z0-9_]+\s*=\s*)?(?i:Get-CsManagementStoreReplicationStatus)\b([^:\s]|\s+[^:\s]|\s*$)",
        ];
        Regex::new(&format!("^({})", one.join("|"))).ok()
    });
    const STARTS: [&str; 9] = [
        "Copyright (C) ",
        "Try the new cross-platform PowerShell",
        "Install the latest PowerShell",
        "Loading personal and system profiles took",
        "Transcript started, output file is",
        "Transcript stopped, output file is",
        "VERBOSE: ",
        "DEBUG: ",
        "AUSF\u{dc}HRLICH: ",
    ];
    let text = text.trim_end();
    text == "Windows PowerShell"
        || text
            .strip_prefix("PowerShell ")
            .is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()))
        || STARTS.iter().any(|start| text.starts_with(start))
        || PROMPT.as_ref().is_some_and(|prompt| prompt.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn console_talk_is_blanked_and_counted() {
        let text = "\u{feff}Windows PowerShell\nCopyright (C) 2016\n\nPS C:\\> Get-X | fl\nWARNING: old\nrest\n";
        let cleaned = clean(text);
        let kept: Vec<_> = cleaned
            .lines
            .iter()
            .filter(|l| !l.text.is_empty())
            .collect();
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].number, kept[0].text), (6, "rest"));
        assert_eq!(
            cleaned.notes,
            [
                Note::Warning {
                    line: 5,
                    text: "old".into()
                },
                Note::SkippedLines { count: 3 }
            ]
        );
    }

    #[test]
    fn prompts_of_every_kind_are_console_and_errors_are_not() {
        for line in [
            r"PS C:\Users\ops> Get-CsManagementStoreReplicationStatus | fl",
            "PS>",
            "PS> exit",
            r"[sgfe01.kestrel.lan]: PS C:\>",
            ">> | ConvertTo-Json",
            ">>",
            r"C:\Users\ops>powershell",
            "~/docs \u{276f} Get-CsManagementStoreReplicationStatus | ft",
            "ops@sgfe01 $ $rows = get-csmanagementstorereplicationstatus",
            "# Get-CsManagementStoreReplicationStatus",
            "VERBOSE: Connecting to SQL",
            "DEBUG: x",
        ] {
            assert!(is_console(line), "{line}");
        }
        for line in [
            "Get-CsManagementStoreReplicationStatus : The term is not recognized",
            "> Get-CsManagementStoreReplicationStatus : The term is not recognized",
            "> Get-CsManagementStoreReplicationStatus: The term is not recognized",
            "+ Get-CsManagementStoreReplicationStatus",
            "    + CategoryInfo          : ObjectNotFound: (Get-CsManagementStoreReplicationStatus:String)",
            "ReplicaFqdn        : sgfe01.kestrel.lan",
            "PSComputerName     : sgfe01",
            "PSYCHO>",
            ">>>",
            "anything > else",
        ] {
            assert!(!is_console(line), "{line}");
        }
    }

    #[test]
    fn a_transcript_heading_is_skipped_as_a_whole_and_loose_stars_are_not() {
        let stars = "**********************";
        let text = format!(
            "{stars}\nWindows PowerShell transcript start\nUsername: K\\ops\n{stars}\nx\n{stars}\nUsername: y\n"
        );
        let kept: Vec<_> = clean(&text)
            .lines
            .into_iter()
            .filter(|l| !l.text.is_empty())
            .map(|l| l.number)
            .collect();
        assert_eq!(kept, [5, 6, 7]);
    }
}
