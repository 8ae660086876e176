//! The XML as a list of elements and texts: what CLIXML needs of it, and no more.

use std::borrow::Cow;

use quick_xml::errors::Error;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::error::{ClixmlError, quoted};

/// A place in the XML.
pub(super) struct Cursor<'a> {
    reader: Reader<&'a [u8]>,
    source: &'a str,
}

/// The name of an element without the prefix of its namespace.
pub(super) fn local<'s>(start: &'s BytesStart<'_>) -> &'s str {
    start.local_name().into_inner()
}

impl<'a> Cursor<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let mut reader = Reader::from_str(source);
        reader.config_mut().expand_empty_elements = true;
        Cursor { reader, source }
    }

    /// Bytes that were read.
    pub(super) fn at(&self) -> u64 {
        self.reader.buffer_position()
    }

    fn next(&mut self) -> Result<Event<'a>, ClixmlError> {
        loop {
            match self.reader.read_event() {
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => {}
                Ok(Event::DocType(_)) => return Err(ClixmlError::Doctype { at: self.at() }),
                Ok(event) => return Ok(event),
                Err(error) => return Err(self.error(&error)),
            }
        }
    }

    fn error(&self, error: &Error) -> ClixmlError {
        // What is not closed at the end of the text was cut there.
        if matches!(error, Error::Syntax(_)) && self.at() >= self.source.len() as u64 {
            return ClixmlError::Unfinished { at: self.at() };
        }
        ClixmlError::Xml {
            at: self.reader.error_position(),
            what: quoted_words(&error.to_string()),
        }
    }

    fn malformed(&self, what: &str) -> ClixmlError {
        ClixmlError::Xml {
            at: self.at(),
            what: what.to_owned(),
        }
    }

    /// The first element of the text.
    pub(super) fn root(&mut self) -> Result<BytesStart<'a>, ClixmlError> {
        loop {
            match self.next()? {
                Event::Start(start) => return Ok(start),
                Event::Eof => return Err(ClixmlError::Count { found: 0 }),
                Event::Text(text) if is_blank(&text) => {}
                _ => return Err(self.malformed("text in front of the first element")),
            }
        }
    }

    /// The end of the text, behind the root's end.
    pub(super) fn end(&mut self) -> Result<(), ClixmlError> {
        loop {
            match self.next()? {
                Event::Eof => return Ok(()),
                Event::Text(text) if is_blank(&text) => {}
                _ => return Err(self.malformed("something stands behind the last element")),
            }
        }
    }

    /// The next element within the one that is open, or `None` at its end.
    pub(super) fn child(&mut self) -> Result<Option<BytesStart<'a>>, ClixmlError> {
        loop {
            match self.next()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::End(_) => return Ok(None),
                Event::Text(text) if is_blank(&text) => {}
                Event::Eof => return Err(ClixmlError::Unfinished { at: self.at() }),
                _ => return Err(self.malformed("text between elements")),
            }
        }
    }

    /// The text of the element that is open, to its end. Borrowed when it is one piece.
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, ClixmlError> {
        let mut all = Cow::Borrowed("");
        loop {
            match self.next()? {
                Event::Text(text) => append(&mut all, line_ends(text.into_inner())),
                Event::CData(text) => append(&mut all, line_ends(text.into_inner())),
                Event::GeneralRef(entity) => all.to_mut().push(self.resolve(&entity)?),
                Event::End(_) => return Ok(all),
                Event::Start(start) => {
                    return Err(ClixmlError::Element {
                        at: self.at(),
                        element: quoted(local(&start)),
                        expected: "text",
                    });
                }
                _ => return Err(ClixmlError::Unfinished { at: self.at() }),
            }
        }
    }

    /// What stands in the element that is open, to its end: its text, or when there are elements in
    /// it the XML as it is.
    pub(super) fn inner(&mut self) -> Result<Cow<'a, str>, ClixmlError> {
        let begin = self.position();
        let mut all = Cow::Borrowed("");
        let mut has_elements = false;
        let mut open = 0_usize;
        loop {
            let end = self.position();
            match self.next()? {
                Event::Text(text) if !has_elements => {
                    append(&mut all, line_ends(text.into_inner()))
                }
                Event::CData(text) if !has_elements => {
                    append(&mut all, line_ends(text.into_inner()));
                }
                Event::GeneralRef(entity) => {
                    let c = self.resolve(&entity)?;
                    if !has_elements {
                        all.to_mut().push(c);
                    }
                }
                Event::Start(_) => {
                    has_elements = true;
                    open += 1;
                }
                Event::End(_) if open > 0 => open -= 1,
                Event::End(_) if has_elements => {
                    return Ok(Cow::Borrowed(
                        self.source.get(begin..end).unwrap_or_default(),
                    ));
                }
                Event::End(_) => return Ok(all),
                Event::Eof => return Err(ClixmlError::Unfinished { at: self.at() }),
                _ => {}
            }
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.at()).unwrap_or(usize::MAX)
    }

    /// The value of an attribute, entities resolved.
    pub(super) fn attribute<'s>(
        &self,
        start: &'s BytesStart<'_>,
        name: &str,
    ) -> Result<Option<Cow<'s, str>>, ClixmlError> {
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.attribute_error(&error))?;
            if attribute.key.0 == name {
                return attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .map(Some)
                    .map_err(|error| self.attribute_error(&error));
            }
        }
        Ok(None)
    }

    fn attribute_error(&self, error: &dyn std::fmt::Display) -> ClixmlError {
        self.malformed(&quoted_words(&error.to_string()))
    }

    /// The character of an entity: by its number, or one of the predefined five.
    fn resolve(&self, entity: &BytesRef<'a>) -> Result<char, ClixmlError> {
        let found = if entity.is_char_ref() {
            entity.resolve_char_ref().ok().flatten()
        } else {
            resolve_predefined_entity(entity).and_then(|text| text.chars().next())
        };
        found.ok_or_else(|| ClixmlError::Entity {
            at: self.at(),
            name: quoted(entity),
        })
    }
}

/// An error of the XML reader may quote a whole document.
fn quoted_words(words: &str) -> String {
    match words.char_indices().nth(200) {
        Some((at, _)) => format!("{}...", &words[..at]),
        None => words.to_owned(),
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// XML has one line end (XML 1.0, 2.11).
fn line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn append<'a>(all: &mut Cow<'a, str>, text: Cow<'a, str>) {
    if all.is_empty() {
        *all = text;
    } else {
        all.to_mut().push_str(&text);
    }
}
