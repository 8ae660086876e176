//! Commands that were typed before, newest first; never one that may hold a secret.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cmdlet::catalogue;
use crate::cmdlet::check::{Resolved, resolve};
use crate::powershell::{self, Script, Statement, StatementKind, Value, ValueKind};
use crate::snippet::is_secret_name;
use crate::store::atomic;

/// Commands kept.
const MOST: usize = 500;

/// Longer ones are not kept, in bytes.
const LONGEST: usize = 4 << 10;

/// A larger file is none of ours, in bytes.
const LARGEST: u64 = 8 << 20;

/// The commands, newest first, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commands {
    commands: Vec<String>,
}

/// Why the file could not be read or written.
#[derive(Debug, Error)]
pub enum CommandsError {
    /// The system's words.
    #[error("the history of commands: {0}")]
    Io(#[from] io::Error),
    /// The file is not what csdeck wrote.
    #[error("the history of commands is not readable and starts anew: {0}")]
    Content(String),
}

impl Commands {
    /// Reads the file; a missing one is an empty history.
    pub fn load(path: &Path) -> Result<Commands, CommandsError> {
        match std::fs::metadata(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Commands::default()),
            Ok(found) if found.len() > LARGEST => {
                return Err(CommandsError::Content("the file is far too large".into()));
            }
            _ => {}
        }
        let text = std::fs::read_to_string(path)?;
        let read: Result<Commands, _> = serde_json::from_str(&text);
        let mut commands = read.map_err(|e| CommandsError::Content(e.to_string()))?;
        commands.commands.truncate(MOST);
        Ok(commands)
    }

    /// Adds a command to the file, read anew, so that another csdeck's commands stay; gives them as
    /// they are then. One that may hold a secret is not written. The file is locked meanwhile; a
    /// broken one is put aside.
    pub fn record(path: &Path, command: &str) -> Result<Commands, CommandsError> {
        let _held = atomic::lock(path)?;
        let mut commands = match Commands::load(path) {
            Ok(commands) => commands,
            Err(CommandsError::Content(_)) => {
                std::fs::rename(path, path.with_extension("broken"))?;
                Commands::default()
            }
            Err(error) => return Err(error),
        };
        if commands.add(command) {
            let text =
                serde_json::to_vec(&commands).map_err(|e| CommandsError::Content(e.to_string()))?;
            atomic::write(path, &text)?;
        }
        Ok(commands)
    }

    /// Adds a command in front; false when it is not kept.
    pub fn add(&mut self, command: &str) -> bool {
        let command = command.trim();
        let fits = !command.is_empty() && command.len() <= LONGEST;
        if !fits || may_hold_secret(command) {
            return false;
        }
        self.commands.retain(|c| c != command);
        self.commands.insert(0, command.to_owned());
        self.commands.truncate(MOST);
        true
    }

    /// The commands, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(String::as_str)
    }

    /// The command of this number, 0 the newest.
    pub fn get(&self, number: usize) -> Option<&str> {
        self.commands.get(number).map(String::as_str)
    }

    /// The first command from a number on that holds all words, and its number.
    pub fn find(&self, words: &str, from: usize) -> Option<(usize, &str)> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let mut numbered = self.iter().enumerate().skip(from);
        numbered.find(|(_, command)| {
            let command = command.to_lowercase();
            words.iter().all(|w| command.contains(w))
        })
    }
}

/// True for a command that may hold a secret in plain text: a value for a parameter, variable or key
/// that is called like one, text made into a secure string, or a text that cannot be read and holds
/// such a name. In doubt it is.
pub fn may_hold_secret(command: &str) -> bool {
    match powershell::parse(command) {
        Ok(script) => in_script(&script, command),
        Err(_) => command
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| is_secret_name(word) || is_maker(word)),
    }
}

/// The second half of `ConvertTo-SecureString`, and what only goes with it.
fn is_maker(word: &str) -> bool {
    ["SecureString", "AsPlainText", "NetworkCredential"]
        .iter()
        .any(|maker| word.eq_ignore_ascii_case(maker))
}

fn in_script(script: &Script, source: &str) -> bool {
    let commands = script.commands.iter().any(|command| {
        if command.is("ConvertTo-SecureString") {
            return true;
        }
        let cmdlet = catalogue().of(command);
        command.pairs().any(|(name, value)| {
            let own = cmdlet.and_then(|c| match resolve(c, name) {
                Resolved::Own(index, _) => c.parameters.get(index),
                _ => None,
            });
            let secret = is_secret_name(name)
                || own.is_some_and(|p| is_secret_name(p.name) || p.value_type.kind.is_secret());
            let switch = own.is_some_and(crate::cmdlet::Parameter::is_switch);
            secret && !switch && value.is_some_and(is_written)
        })
    });
    // Method calls and casts are text to the parser.
    let words = source.split(|c: char| !c.is_alphanumeric());
    commands || statements(&script.statements) || words.into_iter().any(is_maker)
}

