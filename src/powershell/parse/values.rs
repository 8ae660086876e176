//! Values: literals, variables, strings with parts that expand, hashtables, blocks.

use tree_sitter::Node;

use super::{Reader, named, only, variable_name};
use crate::powershell::ast::{Piece, Value, ValueKind};
use crate::powershell::literal;

impl Reader<'_> {
    pub(super) fn value(&self, node: Node<'_>) -> Value {
        Value {
            span: self.span(node),
            kind: self.value_kind(node),
        }
    }

    fn value_kind(&self, node: Node<'_>) -> ValueKind {
        let text = self.ascii(node);
        match node.kind() {
            "unary_expression" | "pipeline_chain" => match only(node) {
                Some(inner) => self.value_kind(inner),
                None => ValueKind::Other,
            },
            "pipeline" => match only(node) {
                Some(inner)
                    if inner.kind() == "pipeline_chain"
                        && only(inner).is_some_and(|i| i.kind() != "command") =>
                {
                    self.value_kind(inner)
                }
                _ => ValueKind::Other,
            },
            "generic_token" => ValueKind::Bare(self.original(node).to_owned()),
            "bareword_argument_list" | "array_literal_expression" => {
                ValueKind::Array(named(node).into_iter().map(|n| self.value(n)).collect())
            }
            "string_literal" => self.string(node),
            "integer_literal" | "real_literal" => ValueKind::Number(text.to_owned()),
            "expression_with_unary_operator"
                if text.starts_with('-') && text[1..].parse::<f64>().is_ok() =>
            {
                ValueKind::Number(text.to_owned())
            }
            "variable" => ValueKind::Variable(variable_name(text)),
            "array_expression" | "parenthesized_expression" | "sub_expression" => {
                ValueKind::Nested(self.inner(node))
            }
            "script_block_expression" => ValueKind::Block(self.inner(node)),
            "hash_literal_expression" => self.hash(node),
            _ => ValueKind::Other,
        }
    }

    fn hash(&self, node: Node<'_>) -> ValueKind {
        let Some(body) = only(node) else {
            return if node.named_child_count() == 0 {
                ValueKind::Hash(Vec::new())
            } else {
                ValueKind::Other
            };
        };
        let mut entries = Vec::new();
        for entry in named(body).into_iter().filter(|n| n.kind() == "hash_entry") {
            match named(entry).as_slice() {
                [key, value] => {
                    let key = self.original(*key).trim().to_owned();
                    let key = literal::value_of(&key).unwrap_or(key);
                    entries.push((key, self.value(*value)));
                }
                _ => return ValueKind::Other,
            }
        }
        ValueKind::Hash(entries)
    }

    fn string(&self, node: Node<'_>) -> ValueKind {
        let original = self.original(node);
        if let Some(value) = literal::value_of(original) {
            return ValueKind::Text(value);
        }
        match only(node) {
            Some(inner) if inner.kind() == "expandable_string_literal" => self.expandable(inner),
            _ => ValueKind::Other,
        }
    }

    fn expandable(&self, node: Node<'_>) -> ValueKind {
        let mut pieces = Vec::new();
        let (mut at, end) = (node.start_byte() + 1, node.end_byte().saturating_sub(1));
        for child in named(node) {
            push_text(
                &mut pieces,
                self.normalised
                    .text
                    .get(at..child.start_byte())
                    .unwrap_or(""),
            );
            pieces.push(match child.kind() {
                "variable" => Piece::Variable(variable_name(self.ascii(child))),
                _ => Piece::Other,
            });
            at = child.end_byte();
        }
        push_text(&mut pieces, self.normalised.text.get(at..end).unwrap_or(""));
        ValueKind::Expandable(pieces)
    }
}

fn push_text(pieces: &mut Vec<Piece>, raw: &str) {
    if raw.is_empty() {
        return;
    }
    let mut text = String::new();
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '`' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('0') => text.push('\0'),
                Some(other) => text.push(other),
                None => {}
            },
            '"' => {
                chars.next_if_eq(&'"');
                text.push('"');
            }
            other => text.push(other),
        }
    }
    pieces.push(Piece::Text(text));
}
