//! Commands of a Unix shell that happen to parse as PowerShell.

use crate::powershell::Script;

/// Programs and builtins of Unix that no Windows server has. What Windows has too (curl, find,
/// ping, sort, ssh, tar) is not among them.
const COMMANDS: &[&str] = &[
    "apt",
    "apt-get",
    "awk",
    "bash",
    "brew",
    "cal",
    "chgrp",
    "chmod",
    "chown",
    "cut",
    "dd",
    "declare",
    "df",
    "dig",
    "dnf",
    "doas",
    "dpkg",
    "du",
    "env",
    "eval",
    "export",
    "fgrep",
    "free",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "ifconfig",
    "ip",
    "journalctl",
    "less",
    "ln",
    "local",
    "lsof",
    "md5sum",
    "mkfifo",
    "mktemp",
    "nohup",
    "pacman",
    "perl",
    "pgrep",
    "pkill",
    "printf",
    "read",
    "rsync",
    "rpm",
    "sed",
    "seq",
    "sh",
    "sha256sum",
    "source",
    "ss",
    "stat",
    "su",
    "sudo",
    "systemctl",
    "tail",
    "test",
    "touch",
    "tr",
    "uname",
    "uniq",
    "unset",
    "unzip",
    "vi",
    "vim",
    "watch",
    "wc",
    "wget",
    "which",
    "xargs",
    "yum",
    "zcat",
    "zgrep",
    "zip",
    "zsh",
];

/// Why the text is no PowerShell although it reads as such; `None` when nothing speaks against
/// it.
pub fn reason(text: &str, script: &Script) -> Option<String> {
    let own = |name: &str| {
        script
            .functions
            .iter()
            .any(|f| f.eq_ignore_ascii_case(name))
    };
    let unix = script
        .commands
        .iter()
        .filter_map(|command| command.name.as_deref())
        .find(|name| COMMANDS.contains(name) && !own(name));
    if let Some(name) = unix {
        return Some(format!("it is no PowerShell: {name} is a command of Unix"));
    }
    if text.contains("/dev/null") {
        return Some("it is no PowerShell: /dev/null is a file of Unix".into());
    }
    if text.lines().any(|line| line.trim_end().ends_with(" \\")) {
        return Some(
            "it is no PowerShell: a \\ at the end goes on with the line in a Unix shell only"
                .into(),
        );
    }
    None
}
