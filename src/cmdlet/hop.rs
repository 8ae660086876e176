//! What the way to a server means for the cmdlets of a text: a second hop that loses the account,
//! and which machine they act on.
//!
//! A log-in over the network leaves no password on the server, unless it is one that hands it over;
//! what goes on from there to SQL, Active Directory or a file server is nobody then
//! (about_Remote_Troubleshooting, "Making the second hop in PowerShell Remoting").

use super::catalogue::{Cmdlet, catalogue};
use super::place::Place;
use crate::powershell::Script;

/// The cmdlet that is never sent over a network: what it moves is on the machine that it runs on,
/// and half of a move that broke is worse than none.
const OWN_CONSOLE_ONLY: &str = "Move-CsManagementServer";

/// How a text gets to the machine that runs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Way {
    /// The machine that is connected to, as it is addressed; `None` for this one and for the lab.
    pub machine: Option<String>,
    /// What the account can do from there.
    pub onward: Onward,
    /// What runs the text there.
    pub behind: Behind,
}

/// Whether the account goes on to further servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Onward {
    /// It does: the password is there, or nobody is connected to.
    #[default]
    Goes,
    /// It does not, because the log-in is one of this kind (`Kerberos`, `a key`, ...).
    Stops(&'static str),
    /// It does not when the log-in turns out to be one of this kind.
    MayStop(&'static str),
}

/// What runs a text on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behind {
    /// A PowerShell of the account.
    #[default]
    Own,
    /// The product's RBAC endpoint, on whichever front end or Director of the pool answers. It works
    /// with the server's identity.
    LyncRoles,
    /// Exchange's RBAC endpoint.
    ExchangeRoles,
}

/// Something to know before a text runs. Stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub about: About,
    /// One or two sentences: what happens, why, and what to do.
    pub text: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The account may be lost on the way to a further server.
    SecondHop,
    /// A cmdlet acts on the machine that it runs on.
    Machine,
    /// A command may not be there.
    Missing,
}

impl About {
    /// True when it is more than something to know: the run probably fails, or acts elsewhere than
    /// one thinks.
    pub fn is_warning(self) -> bool {
        self != About::Machine
    }
}

/// Why a text is not sent over this way whatever is confirmed; `None` when it may be.
pub fn refusal(script: &Script, way: &Way) -> Option<String> {
    let machine = way.machine.as_deref()?;
    let moves = script.commands.iter().any(|c| c.is(OWN_CONSOLE_ONLY));
    moves.then(|| {
        format!(
            "{OWN_CONSOLE_ONLY} works only in the own console of the server that the Central Management store moves to, so that csdeck does not send it to {machine}. Copy the text, and run it on that server: in its own shell, elevated, or in csdeck there with a local target"
        )
    })
}

