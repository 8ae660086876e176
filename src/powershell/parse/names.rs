//! What a command is called, whatever stands around the name.

use crate::powershell::ast::Command;
use crate::powershell::chars::{is_dash, is_double_quote, is_single_quote};

impl Command {
    pub(super) fn set_name(&mut self, written: &str) {
        self.by_path = is_path(written);
        self.name = Some(plain_name(written));
    }
}

/// Modules whose name may stand in front of a command's.
const MODULES: [&str; 14] = [
    "activedirectory",
    "cimcmdlets",
    "lync",
    "microsoft.exchange.management.powershell.e2010",
    "microsoft.exchange.management.powershell.snapin",
    "microsoft.powershell.core",
    "microsoft.powershell.diagnostics",
    "microsoft.powershell.host",
    "microsoft.powershell.management",
    "microsoft.powershell.security",
    "microsoft.powershell.utility",
    "nettcpip",
    "skypeforbusiness",
    "webadministration",
];

/// True for what runs a file: everything with a separator or a drive in it but a known module's
/// name.
fn is_path(name: &str) -> bool {
    if name.contains(':') {
        return true;
    }
    match name.rsplit_once(['\\', '/']) {
        None => false,
        Some((module, _)) => !MODULES.contains(&module.to_ascii_lowercase().as_str()),
    }
}

/// `SkypeForBusiness\Get-CsPool` -> `Get-CsPool`; a path keeps its last part. What PowerShell does
/// not see in a name, or takes for something else, cannot disguise it: back-ticks and quotes are
/// dropped, every dash is a hyphen.
fn plain_name(text: &str) -> String {
    let name = text.rsplit(['\\', '/']).next().unwrap_or(text);
    name.chars()
        .filter(|c| *c != '`' && !is_single_quote(*c) && !is_double_quote(*c))
        .map(|c| if is_dash(c) { '-' } else { c })
        .collect()
}
