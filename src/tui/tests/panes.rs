//! Each pane at the sizes people have.

use super::{Deck, hides, shows, snapshot};

#[test]
fn every_pane_at_80_by_24() {
    let mut deck = Deck::lab();
    snapshot("topology-80x24", deck.screen());
    deck.keys("2");
    snapshot("snippets-80x24", deck.screen());
    deck.keys("3");
    snapshot("replication-80x24", deck.screen());
    deck.keys("4");
    snapshot("run-80x24", deck.screen());
}

#[test]
fn every_pane_at_120_by_40() {
    let mut deck = Deck::lab();
    snapshot("topology-120x40", deck.screen_at(120, 40));
    deck.keys("tab");
    snapshot("snippets-120x40", deck.screen());
    deck.keys("tab");
    snapshot("replication-120x40", deck.screen());
    deck.keys("tab");
    snapshot("run-120x40", deck.screen());
    deck.keys("tab");
    shows(&deck.screen(), "sgfe01.kestrel.lan");
}

#[test]
fn a_window_that_is_too_small_says_so_and_nothing_else() {
    let mut deck = Deck::lab();
    for (columns, rows) in [(59, 14), (59, 24), (80, 14)] {
        let screen = deck.screen_at(columns, rows);
        shows(&screen, "csdeck needs 60 columns and 15 rows");
        hides(&screen, "Topology");
    }
    shows(&deck.screen_at(60, 15), "Topology");
}

#[test]
fn no_size_is_too_small_to_draw() {
    let mut deck = Deck::lab();
    for keys in [
        "", "2", "2 enter", "esc 3", "4", "?", "esc :", "esc t", "esc n",
    ] {
        deck.resize(80, 24);
        deck.keys(keys);
        for (columns, rows) in [
            (0, 0),
            (1, 1),
            (2, 1),
            (1, 40),
            (59, 14),
            (60, 15),
            (61, 15),
        ] {
            deck.screen_at(columns, rows);
        }
    }
}

#[test]
fn the_lab_is_marked_on_every_screen_of_every_width() {
    let mut deck = Deck::lab();
    for pane in ["1", "2", "3", "4"] {
        deck.keys(pane);
        for columns in [60, 80, 200] {
            shows(&deck.screen_at(columns, 24), " LAB");
            // Help is the tallest dialog.
            deck.keys("?");
            shows(&deck.screen(), " LAB");
            deck.keys("esc");
        }
    }
}
