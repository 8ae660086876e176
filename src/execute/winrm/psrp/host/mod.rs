//! What a server asks of our host, and what it writes to it (MS-PSRP 2.2.2.15, 2.2.2.27, 2.2.3.17,
//! 2.2.6).

mod answer;
mod method;

pub use answer::{Answer, FieldAnswer};
pub(super) use answer::{encode, unanswered};
pub use method::HostMethod;

use super::error::PsrpError;
use super::message::Kind;
use super::pipeline::{PipelineEvent, PipelineId};
use super::records::{ErrorRecord, Information, Progress};
use crate::powershell::clixml::Value;

/// A question that waits for [`Pool::answer`](super::Pool::answer).
#[derive(Debug, Clone, PartialEq)]
pub struct HostCall {
    /// The pipeline that asks; `None` when the pool does.
    pub pipeline: Option<PipelineId>,
    /// The server's number for the call.
    pub id: i64,
    /// The method.
    pub method: HostMethod,
    /// What it asks.
    pub prompt: HostPrompt,
}

/// What a server asks.
#[derive(Debug, Clone, PartialEq)]
pub enum HostPrompt {
    /// `Read-Host`: [`Answer::Text`].
    ReadLine,
    /// `Read-Host -AsSecureString`: [`Answer::Secret`].
    ReadLineAsSecureString,
    /// Several fields, as for mandatory parameters: [`Answer::Fields`].
    Prompt {
        /// The heading; often empty.
        caption: String,
        /// What it is about.
        message: String,
        /// What to fill in.
        fields: Vec<PromptField>,
    },
    /// `Get-Credential`: [`Answer::Credential`].
    PromptForCredential {
        /// The heading.
        caption: String,
        /// What it is for.
        message: String,
        /// The user's name, when it is given.
        user: Option<String>,
        /// True when the name may not be changed.
        user_is_fixed: bool,
        /// The server or service that the credential is for; often empty.
        target: String,
    },
    /// As `-Confirm` asks: [`Answer::Choice`].
    PromptForChoice {
        /// The heading.
        caption: String,
        /// The question.
        message: String,
        /// What there is to choose from.
        choices: Vec<Choice>,
        /// What Enter chooses; `None` for nothing.
        default: Option<usize>,
    },
    /// Any number of choices: [`Answer::Choices`].
    PromptForChoices {
        /// The heading.
        caption: String,
        /// The question.
        message: String,
        /// What there is to choose from.
        choices: Vec<Choice>,
        /// What Enter chooses.
        defaults: Vec<usize>,
    },
}

/// A field of [`HostPrompt::Prompt`] (2.2.3.23).
#[derive(Debug, Clone, PartialEq)]
pub struct PromptField {
    /// Its name, which the answer has to use.
    pub name: String,
    /// What to show for it; `&` stands before its key. Empty when the name is shown.
    pub label: String,
    /// Its .NET type: `System.String`, `System.Security.SecureString`, ...
    pub type_name: String,
    /// Help for it; often empty.
    pub help: String,
    /// What it is when nothing is given.
    pub default: Option<Value>,
    /// True when it must be given.
    pub mandatory: bool,
}

impl PromptField {
    /// True when what is typed may not be shown, and is to be answered with [`FieldAnswer::Secret`].
    pub fn is_secret(&self) -> bool {
        self.type_name == "System.Security.SecureString"
    }

    /// True when it is to be answered with [`FieldAnswer::Credential`].
    pub fn is_credential(&self) -> bool {
        self.type_name == "System.Management.Automation.PSCredential"
    }
}

/// Something to choose (2.2.3.24).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// `&Yes`: `&` stands before its key.
    pub label: String,
    /// Help for it; often empty.
    pub help: String,
}

