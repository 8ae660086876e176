//! What the Topology pane knows.

use std::collections::HashSet;

use crate::topology::Topology;
use crate::topology::tree::{NodeKind, TreeRow, rows};
use crate::tui::pane::Filter;

/// The tree, what is folded, filtered and selected.
#[derive(Debug, Default)]
pub struct State {
    /// All rows, depth first; empty without a topology.
    pub rows: Vec<TreeRow>,
    /// Why there is no topology, when a document could not be read.
    pub problem: Option<String>,
    /// The filter.
    pub filter: Filter,
    /// Index into the visible rows.
    pub selected: usize,
    folded: HashSet<String>,
    /// Indices of the rows that are shown; kept, not computed for each frame.
    visible: Vec<usize>,
}

impl State {
    /// A pane over a topology, or over the reason why there is none. Machines start folded: the
    /// first look is sites, pools and machines.
    pub fn new(topology: Result<Option<&Topology>, String>) -> State {
        let mut state = State::default();
        match topology {
            Ok(Some(topology)) => state.rows = rows(topology),
            Ok(None) => {}
            Err(problem) => state.problem = Some(problem),
        }
        let parents: Vec<String> = (0..state.rows.len())
            .filter(|n| state.rows[*n].depth >= 2 && state.has_children(*n))
            .map(|n| state.rows[n].key.clone())
            .collect();
        state.folded.extend(parents);
        state.refresh();
        state
    }

    /// The rows that are shown.
    pub fn visible(&self) -> &[usize] {
        &self.visible
    }

    /// The selected row.
    pub fn current(&self) -> Option<&TreeRow> {
        self.visible.get(self.selected).map(|n| &self.rows[*n])
    }

    /// True when rows stand under the row of this index.
    pub fn has_children(&self, index: usize) -> bool {
        self.rows
            .get(index + 1)
            .is_some_and(|next| next.depth > self.rows[index].depth)
    }

    /// True when the rows under it are hidden.
    pub fn is_folded(&self, index: usize) -> bool {
        self.folded.contains(&self.rows[index].key)
    }

    /// Folds or unfolds the selected row; `None` turns it over.
    pub fn fold(&mut self, fold: Option<bool>) {
        let Some(index) = self.visible.get(self.selected).copied() else {
            return;
        };
        // A filter shows its rows whatever is folded.
        let filtered = !self.filter.words().is_empty();
        let fold = match fold {
            None if filtered || !self.has_children(index) => return,
            None => !self.is_folded(index),
            Some(false) if filtered => return,
            Some(true) if filtered => return self.select_parent(index),
            Some(fold) => fold,
        };
        if !self.has_children(index) || fold == self.is_folded(index) {
            if fold {
                self.select_parent(index);
            }
            return;
        }
        let key = self.rows[index].key.clone();
        if fold {
            self.folded.insert(key);
        } else {
            self.folded.remove(&key);
        }
        self.refresh();
    }

    fn select_parent(&mut self, index: usize) {
        let depth = self.rows[index].depth;
        if let Some(parent) = self.visible[..self.selected]
            .iter()
            .rposition(|n| self.rows[*n].depth < depth)
        {
            self.selected = parent;
        }
    }

    /// Computes the visible rows anew. With a filter: the rows that hold every word, and the rows
    /// above them; folding does not hide those.
    pub fn refresh(&mut self) {
        let words = self.filter.words();
        let current = self.visible.get(self.selected).copied();
        let mut shown = vec![false; self.rows.len()];
        if words.is_empty() {
            let mut hidden_below: Option<usize> = None;
            for (n, row) in self.rows.iter().enumerate() {
                if hidden_below.is_some_and(|depth| row.depth > depth) {
                    continue;
                }
                hidden_below = self.folded.contains(&row.key).then_some(row.depth);
                shown[n] = true;
            }
        } else {
            let mut above: Vec<usize> = Vec::new();
            for (n, row) in self.rows.iter().enumerate() {
                above.retain(|a| self.rows[*a].depth < row.depth);
                if words.iter().all(|w| row.matches(w)) {
                    shown[n] = true;
                    for a in &above {
                        shown[*a] = true;
                    }
                }
                above.push(n);
            }
        }
        self.visible = (0..self.rows.len()).filter(|n| shown[*n]).collect();
        // The same row stays selected, or the one that it is folded away under.
        let upto = current.map_or(0, |c| self.visible.partition_point(|n| *n <= c));
        self.selected = upto.saturating_sub(1);
        if !words.is_empty()
            && let Some(first) = self
                .visible
                .iter()
                .position(|n| words.iter().all(|w| self.rows[*n].matches(w)))
        {
            self.selected = first;
        }
    }
}

/// What people call the subject of a row: a site by its name, everything else by its FQDN.
pub fn name_of(row: &TreeRow) -> &str {
    match row.kind {
        NodeKind::Site => row
            .detail
            .iter()
            .find(|(name, _)| name == "name")
            .map_or(&row.subject, |(_, value)| value),
        _ => &row.subject,
    }
}
