//! Where in the output the screen stands, and what is on it.

use super::State;
use super::scroll::{self, Anchor, Room};
use super::window::Slot;
use crate::execute::output::Stream;
use crate::text::visible;

impl State {
    /// The first place on the screen. Lines are followed to the newest, objects begin at the first.
    pub fn top(&self, room: Room) -> Anchor {
        let bottom = self
            .content()
            .map_or_else(Anchor::default, |w| scroll::bottom(w, room));
        match self.look.top {
            Some(at) => at.min(bottom),
            None if self.begins_at_top() => Anchor::default(),
            None => bottom,
        }
    }

    /// True for what is read from its beginning: objects, and answers side by side.
    pub fn begins_at_top(&self) -> bool {
        self.shows_objects() || self.look.errors.is_some() || self.current_group().is_some()
    }

    fn go(&mut self, to: Anchor, room: Room) {
        let Some(window) = self.content() else {
            return;
        };
        let bottom = scroll::bottom(window, room);
        let objects = self.begins_at_top();
        // At the end the newest line is followed again.
        self.look.top = (objects || to < bottom).then_some(to.min(bottom));
    }

    /// Scrolls by rows, negative is up.
    pub fn scroll(&mut self, rows: isize, room: Room) {
        let at = self.top(room);
        let Some(window) = self.content() else {
            return;
        };
        let moved = match rows < 0 {
            true => scroll::up(window, at, rows.unsigned_abs(), room),
            false => scroll::down(window, at, rows.unsigned_abs(), room),
        };
        self.go(moved, room);
    }

    /// Goes to the first line, or follows the newest one.
    pub fn jump(&mut self, to_top: bool, room: Room) {
        let to = match (to_top, self.content()) {
            (false, Some(window)) => scroll::bottom(window, room),
            _ => Anchor::default(),
        };
        self.go(to, room);
    }

    /// Shows a line, with a third of the room above it, unless it is on the screen already.
    pub fn show_line(&mut self, line: u64, room: Room) {
        let top = self.top(room);
        let Some(window) = self.content() else {
            return;
        };
        let last = scroll::down(window, top, room.height.saturating_sub(1), room);
        if (top.line..=last.line).contains(&line) {
            return;
        }
        let at = scroll::up(window, Anchor { line, row: 0 }, room.height / 3, room);
        self.go(at, room);
    }

    /// Begins a mark: at the match that was gone to, at the newest line, or at the first one on the
    /// screen. A mark that is there goes away.
    pub fn mark(&mut self, room: Room) {
        if self.look.mark.take().is_some() {
            return;
        }
        let last = self.content().and_then(|w| w.end().checked_sub(1));
        let (Some(last), top) = (last, self.top(room)) else {
            return;
        };
        let hit = self.look.find.at.filter(|_| !self.shows_objects());
        let follows = self.look.top.is_none() && !self.begins_at_top();
        let at = hit.unwrap_or(if follows { last } else { top.line });
        self.look.mark = Some((at, at));
    }

    /// Moves the end of the mark by lines, and the screen with it; false without one.
    pub fn move_mark(&mut self, lines: isize, room: Room) -> bool {
        let (Some((from, mut at)), Some(window)) = (self.look.mark, self.content()) else {
            return false;
        };
        let last = window.end().saturating_sub(1);
        match lines {
            isize::MIN => at = 0,
            isize::MAX => at = last,
            _ => {
                for _ in 0..lines.unsigned_abs() {
                    let next = match lines < 0 {
                        true => window.above(at),
                        false => window.below(at),
                    };
                    let Some(next) = next else { break };
                    at = next;
                }
            }
        }
        self.look.mark = Some((from, at));
        self.show_line(at, room);
        true
    }

    /// The marked lines as text that is safe to paste; an error when some of them are not here.
    pub fn marked(&self) -> Option<Result<String, &'static str>> {
        let ((a, b), window) = (self.look.mark?, self.content()?);
        let mut text = String::new();
        let mut at = Some(a.min(b));
        while let Some(line) = at.filter(|n| *n <= a.max(b)) {
            match window.line(line) {
                Slot::Line(line) => text.push_str(&visible(&line.shown())),
                Slot::Gap(_) => text.push_str(&scroll::text_of(&window.line(line))),
                Slot::Unread => {
                    return Some(Err(
                        "so many lines are not here at once: s saves all of them",
                    ));
                }
            }
            text.push('\n');
            at = window.below(line);
        }
        text.pop();
        Some(Ok(text))
    }

    /// The newest lines of the output of the selected job as text: all that are held, without
    /// progress.
    pub fn text(&self) -> Option<String> {
        let window = self.content()?;
        let mut text = String::new();
        if let Some(job) = self.current().filter(|_| self.shows_objects()) {
            for line in job.answer.heading() {
                text.push_str(line);
                text.push('\n');
            }
        }
        for (_, line) in window.iter() {
            if line.stream != Stream::Progress {
                // Pasted into a terminal, a stranger's escape sequences would act there.
                text.push_str(&visible(&line.shown()));
                text.push('\n');
            }
        }
        text.pop();
        Some(text)
    }

    /// What is on the screen as text.
    pub fn screen(&self, room: Room) -> Option<String> {
        let window = self.content()?;
        let top = self.top(room);
        let last = scroll::down(window, top, room.height.saturating_sub(1), room);
        let mut at = Some(top.line);
        let mut lines = Vec::new();
        while let Some(line) = at.filter(|n| *n <= last.line) {
            if window.line(line) != Slot::Unread {
                lines.push(scroll::text_of(&window.line(line)));
            }
            at = window.below(line);
        }
        Some(lines.join("\n"))
    }
}
