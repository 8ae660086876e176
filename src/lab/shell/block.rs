//! Script blocks that run: `ForEach-Object { ... }` for each object, `try { ... } catch { ... }`.

use super::call::{Port, Result, Stop};
use super::eval::{Shell, Source, refusal};
use super::value::Value;
use crate::powershell::{self, Argument, Command, Statement, ValueKind};

impl Shell<'_> {
    /// The block of a `ForEach-Object` that is more than the way to a property.
    pub(super) fn each_block<'c>(&self, command: &'c Command) -> Option<&'c [Statement]> {
        let named = ["ForEach-Object", "foreach", "%"];
        if !named.iter().any(|name| command.is(name)) {
            return None;
        }
        match command.arguments.as_slice() {
            [Argument::Value(value)] => match &value.kind {
                ValueKind::Block(statements) => Some(statements),
                _ => None,
            },
            _ => None,
        }
    }

    /// Runs the statements once for each object, which is `$_` in them.
    pub(super) fn each(
        &mut self,
        source: Source<'_>,
        statements: &[Statement],
        input: Option<Vec<Value>>,
        port: &mut Port<'_>,
    ) -> Result {
        let mut all = Vec::new();
        for item in input
            .unwrap_or_default()
            .into_iter()
            .flat_map(Value::unroll)
        {
            if (port.cancelled)() {
                return Err(Stop::Cancelled);
            }
            all.extend(self.with_item(item, |shell| shell.statements(source, statements, port))?);
        }
        Ok(all)
    }

    /// Works with `$_` set, and puts back what it was.
    fn with_item<T>(
        &mut self,
        item: Value,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let before = self.set_variable("_", Some(item));
        let ended = work(self);
        self.set_variable("_", before);
        ended
    }

    /// A statement that the parser does not take apart: `try` with one `catch` for everything.
    pub(super) fn compound(&mut self, source: Source<'_>, port: &mut Port<'_>) -> Result {
        let text = source.text();
        let unsupported = || {
            let line = text.lines().next().unwrap_or("");
            Stop::Unsupported(refusal(&line.chars().take(60).collect::<String>()))
        };
        let (tried, after) = word_and_block(text, 0, "try").ok_or_else(unsupported)?;
        let (caught, end) = word_and_block(text, after, "catch").ok_or_else(unsupported)?;
        if !text.get(end..).is_some_and(|rest| rest.trim().is_empty()) {
            return Err(unsupported());
        }
        match self.inner(source.slice(tried.start, tried.end), port) {
            Err(Stop::Error(record)) => {
                let message = Value::from(record.message.as_str());
                self.with_item(message, |shell| {
                    shell.inner(source.slice(caught.start, caught.end), port)
                })
            }
            ended => ended,
        }
    }

    fn inner(&mut self, source: Source<'_>, port: &mut Port<'_>) -> Result {
        let script = powershell::parse(source.text())
            .map_err(|_| Stop::Unsupported(refusal(source.text())))?;
        self.deeper(|shell| shell.statements(source, &script.statements, port))
    }
}

/// The bytes between the braces behind this word, and where the closing one ends.
fn word_and_block(text: &str, from: usize, word: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let rest = text.get(from..)?;
    let lead = rest.len() - rest.trim_start().len();
    let behind = rest.get(lead..)?;
    let head = behind.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let behind = behind.get(word.len()..)?;
    let gap = behind.len() - behind.trim_start().len();
    let open = from + lead + word.len() + gap;
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    for (at, c) in text.get(open..)?.char_indices() {
        match (quote, c) {
            (Some(mark), _) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((open + 1..open + at, open + at + 1));
                }
            }
            // Anything else in front of the brace: a type that is caught.
            (None, _) if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::word_and_block;

    #[test]
    fn blocks_are_found_by_their_braces() {
        let text = "try { a '}' {b} } catch{\"$_\"}";
        let (tried, after) = word_and_block(text, 0, "try").expect("a block");
        assert_eq!(text[tried].trim(), "a '}' {b}");
        let (caught, end) = word_and_block(text, after, "catch").expect("a block");
        assert_eq!((&text[caught], end), ("\"$_\"", text.len()));
        assert_eq!(word_and_block("catch [X] { }", 0, "catch"), None);
        assert_eq!(word_and_block("try { a", 0, "try"), None);
    }
}
