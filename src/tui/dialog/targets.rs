//! The targets there are, and those of an import.

use std::collections::BTreeSet;

use crate::execute::Target;
use crate::execute::import::{Found, Left, Plan};
use crate::tui::widget::input::LineInput;

/// The list of targets.
#[derive(Debug, Default)]
pub struct TargetList {
    /// The highlighted row of what is found.
    pub selected: usize,
    /// The text that waits for a target.
    pub text: Option<String>,
    /// The words of the filter.
    pub filter: LineInput,
    /// True while the filter is being typed.
    pub typing: bool,
    /// The names of those that the text is to run on.
    pub marked: BTreeSet<String>,
}

impl TargetList {
    /// The list with the row of this target highlighted.
    pub fn at(selected: usize, text: Option<String>) -> TargetList {
        TargetList {
            selected,
            text,
            ..TargetList::default()
        }
    }

    /// The places of the targets that hold every word of the filter in a key that is shown.
    pub fn found(&self, targets: &[Target]) -> Vec<usize> {
        let words: Vec<String> = self
            .filter
            .text()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let holds = |t: &Target| {
            let text = format!(
                "{} {} {} {} {}",
                t.name,
                t.transport.word(),
                t.address,
                t.protection.word(),
                t.groups.join(" ")
            );
            let text = text.to_lowercase();
            words.iter().all(|w| text.contains(w))
        };
        let mut found: Vec<usize> = targets
            .iter()
            .enumerate()
            .filter(|(_, t)| holds(t))
            .map(|(n, _)| n)
            .collect();
        // The name that was typed stands first, then names that begin so: Enter means the first row.
        let typed = self.filter.text().trim().to_lowercase();
        let rank = |n: &usize| {
            let name = targets.get(*n).map(|t| t.name.to_lowercase());
            name.map_or(2, |name| match name == typed {
                true => 0,
                false if name.starts_with(&typed) => 1,
                false => 2,
            })
        };
        if !typed.is_empty() {
            found.sort_by_key(rank);
        }
        found
    }

    /// Marks the highlighted target or takes its mark away, and goes on to the next one.
    pub fn mark(&mut self, targets: &[Target]) {
        if let Some((_, target)) = self.current(targets)
            && !self.marked.remove(&target.name)
        {
            self.marked.insert(target.name.clone());
        }
        let last = self.found(targets).len().saturating_sub(1);
        self.selected = (self.selected + 1).min(last);
    }

    /// Marks all that are shown, or none of them when all are marked; others stay as they are.
    pub fn mark_all(&mut self, targets: &[Target]) {
        let found = self.found(targets).into_iter();
        let names: Vec<&String> = found.filter_map(|n| Some(&targets.get(n)?.name)).collect();
        match names.iter().all(|name| self.marked.contains(*name)) {
            true => names.iter().for_each(|name| {
                self.marked.remove(*name);
            }),
            false => self.marked.extend(names.into_iter().cloned()),
        }
    }

    /// The marked targets, in the order of the file.
    pub fn chosen(&self, targets: &[Target]) -> Vec<Target> {
        let marked = targets.iter().filter(|t| self.marked.contains(&t.name));
        marked.cloned().collect()
    }

    /// The highlighted target.
    pub fn current<'t>(&self, targets: &'t [Target]) -> Option<(usize, &'t Target)> {
        let place = *self.found(targets).get(self.selected)?;
        Some((place, targets.get(place)?))
    }
}

/// Where targets can be imported from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The ssh configuration.
    SshConfig,
    /// The loaded topology.
    Topology,
}

impl Source {
    /// All of them, in the order they are offered.
    pub const ALL: [Source; 2] = [Source::SshConfig, Source::Topology];

    /// The words in the dialog.
    pub fn words(self) -> &'static str {
        match self {
            Source::SshConfig => "the ssh configuration (~/.ssh/config)",
            Source::Topology => "the loaded topology",
        }
    }
}

/// What an import would add; rows can be left out.
#[derive(Debug)]
pub struct Import {
    /// Where from.
    pub source: Source,
    /// The targets, and whether each is wanted.
    pub rows: Vec<(Found, bool)>,
    /// What becomes no target.
    pub left: Vec<Left>,
    /// The highlighted row.
    pub selected: usize,
}

impl Import {
    /// A preview of a plan, all of it marked.
    pub fn new(source: Source, plan: Plan) -> Import {
        Import {
            source,
            rows: plan.found.into_iter().map(|f| (f, true)).collect(),
            left: plan.left,
            selected: 0,
        }
    }

    /// Marks the highlighted row or takes its mark away, and goes on to the next row.
    pub fn mark(&mut self) {
        if let Some((_, marked)) = self.rows.get_mut(self.selected) {
            *marked = !*marked;
        }
        self.selected = (self.selected + 1).min(self.rows.len().saturating_sub(1));
    }

    /// Marks all rows, or none when all are marked.
    pub fn mark_all(&mut self) {
        let all = self.rows.iter().all(|(_, marked)| *marked);
        self.rows.iter_mut().for_each(|(_, marked)| *marked = !all);
    }

    /// The targets that are marked, and those that they jump through.
    pub fn chosen(&self) -> Vec<Target> {
        let mut wanted: Vec<bool> = self.rows.iter().map(|(_, marked)| *marked).collect();
        // Those that are jumped through stand in front: one way back reaches all of them.
        for n in (0..self.rows.len()).rev() {
            let jump = self.rows.get(n).and_then(|(f, _)| f.target.jump.as_deref());
            let (Some(true), Some(jump)) = (wanted.get(n), jump) else {
                continue;
            };
            let hop = self.rows.iter().position(|(f, _)| f.target.is_called(jump));
            if let Some(wanted) = hop.and_then(|hop| wanted.get_mut(hop)) {
                *wanted = true;
            }
        }
        let rows = self.rows.iter().zip(wanted);
        rows.filter(|(_, wanted)| *wanted)
            .map(|((found, _), _)| found.target.clone())
            .collect()
    }
}
