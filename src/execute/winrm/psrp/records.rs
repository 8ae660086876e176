//! Records of errors, progress and information (MS-PSRP 2.2.3.15, 2.2.3.16, 2.2.2.25, 2.2.2.26).

use std::fmt;

use super::build::{record, string, typed};
use crate::powershell::clixml::Value;

/// The names of ErrorCategory (2.2.3.9), by number.
const CATEGORIES: [&str; 32] = [
    "NotSpecified",
    "OpenError",
    "CloseError",
    "DeviceError",
    "DeadlockDetected",
    "InvalidArgument",
    "InvalidData",
    "InvalidOperation",
    "InvalidResult",
    "InvalidType",
    "MetadataError",
    "NotImplemented",
    "NotInstalled",
    "ObjectNotFound",
    "OperationStopped",
    "OperationTimeout",
    "SyntaxError",
    "ParserError",
    "PermissionDenied",
    "ResourceBusy",
    "ResourceExists",
    "ResourceUnavailable",
    "ReadError",
    "WriteError",
    "FromStdErr",
    "SecurityError",
    "ProtocolError",
    "ConnectionError",
    "AuthenticationError",
    "LimitsExceeded",
    "QuotaExceeded",
    "NotEnabled",
];
const NOT_IMPLEMENTED: usize = 11;
const OPERATION_STOPPED: usize = 14;

/// An error of PowerShell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorRecord {
    /// What is shown: the error's details if it has some, otherwise the exception's message.
    pub message: String,
    /// The exception's type, without `Deserialized.`.
    pub exception: Option<String>,
    /// The category's name: `ObjectNotFound`.
    pub category: Option<String>,
    /// The category as PowerShell writes it: `ObjectNotFound: (x:String) [Get-Item], ItemNotFoundException`.
    pub category_text: Option<String>,
    /// The command that the category names.
    pub activity: Option<String>,
    /// The reason that the category names: mostly the exception's short name.
    pub reason: Option<String>,
    /// FullyQualifiedErrorId
    pub id: Option<String>,
    /// What the error is about, in words.
    pub target: Option<String>,
    /// `At line:1 char:1` and the lines after it.
    pub position: Option<String>,
    /// The script's file, when it was in one.
    pub script: Option<String>,
    /// The line in the script, from 1.
    pub line: Option<u32>,
    /// The stack of scripts.
    pub stack: Option<String>,
    /// What the error's author recommends.
    pub recommended: Option<String>,
}

impl fmt::Display for ErrorRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl ErrorRecord {
    /// Only a message, when there is no more.
    pub fn of_message(message: &str) -> ErrorRecord {
        ErrorRecord {
            message: message.to_owned(),
            ..ErrorRecord::default()
        }
    }

    /// Reads one; whatever is missing stays unknown. A value that is no error record becomes its
    /// text.
    pub fn read(value: &Value) -> ErrorRecord {
        let exception = value.get("Exception").filter(|e| !e.is_null());
        let details = words(value, "ErrorDetails_Message");
        let message = details
            .or_else(|| exception.and_then(|e| words(e, "Message")))
            .or_else(|| exception.map(Value::text).filter(|text| !text.is_empty()))
            .unwrap_or_else(|| value.text());
        let place = value.get("InvocationInfo");
        let of_place = |long: &str, short: &str| {
            words(value, long).or_else(|| place.and_then(|place| words(place, short)))
        };
        let target =
            words(value, "ErrorCategory_TargetName").or_else(|| words(value, "TargetObject"));
        ErrorRecord {
            message,
            exception: exception
                .map(|e| e.type_name().to_owned())
                .filter(|name| !name.is_empty()),
            category: value
                .get("ErrorCategory_Category")
                .and_then(Value::as_i64)
                .and_then(|number| CATEGORIES.get(usize::try_from(number).ok()?))
                .map(|name| (*name).to_owned()),
            category_text: words(value, "ErrorCategory_Message"),
            activity: words(value, "ErrorCategory_Activity"),
            reason: words(value, "ErrorCategory_Reason"),
            id: words(value, "FullyQualifiedErrorId"),
            target,
            position: of_place("InvocationInfo_PositionMessage", "PositionMessage"),
            script: of_place("InvocationInfo_ScriptName", "ScriptName"),
            line: value
                .get("InvocationInfo_ScriptLineNumber")
                .or_else(|| place.and_then(|place| place.get("ScriptLineNumber")))
                .and_then(Value::as_i64)
                .and_then(|line| u32::try_from(line).ok())
                .filter(|line| *line > 0),
            stack: words(value, "ErrorDetails_ScriptStackTrace"),
            recommended: words(value, "ErrorDetails_RecommendedAction"),
        }
    }
}

/// A property in words; `None` when it is absent, `$null` or empty.
fn words(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name).filter(|v| !v.is_null())?.text();
    (!text.is_empty()).then_some(text)
}

