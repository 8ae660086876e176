//! What comes back: the answers of a remote shell, and faults.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use thiserror::Error;

use super::fault::Fault;
use super::{MICROSOFT, SHELL, SOAP, WSMAN};

/// Most elements that stand inside one another in an answer of a server.
const DEPTH: usize = 64;

/// What an answer of a remote shell holds; what a kind of answer does not have is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// `ShellId` of a shell that was made.
    pub shell: Option<String>,
    /// `CommandId` of a pipeline that was begun.
    pub command: Option<String>,
    /// The pieces of streams, in order.
    pub streams: Vec<Stream>,
    /// The state of the pipeline, where it is told.
    pub state: Option<CommandState>,
    /// The pool's answer to a client that connects to it.
    pub connected: Option<Vec<u8>>,
    /// `ProductVersion` of an answer to Identify.
    pub product: Option<String>,
    /// True for an answer to Identify.
    pub identified: bool,
    /// True when the server names the operation that it answers: it keeps answers for a client that
    /// asks again (MS-WSMV 3.1.4.1.39). One that does not keep them leaves the name out.
    pub keeps: bool,
}

/// A piece of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// The pipeline it is of; `None` for the pool's own.
    pub command: Option<String>,
    /// What it says.
    pub data: Vec<u8>,
}

/// The state of a pipeline as WS-Management tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandState {
    /// There is more to come.
    Running,
    /// Nothing more comes.
    Done,
}

/// Why an answer cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// It is no XML, or no envelope, or is cut.
    #[error("the server's answer is damaged: {0}")]
    Damaged(String),
    /// The server would not.
    #[error("{0}")]
    Fault(Box<Fault>),
}

impl From<quick_xml::Error> for AnswerError {
    fn from(e: quick_xml::Error) -> Self {
        AnswerError::Damaged(e.to_string())
    }
}

/// What the text inside an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Shell,
    Command,
    Stream,
    Connected,
    Product,
    Subcode,
    Reason,
    Message,
}

impl Answer {
    /// Reads the body of an HTTP answer: one envelope, or an acknowledgement and the envelope (a
    /// repeated request, MS-WSMV 4.11.3). A fault is [`AnswerError::Fault`].
    pub fn read(body: &[u8]) -> Result<Answer, AnswerError> {
        let text = std::str::from_utf8(body)
            .map_err(|_| AnswerError::Damaged("it is not UTF-8".to_owned()))?;
        Reading::default().read(text.trim_start_matches('\u{feff}'))
    }
}

#[derive(Default)]
struct Reading {
    answer: Answer,
    fault: Option<Fault>,
    envelopes: usize,
    depth: usize,
    /// Inside of a subcode's `Value`, not of the code's.
    subcode: bool,
    /// The element whose text is wanted, and its depth.
    wanted: Option<(Wanted, usize)>,
    text: String,
    /// The pipeline that the stream being read is of.
    of: Option<String>,
}

impl Reading {
    fn read(mut self, text: &str) -> Result<Answer, AnswerError> {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().check_end_names = true;
        loop {
            match reader.read_resolved_event()? {
                (space, Event::Start(start)) => {
                    self.depth += 1;
                    if self.depth > DEPTH {
                        return Err(AnswerError::Damaged(
                            "its elements stand too deep in one another".to_owned(),
                        ));
                    }
                    self.open(space, &start)?;
                }
                (space, Event::Empty(start)) => {
                    self.depth += 1;
                    self.open(space, &start)?;
                    self.close()?;
                }
                (_, Event::End(_)) => self.close()?,
                (_, Event::Text(text)) if self.wanted.is_some() => {
                    self.text.push_str(&text.into_inner());
                }
                (_, Event::CData(text)) if self.wanted.is_some() => {
                    self.text.push_str(&text.into_inner());
                }
                (_, Event::GeneralRef(entity)) => self.entity(&entity)?,
                (_, Event::DocType(_)) => {
                    return Err(AnswerError::Damaged("it has a DOCTYPE".to_owned()));
                }
                (_, Event::Eof) => break,
                (_, Event::Text(_) | Event::CData(_) | Event::Decl(_) | Event::PI(_)) => {}
                (_, Event::Comment(_)) => {}
            }
        }
        if self.depth != 0 {
            return Err(AnswerError::Damaged("it ends in the middle".to_owned()));
        }
        if self.envelopes == 0 {
            return Err(AnswerError::Damaged("it is no SOAP envelope".to_owned()));
        }
        match self.fault {
            Some(fault) => Err(AnswerError::Fault(Box::new(fault))),
            None => Ok(self.answer),
        }
    }

    fn entity(&mut self, entity: &quick_xml::events::BytesRef<'_>) -> Result<(), AnswerError> {
        if let Some(c) = entity.resolve_char_ref()? {
            self.text.push(c);
            return Ok(());
        }
        let name = entity.xml10_content();
        let Some(text) = quick_xml::escape::resolve_predefined_entity(&name) else {
            return Err(AnswerError::Damaged(format!("unknown entity &{name};")));
        };
        self.text.push_str(text);
        Ok(())
    }

