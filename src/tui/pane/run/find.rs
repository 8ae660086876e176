//! Looking for words in an output.

use crate::execute::output::{Line, Pattern};

use super::window::Window;

/// Places that are held; more are counted as "more".
pub const MOST: usize = 10_000;

/// A search and what it found.
#[derive(Debug, Default)]
pub struct Find {
    /// What is looked for.
    pub pattern: Pattern,
    /// The numbers of the lines that hold it, ascending.
    hits: Vec<u64>,
    /// The line that was gone to.
    pub at: Option<u64>,
    /// True while older lines are being looked through.
    pub searching: bool,
    /// True when there are more than are held.
    pub more: bool,
    /// Tells one search from the next.
    pub number: u64,
}

impl Find {
    /// A search in the lines that are held.
    pub fn new(text: &str, window: &Window, number: u64) -> Find {
        let pattern = Pattern::new(text);
        let mut hits: Vec<u64> = match pattern.is_empty() {
            true => Vec::new(),
            false => window
                .iter()
                .filter(|(_, line)| pattern.is_in(&line.shown()))
                .map(|(n, _)| n)
                .collect(),
        };
        let more = hits.len() > MOST;
        hits.truncate(MOST);
        Find {
            pattern,
            hits,
            at: None,
            searching: false,
            more,
            number,
        }
    }

    /// Takes in a line that came.
    pub fn came(&mut self, number: u64, line: &Line) {
        if !self.pattern.is_empty() && self.pattern.is_in(&line.shown()) {
            match self.hits.len() < MOST {
                true => self.hits.push(number),
                false => self.more = true,
            }
        }
    }

    /// Takes in what was found in older lines.
    pub fn older(&mut self, mut hits: Vec<u64>, more: bool) {
        self.searching = false;
        self.more |= more;
        hits.append(&mut self.hits);
        hits.dedup();
        self.hits = hits;
    }

    /// Goes to the first hit from a line on, without a step to the next.
    pub fn from(&mut self, line: u64) -> Option<u64> {
        let next = self.hits.partition_point(|h| *h < line);
        self.at = self.hits.get(next).or(self.hits.last()).copied();
        self.at
    }

    /// Goes to the next hit below, or above; round at the ends.
    pub fn step(&mut self, down: bool) -> Option<u64> {
        let at = self.at?;
        let next = match down {
            true => self.hits.iter().find(|h| **h > at).or(self.hits.first()),
            false => self.hits.iter().rfind(|h| **h < at).or(self.hits.last()),
        };
        self.at = next.copied();
        self.at
    }

    /// How it stands, for a title: `2 of 17`.
    pub fn count(&self) -> String {
        let more = match (self.more, self.searching) {
            (_, true) => ", looking further",
            (true, _) => " or more",
            _ => "",
        };
        let place = self.at.and_then(|at| self.hits.binary_search(&at).ok());
        match (self.hits.len(), place) {
            (0, _) => format!("not found{more}"),
            (all, Some(n)) => format!("{} of {all}{more}", n + 1),
            (all, None) => format!("{all} found{more}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::output::Stream;

    #[test]
    fn hits_are_gone_round() {
        let line = |n: u64| {
            Line::new(
                Stream::Output,
                if n.is_multiple_of(3) { "Fizz" } else { "x" },
            )
        };
        let mut window = Window::default();
        (0..10).for_each(|n| window.push(line(n)));
        let mut find = Find::new("fizz", &window, 1);
        assert_eq!(find.count(), "4 found");
        assert_eq!(find.from(4), Some(6));
        assert_eq!(find.count(), "3 of 4");
        assert_eq!((find.step(true), find.step(true)), (Some(9), Some(0)));
        assert_eq!(find.step(false), Some(9));
        find.came(12, &line(12));
        assert_eq!(find.step(true), Some(12));
        assert_eq!(Find::new("FIZZ", &window, 2).count(), "not found");
        assert_eq!(Find::new("", &window, 2).count(), "not found");
    }
}
