//! Themes, no colours, and ASCII.

use ratatui::style::{Color, Modifier};

use super::{Deck, shows};

/// Key sequences that show every pane and every dialog a key opens, one after the other.
const TOUR: &[&str] = &[
    "",
    "2",
    "enter",
    "esc 3",
    "w",
    "4",
    "n",
    "G e t - C s P o o l enter",
    "enter",
    "?",
    "esc :",
    "esc t",
    "esc",
];

#[test]
fn without_colours_no_cell_has_one() {
    let mut deck = Deck::open("", "", true, true);
    for keys in TOUR {
        deck.keys(keys);
        let buffer = deck.buffer();
        for cell in &buffer.content {
            assert_eq!(
                (cell.fg, cell.bg),
                (Color::Reset, Color::Reset),
                "after {keys:?}"
            );
        }
        // Structure is left all the same: something is bold or reversed.
        let marks = Modifier::BOLD | Modifier::REVERSED;
        assert!(buffer.content.iter().any(|c| c.modifier.intersects(marks)));
    }
}

#[test]
fn without_colours_the_selection_and_the_lab_are_reversed() {
    let deck = Deck::open("", "", true, true);
    for text in ["LAB", "▾ Singapore", "1 Topology"] {
        assert!(
            deck.cell_of(text).modifier.contains(Modifier::REVERSED),
            "{text}"
        );
    }
}

#[test]
fn the_ascii_option_draws_with_ascii_only() {
    let mut deck = Deck::open("ascii = true", "", true, false);
    for keys in TOUR {
        deck.keys(keys);
        let screen = deck.screen();
        let strange: Vec<char> = screen.chars().filter(|c| !c.is_ascii()).collect();
        assert!(strange.is_empty(), "{strange:?} after {keys:?}\n{screen}");
    }
}

#[test]
fn each_theme_is_one_key_away_and_named() {
    let mut deck = Deck::lab();
    let mut seen = Vec::new();
    for _ in 0..deck.model.themes.len() {
        deck.keys("f9");
        let name = deck.model.look().theme.name.clone();
        shows(&deck.screen(), &format!("theme {name}"));
        let header = deck.cell_of("2 Snippets");
        seen.push((name, header.fg, header.bg));
    }
    let names: Vec<&str> = seen.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["high-contrast", "light", "dark"]);
}

#[test]
fn an_unknown_theme_is_told() {
    let deck = Deck::open("theme = \"mauve\"", "", true, false);
    shows(&deck.screen(), "there is no theme called \"mauve\"");
}

#[test]
fn the_lab_and_the_tab_have_their_styles() {
    let deck = Deck::lab();
    let theme = deck.model.look().theme.clone();
    let lab = deck.cell_of("LAB");
    assert_eq!(
        (lab.fg, lab.bg),
        (
            theme.lab.fg.unwrap_or(Color::Reset),
            theme.lab.bg.unwrap_or(Color::Reset)
        )
    );
    assert_eq!(
        deck.cell_of("1 Topology").bg,
        theme.selected_text.bg.unwrap_or(Color::Reset)
    );
}