fn statements(statements: &[Statement]) -> bool {
    statements.iter().any(|statement| match &statement.kind {
        StatementKind::Assignment {
            variable,
            member,
            value,
        } => {
            let named = is_secret_name(variable) || member.as_deref().is_some_and(is_secret_name);
            named && is_written(value) || in_value(value)
        }
        StatementKind::If { body, .. } => self::statements(body),
        StatementKind::Pipeline(elements) => elements.iter().any(|element| match element {
            powershell::Element::Expression(value) => in_value(value),
            powershell::Element::Command(command) => command
                .pairs()
                .any(|(_, value)| value.is_some_and(in_value)),
        }),
        StatementKind::Other => false,
    })
}

/// Keys of hashtables that are called like a secret.
fn in_value(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Hash(entries) => entries
            .iter()
            .any(|(key, value)| is_secret_name(key) && is_written(value) || in_value(value)),
        ValueKind::Array(items) => items.iter().any(in_value),
        ValueKind::Nested(inner) | ValueKind::Block(inner) => statements(inner),
        _ => false,
    }
}

/// True for a value that stands there itself; a variable or a question is none.
fn is_written(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Variable(_) => false,
        ValueKind::Nested(inner) => inner.iter().any(|s| match &s.kind {
            // `(Read-Host -AsSecureString)` asks.
            StatementKind::Pipeline(elements) => !elements.iter().all(|e| match e {
                powershell::Element::Command(c) => c.is("Read-Host") || c.is("Get-Credential"),
                powershell::Element::Expression(value) => !is_written(value),
            }),
            _ => true,
        }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_first_each_once_and_everything_has_an_end() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("commands.json");
        for n in 0..3 {
            Commands::record(&path, &format!("Get-CsPool -Identity p{n}")).expect("kept");
        }
        let commands = Commands::record(&path, " Get-CsPool -Identity p1 ").expect("kept");
        let seen: Vec<&str> = commands.iter().collect();
        assert_eq!(
            seen,
            [
                "Get-CsPool -Identity p1",
                "Get-CsPool -Identity p2",
                "Get-CsPool -Identity p0"
            ]
        );
        assert_eq!(Commands::load(&path).expect("reads"), commands);
        assert_eq!(
            commands.find("POOL p2", 0),
            Some((1, "Get-CsPool -Identity p2"))
        );
        assert_eq!(
            commands.find("pool", 2),
            Some((2, "Get-CsPool -Identity p0"))
        );
        assert_eq!(commands.find("nothing", 0), None);
        let mut many = Commands::default();
        (0..MOST + 5).for_each(|n| assert!(many.add(&format!("Get-X {n}"))));
        assert_eq!(many.iter().count(), MOST);
        assert!(!many.add(&"x".repeat(LONGEST + 1)));
    }

    #[test]
    fn what_may_hold_a_secret_is_not_kept() {
        for command in [
            "Set-CsClientPin -Identity a -Pin 1234",
            "Set-X -Password 'x'",
            "Set-X -Password:'x'",
            "$password = 'x'",
            "$p = ConvertTo-SecureString 'x' -AsPlainText -Force",
            "Set-X -Credential (New-Object PSCredential('a', (ConvertTo-SecureString 'x' -AsPlainText -Force)))",
            "Invoke-X -Body @{ user = 'a'; password = 'x' }",
            "if ($a) { $secret = 'x' }",
            "[Net.NetworkCredential]::new('a', 'x')",
            // Not finished, and so not to be read.
            "Set-X -Password 'x",
        ] {
            assert!(may_hold_secret(command), "{command}");
        }
        for command in [
            "Get-CsPool",
            "Set-X -Password $password",
            "Set-X -Password (Read-Host -AsSecureString 'Password')",
            "Set-CsPinPolicy -Identity global -MinPasswordLength 6",
            "Get-CsUser | Select-Object Name, Pool",
            "Get-CsPool -Identity 'a",
        ] {
            assert!(!may_hold_secret(command), "{command}");
        }
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("commands.json");
        Commands::record(&path, "Set-CsClientPin -Identity a -Pin 1234").expect("not kept");
        assert!(!path.exists());
    }

    #[test]
    fn a_broken_file_is_told_and_replaced() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("commands.json");
        std::fs::write(&path, "[").expect("writes");
        assert!(matches!(
            Commands::load(&path),
            Err(CommandsError::Content(_))
        ));
        let commands = Commands::record(&path, "Get-CsPool").expect("kept");
        assert_eq!(Commands::load(&path).expect("reads"), commands);
    }
}
