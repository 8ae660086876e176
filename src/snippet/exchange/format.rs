//! The formats, and how a file tells which one it is in.

use std::fmt;

/// A format of snippets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A cheat sheet of navi (`.cheat`, `.cheat.md`).
    Navi,
    /// A snippet file of pet (TOML).
    Pet,
    /// User snippets of VS Code (JSON with comments).
    VsCode,
    /// Snippets of Windows Terminal: `.wt.json`, or the actions of its settings.
    Terminal,
    /// Workflows of Warp (YAML).
    Warp,
    /// A PowerShell script: our own format.
    Ps1,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 6] = [
        Format::Navi,
        Format::Pet,
        Format::VsCode,
        Format::Terminal,
        Format::Warp,
        Format::Ps1,
    ];

    /// The word for it on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Format::Navi => "navi",
            Format::Pet => "pet",
            Format::VsCode => "vscode",
            Format::Terminal => "terminal",
            Format::Warp => "warp",
            Format::Ps1 => "ps1",
        }
    }

    /// The format of a word.
    pub fn of_word(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|f| f.word() == word)
    }

    /// What its files are written in, for a sentence.
    pub(super) fn written(self) -> &'static str {
        match self {
            Format::Navi => "a cheat sheet of navi",
            Format::Pet => "TOML",
            Format::VsCode | Format::Terminal => "JSON",
            Format::Warp => "a workflow in YAML",
            Format::Ps1 => "PowerShell",
        }
    }

    /// The format that a file's name tells; `None` for a name that says nothing, among them
    /// `.json`, which two of them use.
    pub fn of_name(name: &str) -> Option<Format> {
        let name = name.to_ascii_lowercase();
        let ends = |any: &[&str]| any.iter().any(|end| name.ends_with(end));
        if ends(&[".cheat", ".cheat.md"]) {
            Some(Format::Navi)
        } else if ends(&[".toml"]) {
            Some(Format::Pet)
        } else if ends(&[".code-snippets"]) {
            Some(Format::VsCode)
        } else if ends(&[".wt.json"]) {
            Some(Format::Terminal)
        } else if ends(&[".yaml", ".yml"]) {
            Some(Format::Warp)
        } else if ends(&[".ps1"]) {
            Some(Format::Ps1)
        } else {
            None
        }
    }

    /// The format that a text is most likely in; `None` when nothing tells.
    pub fn of_content(text: &str) -> Option<Format> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let lines = || text.lines().map(str::trim_end);
        let begins = |any: &[&str]| {
            lines().any(|line| {
                any.iter()
                    .any(|start| line.to_lowercase().starts_with(start))
            })
        };
        if begins(&["[[snippets]]", "[[ snippets ]]"]) {
            Some(Format::Pet)
        } else if text.starts_with('{') || text.starts_with("//") || text.starts_with("/*") {
            let has = |key: &str| text.contains(&format!("\"{key}\""));
            // A body of VS Code is no array of snippets and no action.
            match (has("snippets") || has("actions"), has("body")) {
                (true, false) => Some(Format::Terminal),
                _ => Some(Format::VsCode),
            }
        } else if begins(&["% ", "%\t"]) {
            Some(Format::Navi)
        } else if begins(&["name:", "- name:"]) && begins(&["command:", "  command:"]) {
            Some(Format::Warp)
        } else if begins(&["<#", "param(", "param (", "[cmdletbinding("]) {
            Some(Format::Ps1)
        } else {
            None
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn names_tell() {
        for (name, format) in [
            ("a/lync.cheat", Some(Format::Navi)),
            ("LYNC.CHEAT.MD", Some(Format::Navi)),
            ("snippet.toml", Some(Format::Pet)),
            ("powershell.code-snippets", Some(Format::VsCode)),
            ("powershell.json", None),
            (".wt.json", Some(Format::Terminal)),
            ("w.yml", Some(Format::Warp)),
            ("x.ps1", Some(Format::Ps1)),
            ("-", None),
        ] {
            assert_eq!(Format::of_name(name), format, "{name}");
        }
    }

    #[test]
    fn contents_tell() {
        for (text, format) in [
            ("# mine\n[[Snippets]]\n", Some(Format::Pet)),
            (
                "// x\n{\"a\": {\"body\": \"snippets\"}}",
                Some(Format::VsCode),
            ),
            ("{\"snippets\": []}", Some(Format::Terminal)),
            ("{\"actions\": []}", Some(Format::Terminal)),
            ("% lync\n# x\nGet-CsUser\n", Some(Format::Navi)),
            ("---\nname: a\ncommand: b\n", Some(Format::Warp)),
            ("<#\n.SYNOPSIS\n#>\n", Some(Format::Ps1)),
            ("Get-CsUser", None),
            ("", None),
        ] {
            assert_eq!(Format::of_content(text), format, "{text}");
        }
    }
}
