//! Placeholders in double braces: `{{x}}` (Warp).

use super::entry::{Body, Place};

/// Takes a body apart. Three braces, and braces around anything but a name, stay text: script
/// blocks and format strings look like that.
pub fn read(text: &str) -> Body {
    let mut body = Body::default();
    let mut rest = text;
    while let Some(at) = rest.find("{{").filter(|_| !body.too_many) {
        let braces = rest[at..].chars().take_while(|c| *c == '{').count();
        match name(&rest[at..]).filter(|_| braces == 2) {
            Some(name) => {
                body.text(&rest[..at]);
                let length = name.len() + 4;
                let place = Place {
                    name: Some(name.to_owned()),
                    ..Place::default()
                };
                body.place(place, &rest[at..at + length]);
                rest = &rest[at + length..];
            }
            None => {
                body.text(&rest[..at + braces]);
                rest = &rest[at + braces..];
            }
        }
    }
    body.text(rest);
    body
}

fn name(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{{")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let end = inner.find(|c| !plain(c))?;
    let whole = inner.starts_with(|c: char| c.is_ascii_alphabetic());
    (whole && inner[end..].starts_with("}}")).then(|| &inner[..end])
}

/// The placeholder of this name.
pub fn write(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// True when Warp could take characters of this text for a placeholder.
pub fn misreads(text: &str) -> bool {
    text.match_indices("{{").any(|(at, _)| {
        let inner = &text[at + 2..];
        inner
            .find(['{', '}'])
            .is_some_and(|end| end > 0 && inner[end..].starts_with("}}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn braces_that_are_none() {
        for text in [
            "{{0}} -f 1",
            "{{{x}}}",
            "{ {x} }",
            "@{a={b}}",
            "{{x y}}",
            "{{",
            "{{x}",
        ] {
            let body = read(text);
            assert_eq!(body.places, [], "{text}");
            assert_eq!(body.written(), text);
        }
        assert_eq!(read("a {{x}}{{y-z}} {{X}}").places.len(), 2);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            name in "[A-Za-z][A-Za-z0-9_]{0,8}",
            head in "[^{}]{0,12}",
            tail in "[^{}]{0,12}",
        ) {
            let body = read(&format!("{head}{}{tail}", write(&name)));
            prop_assert_eq!(body.places.len(), 1);
            prop_assert_eq!(body.places[0].name.as_deref(), Some(name.as_str()));
        }

        #[test]
        fn text_that_nobody_misreads_has_no_places(text in "[-{} a-c1]{0,24}") {
            if !misreads(&text) {
                prop_assert_eq!(read(&text).places, []);
            }
            prop_assert_eq!(read(&text).written(), text);
        }
    }
}
