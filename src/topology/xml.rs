//! Parsing with limits, and the small helpers both readers use.
//!
//! Elements and attributes are matched on local names: the namespaces differ between the
//! containers and products while the names do not.

use super::{Problem, ReadError, Unknown};
use roxmltree::{Document, Error, Node, ParsingOptions};
use std::str::FromStr;

/// Most `<` in a document (two per element). The parser reserves memory per `<` before it
/// parses, so this is checked first.
const MAX_TAGS: usize = 500_000;
/// Most `=` in a document, roughly its attributes; memory is reserved per `=` likewise.
const MAX_ATTRIBUTES: usize = 2_000_000;
/// Most attributes in one tag: the parser's check for doubled attributes is quadratic in them.
const MAX_ATTRIBUTES_OF_A_TAG: usize = 512;
/// Most namespace prefixes: nested elements each copy the prefixes of all around them.
const MAX_PREFIXES: usize = 1_000;
/// Longest attribute value or text, in bytes. One name is repeated wherever it is referred to, so
/// its length multiplies; a DNS name has 255 at most.
const MAX_VALUE: usize = 1_024;
/// Most notes of each kind kept.
const MAX_NOTES: usize = 1_000;

/// Parses the text within limits; document type definitions are refused.
///
/// The limits are far above any real deployment (the largest has some ten thousand elements) and
/// keep a hostile file from exhausting time or memory.
pub(super) fn parse(text: &str) -> Result<Document<'_>, ReadError> {
    check_limits(text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_TAGS as u32 * 2,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options);
    let document = document.map_err(|error| read_error(text, &error))?;
    let too_long = |value: &str| value.len() > MAX_VALUE;
    let long = document.descendants().any(|node| {
        node.attributes().any(|a| too_long(a.value()))
            || (node.is_text() && node.text().is_some_and(|t| too_long(t.trim())))
    });
    if long {
        return Err(ReadError::TooComplex {
            what: "bytes in one value",
            limit: MAX_VALUE,
        });
    }
    Ok(document)
}

fn check_limits(text: &str) -> Result<(), ReadError> {
    let too_many = |what, limit| Err(ReadError::TooComplex { what, limit });
    let (mut tags, mut attributes, mut of_this_tag) = (0_usize, 0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'<' => {
                tags += 1;
                of_this_tag = 0;
            }
            b'=' => {
                attributes += 1;
                of_this_tag += 1;
                if of_this_tag > MAX_ATTRIBUTES_OF_A_TAG {
                    return too_many("attributes in one tag", MAX_ATTRIBUTES_OF_A_TAG);
                }
            }
            _ => {}
        }
    }
    if tags > MAX_TAGS {
        return too_many("tags", MAX_TAGS);
    }
    if attributes > MAX_ATTRIBUTES {
        return too_many("attributes", MAX_ATTRIBUTES);
    }
    if text.matches("xmlns:").nth(MAX_PREFIXES).is_some() {
        return too_many("namespace prefixes", MAX_PREFIXES);
    }
    Ok(())
}

fn read_error(text: &str, error: &Error) -> ReadError {
    let (line, column) = match error {
        Error::DtdDetected => return ReadError::Refused,
        Error::NodesLimitReached => {
            return ReadError::TooComplex {
                what: "nodes",
                limit: MAX_TAGS * 2,
            };
        }
        // The parser gives no position for a document that ends early: it is the end.
        Error::UnexpectedEndOfStream | Error::UnclosedRootNode | Error::NoRootNode => end_of(text),
        other => (other.pos().row, other.pos().col),
    };
    let position = format!(" at {}", error.pos());
    let reason = error.to_string().replace(&position, "");
    ReadError::NotXml {
        line,
        column,
        reason,
    }
}

fn end_of(text: &str) -> (u32, u32) {
    let line = text.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = text.rfind('\n').map_or(0, |at| at + 1);
    let column = text[start..].chars().count() + 1;
    (as_u32(line), as_u32(column))
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What the readers note on the way: parts not understood, and contradictions.
pub(super) struct Notes {
    line_starts: Vec<usize>,
    /// Elements not understood.
    pub(super) unknown: Vec<Unknown>,
    /// Contradictions.
    pub(super) problems: Vec<Problem>,
}

impl Notes {
    /// No notes yet on this text.
    pub(super) fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        Self {
            line_starts: ends.map(|(at, _)| at + 1).collect(),
            unknown: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Line of an element, from 1.
    pub(super) fn line(&self, node: Node) -> u32 {
        let start = node.range().start;
        as_u32(self.line_starts.partition_point(|at| *at <= start) + 1)
    }

    /// Notes an element that was not understood.
    pub(super) fn unknown(&mut self, node: Node) {
        if self.unknown.len() < MAX_NOTES {
            let line = self.line(node);
            self.unknown.push(Unknown {
                element: name(node).to_owned(),
                line,
            });
        }
    }

    /// Notes a contradiction.
    pub(super) fn problem(&mut self, line: u32, text: impl FnOnce() -> String) {
        if self.problems.len() < MAX_NOTES {
            let text = text();
            self.problems.push(Problem { line, text });
        }
    }

    /// A number attribute; noted when it is there but is no such number.
    pub(super) fn number<T: FromStr>(&mut self, node: Node, attribute: &str) -> Option<T> {
        let written = attr(node, attribute)?;
        let parsed = written.parse().ok();
        if parsed.is_none() {
            let line = self.line(node);
            self.problem(line, || format!("{attribute}=\"{written}\" is no number"));
        }
        parsed
    }

    /// A boolean attribute (`true`, `false`, `1`, `0`); noted when it is something else.
    pub(super) fn flag(&mut self, node: Node, attribute: &str) -> Option<bool> {
        let written = attr(node, attribute)?;
        match written.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                let line = self.line(node);
                self.problem(line, || format!("{attribute}=\"{written}\" is no boolean"));
                None
            }
        }
    }
}

/// Local name of an element.
pub(super) fn name<'a>(node: Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

/// Child elements.
pub(super) fn children<'a, 'd: 'a>(node: Node<'a, 'd>) -> impl Iterator<Item = Node<'a, 'd>> {
    node.children().filter(Node::is_element)
}

/// The first child element of that local name.
pub(super) fn child<'a, 'd: 'a>(node: Node<'a, 'd>, local: &str) -> Option<Node<'a, 'd>> {
    children(node).find(|c| name(*c) == local)
}

/// An attribute without surrounding white space.
pub(super) fn attr<'a>(node: Node<'a, '_>, local: &str) -> Option<&'a str> {
    node.attribute(local).map(str::trim)
}

/// An attribute as owned text, empty when it is missing.
pub(super) fn text_attr(node: Node, local: &str) -> String {
    attr(node, local).unwrap_or_default().to_owned()
}

/// An attribute as owned text, `None` when it is missing or empty.
pub(super) fn some_attr(node: Node, local: &str) -> Option<String> {
    attr(node, local)
        .filter(|v| !v.is_empty())
        .map(str::to_owned)
}

/// The text of a child element without surrounding white space, empty when there is none.
pub(super) fn child_text(node: Node, local: &str) -> String {
    child(node, local)
        .and_then(|c| c.text())
        .map(|t| t.trim().to_owned())
        .unwrap_or_default()
}
