//! Names that the blog took apart: of cmdlets, of parameters, and switches without their dash.

use super::commands::{self, Argument, Item, Statement};
use super::draft::{Draft, Edit};
use super::lines::needs_value;
use super::text;
use crate::cmdlet::catalogue::{Cmdlet, catalogue};
use crate::cmdlet::check::{Resolved, resolve};

/// Into how many words a name is split at the most.
const MAX_PARTS: usize = 4;

/// Puts names together again.
pub(super) fn names(draft: &Draft, statements: &[Statement]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for element in statements.iter().flat_map(|s| &s.elements) {
        let arguments = element.get(commands::head(element)..).unwrap_or(&[]);
        match commands::cmdlet_of(element) {
            Some(cmdlet) => parameters(draft, cmdlet, arguments, &mut edits),
            None => edits.extend(cmdlet_name(draft, arguments)),
        }
    }
    edits
}

/// The words of a name as written, when they may be parts of one: plain words, the first perhaps
/// with its dash.
fn part(draft: &Draft, argument: &Argument) -> Option<String> {
    match &argument.item {
        Item::Bare(word) => Some(word.clone()),
        Item::Parameter(_, false) => Some(draft.text(argument.range.clone())),
        _ => None,
    }
}

/// `Get-CsManagementStoreReplication status`: no cmdlet, but one with the words behind it.
fn cmdlet_name(draft: &Draft, arguments: &[Argument]) -> Option<Edit> {
    let first = arguments.first()?;
    let Item::Bare(_) = first.item else {
        return None;
    };
    let mut name = String::new();
    for (n, argument) in arguments.iter().take(MAX_PARTS).enumerate() {
        let written = part(draft, argument)?;
        name.extend(
            written
                .chars()
                .map(|c| if text::is_dash(c) { '-' } else { c }),
        );
        let cmdlet = catalogue().get(commands::plain_name(&name));
        if let Some(cmdlet) = cmdlet.filter(|_| n > 0) {
            return Some(Edit::new(
                first.range.start..argument.range.end,
                cmdlet.name,
                "split-name",
                format!("these words are the name of {}", cmdlet.name),
            ));
        }
    }
    None
}

/// A walk along the arguments of a command.
struct Walk<'a> {
    draft: &'a Draft,
    cmdlet: &'static Cmdlet,
    arguments: &'a [Argument],
    /// The parameters that are given by their full name.
    given: Vec<usize>,
}

fn parameters(
    draft: &Draft,
    cmdlet: &'static Cmdlet,
    arguments: &[Argument],
    edits: &mut Vec<Edit>,
) {
    let given = arguments
        .iter()
        .filter_map(|a| match &a.item {
            Item::Parameter(name, _) => cmdlet.index_of(name),
            _ => None,
        })
        .collect();
    let mut walk = Walk {
        draft,
        cmdlet,
        arguments,
        given,
    };
    let mut at = 1;
    // The switch that stands right in front.
    let mut behind_switch = false;
    while let Some(argument) = arguments.get(at) {
        let found = match &argument.item {
            Item::Parameter(name, false) if cmdlet.index_of(name).is_none() => {
                walk.joined(at, Some(name))
            }
            Item::Bare(_) => walk.joined(at, None).filter(|(index, words)| {
                let parameter = &cmdlet.parameters[*index];
                let sure = *words > 1 && behind_switch;
                (*words > 1 || parameter.is_switch()) && (sure || !walk.takes_values())
            }),
            _ => None,
        };
        let takes = match (&found, &argument.item) {
            (Some((index, words)), _) => {
                let last = at + words - 1;
                edits.push(walk.edit(at, last, *index));
                walk.given.push(*index);
                at = last;
                behind_switch = cmdlet.parameters[*index].is_switch();
                !behind_switch
            }
            (None, Item::Parameter(name, attached)) => {
                behind_switch = !attached
                    && matches!(resolve(cmdlet, name), Resolved::Own(n, _) if cmdlet.parameters[n].is_switch());
                !attached && needs_value(cmdlet, name)
            }
            _ => {
                behind_switch = false;
                false
            }
        };
        at += 1;
        let value = arguments.get(at).map(|a| &a.item);
        if takes && !matches!(value, None | Some(Item::Parameter(..))) {
            at += 1;
        }
    }
}

impl Walk<'_> {
    /// The parameter that the words from `at` on name when they are put together, the most words
    /// first, and how many words those are. `begun`: the first is this name with a dash.
    fn joined(&self, at: usize, begun: Option<&str>) -> Option<(usize, usize)> {
        let mut name = String::new();
        let mut found = None;
        let words = self.arguments.get(at..)?.iter().take(MAX_PARTS);
        for (n, argument) in words.enumerate() {
            match (&argument.item, begun) {
                (_, Some(begun)) if n == 0 => name.push_str(begun),
                (Item::Bare(word), _) => name.push_str(word),
                _ => break,
            }
            let index = self.cmdlet.index_of(&name);
            if let Some(index) = index.filter(|i| !self.given.contains(i)) {
                found = Some((index, n + 1));
            }
        }
        found
    }

    fn edit(&self, first: usize, last: usize, index: usize) -> Edit {
        let parameter = &self.cmdlet.parameters[index];
        let range = self.arguments[first].range.start..self.arguments[last].range.end;
        let written = self.draft.text(range.clone());
        Edit::new(
            range,
            format!("-{}", parameter.name),
            "split-parameter",
            format!(
                "{} has no place for {written}, but a parameter -{}",
                self.cmdlet.name, parameter.name
            ),
        )
    }

    /// True when a value without a name may have a place.
    fn takes_values(&self) -> bool {
        self.cmdlet.sets.iter().any(|set| {
            set.members
                .iter()
                .any(|m| m.position.is_some() && !self.given.contains(&m.parameter))
        })
    }
}
