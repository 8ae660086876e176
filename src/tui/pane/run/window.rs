//! The lines of an output that the state holds: the newest, and a page of older ones.

use std::collections::VecDeque;
use std::ops::Range;

use crate::execute::output::Line;

/// Newest lines that are held.
pub const LINES: usize = 2_000;

/// Bytes of newest lines that are held.
const BYTES: usize = 1 << 20;

/// The longest text of a line that is held, in bytes.
pub const CLIP: usize = 16 << 10;

/// Lines of a page of older ones.
const PAGE: u64 = 600;

/// Lines by their number, from 0.
#[derive(Debug, Default)]
pub struct Window {
    /// Numbers of the lines that nobody kept.
    gap: Range<u64>,
    first: u64,
    tail: VecDeque<Line>,
    bytes: usize,
    page: Page,
    /// The page that was asked for.
    asked: Option<Range<u64>>,
}

#[derive(Debug, Default)]
struct Page {
    range: Range<u64>,
    lines: Vec<(u64, Line)>,
}

/// What is known of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Slot<'w> {
    /// The line.
    Line(&'w Line),
    /// The first of so many lines that are not kept.
    Gap(u64),
    /// It is not read yet.
    Unread,
}

impl Window {
    /// Lines that are all held, however many: made by csdeck itself.
    pub fn whole(lines: Vec<Line>) -> Window {
        Window {
            tail: lines.into(),
            ..Window::default()
        }
    }

    /// Adds a line; the oldest give way.
    pub fn push(&mut self, line: Line) {
        let line = line.clipped(CLIP);
        self.bytes += line.text.len();
        self.tail.push_back(line);
        while self.tail.len() > LINES || self.bytes > BYTES {
            let Some(old) = self.tail.pop_front() else {
                break;
            };
            self.bytes -= old.text.len();
            self.first += 1;
        }
    }

    /// The number behind the last line.
    pub fn end(&self) -> u64 {
        self.first + self.tail.len() as u64
    }

    /// The number of the first line of the newest ones.
    pub fn newest(&self) -> u64 {
        self.first
    }

    /// The newest lines with their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Line)> + ExactSizeIterator {
        let first = self.first;
        let numbered = self.tail.iter().enumerate();
        numbered.map(move |(n, line)| (first + n as u64, line))
    }

    /// True when every line that came is among the newest.
    pub fn is_whole(&self) -> bool {
        self.first == 0
    }

    /// What is known of a line.
    pub fn line(&self, number: u64) -> Slot<'_> {
        if let Some(at) = number.checked_sub(self.first) {
            return self.tail.get(at as usize).map_or(Slot::Unread, Slot::Line);
        }
        if self.gap.contains(&number) {
            return Slot::Gap(self.gap.end - self.gap.start);
        }
        match self.page.lines.binary_search_by_key(&number, |(n, _)| *n) {
            Ok(at) => Slot::Line(&self.page.lines[at].1),
            Err(_) => Slot::Unread,
        }
    }

    /// The line below; lines that are not kept are one.
    pub fn below(&self, number: u64) -> Option<u64> {
        let next = match self.gap.contains(&number) {
            true => self.gap.end,
            false => number + 1,
        };
        (next < self.end()).then_some(next)
    }

    /// The line above; lines that are not kept are one.
    pub fn above(&self, number: u64) -> Option<u64> {
        let before = number.checked_sub(1)?;
        Some(match self.gap.contains(&before) {
            true => self.gap.start,
            false => before,
        })
    }

    /// The page to ask for, so that these lines can be shown; `None` when they are held, or were
    /// asked for.
    pub fn missing(&mut self, lines: Range<u64>) -> Option<Range<u64>> {
        let lines = lines.start..lines.end.min(self.first);
        let held = |range: &Range<u64>| range.start <= lines.start && lines.end <= range.end;
        if lines.is_empty() || held(&self.page.range) || self.asked.as_ref().is_some_and(held) {
            return None;
        }
        let start = lines.start.saturating_sub(PAGE / 3);
        let page = start..(start + PAGE).max(lines.end);
        self.asked = Some(page.clone());
        Some(page)
    }

    /// Takes a page of older lines in; lines of it that are not there are not kept.
    pub fn take_page(&mut self, range: Range<u64>, lines: Vec<(u64, Line)>, gap: Range<u64>) {
        if self.asked.as_ref() == Some(&range) {
            self.asked = None;
            self.page = Page { range, lines };
        }
        self.gap = gap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::output::Stream;

    fn line(n: u64) -> Line {
        Line::new(Stream::Output, n.to_string())
    }

    #[test]
    fn output_is_bounded_and_older_lines_come_as_pages() {
        let mut window = Window::default();
        (0..LINES as u64 + 500).for_each(|n| window.push(line(n)));
        assert_eq!((window.newest(), window.end()), (500, LINES as u64 + 500));
        assert_eq!(window.line(500), Slot::Line(&line(500)));
        assert_eq!(window.line(10), Slot::Unread);
        assert_eq!(window.missing(600..640), None);
        let page = window.missing(450..480).expect("a page");
        assert!(page.start <= 450 && page.end >= 480);
        // Asked for once.
        assert_eq!(window.missing(450..480), None);
        let lines = (page.start..page.end).map(|n| (n, line(n))).collect();
        window.take_page(page, lines, 0..0);
        assert_eq!(window.line(460), Slot::Line(&line(460)));
        assert_eq!(window.missing(450..480), None);
    }

    #[test]
    fn a_long_line_is_clipped_and_many_give_way() {
        let mut window = Window::default();
        for _ in 0..100 {
            window.push(Line::new(Stream::Output, "x".repeat(1 << 20)));
        }
        assert!(window.bytes <= BYTES);
        let Slot::Line(last) = window.line(99) else {
            panic!("the newest is there");
        };
        assert_eq!((last.text.len(), last.cut), (CLIP, (1 << 20) - CLIP));
    }

    #[test]
    fn what_is_not_kept_is_one_step() {
        let mut window = Window::default();
        (0..LINES as u64 + 500).for_each(|n| window.push(line(n)));
        let page = window.missing(0..480).expect("a page");
        window.take_page(page, vec![(0, line(0)), (1, line(1))], 2..400);
        assert_eq!((window.below(1), window.below(2)), (Some(2), Some(400)));
        assert_eq!((window.above(400), window.above(2)), (Some(2), Some(1)));
        assert_eq!(window.line(2), Slot::Gap(398));
        assert_eq!(
            (window.above(0), window.below(window.end() - 1)),
            (None, None)
        );
    }
}
