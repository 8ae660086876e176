//! What a job is at, one row for each activity, under its output.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::execute::Progress;
use crate::execute::progress::{Activities, clock};
use crate::text::visible_line;
use crate::tui::widget::{Look, wrap};

/// Activities that have a row; the others are counted.
pub const MOST: usize = 3;

/// The deepest that a row is indented.
const DEEP: usize = 3;

/// How many rows the activities take in an area of so many.
pub fn height(activities: &Activities, rows: usize) -> usize {
    // Without output nobody knows what it is the progress of.
    activities.len().min(MOST).min(rows.saturating_sub(2))
}

/// The rows, the outer activities first.
pub fn rows(
    activities: &Activities,
    most: usize,
    width: usize,
    look: Look<'_>,
) -> Vec<Line<'static>> {
    let nested = activities.nested();
    let more = nested.len().saturating_sub(most);
    let shown = nested.iter().take(most).enumerate();
    shown
        .map(|(n, (depth, activity))| {
            let more = if n + 1 == most { more } else { 0 };
            row(*depth, activity, more, width, look)
        })
        .collect()
}

/// `  Moving users: 4 of 10  [####------]  40%  0:12 left`; what stands to the right comes first
/// when there is little room.
fn row(
    depth: usize,
    activity: &Progress,
    more: usize,
    width: usize,
    look: Look<'_>,
) -> Line<'static> {
    let mut right = String::new();
    if let Some(percent) = activity.percent {
        right.push_str(&format!("{percent:>3}%"));
    }
    if let Some(seconds) = activity.seconds_left {
        right.push_str(&format!("  {} left", clock(seconds.into())));
    }
    if more > 0 {
        right.push_str(&format!("  +{more} more"));
    }
    let right = wrap::clip(&right, width, look.ascii);
    let bar = match (activity.percent, width) {
        (Some(percent), 40..) => bar(percent, width.min(120) / 5, look.ascii),
        _ => String::new(),
    };
    let mut left = " ".repeat(2 * depth.min(DEEP));
    left.push_str(&said(activity));
    let gap = if bar.is_empty() { "" } else { "  " };
    let room = width.saturating_sub(right.width() + bar.width() + gap.len());
    let left = wrap::clip(&left, room.saturating_sub(2), look.ascii);
    let pad = " ".repeat(room.saturating_sub(left.width()));
    Line::from(vec![
        Span::styled(left, look.theme.text),
        Span::raw(pad),
        Span::styled(bar, look.theme.info),
        Span::styled(format!("{gap}{}", right), look.theme.info),
    ])
}

/// The activity in words, on one line.
fn said(activity: &Progress) -> String {
    let mut text = activity.activity.trim().to_owned();
    for (part, between) in [(&activity.status, ": "), (&activity.operation, ", ")] {
        let part = part.trim();
        if !part.is_empty() {
            text.push_str(if text.is_empty() { "" } else { between });
            text.push_str(part);
        }
    }
    visible_line(&text).into_owned()
}

/// A bar of so many columns.
fn bar(percent: u8, columns: usize, ascii: bool) -> String {
    let inside = columns.saturating_sub(2);
    let full = inside * usize::from(percent.min(100)) / 100;
    let (on, off) = if ascii { ("#", "-") } else { ("█", "░") };
    format!("[{}{}]", on.repeat(full), off.repeat(inside - full))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;
    use proptest::prelude::*;

    fn text(line: &Line<'_>) -> String {
        line.spans.iter().map(|s| s.content.as_ref()).collect()
    }

    fn activities() -> Activities {
        let mut activities = Activities::default();
        for (id, parent, percent) in [(0, None, 40), (1, Some(0), 100), (2, Some(1), 0)] {
            activities.push(&Progress {
                id,
                parent,
                status: format!("step {id}"),
                percent: Some(percent),
                seconds_left: (id == 0).then_some(72),
                ..Progress::text("Moving\u{1b}[2J users")
            });
        }
        activities.push(&Progress {
            id: 3,
            ..Progress::text("Waiting")
        });
        activities
    }

    fn shown(width: usize, ascii: bool, most: usize) -> Vec<String> {
        let theme = Theme::mono();
        let look = Look {
            theme: &theme,
            ascii,
            frame: None,
        };
        let activities = activities();
        rows(&activities, most, width, look)
            .iter()
            .map(text)
            .collect()
    }

    #[test]
    fn activities_stand_under_each_other_and_the_rest_is_counted() {
        assert_eq!(
            shown(78, true, 3),
            [
                "Moving\u{241b}[2J users: step 0                      [#####--------]   40%  1:12 left",
                "  Moving\u{241b}[2J users: step 1                               [#############]  100%",
                "    Moving\u{241b}[2J users: step 2                    [-------------]    0%  +1 more",
            ]
        );
        assert!(shown(40, false, 3)[0].contains("[██░░░░]   40%  1:12 left"));
        assert_eq!(shown(78, true, 9)[3].trim_end(), "Waiting");
    }

    proptest! {
        #[test]
        fn a_row_is_never_wider_than_the_screen(width in 20usize..201, ascii: bool, most in 0usize..5) {
            for row in shown(width, ascii, most) {
                prop_assert!(row.width() <= width, "{width}: {row:?}");
            }
        }
    }
}
