//! Who is signed in to this machine.

use std::sync::OnceLock;

/// The signed-in user's name: as the environment says it, else (a service, a task of cron) as `id` does,
/// which asks whatever the machine knows its users from. Asked once.
pub(super) fn signed_in() -> Option<&'static str> {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    NAME.get_or_init(|| {
        let said = ["USER", "LOGNAME", "USERNAME"].map(std::env::var);
        let mut given = said.into_iter().flatten().filter(|n| !n.is_empty());
        given.next().or_else(of_the_system)
    })
    .as_deref()
}

fn of_the_system() -> Option<String> {
    if cfg!(not(unix)) {
        return None;
    }
    let said = std::process::Command::new("id").arg("-un").output().ok()?;
    let name = String::from_utf8(said.stdout).ok()?.trim().to_owned();
    (said.status.success() && !name.is_empty()).then_some(name)
}
