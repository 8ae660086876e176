//! What the examples of a snippet's help fill in.

use crate::powershell::{self, Kind, Value, ValueKind};

use super::model::Snippet;

/// What an example gives each parameter: the constants of its first line, one for each element of a
/// list, `true` for a switch. `None` when the line is no command, or gives something that is no
/// constant.
pub fn given(snippet: &Snippet, example: &str) -> Option<Vec<(String, Vec<String>)>> {
    let line = example.lines().next()?;
    let script = powershell::parse(line).ok()?;
    let pairs = script.commands.first()?.pairs();
    pairs
        .map(|(name, value)| {
            let field = snippet.field(name);
            let switch = field.is_some_and(|f| f.kind == Kind::Switch);
            let texts = match value {
                _ if switch => vec!["true".to_owned()],
                // `@{add='x'}` is typed as it stands.
                Some(value) => match (constants(value), field.map(|f| snippet.kind_of(f))) {
                    (Some(texts), _) => texts,
                    (None, Some(Kind::ListChange | Kind::Object)) => {
                        vec![line.get(value.span.clone())?.to_owned()]
                    }
                    (None, _) => return None,
                },
                None => return None,
            };
            Some((name.to_owned(), texts))
        })
        .collect()
}

fn constants(value: &Value) -> Option<Vec<String>> {
    match &value.kind {
        ValueKind::Text(text) | ValueKind::Bare(text) | ValueKind::Number(text) => {
            Some(vec![text.clone()])
        }
        ValueKind::Variable(name) => {
            let truth = ["true", "false"].contains(&name.to_ascii_lowercase().as_str());
            truth.then(|| vec![name.to_ascii_lowercase()])
        }
        ValueKind::Array(items) => items.iter().try_fold(Vec::new(), |mut all, item| {
            all.extend(constants(item)?);
            Some(all)
        }),
        _ => None,
    }
}
