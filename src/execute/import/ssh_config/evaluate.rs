//! What an ssh configuration says of one host: the first value of a keyword counts.

use std::collections::BTreeMap;

use super::Surroundings;
use super::lex::Line;
use super::pattern::{matches, matches_any};
use super::read::{Directive, File};

/// Keywords whose values add up.
const ADDING: [&str; 8] = [
    "identityfile",
    "certificatefile",
    "localforward",
    "remoteforward",
    "dynamicforward",
    "sendenv",
    "setenv",
    "permitremoteopen",
];

/// The settings of one host.
#[derive(Debug, Default)]
pub struct Options {
    /// The name that was asked for.
    pub name: String,
    values: BTreeMap<String, Vec<Line>>,
    /// What could not be told, with file and line.
    pub notes: Vec<String>,
}

impl Options {
    /// The first word of a setting.
    pub fn word(&self, keyword: &str) -> Option<&str> {
        self.line(keyword)?.words.first().map(String::as_str)
    }

    /// The line that counts.
    pub fn line(&self, keyword: &str) -> Option<&Line> {
        self.values.get(keyword)?.first()
    }

    /// The first words of all lines of a keyword whose values add up, each once.
    pub fn all(&self, keyword: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for line in self.values.get(keyword).into_iter().flatten() {
            if let Some(word) = line.words.first().filter(|w| !found.contains(&w.as_str())) {
                found.push(word);
            }
        }
        found
    }

    /// The keywords that have a value.
    pub fn keywords(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The machine's name or address, so far: `%h` in HostName is the name that was asked for.
    pub fn host(&self) -> String {
        match self.word("hostname") {
            Some(name) => name
                .replace("%%", "\0")
                .replace("%h", &self.name)
                .replace('\0', "%"),
            None => self.name.clone(),
        }
    }

    fn set(&mut self, line: &Line) {
        // The way to a host is one thing in two spellings; the first of them counts. "ProxyJump none"
        // keeps later ways out, and not a later command.
        let way = self.line("proxyjump");
        let is_taken = match line.keyword.as_str() {
            "proxyjump" => way.is_some() || self.values.contains_key("proxycommand"),
            "proxycommand" => way.is_some_and(|l| {
                let first = l.rest.split('#').next().unwrap_or_default();
                !first.trim().eq_ignore_ascii_case("none")
            }),
            _ => false,
        };
        if is_taken {
            return;
        }
        // For times "none" is as if nothing was said.
        let is_time = matches!(
            line.keyword.as_str(),
            "connecttimeout" | "serveraliveinterval"
        );
        if is_time
            && line
                .words
                .first()
                .is_some_and(|w| w.eq_ignore_ascii_case("none"))
        {
            return;
        }
        let adds = ADDING.contains(&line.keyword.as_str());
        let lines = self.values.entry(line.keyword.clone()).or_default();
        if adds || lines.is_empty() {
            lines.push(line.clone());
        }
    }
}

/// Evaluates the files, in this order, for the host of this name.
pub fn evaluate(files: &[File], name: &str, around: &Surroundings) -> Options {
    let mut pass = Pass {
        options: Options {
            name: name.to_owned(),
            ..Options::default()
        },
        around,
        is_final: false,
        wants_final: false,
    };
    pass.all(files);
    // As in ssh: the files are read once more, and what has a value keeps it.
    if pass.wants_final {
        pass.is_final = true;
        // By then the host's name is settled.
        let host = pass.options.host().replace('%', "%%");
        let settled = Line {
            keyword: "hostname".into(),
            words: vec![host.clone()],
            rest: host,
        };
        pass.options.values.insert("hostname".into(), vec![settled]);
        let notes = std::mem::take(&mut pass.options.notes);
        pass.all(files);
        let new = std::mem::replace(&mut pass.options.notes, notes);
        for note in new {
            if !pass.options.notes.contains(&note) {
                pass.options.notes.push(note);
            }
        }
    }
    pass.options
}

struct Pass<'a> {
    options: Options,
    around: &'a Surroundings,
    is_final: bool,
    wants_final: bool,
}

impl Pass<'_> {
    fn all(&mut self, files: &[File]) {
        for file in files {
            self.file(file, true);
        }
    }

    /// `active`: whether the lines at the beginning count. A file that is included where nothing
    /// counts has no line that does.
    fn file(&mut self, file: &File, active: bool) {
        let never = !active;
        let mut active = active;
        for (line, directive) in &file.lines {
            match directive {
                Directive::Host(patterns) => {
                    // The second time a host's patterns are held against where it is.
                    let name = match self.is_final {
                        true => self.options.host(),
                        false => self.options.name.clone(),
                    };
                    active = !never && host(&name, patterns);
                }
                Directive::Match(criteria) => {
                    let place = format!("{}, line {line}", file.path.display());
                    active = !never && self.criteria(criteria, &place);
                }
                Directive::Include(files) => {
                    for file in files {
                        self.file(file, active);
                    }
                }
                Directive::Set(line) if active => self.options.set(line),
                Directive::Set(_) => {}
            }
        }
    }

    fn criteria(&mut self, criteria: &[String], place: &str) -> bool {
        let mut words = criteria.iter().flat_map(|w| split(w));
        let mut result = true;
        while let Some(word) = words.next() {
            let (not, name) = match word.strip_prefix('!') {
                Some(name) => (true, name),
                None => (false, word),
            };
            let is = match name.to_lowercase().as_str() {
                "all" => true,
                "canonical" => self.is_final,
                "final" => {
                    self.wants_final = true;
                    self.is_final
                }
                criterion => {
                    let argument = words.next().unwrap_or_default();
                    let patterns = |text: &str, argument: &str| {
                        matches_any(text, argument.split(',').map(str::trim))
                    };
                    match criterion {
                        "host" => patterns(
                            &self.options.host().to_lowercase(),
                            &argument.to_lowercase(),
                        ),
                        "originalhost" => {
                            patterns(&self.options.name.to_lowercase(), &argument.to_lowercase())
                        }
                        "user" => {
                            let own = self.around.user.as_deref().unwrap_or_default();
                            patterns(self.options.word("user").unwrap_or(own), argument)
                        }
                        "localuser" => {
                            patterns(self.around.user.as_deref().unwrap_or_default(), argument)
                        }
                        "tagged" => {
                            patterns(self.options.word("tag").unwrap_or_default(), argument)
                        }
                        _ => {
                            // What already does not hold needs no answer.
                            if result {
                                self.options.notes.push(format!(
                                    "{place}: \"Match {name}\" is not looked at, so that its settings are left out"
                                ));
                            }
                            return false;
                        }
                    }
                }
            };
            result &= is != not;
        }
        result
    }
}

/// `host=a` is two words.
fn split(word: &str) -> Vec<&str> {
    match word.split_once('=') {
        Some((name, rest)) if name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'!') => {
            [name, rest].into_iter().filter(|w| !w.is_empty()).collect()
        }
        _ => vec![word],
    }
}

/// The patterns of a `Host` line: any of them, and none of those with a `!`.
fn host(name: &str, patterns: &[String]) -> bool {
    let mut found = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(not) if matches(name, not) => return false,
            Some(_) => {}
            None => found |= matches(name, pattern),
        }
    }
    found
}
