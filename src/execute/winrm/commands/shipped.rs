//! Every shipped snippet that runs on a session with RBAC roles becomes commands.

use super::*;
use crate::snippet::{Library, Snippet, Values, example, render};

/// The snippet with the values of the first of its examples that gives constants.
fn text(snippet: &Snippet) -> Option<String> {
    let shown = snippet
        .examples
        .iter()
        .find_map(|e| example::given(snippet, e))?;
    let mut values = Values::default();
    for (name, texts) in shown {
        for text in texts {
            values.add(&name, text);
        }
    }
    render(snippet, &values).ok().map(|r| r.text)
}

#[test]
fn shipped_snippets_for_sessions_with_roles_are_commands() {
    let library = Library::built_in();
    let places = ["remote-ok", "exchange-shell"];
    let wanted = library
        .iter()
        .filter(|s| places.contains(&s.notes.runs_on.as_str()));
    let (mut read, mut wrong) = (0, Vec::new());
    for snippet in wanted {
        match text(snippet).map(|text| commands_of(&text)) {
            Some(Ok(_)) => read += 1,
            Some(Err(error)) => wrong.push(format!("{}: {error}", snippet.id)),
            None => wrong.push(format!("{}: no example of constants", snippet.id)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(read >= 50, "only {read} are there");
}
