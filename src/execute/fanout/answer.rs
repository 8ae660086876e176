//! What one target answered, in the form in which answers are compared.

use regex::{Regex, RegexBuilder};
use sha2::{Digest, Sha256};

use super::End;
use crate::execute::event::{Event, JobState};
use crate::execute::objects;
use crate::execute::target::Target;

/// Bytes of each stream of an answer that are kept to be shown. All of it is compared, by hash.
pub const KEPT: usize = 64 * 1024;

/// What stands for a target's own name.
const SELF: &str = "<target>";

/// Takes the events of one job as they come.
pub struct Collector {
    name: String,
    names: Option<Regex>,
    output: Stream,
    errors: Stream,
}

/// The answer of one target: how it ended, and what it said. Line ends, blanks at the end of lines
/// and empty lines at the end do not count; neither, where answers are equal otherwise, does the
/// target's own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The target.
    pub name: String,
    /// How it ended.
    pub state: JobState,
    /// csdeck's exit code for it.
    pub exit: i32,
    /// Why it did not come to an end of its own.
    pub why: Option<String>,
    /// The lines of the output stream, as far as they are kept.
    pub output: Text,
    /// The lines of the error stream, as far as they are kept.
    pub errors: Text,
    /// Everything as it is.
    pub(super) exact: [u8; 32],
    /// Everything with the target's own name replaced.
    pub(super) named: [u8; 32],
}

/// Text with its own length: what is behind the first [`KEPT`] bytes is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// Lines, each with a line feed, the target's own name replaced by `<target>`.
    pub kept: String,
    /// There was more.
    pub cut: bool,
}

impl Collector {
    /// For the answers of this target. Its own names are that of `targets.toml` and of its address,
    /// with and without the domain.
    pub fn new(target: &Target) -> Collector {
        Collector {
            name: target.name.clone(),
            names: own_names(target),
            output: Stream::default(),
            errors: Stream::default(),
        }
    }

    /// Takes an event; only output and errors are compared.
    pub fn push(&mut self, event: &Event) {
        match event {
            Event::Output(text) | Event::Information(text) => {
                self.output.push(text, self.names.as_ref());
            }
            // Property by property, so that what differs is a line of its own.
            Event::Object(object) => {
                for line in objects::list(std::slice::from_ref(&object.value), &[0]) {
                    self.output.push(&line, self.names.as_ref());
                }
                self.output.push("", self.names.as_ref());
            }
            Event::Error(record) => self.errors.push(&record.text, self.names.as_ref()),
            Event::Warning(_)
            | Event::Verbose(_)
            | Event::Debug(_)
            | Event::Progress(_)
            | Event::State(_) => {}
        }
    }

    /// The whole answer.
    pub fn finish(self, end: &End) -> Answer {
        let (state, exit, why) = (end.end.state, end.exit(), end.why());
        let mut exact = Sha256::new();
        let mut named = Sha256::new();
        let ended = format!("{} {exit} {:?}", state.word(), end.end.host_exit);
        for (hash, replaced) in [(&mut exact, false), (&mut named, true)] {
            let reason = why.clone().unwrap_or_default();
            let reason = match &self.names {
                Some(names) if replaced => without_names(names, &reason),
                _ => reason,
            };
            hash.update(Sha256::digest(ended.as_bytes()));
            hash.update(Sha256::digest(reason.as_bytes()));
        }
        for stream in [&self.output, &self.errors] {
            exact.update(stream.exact.clone().finalize());
            named.update(stream.named.clone().finalize());
        }
        Answer {
            name: self.name,
            state,
            exit,
            why,
            output: self.output.text,
            errors: self.errors.text,
            exact: exact.finalize().into(),
            named: named.finalize().into(),
        }
    }
}

/// One stream of an answer: hashed to its end, kept to [`KEPT`].
#[derive(Default)]
struct Stream {
    exact: Sha256,
    named: Sha256,
    text: Text,
    /// Empty lines that count only when something follows.
    empty: usize,
}

impl Stream {
    fn push(&mut self, text: &str, names: Option<&Regex>) {
        // A line of a server may hold a lone carriage return; an object's text no line end at all.
        for line in text.split('\n') {
            let line = line.trim_end();
            if line.is_empty() {
                self.empty += 1;
                continue;
            }
            for _ in 0..std::mem::take(&mut self.empty) {
                self.line("", "");
            }
            match names {
                Some(names) => self.line(line, &without_names(names, line)),
                None => self.line(line, line),
            }
        }
    }

    fn line(&mut self, exact: &str, named: &str) {
        self.exact.update(exact);
        self.exact.update("\n");
        self.named.update(named);
        self.named.update("\n");
        let kept = &mut self.text.kept;
        if self.text.cut || kept.len() + named.len() >= KEPT {
            self.text.cut = true;
        } else {
            kept.push_str(named);
            kept.push('\n');
        }
    }
}

/// What finds a target's own names; `None` when it has none that can be told from other words.
fn own_names(target: &Target) -> Option<Regex> {
    let mut names = vec![target.name.clone()];
    if let Ok((host, _)) = target.host_and_port() {
        if host.parse::<std::net::IpAddr>().is_err()
            && let Some((short, _)) = host.split_once('.')
        {
            names.push(short.to_owned());
        }
        names.push(host);
    }
    names.retain(|name| name.chars().count() > 1);
    // The longest first: the first alternative that fits is taken.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let pattern = names
        .iter()
        .map(|name| regex::escape(name))
        .collect::<Vec<_>>()
        .join("|");
    if pattern.is_empty() {
        return None;
    }
    RegexBuilder::new(&pattern)
        .case_insensitive(true)
        .build()
        .ok()
}

/// Replaces the names where they are words of their own: `fe01`, not the one in `fe012` or
/// `old-fe01`.
fn without_names(names: &Regex, line: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    for found in names.find_iter(line) {
        let (before, after) = (
            line.get(..found.start()).unwrap_or_default(),
            line.get(found.end()..).unwrap_or_default(),
        );
        if before.chars().next_back().is_some_and(is_part)
            || after.chars().next().is_some_and(is_part)
        {
            continue;
        }
        out.push_str(line.get(at..found.start()).unwrap_or_default());
        out.push_str(SELF);
        at = found.end();
    }
    out.push_str(line.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::target::TransportKind;
    use proptest::prelude::*;

    fn names(name: &str, address: &str) -> Regex {
        own_names(&Target {
            name: name.into(),
            transport: TransportKind::Ssh,
            address: address.into(),
            ..Target::lab()
        })
        .expect("names")
    }

    #[test]
    fn a_target_s_own_names_are_words() {
        let names = names("fe01", "sgfe01.kestrel.lan:22");
        for (line, replaced) in [
            ("FE01 runs", "<target> runs"),
            ("on sgfe01.KESTREL.lan.", "on <target>."),
            ("sgfe01,fe01", "<target>,<target>"),
            ("fe012 old-fe01 fe01_x éfe01", "fe012 old-fe01 fe01_x éfe01"),
            (r"\\sgfe01\share", r"\\<target>\share"),
            ("", ""),
        ] {
            assert_eq!(without_names(&names, line), replaced);
        }
    }

    proptest! {
        #[test]
        fn what_holds_no_name_is_left_alone(line in "[ a-eé<>.]{0,30}") {
            prop_assert_eq!(without_names(&names("fx01", "fx01.kestrel.lan"), &line), line);
        }
    }
}
