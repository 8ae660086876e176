//! Answers to a server's questions (MS-PSRP 2.2.2.16, 2.2.2.28, 2.2.6.1).

use super::super::build::{list, record_of, string, table, typed};
use super::super::error::PsrpError;
use super::super::key::SessionKey;
use super::super::records;
use super::{HostCall, HostMethod, HostPrompt};
use crate::powershell::clixml::Value;
use crate::store::secret::Secret;

/// An answer to a [`HostCall`].
#[derive(Debug, Clone)]
pub enum Answer {
    /// A line.
    Text(String),
    /// A line that nobody may see; sealed on its way.
    Secret(Secret),
    /// The index of a choice.
    Choice(usize),
    /// The indices of choices.
    Choices(Vec<usize>),
    /// The fields that were filled in, by name. A field that is left out is not given.
    Fields(Vec<(String, FieldAnswer)>),
    /// A user's name and password; sealed on its way.
    Credential {
        /// `DOMAIN\user` or `user@domain`
        user: String,
        /// The password.
        password: Secret,
    },
    /// No answer: the script gets an error with this message.
    Refused(String),
}

/// What a field was filled in with.
#[derive(Debug, Clone)]
pub enum FieldAnswer {
    /// What was typed; the server makes the field's type of it.
    Text(String),
    /// For a secure string.
    Secret(Secret),
    /// For a credential.
    Credential {
        /// `DOMAIN\user` or `user@domain`
        user: String,
        /// The password.
        password: Secret,
    },
    /// A value, as for a field that has a default.
    Value(Value),
}

/// True when an answer is of the kind that was asked for, within what was offered.
pub(in super::super) fn fits(prompt: &HostPrompt, answer: &Answer) -> bool {
    match (prompt, answer) {
        (_, Answer::Refused(_))
        | (HostPrompt::ReadLine, Answer::Text(_))
        | (HostPrompt::ReadLineAsSecureString, Answer::Secret(_))
        | (HostPrompt::PromptForCredential { .. }, Answer::Credential { .. }) => true,
        (HostPrompt::PromptForChoice { choices, .. }, Answer::Choice(at)) => *at < choices.len(),
        (HostPrompt::PromptForChoices { choices, .. }, Answer::Choices(all)) => {
            all.iter().all(|at| *at < choices.len())
        }
        (HostPrompt::Prompt { fields, .. }, Answer::Fields(answers)) => answers
            .iter()
            .all(|(name, _)| fields.iter().any(|field| field.name == *name)),
        _ => false,
    }
}

/// The data of the response to a call. Without a key only what needs none.
pub(in super::super) fn encode(
    call: &HostCall,
    answer: &Answer,
    key: Option<&SessionKey>,
) -> Result<Value, PsrpError> {
    if !fits(&call.prompt, answer) {
        return Err(PsrpError::WrongAnswer);
    }
    let seal = |secret: &Secret| -> Result<Value, PsrpError> {
        let key = key.ok_or(PsrpError::NoKey)?;
        Ok(Value::SecureString(key.seal(secret)?))
    };
    let result = match answer {
        Answer::Text(text) => string(text),
        Answer::Secret(secret) => seal(secret)?,
        Answer::Choice(at) => index(*at),
        Answer::Choices(all) => list(all.iter().map(|at| index(*at)).collect()),
        Answer::Credential { user, password } => credential(user, seal(password)?),
        Answer::Fields(fields) => {
            let mut entries = Vec::with_capacity(fields.len());
            for (name, field) in fields {
                let value = match field {
                    FieldAnswer::Text(text) => string(text),
                    FieldAnswer::Secret(secret) => seal(secret)?,
                    FieldAnswer::Credential { user, password } => credential(user, seal(password)?),
                    FieldAnswer::Value(value) => value.clone(),
                };
                entries.push((string(name), value));
            }
            table(entries)
        }
        Answer::Refused(message) => {
            return Ok(response(
                call.id,
                call.method,
                ("me", records::refusal(message)),
            ));
        }
    };
    Ok(response(call.id, call.method, ("mr", result)))
}

/// The response to a method that our host does not have.
pub(in super::super) fn unanswered(id: i64, method: HostMethod) -> Value {
    let error = records::not_implemented(&method.name());
    response(id, method, ("me", error))
}

fn response(id: i64, method: HostMethod, result: (&str, Value)) -> Value {
    record_of(vec![("ci", Value::I64(id)), ("mi", method.value()), result])
}

/// Indices were checked against a list that came in a message: they are small.
fn index(at: usize) -> Value {
    Value::I32(i32::try_from(at).unwrap_or(i32::MAX))
}

/// PSCredential (2.2.3.25).
fn credential(user: &str, password: Value) -> Value {
    const NAME: &str = "System.Management.Automation.PSCredential";
    typed(
        &[NAME, "System.Object"],
        NAME,
        vec![("UserName", string(user)), ("Password", password)],
    )
}
