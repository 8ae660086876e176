//! Completing a command line: cmdlets by prefix or words, the parameters that still fit together
//! with those that are there, and values from the reference, the topology and the engagement.

mod words;

use std::ops::Range;

use crate::cmdlet::check::{Resolved, common_names, resolve};
use crate::cmdlet::{Cmdlet, Parameter, ParameterSet, catalogue};
use crate::powershell::{Kind, literal};
use crate::snippet::{Field, Meaning};

use super::{Found, Known, engagement, topology};

pub use words::Open;
use words::{Head, Word, head, parameter};

/// A completion offers at most so many candidates.
pub const MOST: usize = 200;

/// One way to complete the word with the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What takes the place of the word: a name, or a literal.
    pub text: String,
    /// What it is, or where it comes from; carries text of documents and servers: make it safe
    /// before showing it.
    pub note: String,
}

/// What the word with the cursor can become.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// Bytes of the text that a candidate takes the place of.
    pub span: Range<usize>,
    /// The candidates, best first.
    pub candidates: Vec<Candidate>,
}

impl Completion {
    /// The beginning that all candidates share, when it goes on from what is there.
    pub fn common_part(&self, typed: &str) -> Option<String> {
        let (first, rest) = self.candidates.split_first()?;
        let mut common: &str = &first.text;
        for other in rest {
            let pairs = common.char_indices().zip(other.text.chars());
            let same = pairs
                .take_while(|((_, a), b)| a.to_lowercase().eq(b.to_lowercase()))
                .last();
            common = same.map_or("", |((at, c), _)| &common[..at + c.len_utf8()]);
        }
        let goes_on = common.len() > typed.len()
            && common
                .get(..typed.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(typed));
        goes_on.then(|| common.to_owned())
    }
}

/// What is open at the end of a text, so that it is not finished rather than wrong.
pub fn open_at_end(text: &str) -> Option<Open> {
    head(text).open
}

/// What the word in which the cursor stands can become. `cursor` is a byte offset; one behind the end
/// or inside a character is moved back.
pub fn complete(text: &str, cursor: usize, known: Known<'_>) -> Completion {
    let cursor = text.floor_char_boundary(cursor);
    let before = &text[..cursor];
    let head = head(before);
    let nothing = Completion {
        span: cursor..cursor,
        candidates: Vec::new(),
    };
    if head.dead {
        return nothing;
    }
    let typed = &before[head.start..];
    let end = cursor + rest_of_word(&text[cursor..], head.quote);
    let Some((name, arguments)) = head.words.split_first() else {
        return Completion {
            span: head.start..end,
            candidates: commands(typed),
        };
    };
    let word = |w: &Word| &before[w.span.clone()];
    let Some(cmdlet) = catalogue().get(word(name)) else {
        return nothing;
    };
    let given = Given::of(cmdlet, arguments, before);
    match parameter(typed).filter(|_| head.quote != Some(head.start) && !head.joined) {
        Some((name, None)) => Completion {
            span: head.start..end,
            candidates: parameters(cmdlet, &given, name),
        },
        Some((name, Some(value))) => Completion {
            span: head.start + value..end,
            candidates: match resolve(cmdlet, name) {
                Resolved::Own(index, _) => {
                    let subject = Subject::new(cmdlet, index, &given);
                    values(&subject, &typed[value..], true, known)
                }
                _ => Vec::new(),
            },
        },
        None => Completion {
            span: head.start..end,
            candidates: match given.takes_next(cmdlet, &head) {
                Takes::Own(index) => {
                    values(&Subject::new(cmdlet, index, &given), typed, false, known)
                }
                Takes::Action => actions(typed),
                Takes::Nothing => Vec::new(),
            },
        },
    }
}

/// Bytes behind the cursor that belong to its word.
fn rest_of_word(rest: &str, quote: Option<usize>) -> usize {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '\\');
    let word = rest.find(|c| !plain(c)).unwrap_or(rest.len());
    let close = rest[word..].chars().next();
    match (quote, close) {
        // The quote that closes what is open belongs to it too.
        (Some(_), Some(c)) if c == '\'' || c == '"' => word + c.len_utf8(),
        _ => word,
    }
}

