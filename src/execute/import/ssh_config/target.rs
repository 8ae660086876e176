//! The settings of one host as a target, and what is lost.

use std::path::PathBuf;
use std::time::Duration;

use super::Surroundings;
use super::evaluate::Options;
use crate::execute::{LoginMethod, Target, TransportKind};

/// Keywords that change nothing about which server is reached, as whom, and how the log-in goes.
const HARMLESS: [&str; 37] = [
    "addkeystoagent",
    "batchmode",
    "checkhostip",
    "compression",
    "connectionattempts",
    "controlmaster",
    "controlpath",
    "controlpersist",
    "escapechar",
    "exitonforwardfailure",
    "fingerprinthash",
    "forwardagent",
    "forwardx11",
    "forwardx11timeout",
    "forwardx11trusted",
    "gssapiauthentication",
    "gssapidelegatecredentials",
    "hashknownhosts",
    "identitiesonly",
    "ignoreunknown",
    "ipqos",
    "loglevel",
    "nohostauthenticationforlocalhost",
    "numberofpasswordprompts",
    "pubkeyauthentication",
    "requesttty",
    "rekeylimit",
    "sendenv",
    "serveralivecountmax",
    "setenv",
    "streamlocalbindunlink",
    "syslogfacility",
    "tag",
    "tcpkeepalive",
    "updatehostkeys",
    "visualhostkey",
    "xauthlocation",
];

/// Keywords that are understood here.
const UNDERSTOOD: [&str; 11] = [
    "hostname",
    "port",
    "user",
    "identityfile",
    "userknownhostsfile",
    "proxyjump",
    "proxycommand",
    "connecttimeout",
    "serveraliveinterval",
    "preferredauthentications",
    "certificatefile",
];

/// Keywords that deserve more than "is left out".
const TOLD: [(&str, &str); 9] = [
    (
        "stricthostkeychecking",
        "csdeck always checks host keys and asks about unknown ones",
    ),
    (
        "hostkeyalias",
        "csdeck looks for the host's own name in known_hosts",
    ),
    ("canonicalizehostname", "names are taken as they stand"),
    ("identityagent", "csdeck asks the usual agent"),
    (
        "pkcs11provider",
        "keys on a card are used through an agent that holds them",
    ),
    (
        "securitykeyprovider",
        "keys on a token are used through an agent that holds them",
    ),
    (
        "bindaddress",
        "the system chooses the address to connect from",
    ),
    (
        "bindinterface",
        "the system chooses the interface to connect from",
    ),
    ("remotecommand", "csdeck starts PowerShell there"),
];

/// The target of a host, with what is lost; or why there is none. Says nothing of jumps.
pub fn of(options: &Options, around: &Surroundings) -> Result<(Target, Vec<String>), String> {
    let mut notes = options.notes.clone();
    if let Some(line) = options.line("proxycommand")
        && !line.rest.eq_ignore_ascii_case("none")
    {
        return Err(format!(
            "it needs ProxyCommand ({}), which csdeck does not run; ProxyJump, or a target's jump, does the same",
            line.rest
        ));
    }
    let host = options.host();
    let port = match options.word("port") {
        None => 22,
        Some(port) => port
            .parse::<u16>()
            .ok()
            .filter(|p| *p > 0)
            .ok_or_else(|| format!("Port {port} is no port"))?,
    };
    if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c == '/') {
        return Err(format!("HostName {host:?} is no name or address"));
    }
    if options.word("hostname").is_some_and(has_other_tokens) {
        return Err(format!(
            "HostName {host:?} holds a token that csdeck does not know"
        ));
    }
    let user = options.word("user").map(str::to_owned);
    // ssh writes names in lower case before it looks for files by them.
    let lower = host.to_lowercase();
    let facts = Facts {
        options,
        around,
        host: &lower,
        port,
        user: user.as_deref(),
    };
    let identity_file = identity(&facts, &mut notes);
    let known_hosts = known_hosts(&facts, &mut notes);
    let seconds = |keyword: &str, notes: &mut Vec<String>| {
        let typed = options.word(keyword)?;
        if typed.eq_ignore_ascii_case("none") {
            return None;
        }
        let read = seconds(typed);
        if read.is_none() {
            notes.push(format!("{keyword} {typed} is no span of time: left out"));
        }
        read.filter(|d| !d.is_zero())
    };
    let target = Target {
        name: options.name.clone(),
        transport: TransportKind::Ssh,
        address: address(&host, port),
        user,
        identity_file,
        known_hosts,
        login: login(options, &mut notes),
        connect_timeout: seconds("connecttimeout", &mut notes),
        keepalive: seconds("serveraliveinterval", &mut notes),
        ..Target::lab()
    };
    if let Some(certificate) = options.word("certificatefile") {
        notes.push(format!(
            "CertificateFile {certificate}: csdeck does not log in with certificates; the key alone is offered"
        ));
    }
    for keyword in options.keywords() {
        if HARMLESS.contains(&keyword) || UNDERSTOOD.contains(&keyword) {
            continue;
        }
        let line = options.line(keyword).map_or("", |l| l.rest.as_str());
        let told = TOLD.iter().find(|(k, _)| *k == keyword);
        notes.push(match told {
            Some((_, why)) => format!("{keyword} {line} is left out: {why}"),
            None => format!("{keyword} {line} is left out"),
        });
    }
    Ok((target, notes))
}