/// What a call of the host is for.
pub(super) enum Called {
    /// Asks a person.
    Question(HostCall),
    /// Says something. With the stream that it also may come in as a record.
    Says(Option<&'static str>, PipelineEvent),
    /// Wants nothing that we have, and no answer.
    Nothing,
    /// Wants an answer that we do not have.
    Unanswerable { id: i64, method: HostMethod },
}

/// Reads the data of a host call.
pub(super) fn read(
    kind: Kind,
    pipeline: Option<PipelineId>,
    data: &Value,
) -> Result<Called, PsrpError> {
    let missing = |property| PsrpError::Missing { kind, property };
    let id = data
        .get("ci")
        .and_then(Value::as_i64)
        .ok_or(missing("ci"))?;
    let method = data
        .get("mi")
        .and_then(Value::as_i64)
        .and_then(|number| u32::try_from(number).ok())
        .map(HostMethod)
        .ok_or(missing("mi"))?;
    let parameters = data.get("mp").and_then(Value::as_list).unwrap_or_default();
    let text = |at: usize| parameters.get(at).map(Value::text).unwrap_or_default();
    let question = |prompt| {
        Called::Question(HostCall {
            pipeline,
            id,
            method,
            prompt,
        })
    };
    Ok(match method.0 {
        6 => Called::Says(None, PipelineEvent::Exit(number(parameters.first()))),
        11 => question(HostPrompt::ReadLine),
        12 => question(HostPrompt::ReadLineAsSecureString),
        13 => written(text(0), true),
        14 => written(text(2), true),
        15 => written(String::new(), false),
        16 => written(text(0), false),
        17 => written(text(2), false),
        18 => Called::Says(
            None,
            PipelineEvent::Error(Box::new(ErrorRecord::of_message(&text(0)))),
        ),
        19 => Called::Says(Some("debug"), PipelineEvent::Debug(text(0))),
        20 => {
            let record = parameters.get(1).unwrap_or(&Value::Null);
            Called::Says(None, PipelineEvent::Progress(Progress::read(record)))
        }
        21 => Called::Says(Some("verbose"), PipelineEvent::Verbose(text(0))),
        22 => Called::Says(Some("warning"), PipelineEvent::Warning(text(0))),
        23 => question(HostPrompt::Prompt {
            caption: text(0),
            message: text(1),
            fields: items(parameters.get(2)).iter().map(field).collect(),
        }),
        24 | 25 => question(HostPrompt::PromptForCredential {
            caption: text(0),
            message: text(1),
            user: Some(text(2)).filter(|user| !user.is_empty()),
            // PSCredentialUIOptions.ReadOnlyUserName
            user_is_fixed: method.0 == 25 && number(parameters.get(5)) == 3,
            target: text(3),
        }),
        26 => question(HostPrompt::PromptForChoice {
            caption: text(0),
            message: text(1),
            choices: items(parameters.get(2)).iter().map(choice).collect(),
            default: usize::try_from(number(parameters.get(3)))
                .ok()
                .filter(|at| *at < items(parameters.get(2)).len()),
        }),
        56 => question(HostPrompt::PromptForChoices {
            caption: text(0),
            message: text(1),
            choices: items(parameters.get(2)).iter().map(choice).collect(),
            defaults: items(parameters.get(3))
                .iter()
                .filter_map(|at| usize::try_from(number(Some(at))).ok())
                .filter(|at| *at < items(parameters.get(2)).len())
                .collect(),
        }),
        _ if method.is_void() => Called::Nothing,
        _ => Called::Unanswerable { id, method },
    })
}

/// What was written to the host, as what `Write-Host` would say.
fn written(text: String, no_newline: bool) -> Called {
    Called::Says(
        Some("information"),
        PipelineEvent::Information {
            text,
            source: String::new(),
            tags: vec![Information::HOST.to_owned()],
            no_newline,
        },
    )
}

/// -1, which is no index, when there is none.
fn number(value: Option<&Value>) -> i32 {
    value
        .and_then(Value::as_i64)
        .and_then(|number| i32::try_from(number).ok())
        .unwrap_or(-1)
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_list).unwrap_or_default()
}

fn field(value: &Value) -> PromptField {
    let text = |name: &str| value.get(name).map(Value::text).unwrap_or_default();
    let type_name = match text("parameterTypeFullName") {
        full if full.is_empty() => text("parameterTypeName"),
        full => full,
    };
    PromptField {
        name: text("name"),
        label: text("label"),
        type_name,
        help: text("helpMessage"),
        default: value
            .get("defaultValue")
            .filter(|default| !default.is_null())
            .cloned(),
        mandatory: value.get("isMandatory").and_then(Value::as_bool) != Some(false),
    }
}

fn choice(value: &Value) -> Choice {
    let text = |name: &str| value.get(name).map(Value::text).unwrap_or_default();
    Choice {
        label: text("label"),
        help: text("helpMessage"),
    }
}
