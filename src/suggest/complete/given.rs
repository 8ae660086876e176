//! The arguments of a command that is not finished, bound to the parameters of its cmdlet.

use super::words::{Head, Word, parameter};
use crate::cmdlet::check::{Resolved, resolve};
use crate::cmdlet::{Cmdlet, ParameterSet};
use crate::powershell::literal;

/// What a command gives so far.
pub struct Given {
    /// Parameters, with their values as far as they are plain.
    pub own: Vec<(usize, Option<String>)>,
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

/// What takes the next value.
pub enum Takes {
    /// The parameter of this index.
    Own(usize),
    /// A common parameter such as `-ErrorAction`.
    Action,
    /// Nobody knows.
    Nothing,
}

impl Given {
    /// Reads the arguments in front of the cursor, as PowerShell binds them.
    pub fn of(cmdlet: &Cmdlet, arguments: &[Word], text: &str) -> Given {
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

    /// True when the parameter was given by its name.
    pub fn has(&self, index: usize) -> bool {
        self.own.iter().any(|(own, _)| *own == index)
    }

    /// The sets that hold everything that is given.
    pub fn sets<'c>(&self, cmdlet: &'c Cmdlet) -> Vec<&'c ParameterSet> {
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

    /// What takes the value that the cursor stands in.
    pub fn takes_next(&self, cmdlet: &Cmdlet, head: &Head) -> Takes {
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
    pub fn placed(&self, cmdlet: &Cmdlet) -> Vec<usize> {
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
