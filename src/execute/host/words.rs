//! What a user is told of a PowerShell that is kept, wherever it runs.

/// It died while it was idle.
pub const REPLACED: &str = "the PowerShell that was kept has ended; a new one is started";

/// It stopped a command on request, and stays.
pub const STOPPED: &str = "PowerShell stopped the command, as Ctrl-C does";

/// There is none, and why.
pub fn single(why: &str) -> String {
    format!("{why}: each command gets a process of its own")
}