/// `%h` and `%%` are all that HostName takes.
fn has_other_tokens(name: &str) -> bool {
    name.replace("%%", "").replace("%h", "").contains('%')
}

/// An address as a target has it.
pub fn address(host: &str, port: u16) -> String {
    match (port, host.contains(':')) {
        (22, _) => host.to_owned(),
        (_, true) => format!("[{host}]:{port}"),
        (_, false) => format!("{host}:{port}"),
    }
}

/// What tokens in paths stand for.
struct Facts<'a> {
    options: &'a Options,
    around: &'a Surroundings,
    host: &'a str,
    port: u16,
    user: Option<&'a str>,
}

impl Facts<'_> {
    /// A path with its tokens replaced; `~/` stays, a target knows it. The error is the token that is
    /// not known.
    fn path(&self, path: &str) -> Result<PathBuf, String> {
        let own = self.around.user.as_deref();
        let home = self.around.home.as_ref().map(|h| h.display().to_string());
        let mut out = String::new();
        let mut chars = path.chars();
        while let Some(c) = chars.next() {
            if c == '$' && chars.as_str().starts_with('{') {
                return Err("${...}".into());
            }
            if c != '%' {
                out.push(c);
                continue;
            }
            let token = chars.next();
            let value = match token {
                Some('%') => Some("%".to_owned()),
                Some('d') => home.clone(),
                Some('h') => Some(self.host.to_owned()),
                Some('n') => Some(self.options.name.clone()),
                Some('p') => Some(self.port.to_string()),
                Some('r') => self.user.or(own).map(str::to_owned),
                Some('u') => own.map(str::to_owned),
                _ => None,
            };
            let unknown = || format!("%{}", token.map_or_else(String::new, String::from));
            out.push_str(&value.ok_or_else(unknown)?);
        }
        Ok(out.into())
    }
}

fn identity(facts: &Facts<'_>, notes: &mut Vec<String>) -> Option<PathBuf> {
    let files = facts.options.all("identityfile");
    let mut usable = Vec::new();
    for file in files.iter().filter(|f| !f.eq_ignore_ascii_case("none")) {
        match facts.path(file) {
            Ok(path) => usable.push(path),
            Err(token) => notes.push(format!(
                "IdentityFile {file} is left out: csdeck does not know {token}"
            )),
        }
    }
    // ssh offers all that are there.
    let is_there = |path: &&PathBuf| {
        let text = path.to_string_lossy();
        facts.around.expand_home(&text).is_file()
    };
    let chosen = usable.iter().find(is_there).or(usable.first()).cloned();
    if usable.len() > 1 {
        let others: Vec<String> = usable
            .iter()
            .filter(|p| Some(*p) != chosen.as_ref())
            .map(|p| p.display().to_string())
            .collect();
        notes.push(format!(
            "a target has one key; not taken over: IdentityFile {}",
            others.join(", ")
        ));
    }
    chosen
}

fn known_hosts(facts: &Facts<'_>, notes: &mut Vec<String>) -> Option<PathBuf> {
    let line = facts.options.line("userknownhostsfile")?;
    let (first, others) = line.words.split_first()?;
    if !others.is_empty() {
        notes.push(format!(
            "a target has one known_hosts file; not taken over: {}",
            others.join(", ")
        ));
    }
    if first.eq_ignore_ascii_case("none") || first == "/dev/null" {
        notes.push(format!(
            "UserKnownHostsFile {first} is left out: csdeck always checks host keys"
        ));
        return None;
    }
    // The usual file is what a target has anyway.
    if first == "~/.ssh/known_hosts" {
        return None;
    }
    match facts.path(first) {
        Ok(path) => Some(path),
        Err(token) => {
            notes.push(format!(
                "UserKnownHostsFile {first} is left out: csdeck does not know {token}"
            ));
            None
        }
    }
}

fn login(options: &Options, notes: &mut Vec<String>) -> Vec<LoginMethod> {
    let Some(list) = options.word("preferredauthentications") else {
        return Vec::new();
    };
    let mut ways = Vec::new();
    for word in list.split(',').map(str::trim) {
        let add: &[LoginMethod] = match word {
            "publickey" => &[LoginMethod::Agent, LoginMethod::Key],
            "password" => &[LoginMethod::Password],
            "keyboard-interactive" => &[LoginMethod::KeyboardInteractive],
            other => {
                notes.push(format!(
                    "PreferredAuthentications: csdeck does not log in with {other}"
                ));
                &[]
            }
        };
        for way in add {
            if !ways.contains(way) {
                ways.push(*way);
            }
        }
    }
    ways
}

/// A time of sshd_config(5), TIME FORMATS: `90`, `10m`, `1h30m`.
fn seconds(typed: &str) -> Option<Duration> {
    let (mut total, mut number) = (0u64, None::<u64>);
    for c in typed.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)?
                    .checked_add(digit.into())?,
            );
            continue;
        }
        let unit = match c.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    if let Some(rest) = number {
        total = total.checked_add(rest)?;
    } else if typed.is_empty() {
        return None;
    }
    // More than a year is a mistake and not a time-out.
    (total <= 31_536_000).then(|| Duration::from_secs(total))
}
