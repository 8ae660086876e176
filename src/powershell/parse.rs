//! From the grammar's tree to [`Script`].

use std::ops::Range;

use tree_sitter::Node;

use super::ast::{
    Argument, Command, Element, Opaque, Piece, Script, Statement, StatementKind, Value, ValueKind,
};
use super::literal;
use super::scan::{Normalised, scan};
use super::{Position, SyntaxError};

/// Longest script that is parsed, in bytes: far above any runbook, low enough to answer at once.
const MAX_BYTES: usize = 1 << 20;

/// Parses a script. A syntax error is refused with its place, never read "best effort".
pub fn parse(source: &str) -> Result<Script, SyntaxError> {
    if source.len() > MAX_BYTES {
        return Err(SyntaxError {
            position: Position { line: 1, column: 1 },
            message: format!("longer than {MAX_BYTES} bytes"),
        });
    }
    let normalised = scan(source)?;
    let mut parser = tree_sitter::Parser::new();
    let tree = parser
        .set_language(&tree_sitter_pwsh::LANGUAGE.into())
        .ok()
        .and_then(|()| parser.parse(&normalised.text, None))
        .ok_or_else(|| SyntaxError {
            position: Position { line: 1, column: 1 },
            message: "the grammar could not be loaded".into(),
        })?;
    let reader = Reader {
        source,
        normalised: &normalised,
    };
    let root = tree.root_node();
    if root.has_error() {
        return Err(reader.first_error(root));
    }
    let mut script = Script {
        statements: Vec::new(),
        commands: Vec::new(),
        opaque: Vec::new(),
        param_block: None,
    };
    for child in named(root) {
        match child.kind() {
            "param_block" => script.param_block = Some(reader.span(child)),
            "statement_list" => script.statements.extend(reader.statements(child)),
            _ => {}
        }
    }
    reader.facts(root, &mut script);
    Ok(script)
}

