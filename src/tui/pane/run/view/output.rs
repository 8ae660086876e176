//! How the output of a job looks.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::execute::output::{Pattern, Stream};
use crate::text::{visible, visible_line};
use crate::tui::pane::run::scroll::{self, Anchor, Room};
use crate::tui::pane::run::window::{Slot, Window};
use crate::tui::pane::run::{Job, State};
use crate::tui::widget::{Look, wrap};

/// The heading: how the job stands, and where in its output the screen is.
pub fn title(state: &State) -> String {
    let mut title = match (state.current_group(), state.current()) {
        (Some(group), _) => match group.report {
            Some(_) => format!("{}, side by side", state.summary(group.id)),
            None => state.summary(group.id),
        },
        (None, Some(job)) => format!("{} on {}", job.word(), visible_line(&job.target)),
        (None, None) => String::new(),
    };
    let shown = &state.look;
    if let Some((a, b)) = shown.mark {
        let lines = a.abs_diff(b) + 1;
        title.push_str(&format!(", {lines} marked (y copies)"));
    }
    let Some(job) = state.current() else {
        title.push_str(&super::search_line(state));
        return title;
    };
    let unfolded = shown.errors.is_some();
    match (job.errors.count, unfolded) {
        (0, _) => {}
        (1, false) => title.push_str(", 1 error"),
        (1, true) => title.push_str(", 1 error in full (e: the output)"),
        (n, false) => title.push_str(&format!(", {n} errors")),
        (n, true) => title.push_str(&format!(", {n} errors in full (e: the output)")),
    }
    if unfolded {
        title.push_str(&super::search_line(state));
        return title;
    }
    if let Some(shape) = job.answer.shape() {
        let (held, places) = (job.answer.objects().len(), job.answer.places().len());
        let all = held + job.answer.left_out;
        let kind = job.answer.kind().map(visible_line);
        let kind = kind.map_or_else(String::new, |kind| format!(" {kind}"));
        title.push_str(&match (places == held, job.answer.left_out) {
            (true, 0) => format!(", {all}{kind} as {}", shape.word()),
            (false, 0) => format!(", {places} of {all}{kind} as {}", shape.word()),
            _ => format!(
                ", {places} of the first {held} (of {all}){kind} as {}",
                shape.word()
            ),
        });
        if let Some(sorted) = job.answer.sorted() {
            title.push_str(&format!(" {}", visible_line(&sorted)));
        }
        title.push_str(&shown.filter.shown());
        return title;
    }
    title.push_str(&super::search_line(state));
    if let Some(at) = shown.top {
        let (line, of) = (at.line + 1, job.output.end());
        title.push_str(&format!(", line {line} of {of}, not following (End)"));
    }
    if job.problem.is_some() {
        title.push_str(", not all is kept");
    }
    title
}

/// Draws the lines.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, look: Look<'_>) {
    let Some(window) = state.content() else {
        return;
    };
    let room = super::of(area, state);
    let shown = &state.look;
    let job = state.current();
    let progress = super::progress_rows(area, state);
    if let Some(job) = job.filter(|_| progress > 0) {
        let rows = super::progress::rows(&job.activities, progress, room.width, look);
        let below = Rect {
            y: area.bottom().saturating_sub(progress as u16),
            height: progress as u16,
            ..area
        };
        frame.render_widget(Paragraph::new(rows), below);
    }
    let area = Rect {
        height: area.height.saturating_sub(progress as u16),
        ..area
    };
    let mut lines: Vec<Line<'static>> = job
        .filter(|_| state.shows_objects())
        .map_or(&[][..], |j| j.answer.heading())
        .iter()
        .map(|text| {
            let text = scroll::from_column(text, shown.column).into_owned();
            Line::styled(text, look.theme.title)
        })
        .collect();
    let tail = job
        .filter(|_| shown.errors.is_none())
        .map_or_else(Vec::new, |job| tail(job, window, room, look));
    let bottom = scroll::bottom(
        window,
        Room {
            height: room.height.saturating_sub(tail.len()).max(1),
            ..room
        },
    );
    let top = match shown.top {
        None if !state.begins_at_top() => bottom,
        _ => state.top(room),
    };
    let mut rows = rows(window, top, room, state, look);
    let short = rows.len() < room.height;
    if short || shown.top.is_none() {
        rows.extend(tail);
    }
    let skip = match state.begins_at_top() {
        true => 0,
        false => rows.len().saturating_sub(room.height),
    };
    lines.extend(rows.into_iter().skip(skip));
    frame.render_widget(Paragraph::new(lines).style(look.theme.text), area);
}

