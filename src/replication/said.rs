//! What servers are asked for the status, and what a target said in answer.
//!
//! There is a best question and there are plainer ones, for servers that do not take every
//! expression: first [`Question::Shape`], and when the server refuses it ([`refused`]) the next
//! [`Question::plainer`], which is then asked for the rest of the watch. All of them only read,
//! and each is shown to the user as it is sent.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::parse::{Form, Parsed, parse, parse_store};
use super::store_status::StoreStatus;

/// The question in our own shape. Times are made UTC on the server, for JSON of an unmarked
/// `DateTime` names no zone; `sampledUtc` is read behind the rows, so that no row is newer than
/// it; `@(…)` keeps one row an array and none `[]`. The store's own status must not cost the rows:
/// what goes wrong with it comes as text in its place. Only what Windows PowerShell 3 has, no
/// variable of the session is set, and the types are those that constrained language allows
/// (about_Language_Modes: hashtables, DateTime and its methods, properties of any object).
const SHAPE: &str = "ConvertTo-Json -Compress -Depth 4 -InputObject @{\
    rows=@(Get-CsManagementStoreReplicationStatus|ForEach-Object{@{\
    replica=$_.ReplicaFqdn;upToDate=$_.UpToDate;\
    lastStatusUtc=$(if($_.LastStatusReport){$_.LastStatusReport.ToUniversalTime().ToString('o')});\
    lastUpdateUtc=$(if($_.LastUpdateCreation){$_.LastUpdateCreation.ToUniversalTime().ToString('o')});\
    version=$_.ProductVersion}});\
    sampledUtc=[datetime]::UtcNow.ToString('o');source=$env:COMPUTERNAME;\
    store=$(try{Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus -ErrorAction Stop}catch{\"$_\"})}";

/// The rows as JSON text. `-InputObject @(…)` keeps one row an array and none `[]` (through the
/// pipeline one row would be a bare object and none would print nothing); `-Depth 3` keeps a
/// `System.Version` an object instead of its type's name.
const JSON: &str =
    "ConvertTo-Json -Compress -Depth 3 -InputObject @(Get-CsManagementStoreReplicationStatus)";

/// The bare cmdlet, for ways that bring objects as they are and for sessions without a language.
const PLAIN: &str = "Get-CsManagementStoreReplicationStatus";

/// The store's status where it is a question of its own.
const STORE_JSON: &str = "ConvertTo-Json -Compress -Depth 3 -InputObject @(Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus)";
const STORE_PLAIN: &str = "Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus";

/// Longest answer that is kept, in bytes; 20,000 replicas need about 4 MB.
const LIMIT: usize = 16 << 20;

/// What a server is asked for the status, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// csdeck's own shape as JSON text: rows in UTC, the server's clock, its name, and what the
    /// store says of itself, all in one answer.
    Shape,
    /// The rows as `ConvertTo-Json` makes them.
    Json,
    /// The bare cmdlet: objects, or the list that a console shows.
    Plain,
}

impl Question {
    /// The question that a way begins with; `restricted` where there is no language
    /// (`/OcsPowershell`), which takes the bare cmdlet and nothing else.
    pub fn first(restricted: bool) -> Question {
        if restricted {
            Question::Plain
        } else {
            Question::Shape
        }
    }

    /// The next plainer question after a refusal; none after the plainest. A way that brings
    /// `objects` needs no JSON for them.
    pub fn plainer(self, objects: bool) -> Option<Question> {
        match self {
            Question::Shape if objects => Some(Question::Plain),
            Question::Shape => Some(Question::Json),
            Question::Json => Some(Question::Plain),
            Question::Plain => None,
        }
    }

    /// The text as it is sent, one line of PowerShell.
    pub fn text(self) -> &'static str {
        match self {
            Question::Shape => SHAPE,
            Question::Json => JSON,
            Question::Plain => PLAIN,
        }
    }

    /// The text that asks for the store's status where this question does not hold it: to be sent
    /// beside it, its failure costing nothing but the status.
    pub fn store_text(self) -> Option<&'static str> {
        match self {
            Question::Shape => None,
            Question::Json => Some(STORE_JSON),
            Question::Plain => Some(STORE_PLAIN),
        }
    }
}