fn named(node: Node<'_>) -> Vec<Node<'_>> {
    (0..node.named_child_count())
        .filter_map(|i| node.named_child(i as u32))
        .collect()
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
        while let Some(next) = (0..found.child_count())
            .filter_map(|i| found.child(i))
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
            .map(|n| match n.kind() {
                "command" => Element::Command(self.command(n)),
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

    fn command(&self, node: Node<'_>) -> Command {
        let mut command = Command {
            name: None,
            arguments: Vec::new(),
            writes_file: false,
            span: self.span(node),
        };
        for child in named(node) {
            match child.kind() {
                "command_name" => command.name = Some(plain_name(self.original(child))),
                "command_name_expr" => command.name = self.computed_name(child),
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
            "command_name" => Some(plain_name(self.original(inner))),
            "string_literal" => literal::value_of(self.original(inner)).map(|n| plain_name(&n)),
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
                        .to_owned();
                    command.arguments.push(Argument::Parameter {
                        name,
                        value: None,
                        span: self.span(node),
                    });
                    after_colon = text.ends_with(':');
                    continue;
                }
                "redirection" => {
                    let text = self.ascii(node);
                    command.writes_file |=
                        !text.contains(">&") && !text.to_ascii_lowercase().contains("$null");
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

    fn value(&self, node: Node<'_>) -> Value {
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

    /// Collects every command and everything opaque, at any depth. Iterative: the depth of a
    /// hostile script must not be the depth of our stack.
    fn facts(&self, root: Node<'_>, script: &mut Script) {
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            let what = match node.kind() {
                "command" => {
                    let command = self.command(node);
                    let opaque = command
                        .name
                        .is_none()
                        .then_some("a command whose name is computed");
                    let dotted = self
                        .ascii(node)
                        .starts_with(". ")
                        .then_some("dot-sourcing of another script");
                    // `& { ... }` is as visible as its block.
                    let block = command.name.is_none() && self.invokes_block(node);
                    script.commands.push(command);
                    dotted.or(opaque.filter(|_| !block))
                }
                "invocation_expression" if !self.is_harmless_call(node) => Some("a method call"),
                "stop_parsing" => Some("the stop-parsing token --%"),
                "class_definition"
                | "class_statement"
                | "enum_statement"
                | "using_statement"
                | "data_statement"
                | "inlinescript_statement" => Some("a definition that cannot be judged by reading"),
                _ => None,
            };
            if let Some(what) = what {
                script.opaque.push(Opaque {
                    span: self.span(node),
                    what,
                });
            }
            waiting.extend((0..node.child_count()).rev().filter_map(|i| node.child(i)));
        }
    }

    fn invokes_block(&self, command: Node<'_>) -> bool {
        named(command)
            .into_iter()
            .find(|n| n.kind() == "command_name_expr")
            .and_then(only)
            .is_some_and(|n| n.kind() == "script_block_expression")
    }

    /// Method calls that only look: `$PSBoundParameters.ContainsKey('X')`, `$_.X.ToUniversalTime()`.
    fn is_harmless_call(&self, node: Node<'_>) -> bool {
        const LOOKING: [&str; 9] = [
            "containskey",
            "contains",
            "startswith",
            "endswith",
            "tostring",
            "touniversaltime",
            "tolower",
            "toupper",
            "trim",
        ];
        named(node)
            .into_iter()
            .find(|n| n.kind() == "member_name")
            .is_some_and(|n| LOOKING.contains(&self.ascii(n).to_ascii_lowercase().as_str()))
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

fn variable_name(text: &str) -> String {
    text.trim_start_matches(['$', '@'])
        .trim_start_matches('{')
        .trim_end_matches('}')
        .to_owned()
}

/// `SkypeForBusiness\Get-CsPool` -> `Get-CsPool`; a path keeps its last part. Back-ticks inside a
/// name mean nothing to PowerShell and are dropped, so that they cannot disguise it.
fn plain_name(text: &str) -> String {
    let name = text.rsplit(['\\', '/']).next().unwrap_or(text);
    name.chars()
        .filter(|c| !matches!(c, '`' | '\'' | '"'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        parse(text)
            .expect(text)
            .commands
            .into_iter()
            .map(|c| c.name.unwrap_or("?".into()))
            .collect()
    }

    #[test]
    fn commands_are_found_at_any_depth() {
        assert_eq!(
            names("Get-A | % { Remove-B }; $(Get-C); \"$(Get-D)\"; @(Get-E (Get-F))"),
            ["Get-A", "%", "Remove-B", "Get-C", "Get-D", "Get-E", "Get-F"]
        );
        assert_eq!(names("SkypeForBusiness\\Get-Z"), ["Get-Z"]);
        assert_eq!(names("& 'Uninstall-X' -a"), ["Uninstall-X"]);
        assert_eq!(names("Un`install-X"), ["Uninstall-X"]);
    }

    #[test]
    fn arguments_in_order() {
        let script = parse("X -A 'b' -C:$true @h D,E –F ‘g’").expect("parses");
        let [
            Argument::Parameter {
                name: a,
                value: None,
                ..
            },
            Argument::Value(b),
            Argument::Parameter {
                name: c,
                value: Some(t),
                ..
            },
            Argument::Splat { name: h, .. },
            Argument::Value(de),
            Argument::Parameter { name: f, .. },
            Argument::Value(g),
        ] = script.commands[0].arguments.as_slice()
        else {
            panic!("{:?}", script.commands[0].arguments);
        };
        assert_eq!(
            (a.as_str(), c.as_str(), h.as_str(), f.as_str()),
            ("A", "C", "h", "F")
        );
        assert_eq!(b.kind, ValueKind::Text("b".into()));
        assert_eq!(g.kind, ValueKind::Text("g".into()));
        assert_eq!(t.kind, ValueKind::Variable("true".into()));
        assert!(matches!(&de.kind, ValueKind::Array(items) if items.len() == 2));
    }

    #[test]
    fn what_cannot_be_seen_through_is_listed() {
        for text in [
            "[IO.File]::Delete('x')",
            "$a.Delete()",
            "& $x",
            ". ./f.ps1",
            "foo --% bar",
            "& \"$x\"",
        ] {
            assert!(!parse(text).expect(text).opaque.is_empty(), "{text}");
        }
        for text in [
            "Get-X",
            "& { Get-X }",
            "if ($PSBoundParameters.ContainsKey('A')) { $h.A = $A }",
            "$x.y",
        ] {
            assert!(parse(text).expect(text).opaque.is_empty(), "{text}");
        }
    }

    #[test]
    fn redirections() {
        let writes = |t: &str| parse(t).expect(t).commands[0].writes_file;
        assert!(writes("Get-X > out.txt") && writes("Get-X >> out.txt"));
        assert!(!writes("Get-X 2>&1") && !writes("Get-X > $null"));
    }

    #[test]
    fn statements_of_the_idiom() {
        let script = parse("param([int]$A = 1, [string]$B)\n$h = @{}\nif ($A) { $h.A = $A }\nX @h")
            .expect("parses");
        assert!(script.param_block.is_some());
        assert!(
            matches!(&script.statements[0].kind, StatementKind::Assignment { variable, member: None, value: Value { kind: ValueKind::Hash(e), .. } } if variable == "h" && e.is_empty())
        );
        assert!(
            matches!(&script.statements[1].kind, StatementKind::If { condition, body } if condition == "$A" && body.len() == 1)
        );
        assert!(matches!(
            &script.statements[2].kind,
            StatementKind::Pipeline(_)
        ));
    }

    #[test]
    fn syntax_errors_have_a_place() {
        let error = parse("Get-X\nGet-Y -A (").expect_err("open");
        assert_eq!((error.position.line, error.position.column), (2, 10));
        assert!(parse("if (").is_err());
    }

    #[test]
    fn expanding_strings() {
        let script = parse("X \"a$B c`\" ${D}\"").expect("parses");
        let Argument::Value(Value {
            kind: ValueKind::Expandable(pieces),
            ..
        }) = &script.commands[0].arguments[0]
        else {
            panic!()
        };
        assert_eq!(
            pieces,
            &[
                Piece::Text("a".into()),
                Piece::Variable("B".into()),
                Piece::Text(" c\" ".into()),
                Piece::Variable("D".into())
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "[ -~\u{2018}\u{2019}\u{201c}\u{2013}\n]{0,80}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_quoted_value_is_one_argument(value in "[^\\p{Cc}\u{2028}\u{2029}]{0,30}") {
            let text = format!("Get-X -Name {}", literal::single_quoted(&value).expect("no controls"));
            let script = parse(&text).expect("parses");
            prop_assert_eq!(script.commands.len(), 1);
            prop_assert!(matches!(&script.commands[0].arguments[1], Argument::Value(v) if v.kind == ValueKind::Text(value.clone())));
        }
    }
}
