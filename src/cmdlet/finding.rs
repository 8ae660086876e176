//! What a check found, in the shape that every check and lint of csdeck gives.

use std::fmt;

use serde::Serialize;

use crate::powershell::{Lines, SyntaxError};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look; nothing has to change.
    Warning,
    /// It does not work, or not as written.
    Error,
}

impl Severity {
    /// The word in text and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The rule's name, stable.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Finding {
    /// A finding at a byte offset.
    pub fn at(
        lines: &Lines<'_>,
        offset: usize,
        rule: &'static str,
        severity: Severity,
        message: impl Into<String>,
    ) -> Finding {
        let position = lines.position(offset);
        Finding {
            line: position.line,
            column: position.column,
            rule,
            severity,
            message: message.into(),
        }
    }

    /// A text that is not PowerShell; or one that csdeck's own grammar may misread, which is no
    /// error and never silent either.
    pub fn syntax(error: &SyntaxError) -> Finding {
        let (rule, severity, message) = match error.misread {
            None => ("syntax", Severity::Error, error.message.clone()),
            Some(form) => (
                "not-readable",
                Severity::Warning,
                format!(
                    "not checked: csdeck cannot read this text. It may be fine, as it holds {form}, which csdeck is known to misread; else: {}",
                    error.message
                ),
            ),
        };
        Finding {
            line: error.position.line,
            column: error.position.column,
            rule,
            severity,
            message,
        }
    }
}

impl fmt::Display for Finding {
    /// `2:12: error: what is wrong (rule)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {} ({})",
            self.line,
            self.column,
            self.severity.word(),
            self.message,
            self.rule
        )
    }
}

/// True when one of them is an error.
pub fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}
