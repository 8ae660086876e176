//! What changes the meaning of names.

/// What changes the meaning of a name, the default of a parameter or the place where commands are
/// found, or turns something into a block that runs.
pub(super) fn redefines(text: &str, code: &str) -> Option<String> {
    // In any form, also as a text that is put together: nobody needs these in a command line.
    let lower = text.to_ascii_lowercase();
    for word in [
        "psdefaultparametervalues",
        "scriptblock",
        "variable:",
        "function:",
        "alias:",
    ] {
        if lower.contains(word) {
            return Some(word.to_owned());
        }
    }
    drives(code)
        .find(|(drive, rest)| match drive.to_ascii_lowercase().as_str() {
            "env" => sets_path(rest),
            scope => !SCOPES.contains(&scope),
        })
        .map(|(drive, _)| format!("${drive}:"))
}

/// Scopes of variables; every other word in front of a colon is a drive, and assigning to a
/// variable of it writes there: `${C:\x.txt} = ''`.
const SCOPES: &[&str] = &["global", "local", "private", "script", "using"];

/// The words between `$` or `${` and a colon, with what follows; `$x::Name` is a static member.
fn drives(code: &str) -> impl Iterator<Item = (&str, &str)> {
    code.match_indices('$').filter_map(|(n, _)| {
        let rest = code[n + 1..].trim_start_matches('{');
        let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ' ';
        let (name, rest) = rest.split_at(rest.find(|c| !in_name(c))?);
        let rest = rest.strip_prefix(':')?;
        let ends = rest.starts_with(|c: char| c == ':' || c.is_whitespace());
        (!name.is_empty() && !ends).then_some((name, rest))
    })
}

/// True when what follows `$env:` is an assignment to a variable that says where programs and
/// modules are found.
fn sets_path(rest: &str) -> bool {
    let line = rest
        .split(['\n', ';'])
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    let name = line.trim_start_matches(['\\', '/']);
    line.contains('=')
        && ["path", "psmodulepath", "pathext", "comspec"]
            .iter()
            .any(|path| name.starts_with(path))
}
