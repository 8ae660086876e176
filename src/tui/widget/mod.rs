//! Parts that several panes draw with.

pub mod input;
pub mod list;
pub mod wrap;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use super::theme::Theme;

/// How frames are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The styles.
    pub theme: &'a Theme,
    /// ASCII instead of box-drawing characters.
    pub ascii: bool,
    /// The style of every frame that has none of its own, while the target is a protected one.
    pub frame: Option<Style>,
}

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// A framed area with a title; the border tells whether it has the focus.
pub fn block<'a>(look: Look<'_>, title: impl Into<String>, focused: bool) -> Block<'a> {
    block_styled(look, title, look.theme.title, focused)
}

/// A framed area whose title has a style of its own.
pub fn block_styled<'a>(
    look: Look<'_>,
    title: impl Into<String>,
    style: Style,
    focused: bool,
) -> Block<'a> {
    Block::bordered()
        .border_set(if look.ascii { ASCII } else { border::PLAIN })
        .border_style(match look.frame {
            Some(style) => style,
            None if focused => look.theme.border_focused,
            None => look.theme.border,
        })
        .style(look.theme.text)
        .title(Span::styled(format!(" {} ", title.into()), style))
}

/// A framed box over the middle of the screen; returns its inside.
pub fn dialog(
    frame: &mut Frame<'_>,
    look: Look<'_>,
    title: &str,
    width: u16,
    height: u16,
    style: Option<Style>,
) -> Rect {
    let area = frame.area();
    let [row] = Layout::vertical([Constraint::Length(height.min(area.height))])
        .flex(ratatui::layout::Flex::Center)
        .areas(area);
    let [area] = Layout::horizontal([Constraint::Length(width.min(area.width))])
        .flex(ratatui::layout::Flex::Center)
        .areas(row);
    frame.render_widget(Clear, area);
    let mut block = block(look, title, true);
    if let Some(style) = style {
        block = block.border_style(style);
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// `name  value`, the name dimmed and padded.
pub fn pair<'a>(look: Look<'_>, name: &str, width: usize, value: impl Into<String>) -> Line<'a> {
    Line::from(vec![
        Span::styled(format!("{name:<width$}  "), look.theme.dim),
        Span::raw(value.into()),
    ])
}