/// What a host method throws, as an error record that the server can throw on.
pub(super) fn refusal(message: &str) -> Value {
    thrown(
        &[
            "System.Management.Automation.Host.PromptingException",
            "System.Management.Automation.RuntimeException",
            "System.SystemException",
            "System.Exception",
            "System.Object",
        ],
        message,
        "PromptRefused",
        OPERATION_STOPPED,
    )
}

/// The same for a method that our host does not have.
pub(super) fn not_implemented(method: &str) -> Value {
    thrown(
        &[
            "System.NotImplementedException",
            "System.SystemException",
            "System.Exception",
            "System.Object",
        ],
        &format!("The host of csdeck has no {method}: run the script without it."),
        "HostMethodNotImplemented",
        NOT_IMPLEMENTED,
    )
}

fn thrown(types: &[&str], message: &str, id: &str, category: usize) -> Value {
    let name = types.first().copied().unwrap_or_default();
    let reason = name.rsplit('.').next().unwrap_or(name);
    let text = format!("{name}: {message}");
    let exception = typed(
        types,
        &text,
        vec![
            ("Message", string(message)),
            ("InnerException", Value::Null),
            ("HelpLink", Value::Null),
            ("Source", Value::Null),
            ("StackTrace", Value::Null),
        ],
    );
    let words = CATEGORIES.get(category).copied().unwrap_or_default();
    record([
        ("Exception", exception),
        ("TargetObject", Value::Null),
        ("FullyQualifiedErrorId", string(id)),
        ("InvocationInfo", Value::Null),
        (
            "ErrorCategory_Category",
            Value::I32(i32::try_from(category).unwrap_or_default()),
        ),
        ("ErrorCategory_Activity", string("")),
        ("ErrorCategory_Reason", string(reason)),
        ("ErrorCategory_TargetName", string("")),
        ("ErrorCategory_TargetType", string("")),
        (
            "ErrorCategory_Message",
            string(&format!("{words}: (:) [], {reason}")),
        ),
        ("SerializeExtendedInfo", Value::Bool(false)),
    ])
}

/// The text of a warning, a verbose or a debug record.
pub(super) fn message(value: &Value) -> String {
    words(value, "InformationalRecord_Message")
        .or_else(|| words(value, "Message"))
        .unwrap_or_else(|| match value {
            Value::Object(object) if !object.extended.is_empty() => String::new(),
            other => other.text(),
        })
}

/// How far an activity is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// What is being done.
    pub activity: String,
    /// Tells activities apart.
    pub id: i32,
    /// The activity that this is a part of.
    pub parent: Option<i32>,
    /// How it stands.
    pub status: String,
    /// The step that is being done.
    pub operation: Option<String>,
    /// From 0 to 100; `None` when not known.
    pub percent: Option<u8>,
    /// Seconds that it will still take; `None` when not known.
    pub seconds_left: Option<u32>,
    /// True when the activity has ended.
    pub done: bool,
}

impl Progress {
    /// Reads a record, from a message, a host call or `<PR>`.
    pub fn read(value: &Value) -> Progress {
        let number = |name: &str| value.get(name).and_then(Value::as_i64);
        let kind = value.get("Type").or_else(|| value.get("RecordType"));
        Progress {
            activity: words(value, "Activity").unwrap_or_default(),
            id: number("ActivityId")
                .and_then(|id| i32::try_from(id).ok())
                .unwrap_or_default(),
            parent: number("ParentActivityId")
                .filter(|id| *id >= 0)
                .and_then(|id| i32::try_from(id).ok()),
            status: words(value, "StatusDescription").unwrap_or_default(),
            operation: words(value, "CurrentOperation"),
            percent: number("PercentComplete")
                .filter(|percent| *percent >= 0)
                .map(|percent| u8::try_from(percent.min(100)).unwrap_or(100)),
            seconds_left: number("SecondsRemaining").and_then(|left| u32::try_from(left).ok()),
            done: kind.is_some_and(|kind| {
                kind.as_i64() == Some(1) || kind.text().eq_ignore_ascii_case("Completed")
            }),
        }
    }
}

/// A record of the information stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Information {
    pub text: String,
    pub source: String,
    pub tags: Vec<String>,
    pub no_newline: bool,
}

impl Information {
    /// The tag of what `Write-Host` wrote.
    pub const HOST: &'static str = "PSHOST";

    pub fn read(value: &Value) -> Information {
        let data = value.get("MessageData");
        // What Write-Host sends is a HostInformationMessage: its text is a property of it.
        let (text, no_newline) = match data {
            Some(data) => match data
                .get("Message")
                .filter(|_| data.get("NoNewLine").is_some())
            {
                Some(text) => (
                    text.text(),
                    data.get("NoNewLine").and_then(Value::as_bool) == Some(true),
                ),
                None => (data.text(), false),
            },
            None => (value.text(), false),
        };
        let tags = value
            .get("Tags")
            .and_then(Value::as_list)
            .unwrap_or_default();
        Information {
            text,
            source: words(value, "Source").unwrap_or_default(),
            tags: tags.iter().map(Value::text).collect(),
            no_newline,
        }
    }
}
