//! What a hit is worth, and how hits are sorted.

use super::found::{Hit, How};
use super::tier::Fit;

/// What a hit in a column of names is worth, before how it fits: id, title, command, tag.
const NAMES: [u8; 4] = [8, 8, 8, 5];
/// The same for description and body.
const TEXTS: [u8; 2] = [2, 1];
/// A further column of names that holds the word too.
const ALSO: u16 = 3;
/// What a slip costs.
pub(super) const SLIP: u8 = 6;

/// A snippet's cell for one word: the worth of its best hit in the upper byte, below it the
/// columns of names that hold the word, and [`EXACT`]. Zero where the word is not found.
pub(super) type Cell = u16;
/// The word is the id, or the name of a command.
pub(super) const EXACT: Cell = 0x80;
pub(super) const COLUMNS: Cell = 0x0f;

/// The better worth, and the columns of both.
pub(super) fn improve(cell: &mut Cell, value: Cell) {
    *cell = (*cell & 0xff00).max(value & 0xff00) | (*cell & 0xff) | (value & 0xff);
}

/// What the cell counts in a score: its best hit, and something for each further column of names.
pub(super) fn worth(cell: Cell) -> u16 {
    let columns = (cell & COLUMNS).count_ones() as u16;
    (cell >> 8) + ALSO * columns.saturating_sub(1)
}

/// How much better a hit is than one somewhere inside a word.
fn factor(fit: Fit) -> u8 {
    match fit {
        Fit::Inside => 2,
        Fit::Begins => 4,
        Fit::Part | Fit::Name | Fit::Whole => 5,
    }
}

/// The cells for each set of columns of names, by its bits.
pub(super) fn name_values(fit: Fit) -> [Cell; 16] {
    let worth = |column: usize| {
        // The name itself is better than a word of the title: a path's last part, a command.
        let named = match (column, fit) {
            (0, Fit::Name | Fit::Whole) | (2, Fit::Whole) => 1,
            _ => 0,
        };
        NAMES[column] * (factor(fit) + named)
    };
    std::array::from_fn(|columns| {
        let held = |column: &usize| columns >> column & 1 == 1;
        let best = (0..NAMES.len()).filter(held).map(worth).max().unwrap_or(0);
        let exact = fit == Fit::Whole && (held(&0) || held(&2));
        Cell::from(best) << 8 | columns as Cell | if exact { EXACT } else { 0 }
    })
}

/// The cells for each set of columns of texts.
pub(super) fn text_values(fit: Fit) -> [Cell; 16] {
    std::array::from_fn(|columns| {
        let held = |column: &usize| columns >> column & 1 == 1;
        let best = (0..TEXTS.len()).filter(held).map(|c| TEXTS[c]).max();
        Cell::from(best.unwrap_or(0) * factor(fit)) << 8
    })
}

/// Sorts as the hits do: how, score, rank, place. A place has 28 bits.
pub(super) fn key(how: How, score: u16, rank: u16, at: usize) -> u64 {
    (how as u64) << 62 | u64::from(!score) << 46 | u64::from(!rank) << 30 | at as u64
}

/// How the hit of a key was found.
pub(super) fn how(key: u64) -> How {
    match key >> 62 {
        0 => How::Exact,
        1 => How::Words,
        _ => How::Fuzzy,
    }
}

/// The hit of a key.
pub(super) fn hit(key: u64) -> Hit {
    let at = (key & ((1 << 30) - 1)) as u32;
    Hit::new(at, how(key), !((key >> 46) as u16))
}