/// Parts of error ids and texts by which PowerShell refuses an expression, in lower case: no
/// language, restricted and constrained language (their ids end in the same words), a command that
/// the session does not have, an object that has not the method or the property, a syntax that an
/// older PowerShell does not know. Ids are the same in every language of the system; the texts are
/// those of PowerShell 7, whose short form of an error names no id.
const REFUSALS: [&str; 18] = [
    "scriptsnotallowed",
    "languagemode",
    "constrainedlanguage",
    "indatasection",
    "fordatasection",
    "conversionsupportedonlytocoretypes",
    "commandnotfoundexception",
    "methodnotfound",
    "invokemethodonnull",
    "propertynotfoundstrict",
    "namedparameternotfound",
    "parsererror",
    "parseexception",
    "language mode",
    "not supported by this runspace",
    "is not recognized as the name of a cmdlet",
    "is not recognized as a name of a cmdlet",
    "does not contain a method named",
];

/// True when these errors, each a text and the FullyQualifiedErrorId where there is one, say that
/// the server does not take the expression: then the next plainer question may be taken. False
/// when the cmdlet itself is not there or fails: a plainer question would bring the same.
pub fn refused<'a>(errors: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> bool {
    errors.into_iter().any(|(text, id)| {
        let text = text.to_lowercase();
        let id = id.unwrap_or("").to_lowercase();
        let of_refusal = REFUSALS
            .iter()
            .any(|part| id.contains(part) || text.contains(part));
        of_refusal && !names_the_cmdlet(&text)
    })
}

/// True when the message of an error has our cmdlet in quotes, as "is not recognized" has it; the
/// lines with the place show the whole question without any.
fn names_the_cmdlet(text: &str) -> bool {
    let name = PLAIN.to_lowercase();
    text.match_indices(&name).any(|(at, _)| {
        text.get(..at).map(str::trim_end).is_some_and(|before| {
            before.ends_with(['\'', '"', '\u{201e}', '\u{201c}', '\u{2018}', '\u{ab}'])
        })
    })
}

/// An answer while it comes in.
#[derive(Debug, Default)]
pub struct Said {
    lines: String,
    rows: Vec<Value>,
    size: usize,
}

impl Said {
    /// Takes a line of text.
    pub fn line(&mut self, line: &str) {
        self.size += line.len() + 1;
        if self.size <= LIMIT {
            self.lines.push_str(line);
            self.lines.push('\n');
        }
    }

    /// Takes an object: one row.
    pub fn row(&mut self, row: Value) {
        // About what it is as text.
        self.size += row.as_object().map_or(8, |row| 32 * row.len());
        if self.size <= LIMIT {
            self.rows.push(row);
        }
    }

    /// The rows, or the text, as a form that [`parse()`] reads. The error says that there was more
    /// than csdeck keeps.
    pub fn text(self, objects: bool) -> Result<String, String> {
        if self.size > LIMIT {
            return Err(format!(
                "the answer is longer than {} MB, which no status is",
                LIMIT >> 20
            ));
        }
        // Where objects come, no text and no object is a status without rows.
        if self.rows.is_empty() && !(objects && self.lines.trim().is_empty()) {
            return Ok(self.lines);
        }
        Ok(Value::Array(self.rows).to_string())
    }

    /// The answer to a question, understood; `objects` where the way brings whole objects. Times
    /// without a zone, which only the plainer questions bring, are local times of `zone`.
    ///
    /// # Errors
    /// Why it is not understood, in words. An answer to [`Question::Shape`] that is not of that
    /// shape is none, also when there is no answer at all.
    pub fn answer(
        self,
        question: Question,
        objects: bool,
        zone: &TimeZone,
    ) -> Result<Parsed, String> {
        let text = self.text(objects && question == Question::Plain)?;
        let parsed =
            parse(&text, zone).map_err(|e| format!("the answer is not understood: {e}"))?;
        match (question, parsed.form) {
            (Question::Shape, Form::Wire) | (Question::Json | Question::Plain, _) => Ok(parsed),
            (Question::Shape, Form::Empty) => Err("the server answered with nothing".to_owned()),
            (Question::Shape, _) => {
                Err("the answer is not understood: it has not the shape that was asked for".into())
            }
        }
    }

