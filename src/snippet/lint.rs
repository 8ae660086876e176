//! What a snippet's author should mend.

use serde::Serialize;

use crate::cmdlet::{self, Severity};
use crate::powershell::Lines;

use super::library::{Library, Problem};
use super::model::{Mode, Snippet};

/// One finding, in the shape that every check gives, with the snippet it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The snippet's id.
    pub id: String,
    /// What and where.
    #[serde(flatten)]
    pub finding: cmdlet::Finding,
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
        finding: cmdlet::Finding {
            line: problem.position.line,
            column: problem.position.column,
            rule: "not-a-snippet",
            severity: Severity::Error,
            message: problem.error.clone(),
        },
    }
}

/// Findings of one snippet: what its author should say, and what the reference says of it.
pub fn lint(snippet: &Snippet) -> Vec<Finding> {
    let lines = Lines::of(&snippet.source);
    let mut findings = cmdlet::check(&snippet.source, None);
    let mut warn = |rule: &'static str, needle: &str, message: String| {
        let at = snippet.source.find(needle).unwrap_or(0);
        let severity = Severity::Warning;
        findings.push(cmdlet::Finding::at(&lines, at, rule, severity, message));
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
        .into_iter()
        .map(|finding| Finding {
            id: snippet.id.clone(),
            finding,
        })
        .collect()
}
