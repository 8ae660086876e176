//! From the grammar's tree to [`Script`].

mod facts;
pub mod lines;
mod misread;
mod names;
mod values;

use std::ops::Range;

use tree_sitter::{Node, Parser, Tree};

use super::ast::{Argument, Command, Element, Script, Statement, StatementKind, Value, ValueKind};
use super::literal;
use super::scan::{Normalised, scan};
use super::{Position, SyntaxError};

/// Longest script that is parsed, in bytes: far above any runbook, low enough to answer at once.
const MAX_BYTES: usize = 1 << 20;

/// Parses a script. A syntax error is refused with its place, never read "best effort".
pub fn parse(source: &str) -> Result<Script, SyntaxError> {
    if source.len() > MAX_BYTES {
        return Err(SyntaxError::new(
            Position { line: 1, column: 1 },
            format!("longer than {MAX_BYTES} bytes"),
        ));
    }
    let normalised = scan(source)?;
    let tree = tree_of(&normalised)?;
    let reader = Reader {
        source,
        normalised: &normalised,
    };
    let root = tree.root_node();
    if root.has_error() {
        return Err(reader.first_error(root));
    }
    let mut script = Script::default();
    for child in named(root) {
        match child.kind() {
            "param_block" => script.param_block = Some(reader.span(child)),
            "statement_list" => script.statements.extend(reader.statements(child)),
            _ => {}
        }
    }
    reader.facts(root, &mut script)?;
    script.scanned = normalised;
    Ok(script)
}

fn tree_of(normalised: &Normalised) -> Result<Tree, SyntaxError> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_pwsh::LANGUAGE.into())
        .ok()
        .and_then(|()| parser.parse(&normalised.text, None))
        .ok_or_else(|| {
            SyntaxError::new(
                Position { line: 1, column: 1 },
                "the grammar could not be loaded",
            )
        })
}

/// Up to so many children are asked for one by one: a cursor costs more than it spares. Asking
/// for each child of a long list that way would take quadratic time.
const FEW: usize = 24;

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    match node.child_count() {
        0 => Vec::new(),
        n if n as usize <= FEW => (0..n).filter_map(|i| node.child(i)).collect(),
        _ => node.children(&mut node.walk()).collect(),
    }
}