/// What stands under the last line: why it ended without an exit code, or that it said nothing.
fn tail(job: &Job, window: &Window, room: Room, look: Look<'_>) -> Vec<Line<'static>> {
    let mut tail: Vec<Line<'static>> = Vec::new();
    if window.end() == 0 && job.state.is_final() {
        let text = match job.answer.is_shown() {
            true => "(nothing has all of these words)",
            false => "(it said nothing)",
        };
        tail.push(Line::styled(text, look.theme.dim));
    }
    let problem = job.problem.as_deref();
    let error = job.end.as_ref().and_then(|e| e.error.as_ref());
    for text in problem
        .map(str::to_owned)
        .into_iter()
        .chain(error.map(ToString::to_string))
    {
        let rows = wrap::soft(&visible(&text), room.width);
        tail.extend(rows.into_iter().map(|l| Line::styled(l, look.theme.error)));
    }
    tail
}

/// The rows from a place on, as many as there is room for.
fn rows(
    window: &Window,
    top: Anchor,
    room: Room,
    state: &State,
    look: Look<'_>,
) -> Vec<Line<'static>> {
    let mut rows: Vec<Line<'static>> = Vec::new();
    let find = &state.look.find;
    let pattern = match state.shows_objects() {
        true => &Pattern::default(),
        false => &find.pattern,
    };
    let mut skip = top.row;
    let mut at = Some(top.line).filter(|n| *n < window.end());
    while let Some(number) = at {
        let slot = window.line(number);
        let mut style = style_of(&slot, look);
        if state
            .look
            .mark
            .is_some_and(|(a, b)| (a.min(b)..=a.max(b)).contains(&number))
        {
            style = style.patch(look.theme.selected);
        }
        let here = find.at == Some(number);
        for text in scroll::rows_of(&slot, room)
            .into_iter()
            .skip(std::mem::take(&mut skip))
        {
            if rows.len() >= room.height {
                return rows;
            }
            let text = match room.wrap {
                true => text,
                false => cut(&text, state.look.column, room.width, look.ascii),
            };
            rows.push(marked(text, pattern, style, here, look));
        }
        at = window.below(number);
    }
    rows
}

/// The part of a row that is in sight, with a sign where it goes on.
fn cut(text: &str, column: usize, width: usize, ascii: bool) -> String {
    wrap::clip(&scroll::from_column(text, column), width, ascii)
}

fn style_of(slot: &Slot<'_>, look: Look<'_>) -> Style {
    match slot {
        Slot::Line(line) => match line.stream {
            Stream::Output | Stream::Object | Stream::Information => look.theme.text,
            Stream::Error => look.theme.error,
            Stream::Warning => look.theme.warning,
            Stream::Verbose | Stream::Debug | Stream::Progress => look.theme.dim,
        },
        Slot::Gap(_) => look.theme.warning,
        Slot::Unread => look.theme.dim,
    }
}

/// A row with what was looked for set off; in the line that was gone to underlined as well.
fn marked(
    text: String,
    pattern: &Pattern,
    style: Style,
    here: bool,
    look: Look<'_>,
) -> Line<'static> {
    let places = pattern.places(&text);
    if places.is_empty() {
        return Line::styled(text, style);
    }
    let mut hit = look.theme.selected_text;
    if here {
        hit = hit.add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
    }
    let mut spans = Vec::new();
    let mut last = 0;
    for place in places {
        spans.push(Span::styled(text[last..place.start].to_owned(), style));
        spans.push(Span::styled(text[place.clone()].to_owned(), hit));
        last = place.end;
    }
    spans.push(Span::styled(text[last..].to_owned(), style));
    Line::from(spans)
}
