//! What a script does, at any depth: its commands, and what cannot be judged by reading.

use tree_sitter::Node;

use super::{Reader, named, only};
use crate::powershell::ast::{Opaque, Script};

impl Reader<'_> {
    /// Collects every command and everything opaque, at any depth. Iterative: the depth of a
    /// hostile script must not be the depth of our stack.
    pub(super) fn facts(&self, root: Node<'_>, script: &mut Script) {
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