fn commands(typed: &str) -> Vec<Candidate> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if typed.is_empty() || !typed.chars().all(plain) {
        return Vec::new();
    }
    let lower = typed.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('-').filter(|p| !p.is_empty()).collect();
    let rank = |name: &str| {
        let name = name.to_ascii_lowercase();
        match name.starts_with(&lower) {
            true => Some(0),
            false => parts.iter().all(|p| name.contains(p)).then_some(1),
        }
    };
    let mut found: Vec<(u8, &Cmdlet)> = catalogue()
        .iter()
        .filter_map(|c| Some((rank(c.name)?, c)))
        .collect();
    // By name within a rank: the catalogue is, and the sort is stable.
    found.sort_by_key(|(rank, _)| *rank);
    let candidates = found.into_iter().map(|(_, cmdlet)| Candidate {
        text: cmdlet.name.to_owned(),
        note: cmdlet.products.to_string(),
    });
    candidates.take(MOST).collect()
}

/// What a command gives so far.
struct Given {
    /// Parameters, with their values as far as they are plain.
    own: Vec<(usize, Option<String>)>,
    /// Values without a name.
    loose: usize,
    /// The parameter that still waits for its value.
    waits: Option<Waits>,
    /// The parameter of the last value.
    last: Option<usize>,
}

#[derive(Clone, Copy)]
enum Waits {
    Own(usize),
    /// A common one such as `-ErrorAction`.
    Action,
    /// Another common one, whose values nobody knows.
    Other,
}

enum Takes {
    Own(usize),
    Action,
    Nothing,
}

impl Given {
    fn of(cmdlet: &Cmdlet, arguments: &[Word], text: &str) -> Given {
        let mut given = Given {
            own: Vec::new(),
            loose: 0,
            waits: None,
            last: None,
        };
        for word in arguments {
            let shown = &text[word.span.clone()];
            match parameter(shown).filter(|_| !word.joined) {
                Some((name, value)) => {
                    given.last = None;
                    given.waits = match resolve(cmdlet, name) {
                        Resolved::Own(index, _) => {
                            let attached = value.map(|at| plain(&shown[at..]));
                            given.own.push((index, attached));
                            let switch = cmdlet.parameters[index].is_switch();
                            let waits = !switch && value.is_none();
                            given.last = value.map(|_| index);
                            waits.then_some(Waits::Own(index))
                        }
                        Resolved::Common(full, true) if value.is_none() => {
                            Some(match full.ends_with("Action") {
                                true => Waits::Action,
                                false => Waits::Other,
                            })
                        }
                        _ => None,
                    };
                }
                None if word.joined => {}
                None => match given.waits.take() {
                    Some(Waits::Own(index)) => {
                        given.last = Some(index);
                        if let Some(own) = given.own.last_mut() {
                            own.1 = Some(plain(shown));
                        }
                    }
                    Some(_) => given.last = None,
                    None => {
                        given.last = given.place(cmdlet);
                        given.loose += 1;
                    }
                },
            }
        }
        given
    }

    fn has(&self, index: usize) -> bool {
        self.own.iter().any(|(own, _)| *own == index)
    }

    /// The sets that hold everything that is given.
    fn sets<'c>(&self, cmdlet: &'c Cmdlet) -> Vec<&'c ParameterSet> {
        let holds = |set: &&ParameterSet| {
            self.own.iter().all(|(p, _)| set.member(*p).is_some())
                && set.places(|p| self.has(p)).len() >= self.loose
        };
        cmdlet.sets.iter().filter(holds).collect()
    }

    /// The parameter that the next value without a name binds to, where all sets agree.
    fn place(&self, cmdlet: &Cmdlet) -> Option<usize> {
        let sets = self.sets(cmdlet);
        let mut places = sets
            .iter()
            .filter_map(|set| set.places(|p| self.has(p)).get(self.loose).copied());
        let first = places.next()?;
        places.all(|p| p == first).then_some(first)
    }

    fn takes_next(&self, cmdlet: &Cmdlet, head: &Head) -> Takes {
        match self.waits {
            Some(Waits::Own(index)) => Takes::Own(index),
            Some(Waits::Action) => Takes::Action,
            Some(Waits::Other) => Takes::Nothing,
            None => {
                let place = match head.joined {
                    true => self.last,
                    false => self.place(cmdlet),
                };
                place.map_or(Takes::Nothing, Takes::Own)
            }
        }
    }

    /// The parameters that stand in the places of values without a name.
    fn placed(&self, cmdlet: &Cmdlet) -> Vec<usize> {
        let sets = self.sets(cmdlet);
        let first = sets.first().map(|set| set.places(|p| self.has(p)));
        first
            .unwrap_or_default()
            .into_iter()
            .take(self.loose)
            .collect()
    }
}

