//! Placeholders in angle brackets: `<x>` (navi), and `<x=default>` and `<x=|_a_||_b_|>` (pet).
//!
//! A bracket belongs to a placeholder only when a plausible name stands right behind it. `2>&1`,
//! `> file`, `<#` and `<b>bold</b>` stay what they are.

use std::collections::HashSet;

use super::entry::{Body, Place};

/// Which placeholders there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Angle {
    /// `<x>` only.
    Plain,
    /// Also with a default or choices.
    Pet,
}

/// Takes a body apart.
pub fn read(text: &str, angle: Angle) -> Body {
    let mut body = Body::default();
    let mut rest = text;
    let ends = ends(text);
    while let Some(at) = rest.find('<').filter(|_| !body.too_many) {
        body.text(&rest[..at]);
        rest = &rest[at..];
        match placeholder(rest, angle) {
            // Markup has an end of the same name; no tool's placeholder has.
            Some((place, length)) if !is_markup(&ends, &place) => {
                body.place(place, &rest[..length]);
                rest = &rest[length..];
            }
            _ => {
                body.text("<");
                rest = &rest[1..];
            }
        }
    }
    body.text(rest);
    body
}

/// The names of all `</name>` of a text.
fn ends(text: &str) -> HashSet<&str> {
    text.split("</")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric())?;
            rest[end..].starts_with('>').then(|| &rest[..end])
        })
        .collect()
}

fn is_markup(ends: &HashSet<&str>, place: &Place) -> bool {
    place
        .name
        .as_deref()
        .is_some_and(|name| ends.contains(name))
}

/// The placeholder at the beginning, with its length in bytes.
fn placeholder(text: &str, angle: Angle) -> Option<(Place, usize)> {
    let inner = text.strip_prefix('<')?;
    let name_end = inner
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
        .unwrap_or(inner.len());
    let (name, rest) = inner.split_at(name_end);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut place = Place {
        name: Some(name.to_owned()),
        ..Place::default()
    };
    if rest.starts_with('>') {
        return Some((place, name.len() + 2));
    }
    let value = rest.strip_prefix('=').filter(|_| angle == Angle::Pet)?;
    let end = value.find(['<', '>', '\n'])?;
    let written = &value[..end];
    // pet wants a visible character in front of the bracket.
    if !value[end..].starts_with('>') || written.ends_with(char::is_whitespace) {
        return None;
    }
    match choices(written) {
        Some(choices) => place.choices = choices,
        None if written.is_empty() => {}
        None => place.default = Some(written.to_owned()),
    }
    Some((place, name.len() + end + 3))
}

/// `|_a_||_b_|`.
fn choices(written: &str) -> Option<Vec<String>> {
    let inner = written.strip_prefix("|_")?.strip_suffix("_|")?;
    Some(inner.split("_||_").map(str::to_owned).collect())
}

/// The placeholder of these, and whether everything could be said: a default or a choice that
/// would end it early cannot stand in it.
pub fn write(name: &str, default: Option<&str>, choices: &[String], angle: Angle) -> String {
    let fits = |value: &str| {
        angle == Angle::Pet
            && !value.is_empty()
            && !value.contains(['<', '>', '\n'])
            && !value.ends_with(char::is_whitespace)
    };
    let choice = |value: &String| fits(value) && !value.contains("_|") && !value.contains("|_");
    if !choices.is_empty() && choices.iter().all(choice) {
        return format!("<{name}=|_{}_|>", choices.join("_||_"));
    }
    match default.filter(|d| fits(d) && !d.starts_with("|_")) {
        Some(default) => format!("<{name}={default}>"),
        None => format!("<{name}>"),
    }
}

/// True when a tool would take characters of this text for a placeholder. pet is the greediest:
/// whatever stands in brackets with no blank in front of the second.
pub fn misreads(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let inner = &text[at + 1..];
        inner
            .find(['<', '>'])
            .is_some_and(|end| inner[end..].starts_with('>') && closes(&inner[..end]))
    })
}

fn closes(inner: &str) -> bool {
    inner
        .chars()
        .next_back()
        .is_some_and(|c| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snippet::exchange::entry::Piece;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        read(text, Angle::Pet)
            .places
            .into_iter()
            .filter_map(|p| p.name)
            .collect()
    }

    #[test]
    fn brackets_that_are_none() {
        for text in [
            "Get-CsUser > /tmp/x 2>&1",
            "a < b > c",
            "a <1> b",
            "<# x> #>",
            "'<b>bold</b>'",
            "<x = 1>",
            "<x",
            "<x=a\nb>",
            "<x=a >",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
            assert_eq!(read(text, Angle::Pet).written(), text);
        }
        assert_eq!(names("a <b> <c-d=1> <B> <e=>"), ["b", "c-d", "e"]);
    }

    #[test]
    fn defaults_and_choices() {
        let body = read("x <i=rtc> <t=|_User_||_Application_|> <i>", Angle::Pet);
        assert_eq!(body.places[0].default.as_deref(), Some("rtc"));
        assert_eq!(body.places[1].choices, ["User", "Application"]);
        assert_eq!(body.places.len(), 2);
        assert_eq!(read("x <i=rtc>", Angle::Plain).places, []);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            name in "[A-Za-z][A-Za-z0-9_]{0,8}",
            default in proptest::option::of("[ -;=?-~]{1,12}"),
            choices in proptest::collection::vec("[a-z,|_ ]{1,5}", 0..4),
            head in "[^<>]{0,12}",
            tail in "[^<>]{0,12}",
        ) {
            let written = write(&name, default.as_deref(), &choices, Angle::Pet);
            let body = read(&format!("{head}{written}{tail}"), Angle::Pet);
            prop_assert_eq!(body.places.len(), 1);
            let place = &body.places[0];
            prop_assert_eq!(place.name.as_deref(), Some(name.as_str()));
            // Nothing is made up: what is read was said.
            prop_assert!(place.default.is_none() || place.default == default);
            prop_assert!(place.choices.is_empty() || place.choices == choices);
            let texts: Vec<&str> = body.pieces.iter().filter_map(|p| match p {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Place { .. } => None,
            }).collect();
            prop_assert_eq!(texts.concat(), format!("{head}{tail}"));
        }

        #[test]
        fn text_that_nobody_misreads_has_no_places(text in "[-<> a-c=|_\n1]{0,24}") {
            if !misreads(&text) {
                prop_assert_eq!(read(&text, Angle::Pet).places, []);
            }
            prop_assert_eq!(read(&text, Angle::Pet).written(), text);
        }
    }
}
