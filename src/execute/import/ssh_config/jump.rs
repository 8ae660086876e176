//! Ways through other hosts: `ProxyJump a,b` becomes targets that jump through targets.

use std::collections::BTreeMap;

use super::evaluate::Options;
use super::{SshConfig, target};
use crate::execute::Target;
use crate::execute::import::{Found, Left, Plan};

/// Longest way, in hops.
const LONGEST: usize = 16;

/// What ssh takes in no host's name: a shell may come to see it.
const REFUSED: &str = "'\"`$\\;&<>|(){}";

/// A hop of `ProxyJump`: `[user@]host[:port]` or `ssh://[user@]host[:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub user: Option<String>,
    pub host: String,
    pub port: Option<u16>,
}

/// The hops of a way, the first one first; none for `none`.
pub fn hops(text: &str) -> Result<Vec<Hop>, String> {
    let text = text.split('#').next().unwrap_or_default().trim();
    if text.eq_ignore_ascii_case("none") {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|part| hop(part.trim()).ok_or_else(|| format!("ProxyJump {text} is no way")))
        .collect()
}

fn hop(text: &str) -> Option<Hop> {
    let text = match text.strip_prefix("ssh://") {
        Some(rest) => rest.strip_suffix('/').unwrap_or(rest),
        None => text,
    };
    let (user, place) = match text.rsplit_once('@') {
        Some((user, place)) => (
            Some(Some(user).filter(|u| !u.is_empty())?.to_owned()),
            place,
        ),
        None => (None, text),
    };
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, tail) = rest.split_once(']')?;
            match tail {
                "" => (host, None),
                tail => (host, Some(tail.strip_prefix(':')?)),
            }
        }
        None => match place.split_once(':') {
            // More than one colon: an address of IPv6 by itself.
            Some((_, port)) if port.contains(':') => (place, None),
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let port = match port {
        Some(port) => Some(port.parse::<u16>().ok().filter(|p| *p > 0)?),
        None => None,
    };
    let is_bad = host.is_empty() || host.starts_with('-') || host.contains(char::is_whitespace);
    (!is_bad).then(|| Hop {
        user,
        host: host.to_owned(),
        port,
    })
}

/// Makes the plan: every target once, those that are jumped through first.
pub struct Planner<'a> {
    config: &'a SshConfig,
    known: Vec<String>,
    plan: Plan,
    /// What became of a host: the name of its target, or why there is none.
    done: BTreeMap<String, Result<String, String>>,
    /// The hosts whose ways are being looked at.
    open: Vec<String>,
}

