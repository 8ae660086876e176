//! Assignments that change more than a variable of the text.
//!
//! `$service.StartType = 'Disabled'` calls a setter of a live object, and a setter may do anything;
//! `$global:WhatIfPreference = $true` changes what later commands mean (about_Assignment_Operators,
//! about_Scopes).

use std::sync::LazyLock;

use regex::Regex;

use super::{Reason, Risk, pattern, seen};
use crate::cmdlet::check::Tables;
use crate::powershell::{Value, ValueKind};

/// A member of something is assigned to: what it is a member of, as far as that is a variable.
static MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\$\{?(?P<root>[A-Za-z_]\w*)\}?|\$\{?[A-Za-z_]\w*:[\w:]+\}?|[)\]])(?:\s*\[[^\[\]\n]*\])*(?:\s*(?:\.|::)\s*[\w$'\x22{}-]+(?:\s*\[[^\[\]\n]*\])*)+\s*(?:[-+*/%]?=(?:[^=]|$)|\+\+|--)",
    )
});

/// A variable of another scope, or of a drive, is assigned to.
static SCOPED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\$\{?(?:[A-Za-z]+):[\w:]+\}?\s*(?:[-+*/%]?=(?:[^=]|$)|\+\+|--)"));

/// What the assignments of a text change. Keys of a hashtable that the text itself makes are its own;
/// `code` is the text without strings and comments.
pub(super) fn changes(code: &str, tables: &Tables) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for found in MEMBER.captures_iter(code) {
        let root = found.name("root").map(|root| root.as_str());
        if root.is_some_and(|root| tables.get(root).is_some()) {
            continue;
        }
        let shown = found.get(0).map_or("", |all| all.as_str());
        let shown = shown.trim_end_matches(|c: char| !c.is_alphanumeric());
        reasons.push(seen(Risk::Change, format!("{shown} is assigned to")));
    }
    for found in SCOPED.find_iter(code) {
        let shown = found
            .as_str()
            .trim_end_matches(|c: char| !c.is_alphanumeric());
        let local = ["$local:", "$private:", "${local:", "${private:"];
        if !local.iter().any(|l| shown.to_lowercase().starts_with(l)) {
            reasons.push(seen(Risk::Change, format!("{shown} is assigned to")));
        }
    }
    reasons
}

/// True for a value that names a variable outside of the text: `-OutVariable global:x`.
pub(super) fn leaves_the_text(value: Option<&Value>) -> bool {
    let word = match value.map(|v| &v.kind) {
        Some(ValueKind::Bare(word) | ValueKind::Text(word)) => word.to_lowercase(),
        _ => return false,
    };
    ["global:", "script:", "+global:", "+script:"]
        .iter()
        .any(|scope| word.starts_with(scope))
}
