//! What a script does, at any depth: its commands, and what cannot be judged by reading.

use tree_sitter::Node;

use super::{Reader, children, named, only};
use crate::powershell::ast::{Opaque, Script};
use crate::powershell::{Position, SyntaxError};

/// Words that only go on a statement: alone they are no command, though the grammar takes them
/// for one (about_Reserved_Words).
const CONTINUATIONS: [&str; 5] = ["else", "elseif", "catch", "finally", "until"];

impl Reader<'_> {
    /// Collects every command and everything opaque, at any depth. Iterative: the depth of a
    /// hostile script must not be the depth of our stack.
    /// Refuses what the grammar lets through and PowerShell does not.
    pub(super) fn facts(&self, root: Node<'_>, script: &mut Script) -> Result<(), SyntaxError> {
        let mut waiting = vec![(root, false)];
        while let Some((node, piped)) = waiting.pop() {
            let what = match node.kind() {
                "command" => {
                    let command = self.command(node, piped);
                    if let Some(word) = command
                        .name
                        .as_deref()
                        .filter(|n| CONTINUATIONS.iter().any(|c| n.eq_ignore_ascii_case(c)))
                        .filter(|_| !self.ascii(node).starts_with(['&', '.']))
                    {
                        return Err(self.refused(node, format!("{word} goes on nothing here")));
                    }
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
                "command_elements" if !self.are_harmless_calls(node) => Some("a method call"),
                "type_literal" if !self.is_plain_type(node) => {
                    Some("a type whose constructor or property may do anything")
                }
                "try_statement"
                    if !named(node)
                        .iter()
                        .any(|n| matches!(n.kind(), "catch_clauses" | "finally_clause")) =>
                {
                    return Err(self.refused(node, "this try has neither catch nor finally".into()));
                }
                "pipeline_chain_tail" | "ternary_expression" | "null_coalesce_expression" => {
                    return Err(self.refused(
                        node,
                        "this operator is PowerShell 7's; the servers' modules need Windows PowerShell 5.1".into(),
                    ));
                }
                "function_statement" => {
                    let name = named(node)
                        .into_iter()
                        .find(|n| n.kind() == "function_name")
                        .map(|n| self.original(n).to_owned());
                    script.functions.extend(name);
                    None
                }
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
            let is_pipeline = node.kind() == "pipeline_chain";
            let mut inner: Vec<(Node<'_>, bool)> = children(node)
                .into_iter()
                .scan(false, |behind, child| {
                    let piped = is_pipeline && *behind;
                    *behind |= child.is_named() && child.kind() != "comment";
                    Some((child, piped))
                })
                .collect();
            inner.reverse();
            waiting.append(&mut inner);
        }
        Ok(())
    }

    fn refused(&self, node: Node<'_>, message: String) -> SyntaxError {
        SyntaxError::new(Position::of(self.source, self.span(node).start), message)
    }

    fn invokes_block(&self, command: Node<'_>) -> bool {
        named(command)
            .into_iter()
            .find(|n| n.kind() == "command_name_expr")
            .and_then(only)
            .is_some_and(|n| n.kind() == "script_block_expression")
    }

    /// The calls that the grammar cuts off their object: `Get-X (gi a).Delete()`.
    fn are_harmless_calls(&self, elements: Node<'_>) -> bool {
        let parts = named(elements);
        parts.windows(2).all(|pair| match pair {
            [object, call] if call.kind() == "argument_list" => {
                let member = only(*object).filter(|n| n.kind() == "member_access");
                member.is_some_and(|n| self.is_harmless_call(n))
            }
            _ => true,
        })
    }

    /// Method calls that only look: `$PSBoundParameters.ContainsKey('X')`, `$_.X.ToUniversalTime()`.
    fn is_harmless_call(&self, node: Node<'_>) -> bool {
        named(node)
            .into_iter()
            .find(|n| n.kind() == "member_name")
            .is_some_and(|n| LOOKING.contains(&self.ascii(n).to_ascii_lowercase().as_str()))
    }

    /// A type that only holds a value: a cast to it makes nothing but that value.
    fn is_plain_type(&self, node: Node<'_>) -> bool {
        self.ascii(node)
            .to_ascii_lowercase()
            .split(['[', ']', ','])
            .map(|part| part.trim().trim_start_matches("system."))
            .filter(|part| !part.is_empty())
            .all(|part| PLAIN_TYPES.contains(&part))
    }
}

/// Methods of values that return another value and do nothing else, whatever they belong to.
const LOOKING: &[&str] = &[
    "adddays",
    "addhours",
    "addminutes",
    "addmonths",
    "addseconds",
    "addyears",
    "contains",
    "containskey",
    "endswith",
    "equals",
    "gettype",
    "indexof",
    "isnullorempty",
    "padleft",
    "padright",
    "split",
    "startswith",
    "substring",
    "tolocaltime",
    "tolower",
    "toshortdatestring",
    "tostring",
    "touniversaltime",
    "toupper",
    "trim",
    "trimend",
    "trimstart",
];

/// Types that only hold a value, by their accelerators and names without `System.`.
const PLAIN_TYPES: &[&str] = &[
    "array",
    "bool",
    "boolean",
    "byte",
    "char",
    "collections.arraylist",
    "collections.generic.dictionary",
    "collections.generic.list",
    "collections.hashtable",
    "console",
    "convert",
    "cultureinfo",
    "datetime",
    "datetimeoffset",
    "decimal",
    "double",
    "environment",
    "float",
    "globalization.cultureinfo",
    "guid",
    "hashtable",
    "int",
    "int16",
    "int32",
    "int64",
    "io.path",
    "ipaddress",
    "long",
    "management.automation.pscredential",
    "management.automation.switchparameter",
    "math",
    "net.ipaddress",
    "net.securityprotocoltype",
    "net.servicepointmanager",
    "nullable",
    "object",
    "ordered",
    "pscredential",
    "pscustomobject",
    "psobject",
    "regex",
    "sbyte",
    "securestring",
    "security.principal.windowsbuiltinrole",
    "security.principal.windowsidentity",
    "security.principal.windowsprincipal",
    "security.securestring",
    "short",
    "single",
    "string",
    "switch",
    "switchparameter",
    "text.encoding",
    "text.regularexpressions.regex",
    "text.stringbuilder",
    "timespan",
    "uint16",
    "uint32",
    "uint64",
    "uri",
    "version",
    "void",
    "xml",
];