/// What to know before a text runs over this way.
pub fn notes(script: &Script, way: &Way) -> Vec<Note> {
    let Some(machine) = way.machine.as_deref() else {
        return Vec::new();
    };
    let mut places: Vec<(&'static Cmdlet, Place)> = Vec::new();
    for cmdlet in script.commands.iter().filter_map(|c| catalogue().of(c)) {
        if !places.iter().any(|(known, _)| known.name == cmdlet.name) {
            places.push((cmdlet, Place::of(cmdlet)));
        }
    }
    let of = |wanted: &[Place]| -> Option<String> {
        let found = places.iter().filter(|(_, place)| wanted.contains(place));
        let names: Vec<&str> = found.map(|(cmdlet, _)| cmdlet.name).collect();
        (!names.is_empty()).then(|| listed(&names))
    };
    let mut notes = Vec::new();
    let mut add = |about, text| notes.push(Note { about, text });
    if let Some(names) = of(&[Place::OwnConsole]) {
        match way.behind {
            Behind::LyncRoles => add(
                About::Missing,
                format!(
                    "{names}: acts on the machine it runs on, and behind {machine} that is whichever front end answers. Name the server itself as a target"
                ),
            ),
            _ => add(
                About::Machine,
                format!("{names}: acts on {machine}, the machine it runs on"),
            ),
        }
    }
    match (way.behind, of(&[Place::AdminBox])) {
        (Behind::LyncRoles, Some(names)) => add(
            About::Missing,
            format!(
                "{names}: usually not among the cmdlets that RBAC roles hold, and only those are there. Run it on a server itself"
            ),
        ),
        (Behind::Own, admin) => second_hop(way, machine, admin, of, &mut add),
        _ => {}
    }
    notes
}

fn second_hop(
    way: &Way,
    machine: &str,
    admin: Option<String>,
    of: impl Fn(&[Place]) -> Option<String>,
    add: &mut impl FnMut(About, String),
) {
    let (log_in, sure) = match way.onward {
        Onward::Goes => return,
        Onward::Stops(log_in) => (log_in, true),
        Onward::MayStop(log_in) => (log_in, false),
    };
    let first = match log_in == KEY {
        true => "login = [\"password\"], winrm with credssp",
        false => "auth = \"credssp\", ssh with a password",
    };
    let console = "the server's own console (copy it)";
    let depends = if sure { "" } else { ", if that lets you in," };
    if let Some(names) = admin {
        add(
            About::SecondHop,
            format!(
                "{names}: goes on from {machine} to SQL, Active Directory or the file store, where a log-in with {log_in}{depends} is ANONYMOUS LOGON. Ways out: {first}, or {console}"
            ),
        );
    } else if sure && let Some(names) = of(&[Place::RemoteToo, Place::NotStated]) {
        add(
            About::SecondHop,
            format!(
                "{names}: ANONYMOUS LOGON, if the store's SQL is on another machine than the target (docs/winrm.md, The second hop)"
            ),
        );
    }
}

/// The word for a key of SSH in [`Onward`].
pub const KEY: &str = "a key";

/// `A`, `A and B`, `A, B and 3 more`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::powershell::parse;

    fn way(onward: Onward) -> Way {
        Way {
            machine: Some("fe01.kestrel.lan".into()),
            onward,
            behind: Behind::Own,
        }
    }

    fn said(text: &str, way: &Way) -> Vec<String> {
        let script = parse(text).expect(text);
        notes(&script, way).into_iter().map(|n| n.text).collect()
    }

    #[test]
    fn the_notes_of_each_way() {
        let texts = [
            "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn sql01",
            "Get-CsManagementStoreReplicationStatus",
            "Test-CsReplica; Enable-CsReplica",
            "Get-Date",
        ];
        let roles = |behind| Way {
            behind,
            ..way(Onward::Goes)
        };
        let ways = [
            ("here", Way::default()),
            ("winrm kerberos", way(Onward::Stops("Kerberos or NTLM"))),
            ("winrm credssp", way(Onward::Goes)),
            ("ssh key", way(Onward::Stops(KEY))),
            ("ssh", way(Onward::MayStop(KEY))),
            ("OcsPowershell", roles(Behind::LyncRoles)),
            ("Exchange", roles(Behind::ExchangeRoles)),
        ];
        let mut out = String::new();
        for (name, way) in &ways {
            out.push_str(&format!("== {name}\n"));
            for text in texts {
                for note in said(text, way) {
                    out.push_str(&format!("{note}\n"));
                }
            }
        }
        insta::assert_snapshot!(out);
    }

    #[test]
    fn moving_the_store_is_sent_nowhere() {
        let script = |text| parse(text).expect(text);
        let moves = script("Get-CsPool; if ($x) { SkypeForBusiness\\move-csmanagementserver }");
        assert!(refusal(&moves, &way(Onward::Goes)).is_some_and(|t| t.contains("own console")));
        assert_eq!(refusal(&moves, &Way::default()), None);
        let other = script("Get-CsManagementConnection");
        assert_eq!(refusal(&other, &way(Onward::Goes)), None);
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(&["a", "b", "c", "d"]), "a, b and 2 more");
        let text = said(
            "Get-CsTopology; Get-CsTopology; Start-CsPool x",
            &way(Onward::MayStop(KEY)),
        );
        assert!(text[0].starts_with("Get-CsTopology and Start-CsPool: "));
    }
}
