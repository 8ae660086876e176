//! What a snippet's author should mend.

use serde::Serialize;

use super::library::{Library, Problem};
use super::model::{Mode, Snippet};

/// One finding, in the shape that every lint of csdeck gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The snippet's id.
    pub id: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The rule's name, stable.
    pub rule: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Findings of a whole library: broken files first.
pub fn lint_library(library: &Library) -> Vec<Finding> {
    let mut findings: Vec<Finding> = library.problems.iter().map(of_problem).collect();
    findings.extend(library.iter().flat_map(lint));
    findings
}

/// A file that is not a snippet, as a finding.
pub fn of_problem(problem: &Problem) -> Finding {
    Finding {
        id: problem.id.clone(),
        line: problem.position.line,
        column: problem.position.column,
        rule: "not-a-snippet",
        severity: "error",
        message: problem.error.clone(),
    }
}

/// Findings of one snippet.
pub fn lint(snippet: &Snippet) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut warn = |rule: &'static str, needle: &str, message: String| {
        let at = snippet.source.find(needle).unwrap_or(0);
        let position = crate::powershell::Position::of(&snippet.source, at);
        findings.push(Finding {
            id: snippet.id.clone(),
            line: position.line,
            column: position.column,
            rule,
            severity: "warning",
            message,
        });
    };
    if snippet.title == snippet.id {
        warn("no-synopsis", "", "there is no .SYNOPSIS".into());
    }
    if snippet.products.is_empty() {
        warn(
            "no-products",
            ".SYNOPSIS",
            ".COMPONENT names no product".into(),
        );
    }
    for field in snippet.fields.iter().filter(|f| f.help.is_empty()) {
        warn(
            "no-field-help",
            &format!("${}", field.name),
            format!("{} has no .PARAMETER help", field.name),
        );
    }
    if let Mode::Script { reason } = snippet.mode() {
        warn(
            "script-mode",
            "",
            format!("renders as a whole script: {reason}"),
        );
    }
    findings
}
