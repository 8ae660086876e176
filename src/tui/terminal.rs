//! The terminal: taken, given back whatever happens, and read.
//!
//! The only place that knows crossterm.

use std::io::{self, Stdout, Write, stdout};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event,
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui_crossterm::CrosstermBackend;

use super::key::{Code, Key};
use super::message::Message;

/// The exit code of a process that was interrupted: 128 + SIGINT.
pub const INTERRUPTED: i32 = 130;

/// The terminal of this process, given back when dropped.
pub struct Screen {
    /// Where frames are drawn.
    pub terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste.
    pub fn take() -> io::Result<Screen> {
        // crossterm answers NO_COLOR by sending empty colour codes, which also erase bold and
        // reverse; the theme without colours does what is meant.
        crossterm::style::force_color_output(true);
        enable_raw_mode()?;
        let taken = execute!(
            stdout(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            cursor::Hide
        );
        if let Err(e) = taken {
            give_back();
            return Err(e);
        }
        match Terminal::new(CrosstermBackend::new(stdout())) {
            Ok(terminal) => Ok(Screen { terminal }),
            Err(e) => {
                give_back();
                Err(e)
            }
        }
    }
}

impl Screen {
    /// Gives the terminal to somebody else, until [`Screen::take_back`].
    pub fn lend(&self) {
        give_back();
    }

    /// Takes the terminal again; nothing of the screen before is counted on. A terminal that is
    /// gone is noticed by the next drawing.
    pub fn take_back(&mut self, mouse_taken: bool) {
        let _ = enable_raw_mode();
        let _ = execute!(
            stdout(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            cursor::Hide,
            // Cleared, and drawn from nothing: `Terminal::clear` asks where the cursor is, and the
            // answer may go to whoever reads the keys.
            Clear(ClearType::All)
        );
        if mouse_taken {
            let _ = mouse(true);
        }
        if let Ok(terminal) = Terminal::new(CrosstermBackend::new(stdout())) {
            self.terminal = terminal;
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Puts the terminal back as it was. Safe to call at any time, more than once; errors are of no
/// use to anybody here.
pub fn give_back() {
    let mut out = stdout();
    let _ = execute!(
        out,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
    let _ = out.flush();
}

/// Gives the terminal back before a panic is reported.
pub fn give_back_on_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        give_back();
        report(info);
    }));
}

/// Takes the mouse, or leaves it to the terminal.
pub fn mouse(on: bool) -> io::Result<()> {
    if on {
        execute!(stdout(), EnableMouseCapture)
    } else {
        execute!(stdout(), DisableMouseCapture)
    }
}

/// Writes a bell or a notification, which changes nothing on the screen. A terminal that is gone is
/// noticed by the next drawing.
pub fn ring(bytes: &str) {
    let mut out = stdout();
    let _ = out.write_all(bytes.as_bytes()).and_then(|()| out.flush());
}

/// Offers text to the terminal's clipboard by OSC 52. Whether it takes it is not told.
pub fn offer_to_clipboard(text: &str) -> io::Result<()> {
    execute!(stdout(), CopyToClipboard::to_clipboard_from(text))
}

/// What a terminal event means, if anything.
pub fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => translate(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(columns, rows) => Some(Message::Resize(columns, rows)),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollUp => Some(Message::Scroll(-3)),
            MouseEventKind::ScrollDown => Some(Message::Scroll(3)),
            MouseEventKind::Down(MouseButton::Left) => {
                Some(Message::Click(mouse.column, mouse.row))
            }
            _ => None,
        },
        Event::FocusGained | Event::FocusLost => None,
    }
}

fn translate(event: KeyEvent) -> Option<Key> {
    // Windows reports the release of every key; only presses and repeats do something.
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let mut ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let mut alt = event.modifiers.contains(KeyModifiers::ALT);
    let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        KeyCode::Char(c) => {
            // AltGr arrives as Ctrl and Alt: the character is text.
            if ctrl && alt {
                (ctrl, alt) = (false, false);
            }
            shift = false;
            Code::Char(if ctrl { c.to_ascii_lowercase() } else { c })
        }
        KeyCode::F(n) => Code::F(n),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => {
            shift = true;
            Code::Tab
        }
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key {
        code,
        ctrl,
        alt,
        shift,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(code: KeyCode, modifiers: KeyModifiers, kind: KeyEventKind) -> KeyEvent {
        KeyEvent::new_with_kind(code, modifiers, kind)
    }

    #[test]
    fn releases_are_ignored_and_alt_gr_is_text() {
        use KeyEventKind::{Press, Release, Repeat};
        assert_eq!(
            translate(event(KeyCode::Enter, KeyModifiers::NONE, Release)),
            None
        );
        assert_eq!(
            translate(event(KeyCode::Char('a'), KeyModifiers::NONE, Release)),
            None
        );
        assert!(translate(event(KeyCode::Down, KeyModifiers::NONE, Repeat)).is_some());
        let at = translate(event(
            KeyCode::Char('@'),
            KeyModifiers::CONTROL | KeyModifiers::ALT,
            Press,
        ));
        assert_eq!(at.and_then(Key::text), Some('@'));
        let tab = translate(event(KeyCode::BackTab, KeyModifiers::SHIFT, Press));
        assert_eq!(tab, Key::parse("shift-tab"));
        assert_eq!(
            translate(event(
                KeyCode::Char('R'),
                KeyModifiers::CONTROL | KeyModifiers::SHIFT,
                Press
            )),
            Key::parse("ctrl-r")
        );
    }
}
