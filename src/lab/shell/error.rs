//! Error records in the words of Windows PowerShell 5.1 (en-US).

use crate::execute;

/// One error record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRecord {
    /// Stands before the message: the cmdlet's name, or nothing for a syntax error.
    pub command: String,
    /// The message.
    pub message: String,
    /// `InvalidArgument: (:) [Install-CsDatabase], ParameterBindingException`.
    pub category: String,
    /// The FullyQualifiedErrorId.
    pub id: String,
    /// Ends the statement (`throw`, parameter binding); otherwise the cmdlet goes on.
    pub terminating: bool,
}

impl ErrorRecord {
    /// A failure of parameter binding; `id` without the cmdlet's class.
    pub fn binding(command: &str, class: &str, message: String, id: &str) -> Self {
        ErrorRecord {
            command: command.to_owned(),
            message,
            category: format!(
                "InvalidArgument: (:) [{}], ParameterBindingException",
                shortened(command)
            ),
            id: format!("{id},{class}"),
            terminating: true,
        }
    }

    /// The name is no command.
    pub fn not_found(name: &str) -> Self {
        ErrorRecord {
            command: name.to_owned(),
            message: format!(
                "The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
            ),
            category: format!(
                "ObjectNotFound: ({}:String) [], CommandNotFoundException",
                shortened(name)
            ),
            id: "CommandNotFoundException".to_owned(),
            terminating: true,
        }
    }

    /// A cmdlet that would have to ask in a session that cannot.
    pub fn non_interactive(command: &str, class: &str) -> Self {
        ErrorRecord {
            command: command.to_owned(),
            message: "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.".to_owned(),
            category: format!("InvalidOperation: (:) [{}], PSInvalidOperationException", shortened(command)),
            id: format!("InvalidOperation,{class}"),
            terminating: true,
        }
    }

    /// A cmdlet that failed at its work.
    pub fn failed(
        command: &str,
        class: &str,
        message: impl Into<String>,
        category: &str,
        id: &str,
    ) -> Self {
        let (kind, exception) = category.split_once(',').unwrap_or((category, "Exception"));
        ErrorRecord {
            command: command.to_owned(),
            message: message.into(),
            category: format!("{kind}: (:) [{}], {exception}", shortened(command)),
            id: format!("{id},{class}"),
            terminating: true,
        }
    }

    /// The text is not PowerShell.
    pub fn syntax(message: &str) -> Self {
        ErrorRecord {
            command: String::new(),
            message: message.to_owned(),
            category: "ParserError: (:) [], ParentContainsErrorRecordException".to_owned(),
            id: "ParserError".to_owned(),
            terminating: true,
        }
    }

    /// The same record, after which the cmdlet goes on.
    pub fn going_on(mut self) -> Self {
        self.terminating = false;
        self
    }

    /// The record as an event has it; `place` as for [`lines`](ErrorRecord::lines).
    pub fn event(&self, place: Option<(usize, usize, &str)>) -> execute::ErrorRecord {
        // `ObjectNotFound: (nobody:String) [Get-CsUser], ...`
        let (category, rest) = self
            .category
            .split_once(':')
            .unwrap_or((&self.category, ""));
        let target = rest.trim_start().strip_prefix('(');
        let target = target.and_then(|t| Some(t.split_once(')')?.0.rsplit_once(':')?.0));
        execute::ErrorRecord {
            text: self.lines(place).join("\n"),
            message: Some(self.message.clone()),
            category: Some(category.to_owned()),
            id: Some(self.id.clone()),
            target: target.filter(|t| !t.is_empty()).map(str::to_owned),
            position: place.map(|place| place_lines(place).join("\n")),
        }
    }

    /// The lines of the record. `place` is the line and column (from 1) and the text they point
    /// to, as `At line:1 char:1` shows them.
    pub fn lines(&self, place: Option<(usize, usize, &str)>) -> Vec<String> {
        let mut lines = Vec::new();
        let message = super::format::split_lines(&self.message);
        let head = if self.command.is_empty() {
            String::new()
        } else {
            format!("{} : ", self.command)
        };
        let place_lines = place.map(place_lines);
        // A syntax error names the place first.
        if self.command.is_empty() {
            lines.extend(place_lines.into_iter().flatten());
            lines.extend(message);
        } else {
            lines.extend(message.iter().enumerate().map(|(i, l)| {
                if i == 0 {
                    format!("{head}{l}")
                } else {
                    l.clone()
                }
            }));
            lines.extend(place_lines.into_iter().flatten());
        }
        lines.push(format!("    + CategoryInfo          : {}", self.category));
        lines.push(format!("    + FullyQualifiedErrorId : {}", self.id));
        lines
    }
}

fn place_lines((line, column, text): (usize, usize, &str)) -> [String; 3] {
    let shown = text.lines().next().unwrap_or("").trim_end();
    let marks = "~".repeat(shown.chars().count().max(1));
    [
        format!("At line:{line} char:{column}"),
        format!("+ {shown}"),
        format!("+ {marks}"),
    ]
}

/// A name as CategoryInfo shortens it: above 40 characters the middle goes.
pub fn shortened(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() <= 40 {
        return name.to_owned();
    }
    let head: String = characters.iter().take(15).collect();
    let tail: String = characters.iter().skip(characters.len() - 15).collect();
    format!("{head}...{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_reproduced() {
        let sample = include_str!("../../../tests/fixtures/shell/errors.txt").replace("\r\n", "\n");
        let binding = |message: &str, id: &str| {
            ErrorRecord::binding(
                "Install-CsDatabase",
                "Microsoft.Rtc.Management.Deployment.InstallDatabaseCmdlet",
                message.to_owned(),
                id,
            )
        };
        for record in [
            ErrorRecord::not_found("Get-CsManagementStoreReplicationStatus"),
            binding(
                "A positional parameter cannot be found that accepts argument 'UseDefaultSQL'.",
                "PositionalParameterNotFound",
            ),
            binding(
                "Parameter set cannot be resolved using the specified named parameters.",
                "AmbiguousParameterSet",
            ),
        ] {
            let text = record.lines(None).join("\n");
            assert!(sample.contains(&text), "{text}");
        }
    }

    #[test]
    fn long_names_lose_their_middle() {
        let path = r"C:\Windows\system32\WindowsPowerShell\v1.0\publish.ps1";
        assert_eq!(shortened(path), r"C:\Windows\syst...1.0\publish.ps1");
        assert_eq!(shortened("Get-CsPool"), "Get-CsPool");
    }
}
