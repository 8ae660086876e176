//! The console's screens: a state, keys, and what is then to be seen.

mod asking;
mod choices;
mod choosing;
mod cmdlets;
mod command_line;
mod confirm;
mod dialogs;
mod forms;
mod late;
mod looks;
mod many;
mod output;
mod panes;
mod preview;
mod random;
mod records;
mod replication;
mod running;
mod several;
mod targets;
mod typing;
mod watching;
mod ways;

use std::fs;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use tempfile::TempDir;

use super::key::Key;
use super::message::{Effect, Message};
use super::model::Model;
use super::{update, view};
use crate::app::App;
use crate::store::paths::Paths;

/// Two targets that tests choose from; nothing is ever connected to.
const TWO_TARGETS: &str = r#"
[[target]]
name = "fe01"
transport = "ssh"
address = "fe01.kestrel.lan"

[[target]]
name = "cms"
transport = "ssh"
address = "sql01.kestrel.lan:2222"
protection = "protected"
"#;

/// A console without a terminal, and the folders it lives in.
struct Deck {
    model: Model,
    app: App,
    _home: TempDir,
}

impl Deck {
    /// The lab alone, 80 columns and 24 rows.
    fn lab() -> Deck {
        Deck::open("", "", true, false)
    }

    /// The lab with the form of the first snippet that has these words.
    fn form(words: &str) -> Deck {
        let mut deck = Deck::lab();
        deck.keys("2 /");
        deck.type_in(words);
        deck.keys("enter enter");
        assert!(deck.model.snippets.form.is_some(), "{}", deck.screen());
        deck
    }

    /// The two targets of [`TWO_TARGETS`].
    fn two_targets() -> Deck {
        Deck::open("", TWO_TARGETS, false, false)
    }

    /// A console over `config.toml` and `targets.toml` with these contents.
    fn open(config: &str, targets: &str, lab: bool, no_color: bool) -> Deck {
        let home = TempDir::new().unwrap();
        fs::write(home.path().join("config.toml"), config).unwrap();
        fs::write(home.path().join("targets.toml"), targets).unwrap();
        let app = App::at(Paths::at(home.path(), home.path().join("data")), lab).unwrap();
        let mut model = Model::new(&app, no_color);
        model.replication.zone = TimeZone::UTC;
        Deck {
            model,
            app,
            _home: home,
        }
    }

    /// Takes a message in.
    fn send(&mut self, message: Message) -> Vec<Effect> {
        update::update(&mut self.model, message)
    }

    /// Presses keys, named as in the table of bindings and separated by blanks.
    fn keys(&mut self, names: &str) -> Vec<Effect> {
        names
            .split_whitespace()
            .flat_map(|name| {
                let key = Key::parse(name).unwrap_or_else(|| panic!("no key is called {name}"));
                self.send(Message::Key(key))
            })
            .collect()
    }

    /// Types text, a key for each character.
    fn type_in(&mut self, text: &str) -> Vec<Effect> {
        text.chars()
            .flat_map(|c| self.send(Message::Key(Key::plain(super::key::Code::Char(c)))))
            .collect()
    }

    /// Gives the window another size.
    fn resize(&mut self, columns: u16, rows: u16) {
        self.send(Message::Resize(columns, rows));
    }

    /// The cells of the screen.
    fn buffer(&self) -> Buffer {
        let (columns, rows) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal
            .draw(|frame| view::draw(&self.model, frame))
            .unwrap();
        terminal.backend().buffer().clone()
    }

    /// The text of the screen, without blanks at the ends of rows.
    fn screen(&self) -> String {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width).max(1);
        buffer
            .content
            .chunks(width)
            .map(|row| row.iter().map(Cell::symbol).collect::<String>())
            .map(|row| row.trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The screen at another size; the console keeps it.
    fn screen_at(&mut self, columns: u16, rows: u16) -> String {
        self.resize(columns, rows);
        self.screen()
    }

    /// The cell where a text begins on the screen. Panics when it is not there.
    fn cell_of(&self, text: &str) -> Cell {
        let buffer = self.buffer();
        for y in 0..buffer.area.height {
            let row: Vec<&Cell> = (0..buffer.area.width).map(|x| &buffer[(x, y)]).collect();
            let symbols: String = row.iter().map(|c| c.symbol()).collect();
            if let Some(at) = symbols.find(text) {
                let column = symbols[..at].chars().count();
                return row[column].clone();
            }
        }
        panic!("{text:?} is not on the screen:\n{}", self.screen());
    }
}

/// Says so when a text is not on a screen.
#[track_caller]
fn shows(screen: &str, text: &str) {
    assert!(
        screen.contains(text),
        "{text:?} is not on the screen:\n{screen}"
    );
}

/// Says so when a text is on a screen.
#[track_caller]
fn hides(screen: &str, text: &str) {
    assert!(
        !screen.contains(text),
        "{text:?} is on the screen:\n{screen}"
    );
}

/// Compares a screen with `snapshots/NAME.snap`. INSTA_UPDATE=always writes it anew; read what
/// changed before it is committed.
fn snapshot(name: &str, screen: impl AsRef<str>) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, screen.as_ref()));
}