fn named(node: Node<'_>) -> Vec<Node<'_>> {
    match node.named_child_count() {
        0 => Vec::new(),
        n if n <= FEW => (0..n).filter_map(|i| node.named_child(i as u32)).collect(),
        _ => node.named_children(&mut node.walk()).collect(),
    }
}

fn only(node: Node<'_>) -> Option<Node<'_>> {
    (node.named_child_count() == 1)
        .then(|| node.named_child(0))
        .flatten()
}

struct Reader<'a> {
    source: &'a str,
    normalised: &'a Normalised,
}

impl Reader<'_> {
    fn span(&self, node: Node<'_>) -> Range<usize> {
        self.normalised.original(node.start_byte())..self.normalised.original(node.end_byte())
    }

    /// The node in the grammar's alphabet: delimiters and dashes are ASCII.
    fn ascii(&self, node: Node<'_>) -> &str {
        self.normalised.text.get(node.byte_range()).unwrap_or("")
    }

    fn original(&self, node: Node<'_>) -> &str {
        self.source.get(self.span(node)).unwrap_or("")
    }

    fn first_error(&self, root: Node<'_>) -> SyntaxError {
        let mut found = root;
        while let Some(next) = children(found)
            .into_iter()
            .find(|c| c.is_error() || c.is_missing() || c.has_error())
        {
            found = next;
            if found.is_error() || found.is_missing() {
                break;
            }
        }
        let offset = self.normalised.original(found.start_byte());
        let message = if found.is_missing() {
            format!("{} is missing here", found.kind())
        } else {
            let near: String = self
                .source
                .get(offset..)
                .unwrap_or("")
                .lines()
                .next()
                .unwrap_or("")
                .chars()
                .take(30)
                .collect();
            format!("PowerShell does not read this: {near}")
        };
        SyntaxError {
            position: Position::of(self.source, offset),
            message,
            misread: misread::form(self.normalised),
        }
    }

    fn statements(&self, list: Node<'_>) -> Vec<Statement> {
        named(list)
            .into_iter()
            .filter(|n| !matches!(n.kind(), "comment" | "empty_statement"))
            .map(|n| Statement {
                span: self.span(n),
                kind: self.statement(n),
            })
            .collect()
    }

    /// The statements of a block, group or sub-expression, however deep the grammar wraps them.
    fn inner(&self, node: Node<'_>) -> Vec<Statement> {
        let mut out = Vec::new();
        for child in named(node) {
            match child.kind() {
                "statement_list" => out.extend(self.statements(child)),
                "script_block" | "script_block_body" => out.extend(self.inner(child)),
                "comment" | "empty_statement" => {}
                _ => out.push(Statement {
                    span: self.span(child),
                    kind: self.statement(child),
                }),
            }
        }
        out
    }

    fn statement(&self, node: Node<'_>) -> StatementKind {
        match node.kind() {
            "pipeline" => match only(node) {
                Some(inner) if inner.kind() == "assignment_expression" => self.assignment(inner),
                Some(inner) if inner.kind() == "pipeline_chain" => {
                    StatementKind::Pipeline(self.chain(inner))
                }
                _ => StatementKind::Other,
            },
            "if_statement" => {
                let parts = named(node);
                match parts.as_slice() {
                    [condition, block] if block.kind() == "statement_block" => StatementKind::If {
                        condition: self.original(*condition).trim().to_owned(),
                        body: self.inner(*block),
                    },
                    _ => StatementKind::Other,
                }
            }
            _ => StatementKind::Other,
        }
    }

    fn chain(&self, chain: Node<'_>) -> Vec<Element> {
        named(chain)
            .into_iter()
            .filter(|n| n.kind() != "comment")
            .enumerate()
            .map(|(place, n)| match n.kind() {
                "command" => Element::Command(self.command(n, place > 0)),
                _ => Element::Expression(self.value(n)),
            })
            .collect()
    }

    fn assignment(&self, node: Node<'_>) -> StatementKind {
        let parts = named(node);
        let [left, operator, right] = parts.as_slice() else {
            return StatementKind::Other;
        };
        if self.ascii(*operator).trim() != "=" {
            return StatementKind::Other;
        }
        let Some((variable, member)) = self.assigned_to(*left) else {
            return StatementKind::Other;
        };
        let value = match only(*right)
            .filter(|n| n.kind() == "pipeline_chain")
            .and_then(only)
        {
            Some(single) if single.kind() != "command" => self.value(single),
            _ => Value {
                span: self.span(*right),
                kind: ValueKind::Other,
            },
        };
        StatementKind::Assignment {
            variable,
            member,
            value,
        }
    }

    fn assigned_to(&self, left: Node<'_>) -> Option<(String, Option<String>)> {
        let inner = only(left)
            .filter(|n| n.kind() == "unary_expression")
            .and_then(only)?;
        match inner.kind() {
            "variable" => Some((variable_name(self.ascii(inner)), None)),
            "member_access" => match named(inner).as_slice() {
                [variable, member]
                    if variable.kind() == "variable" && self.ascii(inner).contains('.') =>
                {
                    Some((
                        variable_name(self.ascii(*variable)),
                        Some(self.ascii(*member).to_owned()),
                    ))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn command(&self, node: Node<'_>, piped: bool) -> Command {
        let mut command = Command {
            name: None,
            by_path: false,
            arguments: Vec::new(),
            piped,
            writes_file: false,
            span: self.span(node),
        };
        for child in named(node) {
            match child.kind() {
                "command_name" => command.set_name(self.original(child)),
                "command_name_expr" => {
                    if let Some(name) = self.computed_name(child) {
                        command.set_name(&name);
                    }
                }
                "command_elements" => self.arguments(child, &mut command),
                _ => {}
            }
        }
        command
    }

    /// The name behind `&` or `.`: a word or a string without expansion counts as written.
    fn computed_name(&self, node: Node<'_>) -> Option<String> {
        let inner = only(node)?;
        match inner.kind() {
            "command_name" => Some(self.original(inner).to_owned()),
            "string_literal" => literal::value_of(self.original(inner)),
            _ => None,
        }
    }

    fn arguments(&self, elements: Node<'_>, command: &mut Command) {
        let mut after_colon = false;
        for node in named(elements) {
            match node.kind() {
                "command_argument_sep" => {
                    after_colon = self.ascii(node).contains(':');
                    continue;
                }
                "command_parameter" => {
                    let text = self.ascii(node);
                    let name = text
                        .trim_start_matches('-')
                        .trim_end_matches(':')
                        .replace('`', "");
                    command.arguments.push(Argument::Parameter {
                        name,
                        value: None,
                        span: self.span(node),
                    });
                    after_colon = text.ends_with(':');
                    continue;
                }
                "redirection" => command.writes_file |= self.is_to_file(node),
                // `(Get-Date).AddDays(1)`: the grammar cuts the call off its object.
                "argument_list" => {
                    if let Some(
                        Argument::Value(object)
                        | Argument::Parameter {
                            value: Some(object),
                            ..
                        },
                    ) = command.arguments.last_mut()
                    {
                        object.span.end = self.span(node).end;
                        object.kind = ValueKind::Other;
                    }
                }
                _ => {
                    let value = self.value(node);
                    match (&value.kind, command.arguments.last_mut()) {
                        (
                            _,
                            Some(Argument::Parameter {
                                value: slot @ None,
                                span,
                                ..
                            }),
                        ) if after_colon => {
                            span.end = value.span.end;
                            *slot = Some(value);
                        }
                        (ValueKind::Variable(_), _) if self.ascii(node).starts_with('@') => {
                            command.arguments.push(Argument::Splat {
                                name: self.ascii(node).trim_start_matches('@').to_owned(),
                                span: value.span,
                            });
                        }
                        _ => command.arguments.push(Argument::Value(value)),
                    }
                }
            }
            after_colon = false;
        }
    }
}

impl Reader<'_> {
    /// True for a redirection into a file: not into another stream, not to `$null`.
    fn is_to_file(&self, redirection: Node<'_>) -> bool {
        let text = self.ascii(redirection);
        let target = text.rsplit('>').next().unwrap_or("").trim();
        !target.starts_with('&') && !target.eq_ignore_ascii_case("$null")
    }
}

fn variable_name(text: &str) -> String {
    text.trim_start_matches(['$', '@'])
        .trim_start_matches('{')
        .trim_end_matches('}')
        .to_owned()
}

#[cfg(test)]
mod tests;
