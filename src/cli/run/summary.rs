//! What several targets answered, set side by side: on standard error, behind everything else.

use crate::cli::note;
use crate::execute::fanout::{Collector, End, Group, Groups, difference};
use crate::execute::{Event, Target};

/// Collects the answers of a run on several targets.
pub(super) struct Summary {
    /// One for each job that has not ended.
    collectors: Vec<Option<Collector>>,
    groups: Groups,
}

impl Summary {
    pub(super) fn new(targets: &[Target]) -> Summary {
        Summary {
            collectors: targets.iter().map(|t| Some(Collector::new(t))).collect(),
            groups: Groups::default(),
        }
    }

    pub(super) fn event(&mut self, number: usize, event: &Event) {
        if let Some(Some(collector)) = self.collectors.get_mut(number) {
            collector.push(event);
        }
    }

    pub(super) fn end(&mut self, number: usize, end: &End) {
        if let Some(collector) = self.collectors.get_mut(number).and_then(Option::take) {
            self.groups.add(collector.finish(end));
        }
    }

    /// Tells the groups, the largest first, and how the others differ from the largest that answered.
    pub(super) fn tell(self) {
        let count = self.collectors.len();
        let groups = self.groups.sorted();
        for line in lines(count, &groups) {
            note(&line);
        }
    }
}

fn lines(count: usize, groups: &[Group]) -> Vec<String> {
    let mut lines = vec![match groups {
        [] => return Vec::new(),
        [_] => format!("{count} targets, one outcome"),
        _ => format!("{count} targets, {} different outcomes", groups.len()),
    }];
    // What was not sent or did not arrive has no answer to compare.
    let usual = groups.iter().position(|group| group.why.is_none());
    for (number, group) in groups.iter().enumerate() {
        lines.push(heading(group));
        lines.extend(reasons(group));
        let odd = group.why.is_none() && usual != Some(number);
        if let (true, Some(usual)) = (odd, usual.and_then(|n| groups.get(n))) {
            lines.extend(
                difference(usual, group)
                    .into_iter()
                    .map(|l| format!("    {l}")),
            );
        }
    }
    if groups.iter().any(Group::is_named) {
        lines.push("(in answers that are the same, a target's own name counts as <target>)".into());
    }
    lines
}

fn heading(group: &Group) -> String {
    format!(
        "  {} {}: {}",
        group.members.len(),
        group.word(),
        group.members.join(", ")
    )
}

fn reasons(group: &Group) -> impl Iterator<Item = String> {
    let why = group.why.iter().flat_map(|why| why.lines());
    let lines: Vec<String> = why.map(|line| format!("    {line}")).collect();
    lines.into_iter()
}
