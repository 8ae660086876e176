//! Values and arguments as they are written in a script.

use super::bind::Given;
use super::call::{Port, Result, Stop};
use super::eval::{Shell, Source, refusal};
use super::value::{Object, Value};
use crate::powershell::{self, Argument, Element, Piece, Statement, StatementKind, ValueKind};

impl Shell<'_> {
    /// Works out one argument of a command.
    pub(super) fn argument(
        &mut self,
        source: Source<'_>,
        argument: &Argument,
        given: &mut Vec<Given>,
        port: &mut Port<'_>,
    ) -> Result<()> {
        match argument {
            Argument::Parameter { name, value, .. } => {
                let value = match value {
                    Some(value) => Some(self.value(source, value, port)?),
                    None => None,
                };
                given.push(Given::Parameter(name.clone(), value));
            }
            Argument::Value(value) => {
                let written = source.part(&value.span).text().to_owned();
                let shown = match &value.kind {
                    ValueKind::Bare(text) | ValueKind::Text(text) => text.clone(),
                    _ => written,
                };
                given.push(Given::Value(self.value(source, value, port)?, shown));
            }
            Argument::Splat { name, .. } => match self.variable(name) {
                Some(Value::Object(object)) => {
                    given.extend(
                        object
                            .properties
                            .into_iter()
                            .map(|(key, value)| Given::Parameter(key, Some(value))),
                    );
                }
                Some(Value::List(values)) => {
                    given.extend(values.into_iter().map(|v| {
                        let text = v.text();
                        Given::Value(v, text)
                    }));
                }
                _ => {
                    return Err(Stop::Unsupported(refusal(&format!(
                        "@{name}, which is not set"
                    ))));
                }
            },
        }
        Ok(())
    }

    /// The value of an expression.
    pub(super) fn value(
        &mut self,
        source: Source<'_>,
        value: &powershell::Value,
        port: &mut Port<'_>,
    ) -> Result<Value> {
        let part = source.part(&value.span);
        Ok(match &value.kind {
            ValueKind::Bare(text) | ValueKind::Text(text) => Value::from(text.as_str()),
            ValueKind::Number(text) => number(text),
            ValueKind::Variable(name) => self.variable(name).unwrap_or(Value::Null),
            ValueKind::Expandable(pieces) => {
                let mut out = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => out.push_str(text),
                        Piece::Variable(name) => {
                            out.push_str(&self.variable(name).unwrap_or(Value::Null).text())
                        }
                        Piece::Other => return Err(Stop::Unsupported(refusal(part.text()))),
                    }
                }
                Value::Text(out)
            }
            ValueKind::Array(values) => {
                let mut all = Vec::new();
                for value in values {
                    all.push(self.value(source, value, port)?);
                }
                Value::List(all)
            }
            ValueKind::Nested(statements) => {
                let values = self.statements(source, statements, port)?;
                if part.text().starts_with('@') {
                    Value::List(values)
                } else {
                    Value::collapse(values)
                }
            }
            ValueKind::Hash(entries) => {
                let mut object = Object::new();
                for (key, value) in entries {
                    let value = self.value(source, value, port)?;
                    object.properties.push((key.clone(), value));
                }
                object.into()
            }
            // A script block is handed over as it is written; who takes it reads it.
            ValueKind::Block(_) => Value::from(part.text()),
            ValueKind::Other => return self.other(part, port),
        })
    }

    /// The value of a text that stands in the place of a value.
    pub(super) fn source_value(
        &mut self,
        source: Source<'_>,
        port: &mut Port<'_>,
    ) -> Result<Value> {
        let script = powershell::parse(source.text())
            .map_err(|_| Stop::Unsupported(refusal(source.text())))?;
        match script.statements.as_slice() {
            // The same text again would go round for ever.
            [
                Statement {
                    kind: StatementKind::Pipeline(elements),
                    ..
                },
            ] if matches!(elements.as_slice(), [Element::Expression(v)] if v.kind == ValueKind::Other && v.span.len() == source.text().len()) => {
                Err(Stop::Unsupported(refusal(source.text())))
            }
            statements => self
                .statements(source, statements, port)
                .map(Value::collapse),
        }
    }
}

fn number(text: &str) -> Value {
    let plain = text.parse::<i64>().ok();
    let hex = || {
        text.strip_prefix("0x")
            .or_else(|| text.strip_prefix("0X"))
            .and_then(|h| i64::from_str_radix(h, 16).ok())
    };
    plain
        .or_else(hex)
        .map_or_else(|| Value::from(text), Value::Int)
}
