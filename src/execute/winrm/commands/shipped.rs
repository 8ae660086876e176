//! Every shipped snippet for the RBAC endpoint becomes commands.

use super::*;
use crate::snippet::{Library, Mode, Snippet, Values, example, render};

/// The snippet's first example as text, with what a secret or a file would be left out.
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

/// Those that are whole scripts or need the language: for targets that have it.
const NOT: &[&str] = &[];

#[test]
fn shipped_snippets_for_remote_sessions_are_commands() {
    let library = Library::built_in();
    let (mut read, mut unread, mut refused) = (0, Vec::new(), Vec::new());
    let mut left = 0;
    for snippet in library.iter() {
        let wanted = matches!(
            snippet.notes.runs_on.as_str(),
            "remote-ok" | "exchange-shell"
        );
        if !wanted || snippet.mode() != Mode::Command {
            left += 1;
            continue;
        }
        match text(snippet) {
            None => unread.push(snippet.id.clone()),
            Some(text) => match commands_of(&text) {
                Ok(_) => read += 1,
                Err(_) if NOT.contains(&snippet.id.as_str()) => {}
                Err(error) => refused.push(format!("{}: {error}\n{text}", snippet.id)),
            },
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(unread.is_empty(), "{unread:#?}");
    assert!(read > 40, "{read} read, {left} left out");
}
