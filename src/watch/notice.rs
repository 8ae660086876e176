//! What a terminal is told when a watch gets somewhere, apart from what it shows.

use crate::store::config::Notify;
use crate::text::visible_line;

/// Longest text of a notification, in characters: more is not shown by any desktop.
const LONGEST: usize = 200;

/// The bytes for the terminal: a bell, and before it the notification where one is asked for. Empty
/// for [`Notify::Off`]. OSC 9 is iTerm2's ("Proprietary Escape Codes"), OSC 777 rxvt-unicode's
/// (its `notify` extension), which other terminals took over. Whatever is in the texts, they end no
/// sequence and begin none.
pub fn sequence(how: Notify, title: &str, text: &str) -> String {
    match how {
        Notify::Off => String::new(),
        Notify::Bell => "\x07".to_owned(),
        Notify::Osc9 => format!("\x1b]9;{}: {}\x1b\\\x07", clean(title), clean(text)),
        Notify::Osc777 => format!("\x1b]777;notify;{};{}\x1b\\\x07", clean(title), clean(text)),
    }
}

/// Text without anything a terminal acts on, and without the semicolon that parts fields.
fn clean(text: &str) -> String {
    let text = visible_line(text).replace(';', ",");
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_terminal_is_told_in_its_way() {
        assert_eq!(sequence(Notify::Off, "a", "b"), "");
        assert_eq!(sequence(Notify::Bell, "a", "b"), "\x07");
        let nine = sequence(Notify::Osc9, "csdeck", "converged; 9 of 9");
        assert_eq!(nine, "\x1b]9;csdeck: converged, 9 of 9\x1b\\\x07");
        let other = sequence(Notify::Osc777, "csdeck", "stuck");
        assert_eq!(other, "\x1b]777;notify;csdeck;stuck\x1b\\\x07");
    }

    proptest! {
        #[test]
        fn no_text_ends_the_sequence(text in any::<String>()) {
            let whole = sequence(Notify::Osc9, "csdeck", &text);
            let inner = &whole["\x1b]9;".len()..whole.len() - "\x1b\\\x07".len()];
            prop_assert!(inner.chars().all(|c| !c.is_control()), "{inner:?}");
        }
    }
}
