//! A text as a pipeline of one script, for sessions that have the language.

use super::psrp::{Argument, Command};
use crate::cmdlet::full_name;
use crate::powershell::clixml::Value;
use crate::powershell::{self, Element, Statement, StatementKind};

/// Columns of what `Format-Table` and its kin lay out: no list of names breaks in them.
const WIDTH: i32 = 200;

/// The script, byte for byte. When one of its statements ends in `Format-Table` or its kin, which give
/// orders for a screen instead of objects, its output is made text there by `Out-String`, as a window
/// would.
pub fn as_script(text: &str) -> Vec<Command> {
    let mut script = Command::script(text);
    if !is_laid_out(text) {
        return vec![script];
    }
    script.end_of_statement = false;
    let mut lines = Command::named("Out-String");
    lines.arguments = vec![
        Argument {
            name: Some("Stream".into()),
            value: None,
        },
        Argument {
            name: Some("Width".into()),
            value: Some(Value::I32(WIDTH)),
        },
    ];
    vec![script, lines]
}

fn is_laid_out(text: &str) -> bool {
    powershell::parse(text).is_ok_and(|script| script.statements.iter().any(ends_in_format))
}

fn ends_in_format(statement: &Statement) -> bool {
    let StatementKind::Pipeline(elements) = &statement.kind else {
        return false;
    };
    let Some(Element::Command(command)) = elements.last() else {
        return false;
    };
    command
        .name
        .as_deref()
        .is_some_and(|name| full_name(name).to_ascii_lowercase().starts_with("format-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_script_unless_it_is_laid_out() {
        let text = "Get-CsPool |\r\n  Select-Object Fqdn # ' \u{2019}\r\n";
        assert_eq!(as_script(text), [Command::script(text)]);
        for text in [
            "Get-CsPool | Format-Table Fqdn",
            "Get-CsPool | ft",
            "Get-Date; Get-CsPool | fl",
        ] {
            let commands = as_script(text);
            assert_eq!((commands.len(), commands[0].text.as_str()), (2, text));
            assert_eq!(commands[1].text, "Out-String");
        }
        assert_eq!(as_script("Get-Format").len(), 1);
        assert_eq!(as_script("'unclosed").len(), 1);
    }
}
