//! What stands in front of lines, and lines that a narrow column broke.

use std::sync::LazyLock;

use regex::Regex;

use super::commands::{self, Argument, Element, Item, Statement};
use super::draft::{Draft, Edit};
use super::text;
use super::tokens::{Kind, Token};
use crate::cmdlet::catalogue::Cmdlet;
use crate::cmdlet::check::{Resolved, resolve};
use crate::powershell::chars::is_blank;

/// How much of a line is looked at for what stands in front of it.
const MAX_FRONT: usize = 300;

/// Something in front of a line that is no part of the command.
struct Ornament {
    pattern: &'static str,
    rule: &'static str,
    message: &'static str,
    /// True when PowerShell has no use for it, whatever follows; else a command must follow.
    always: bool,
}

const ORNAMENTS: [Ornament; 6] = [
    Ornament {
        // `PS C:\>`, `PS>`, `[PS] C:\Windows\system32>` (Exchange), `[server]: PS C:\>`.
        pattern: r"^(?:\[[^\]\s]{1,64}\]:[ \t]*)?(?:PS(?:[ \t]+(?:[A-Za-z]+:|/|~|\\\\)[^>\r\n]*)?|\[PS\][ \t]*[A-Za-z]+:[^>\r\n]*)>+[ \t]*",
        rule: "prompt",
        message: "the prompt of the console is no part of the command",
        always: true,
    },
    Ornament {
        pattern: r"^>>+(?:[ \t]+|$)",
        rule: "prompt",
        message: "the prompt of a continued line is no part of the command",
        always: true,
    },
    Ornament {
        pattern: r"^[•◦▪▫●○■□‣⁃·∙\x{f0b7}\x{f0a7}][ \t]*",
        rule: "bullet",
        message: "the bullet is no part of the command",
        always: true,
    },
    Ornament {
        // `C:\Windows>`; with another word behind it, it may be a program and its output file.
        pattern: r"^[A-Z]:\\[^>\r\n]*>[ \t]*",
        rule: "prompt",
        message: "the prompt of the console is no part of the command",
        always: false,
    },
    Ornament {
        pattern: r"^[*‐‑‒–—―−-][ \t]+",
        rule: "bullet",
        message: "the bullet is no part of the command",
        always: false,
    },
    Ornament {
        pattern: r"^(?:\(?(?:\d{1,3}(?:\.(?:\d{1,3}|[A-Za-z]))*[.)]?|[A-Za-z][.)]|[ivx]{2,4}[.)])[ \t]+|\d{1,3}[.)])",
        rule: "list-number",
        message: "the number of the list is no part of the command",
        always: false,
    },
];

static PATTERNS: LazyLock<Vec<(Regex, &Ornament)>> = LazyLock::new(|| {
    ORNAMENTS
        .iter()
        .filter_map(|o| Some((Regex::new(o.pattern).ok()?, o)))
        .collect()
});

/// A command's name, also one that the blog split behind its dash, or an assignment.
static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[A-Za-z]{2,}[‐‑‒–—―−-][ \t]?[A-Za-z]|\$[A-Za-z][A-Za-z0-9]*[ \t]*=)").ok()
});

/// Takes away what stands in front of lines.
pub(super) fn ornaments(draft: &Draft, tokens: &[Token]) -> Vec<Edit> {
    let behind = |t: &Token| matches!(t.kind, Kind::LineEnd | Kind::Continued);
    let mut edits = Vec::new();
    for start in std::iter::once(0).chain(tokens.iter().filter(|t| behind(t)).map(|t| t.range.end))
    {
        edits.extend(ornaments_at(draft, start));
    }
    edits
}

fn ornaments_at(draft: &Draft, start: usize) -> Vec<Edit> {
    let line: String = draft.chars[start..]
        .iter()
        .take(MAX_FRONT)
        .take_while(|c| !matches!(c, '\n' | '\r'))
        .collect();
    let mut rest = line.trim_start_matches(is_blank);
    let mut from = start;
    let mut found: Vec<(Edit, bool)> = Vec::new();
    while let Some((length, ornament)) = PATTERNS
        .iter()
        .find_map(|(pattern, o)| Some((pattern.find(rest)?.end(), *o)))
        .filter(|(length, _)| *length > 0)
    {
        rest = rest
            .get(length..)
            .unwrap_or("")
            .trim_start_matches(is_blank);
        let taken = line.len() - rest.len();
        let to = start + line.get(..taken).unwrap_or("").chars().count();
        found.push((
            Edit::new(from..to, "", ornament.rule, ornament.message),
            ornament.always,
        ));
        from = to;
    }
    if !HEAD.as_ref().is_some_and(|head| head.is_match(rest)) {
        let sure = found.iter().take_while(|(_, always)| *always).count();
        found.truncate(sure);
    }
    found.into_iter().map(|(edit, _)| edit).collect()
}