impl<'a> Planner<'a> {
    pub fn new(config: &'a SshConfig, known: Vec<String>) -> Self {
        Planner {
            config,
            known,
            plan: Plan::default(),
            done: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    pub fn plan(mut self, wanted: &[String]) -> Plan {
        for name in wanted {
            if let Err(why) = self.host(name) {
                let told = self.plan.left.iter().any(|l| l.name == *name);
                if !told {
                    let name = name.clone();
                    self.plan.left.push(Left {
                        name,
                        why,
                        taken: false,
                    });
                }
            }
        }
        self.plan
    }

    /// The target of a host with its own way; its name.
    fn host(&mut self, name: &str) -> Result<String, String> {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        if self.open.iter().any(|o| o == name) || self.open.len() > LONGEST {
            return Err(format!("its way goes round in a circle, through {name}"));
        }
        self.open.push(name.to_owned());
        let result = self.make_host(name);
        self.open.pop();
        self.done.insert(name.to_owned(), result.clone());
        result
    }

    fn make_host(&mut self, name: &str) -> Result<String, String> {
        if name.trim().is_empty()
            || name
                .chars()
                .any(|c| c.is_control() || crate::text::is_unsafe(c))
        {
            return Err("the name cannot be shown".into());
        }
        if name.starts_with('-')
            || name.contains(|c: char| c.is_whitespace() || REFUSED.contains(c))
        {
            return Err("ssh itself refuses this name".into());
        }
        let options = self.config.evaluate(name);
        let (mut made, notes) = target::of(&options, &self.config.around)?;
        made.jump = self.way(&options, name)?;
        Ok(self.put(made, notes))
    }

    /// The target that a host is reached through.
    fn way(&mut self, options: &Options, name: &str) -> Result<Option<String>, String> {
        let Some(line) = options.line("proxyjump") else {
            return Ok(None);
        };
        let expanded = expand(&line.rest, options)?;
        let hops = hops(&expanded)?;
        if hops.len() > LONGEST {
            return Err(format!("ProxyJump {expanded} is too long a way"));
        }
        let mut jump = None;
        for hop in hops {
            // ssh leaves the way of a hop out that is the host itself.
            if hop.host == name && hop.user.is_none() && hop.port.is_none() {
                return Err(format!("its way goes round in a circle, through {name}"));
            }
            let through = hop.host.clone();
            jump = Some(
                self.hop(hop, jump)
                    .map_err(|why| format!("its way goes through {through}: {why}"))?,
            );
        }
        Ok(jump)
    }

    /// The target of a hop that is itself reached through `before`.
    fn hop(&mut self, hop: Hop, before: Option<String>) -> Result<String, String> {
        let is_plain = hop.user.is_none() && hop.port.is_none();
        if is_plain && before.is_none() {
            // Only the first hop keeps the way that the configuration has for it.
            return self.host(&hop.host);
        }
        let options = self.config.evaluate(&hop.host);
        let (mut made, notes) = target::of(&options, &self.config.around)?;
        if let Some(user) = hop.user {
            made.user = Some(user);
        }
        if let Some(port) = hop.port {
            made.address = target::address(&options.host(), port);
        }
        made.jump = match before {
            Some(before) => Some(before),
            None => self.way(&options, &hop.host)?,
        };
        Ok(self.put(made, notes))
    }

    /// Puts a target into the plan; one that is there in other words is taken instead.
    fn put(&mut self, mut made: Target, notes: Vec<String>) -> String {
        let same = |f: &&Found| {
            Target {
                name: made.name.clone(),
                ..f.target.clone()
            } == made
        };
        if let Some(found) = self.plan.found.iter().find(same)
            && !self.known.contains(&made.name)
        {
            return found.target.name.clone();
        }
        if let Some(found) = self.plan.found.iter().find(|f| f.target == made) {
            return found.target.name.clone();
        }
        // A name that a Host has is that host's; a hop with settings of its own gets another one.
        let own = made.name.clone();
        let is_hosts = self.open.last() == Some(&own);
        let is_free = |name: &str, plan: &Plan, known: &[String]| {
            !plan.found.iter().any(|f| f.target.is_called(name))
                && !known.iter().any(|k| k.eq_ignore_ascii_case(name))
        };
        if !is_hosts && !is_free(&own, &self.plan, &self.known) {
            let user = made
                .user
                .as_deref()
                .map_or_else(String::new, |u| format!("{u}@"));
            let via = made
                .jump
                .as_deref()
                .map_or_else(String::new, |j| format!(" via {j}"));
            let base = format!("{user}{}{via}", made.address);
            let name = (1..1_000)
                .map(|n| {
                    if n == 1 {
                        base.clone()
                    } else {
                        format!("{base} ({n})")
                    }
                })
                .find(|name| is_free(name, &self.plan, &self.known));
            made.name = name.unwrap_or(base);
        } else if is_hosts && self.plan.found.iter().any(|f| f.target.is_called(&own)) {
            // Hosts differ in case, names of targets do not.
            made.name = format!("{own} (2)");
        }
        let name = made.name.clone();
        self.plan.found.push(Found {
            target: made,
            notes,
        });
        name
    }
}

/// ProxyJump takes %%, %h, %n, %p and %r.
fn expand(text: &str, options: &Options) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('%') => out.push('%'),
            Some('h') => out.push_str(&options.host()),
            Some('n') => out.push_str(&options.name),
            Some('p') => out.push_str(options.word("port").unwrap_or("22")),
            Some('r') => out.push_str(options.word("user").unwrap_or_default()),
            _ => {
                return Err(format!(
                    "ProxyJump {text} holds a token that csdeck does not know"
                ));
            }
        }
    }
    Ok(out)
}