/// A value without its quotes.
fn plain(word: &str) -> String {
    literal::value_of(word).unwrap_or_else(|| word.to_owned())
}

fn parameters(cmdlet: &Cmdlet, given: &Given, typed: &str) -> Vec<Candidate> {
    let sets = given.sets(cmdlet);
    let placed = given.placed(cmdlet);
    let fits = |index: usize| {
        !given.has(index)
            && !placed.contains(&index)
            // With names that exclude each other the check says what is wrong; here all stay.
            && (sets.is_empty() || sets.iter().any(|set| set.member(index).is_some()))
    };
    let required = |index: usize| {
        let needs = |set: &&ParameterSet| set.member(index).is_some_and(|m| m.required);
        !sets.is_empty() && sets.iter().all(needs)
    };
    let lower = typed.to_ascii_lowercase();
    let rank = |p: &Parameter| {
        let begins = |name: &str| name.to_ascii_lowercase().starts_with(&lower);
        let by_alias = || p.aliases.iter().any(|a| begins(a));
        match begins(p.name) {
            true => Some(0),
            false if by_alias() || p.name.to_ascii_lowercase().contains(&lower) => Some(2),
            false => None,
        }
    };
    let mut found: Vec<(u8, usize)> = (0..cmdlet.parameters.len())
        .filter(|n| fits(*n))
        .filter_map(|n| Some((rank(&cmdlet.parameters[n])? + u8::from(!required(n)), n)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    let own = found.into_iter().map(|(_, n)| {
        let parameter = &cmdlet.parameters[n];
        let hint = parameter.value_type.kind.hint();
        let several = if parameter.value_type.list {
            ", several"
        } else {
            ""
        };
        let need = if required(n) { "required: " } else { "" };
        Candidate {
            text: format!("-{}", parameter.name),
            note: format!("{need}{hint}{several}"),
        }
    });
    let common = common_names()
        .filter(|name| !lower.is_empty() && name.to_ascii_lowercase().starts_with(&lower))
        .map(|name| Candidate {
            text: format!("-{name}"),
            note: "common parameter".to_owned(),
        });
    own.chain(common).take(MOST).collect()
}

/// A parameter whose value is completed.
struct Subject<'c> {
    cmdlet: &'c Cmdlet,
    parameter: &'c Parameter,
    around: topology::Around,
}

impl<'c> Subject<'c> {
    fn new(cmdlet: &'c Cmdlet, index: usize, given: &Given) -> Subject<'c> {
        let parameter = &cmdlet.parameters[index];
        let others: Vec<(Meaning, &str, &str)> = given
            .own
            .iter()
            .filter(|(other, _)| *other != index)
            .filter_map(|(other, value)| {
                let other = &cmdlet.parameters[*other];
                Some((meaning(cmdlet, other), other.name, value.as_deref()?))
            })
            .collect();
        Subject {
            cmdlet,
            parameter,
            around: topology::Around::given(parameter.name, &others),
        }
    }
}

fn field(parameter: &Parameter) -> Field {
    Field {
        name: parameter.name.to_owned(),
        kind: parameter.value_type.kind,
        list: parameter.value_type.list,
        required: false,
        default: None,
        choices: Vec::new(),
        range: None,
        pattern: None,
        sets: Vec::new(),
        help: String::new(),
    }
}

fn meaning(cmdlet: &Cmdlet, parameter: &Parameter) -> Meaning {
    let kind = parameter.value_type.kind;
    Meaning::of(&field(parameter), kind, Some((cmdlet, parameter)))
}

/// Values of a parameter that begin with what is typed, then those that hold it.
fn values(subject: &Subject<'_>, typed: &str, attached: bool, known: Known<'_>) -> Vec<Candidate> {
    let parameter = subject.parameter;
    let kind = parameter.value_type.kind;
    let mut found = Found::default();
    if kind == Kind::Bool || kind == Kind::Switch && attached {
        found.add("$true", "");
        found.add("$false", "");
    }
    for value in &parameter.values {
        found.add(value, "");
    }
    let meaning = meaning(subject.cmdlet, parameter);
    let closed = kind == Kind::Bool || !parameter.values.is_empty() && !parameter.open_values;
    if meaning != Meaning::Secret && !closed {
        others(subject, meaning, known, &mut found);
    }
    let wanted = unquoted(typed).to_lowercase();
    let mut ranked: Vec<(bool, Candidate)> = found
        .list
        .into_iter()
        .filter_map(|s| {
            let value = s.value.to_lowercase();
            let text = written(kind, &s.value, parameter)?;
            let begins = value.starts_with(&wanted);
            (begins || value.contains(&wanted))
                .then_some((!begins, Candidate { text, note: s.note }))
        })
        .collect();
    ranked.sort_by_key(|(later, _)| *later);
    ranked.into_iter().map(|(_, c)| c).take(MOST).collect()
}

/// Values that the reference does not know.
fn others(subject: &Subject<'_>, meaning: Meaning, known: Known<'_>, found: &mut Found) {
    let field = field(subject.parameter);
    if let Some(engagement) = known.engagement {
        for (name, value) in engagement.of(&field, meaning) {
            for value in engagement::elements(&field, value) {
                found.add(&value, &format!("engagement: {name}"));
            }
        }
    }
    if let Some(deployment) = known.topology {
        for (value, note) in topology::values(deployment, meaning, &subject.around) {
            found.add(&value, &note);
        }
    }
    let (cmdlet, name) = (subject.cmdlet, subject.parameter.name);
    let noun = cmdlet.name.split_once('-').map_or("", |(_, noun)| noun);
    for capture in known.captures {
        let note = format!("answer of {}: {}", capture.target, capture.command);
        for value in capture.values_for(name, name, noun, meaning) {
            found.add(value, &note);
        }
    }
    for value in known.history.iter().flat_map(|h| h.of(name)) {
        found.add(value, "filled in before");
    }
}

/// What is typed of a value, without the quote in front of it.
fn unquoted(typed: &str) -> String {
    let value = literal::value_of(typed);
    value.unwrap_or_else(|| {
        let quote = |c: char| {
            crate::powershell::chars::is_single_quote(c)
                || crate::powershell::chars::is_double_quote(c)
        };
        match typed.strip_prefix(quote) {
            Some(inside) => inside.replace("''", "'"),
            None => typed.to_owned(),
        }
    })
}

/// A value as it is written in a command; `None` for one that cannot be.
fn written(kind: Kind, value: &str, parameter: &Parameter) -> Option<String> {
    let word = |v: &str| {
        v.starts_with(|c: char| c.is_ascii_alphabetic())
            && v.chars().all(|c| c.is_ascii_alphanumeric())
    };
    match kind {
        Kind::Bool | Kind::Switch => value.starts_with('$').then(|| value.to_owned()),
        _ if parameter.values.contains(&value) && word(value) => Some(value.to_owned()),
        Kind::Integer(..) => kind.write(value).ok().map(|w| w.literal),
        Kind::Object | Kind::Hashtable | Kind::Secret | Kind::Credential => None,
        _ => literal::single_quoted(value).ok(),
    }
}

/// The values of ActionPreference that a command line can hold.
fn actions(typed: &str) -> Vec<Candidate> {
    let wanted = unquoted(typed).to_lowercase();
    ["Continue", "Ignore", "SilentlyContinue", "Stop"]
        .into_iter()
        .filter(|action| action.to_lowercase().starts_with(&wanted))
        .map(|action| Candidate {
            text: action.to_owned(),
            note: String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