/// The command that a line may go on with.
struct Open<'a> {
    cmdlet: Option<&'static Cmdlet>,
    last: Option<&'a Argument>,
    end: usize,
    /// True when nothing stands between it and the line looked at but its own line end.
    adjacent: bool,
}

/// Joins lines that begin no statement to the one in front of them. What PowerShell reads on by
/// itself (behind a comma, a bar, a back-tick) is left as it is.
pub(super) fn joins(statements: &[Statement]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut open: Option<Open<'_>> = None;
    for statement in statements {
        if statement.is_empty() {
            match (&mut open, statement.line) {
                (Some(open), true) => open.adjacent = false,
                _ => open = None,
            }
            continue;
        }
        let joined = match &open {
            Some(before) => {
                let message = why(before, statement);
                if let Some(message) = message {
                    let range = before.end..statement.range.start;
                    edits.push(Edit::new(range, " ", "wrapped-line", message));
                }
                message.is_some()
            }
            None => false,
        };
        open = next_open(statement, open.filter(|_| joined));
    }
    edits
}

fn next_open<'a>(statement: &'a Statement, before: Option<Open<'a>>) -> Option<Open<'a>> {
    // A comment hides what would be joined to it.
    if !statement.line || statement.hides {
        return None;
    }
    let single = statement.elements.len() == 1;
    let element = statement.elements.last()?;
    let cmdlet = match &before {
        Some(open) if single => open.cmdlet,
        _ => commands::cmdlet_of(element),
    };
    Some(Open {
        cmdlet,
        last: element.last(),
        end: statement.range.end,
        adjacent: true,
    })
}

/// Why a line goes on with the command in front of it; `None` when it begins a statement.
fn why(open: &Open<'_>, statement: &Statement) -> Option<&'static str> {
    // Without an argument in front it is no command.
    open.last?;
    match statement.leads {
        Some(Kind::Bar) => return Some("a line that begins with | belongs to the one before it"),
        Some(Kind::Comma) => {
            return Some("a line that begins with a comma belongs to the one before it");
        }
        _ => {}
    }
    let first: &Element = statement.elements.first()?;
    match &first.first()?.item {
        Item::Parameter(name, _) if is_parameter(open.cmdlet, name) => {
            Some("a line that begins with a parameter belongs to the one before it")
        }
        Item::Parameter(..) => None,
        _ if open.adjacent && waits(open) && is_value(first) => {
            Some("the parameter at the end of the line before needs this value")
        }
        _ => None,
    }
}

/// `-join`, `-split` and `-not` begin expressions, unless the command has such a parameter.
fn is_parameter(cmdlet: Option<&Cmdlet>, name: &str) -> bool {
    const OPERATORS: [&str; 6] = ["join", "split", "isplit", "csplit", "not", "bnot"];
    !OPERATORS.iter().any(|o| o.eq_ignore_ascii_case(name))
        || cmdlet.is_some_and(|c| matches!(resolve(c, name), Resolved::Own(..)))
}

/// True when the command ends with a parameter that needs a value.
fn waits(open: &Open<'_>) -> bool {
    match (open.cmdlet, open.last.map(|a| &a.item)) {
        (Some(cmdlet), Some(Item::Parameter(name, false))) => needs_value(cmdlet, name),
        _ => false,
    }
}

/// True for a parameter, by its name as written, that takes a value.
pub(super) fn needs_value(cmdlet: &Cmdlet, name: &str) -> bool {
    match resolve(cmdlet, name) {
        Resolved::Own(index, _) => !cmdlet.parameters[index].is_switch(),
        Resolved::Common(_, takes) => takes,
        Resolved::Ambiguous(_) | Resolved::Unknown => false,
    }
}

/// True when a line can only begin with a value: it is not the name of a command, nothing is
/// assigned, and it is no sentence.
fn is_value(element: &[Argument]) -> bool {
    const KEYWORDS: [&str; 12] = [
        "if", "for", "foreach", "while", "do", "switch", "function", "return", "exit", "try",
        "param", "throw",
    ];
    let second = element.get(1).map(|a| &a.item);
    let assigned = matches!(second, Some(Item::Bare(word)) if word.ends_with('='));
    match element.first().map(|a| &a.item) {
        Some(Item::Bare(word)) => {
            matches!(second, None | Some(Item::Parameter(..)))
                && !word.starts_with(text::is_dash)
                && !KEYWORDS.iter().any(|k| k.eq_ignore_ascii_case(word))
                && !commands::is_command(word)
        }
        Some(Item::Other) => !assigned,
        _ => false,
    }
}