    /// The answer to [`Question::store_text`].
    ///
    /// # Errors
    /// Why it is not understood, in words.
    pub fn store(self, objects: bool, zone: &TimeZone) -> Result<StoreStatus, String> {
        let text = self.text(objects)?;
        parse_store(&text, zone).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::ParseError;
    use super::*;
    use jiff::tz::TimeZone;
    use serde_json::json;

    fn read(said: Said, objects: bool) -> Result<Parsed, ParseError> {
        parse(&said.text(objects).expect("short"), &TimeZone::UTC)
    }

    #[test]
    fn objects_are_rows() {
        let mut said = Said::default();
        said.row(json!({
            "UpToDate": true, "ReplicaFqdn": "fe01.kestrel.lan",
            "LastStatusReport": "2026-11-24T14:04:46.2187840Z",
            "LastUpdateCreation": "2026-11-24T14:04:11.7457840Z", "ProductVersion": "6.0.9319.0",
        }));
        let rows = read(said, true).expect("reads").rows;
        assert_eq!((rows.len(), rows[0].up_to_date), (1, true));
        assert!(read(Said::default(), true).expect("reads").rows.is_empty());
    }

    #[test]
    fn the_questions_are_one_line_each_and_get_plainer() {
        for question in [Question::Shape, Question::Json, Question::Plain] {
            for text in [Some(question.text()), question.store_text()]
                .into_iter()
                .flatten()
            {
                assert!(!text.contains(['\n', '\r']) && text.len() < 640, "{text}");
            }
        }
        assert_eq!(Question::first(true), Question::Plain);
        let ladder = |objects: bool| {
            let first = Some(Question::first(false));
            std::iter::successors(first, |q| q.plainer(objects)).collect::<Vec<_>>()
        };
        assert_eq!(
            ladder(false),
            [Question::Shape, Question::Json, Question::Plain]
        );
        assert_eq!(ladder(true), [Question::Shape, Question::Plain]);
    }

    #[test]
    fn refusals_are_told_from_failures() {
        let at = format!("At line:1 char:1\n+ {SHAPE}\n+ ~~~\n");
        let error = |message: &str, id: &str| {
            format!("{message}\n{at}    + CategoryInfo : X\n    + FullyQualifiedErrorId : {id}")
        };
        for (message, id) in [
            (
                "Die Syntax wird nicht unterst\u{fc}tzt.",
                "ScriptsNotAllowed",
            ),
            (
                "Cannot invoke method.",
                "MethodInvocationNotSupportedInConstrainedLanguage",
            ),
            (
                "Property references are not allowed",
                "PropertyReferenceNotSupportedInDataSection",
            ),
            (
                "ConvertTo-Json : Die Benennung \"ConvertTo-Json\" wurde nicht als Name erkannt",
                "CommandNotFoundException",
            ),
            (
                "ConvertTo-Json : A parameter cannot be found",
                "NamedParameterNotFound,X",
            ),
            ("Method invocation failed", "MethodNotFound"),
        ] {
            let text = error(message, id);
            assert!(refused([(text.as_str(), None)]), "{text}");
            assert!(refused([("x", None), (message, Some(id))]), "{message}");
        }
        let short =
            "ConvertTo-Json: The term 'ConvertTo-Json' is not recognized as a name of a cmdlet";
        assert!(refused([(short, None)]));
        for (message, id) in [
            (
                "Get-CsManagementStoreReplicationStatus : The term 'Get-CsManagementStoreReplicationStatus' is not recognized",
                "CommandNotFoundException",
            ),
            (
                "Die Benennung \"Get-CsManagementStoreReplicationStatus\" wurde nicht erkannt",
                "CommandNotFoundException",
            ),
            (
                "Cannot open database \"xds\".",
                "ProcessRecord,Microsoft.Rtc.Management.Xds.X",
            ),
            ("Access is denied.", "UnauthorizedAccess"),
        ] {
            let text = error(message, id);
            assert!(!refused([(text.as_str(), Some(id))]), "{text}");
        }
        assert!(!refused([]));
    }

    #[test]
    fn the_shape_is_wanted_when_it_was_asked_for() {
        let said = |text: &str| {
            let mut said = Said::default();
            said.line(text);
            said
        };
        let shape = r#"{"rows":[],"sampledUtc":"2026-11-24T14:05:00.0000000Z","source":"FE01","store":null}"#;
        let answer = |said: Said, question| said.answer(question, true, &TimeZone::UTC);
        let parsed = answer(said(shape), Question::Shape).expect("the shape");
        assert_eq!(parsed.source.as_deref(), Some("FE01"));
        assert!(parsed.server_time.is_some() && parsed.store.is_none());
        assert!(answer(said("[]"), Question::Shape).is_err());
        assert!(answer(Said::default(), Question::Shape).is_err());
        assert!(answer(Said::default(), Question::Plain).is_ok_and(|p| p.rows.is_empty()));
        assert!(answer(said("[]"), Question::Json).is_ok_and(|p| p.rows.is_empty()));
    }

    #[test]
    fn text_stays_text() {
        let mut said = Said::default();
        said.line("[]");
        assert_eq!(said.text(false).as_deref(), Ok("[]\n"));
        let mut said = Said::default();
        said.line("nonsense");
        assert!(read(said, true).is_err());
    }

    #[test]
    fn what_has_no_end_is_refused() {
        let mut said = Said::default();
        let line = "x".repeat(1 << 20);
        for _ in 0..17 {
            said.line(&line);
        }
        assert!(said.text(false).is_err());
    }
}