    fn open(
        &mut self,
        space: ResolveResult<'_>,
        start: &BytesStart<'_>,
    ) -> Result<(), AnswerError> {
        let space = match space {
            ResolveResult::Bound(space) => space.into_inner(),
            _ => "",
        };
        let local = start.local_name();
        let local: &str = local.as_ref();
        let is = |of: &str, name: &str| space == of && local == name;
        let want = if is(SOAP, "Envelope") {
            self.envelopes += 1;
            None
        } else if is(SOAP, "Fault") {
            self.fault = Some(Fault::default());
            None
        } else if is(SOAP, "Subcode") {
            self.subcode = true;
            None
        } else if is(SOAP, "Value") {
            self.subcode.then_some(Wanted::Subcode)
        } else if is(SOAP, "Text") {
            Some(Wanted::Reason)
        } else if local == "WSManFault" {
            // A provider's own fault may stand inside; the outer one is WS-Management's.
            if let (Some(fault), Some(code)) = (&mut self.fault, attribute(start, "Code")?)
                && fault.code == 0
            {
                fault.code = code.trim().parse().unwrap_or_default();
            }
            None
        } else if local == "Message" && self.fault.is_some() {
            Some(Wanted::Message)
        } else if is(SHELL, "ShellId") || (is(WSMAN, "Selector") && named_shell(start)?) {
            Some(Wanted::Shell)
        } else if is(SHELL, "CommandId") {
            Some(Wanted::Command)
        } else if is(SHELL, "Stream") {
            self.of = attribute(start, "CommandId")?;
            Some(Wanted::Stream)
        } else if is(SHELL, "CommandState") {
            let state = attribute(start, "State")?.unwrap_or_default();
            self.answer.state = Some(if state.ends_with("/Done") {
                CommandState::Done
            } else {
                CommandState::Running
            });
            None
        } else if local == "connectResponseXml" {
            Some(Wanted::Connected)
        } else if local == "IdentifyResponse" {
            self.answer.identified = true;
            None
        } else if is(MICROSOFT, "OperationID") {
            self.answer.keeps = true;
            None
        } else if local == "ProductVersion" {
            Some(Wanted::Product)
        } else {
            None
        };
        // The innermost wins: a provider's fault stands inside a message.
        if let Some(want) = want {
            self.wanted = Some((want, self.depth));
            self.text.clear();
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), AnswerError> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(AnswerError::Damaged(
                "it closes what is not open".to_owned(),
            ));
        };
        let ends = self.wanted.filter(|(_, at)| *at == self.depth);
        self.depth = depth;
        let Some((want, _)) = ends else {
            return Ok(());
        };
        self.wanted = None;
        let text = std::mem::take(&mut self.text);
        match (want, &mut self.fault) {
            (Wanted::Subcode, Some(fault)) => {
                let name = text.trim();
                fault.subcode = name.rsplit(':').next().unwrap_or(name).to_owned();
                self.subcode = false;
            }
            (Wanted::Reason, Some(fault)) => fault.reason = text.trim().to_owned(),
            (Wanted::Message, Some(fault)) if text.trim() != fault.reason => {
                fault.detail = text.trim().to_owned();
            }
            (Wanted::Shell, _) => self.answer.shell = Some(text.trim().to_owned()),
            (Wanted::Command, _) => self.answer.command = Some(text.trim().to_owned()),
            (Wanted::Product, _) => self.answer.product = Some(text.trim().to_owned()),
            (Wanted::Connected, _) => self.answer.connected = Some(bytes(&text)?),
            (Wanted::Stream, _) => {
                let command = self.of.take();
                let data = bytes(&text)?;
                self.answer.streams.push(Stream { command, data });
            }
            (Wanted::Subcode | Wanted::Reason | Wanted::Message, _) => {}
        }
        Ok(())
    }
}

fn named_shell(start: &BytesStart<'_>) -> Result<bool, AnswerError> {
    Ok(attribute(start, "Name")?.is_some_and(|name| name == "ShellId"))
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, AnswerError> {
    match start.try_get_attribute(name).map_err(|e| damaged(&e))? {
        Some(found) => Ok(Some(
            found
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| damaged(&e))?
                .into_owned(),
        )),
        None => Ok(None),
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, AnswerError> {
    let clean;
    let text = if text.bytes().any(|b| b.is_ascii_whitespace()) {
        clean = text.split_ascii_whitespace().collect::<String>();
        &clean
    } else {
        text
    };
    STANDARD
        .decode(text)
        .map_err(|e| AnswerError::Damaged(format!("a stream is no Base64: {e}")))
}

fn damaged(e: &dyn std::fmt::Display) -> AnswerError {
    AnswerError::Damaged(e.to_string())
}
