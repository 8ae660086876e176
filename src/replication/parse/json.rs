//! JSON of `ConvertTo-Json` and csdeck's wire format.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::date::{self, RawStamp};
use super::error::{Note, ParseError, Place, shown};
use super::lines::Line;
use super::{
    Form, PACKAGE, PROPERTIES, REPLICA, REPORT, RawFrame, RawRow, UP_TO_DATE, VERSION, check_bool,
    check_name, check_stamp, key, store,
};

/// The wire format's names for the five properties, in the order of [`PROPERTIES`].
const WIRE: [&str; 5] = [
    "upToDate",
    "replica",
    "lastStatusUtc",
    "lastUpdateUtc",
    "version",
];

pub(super) fn read(lines: &[Line<'_>]) -> Result<Vec<RawFrame>, ParseError> {
    let text = lines
        .iter()
        .map(|line| line.text)
        .collect::<Vec<_>>()
        .join("\n");
    let mut frames: Vec<RawFrame> = Vec::new();
    // Bare objects in a row (`... | ForEach-Object { $_ | ConvertTo-Json }`) are one answer until
    // a replica comes again.
    let mut loose: Option<HashSet<String>> = None;
    for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        let document = document.map_err(|e| ParseError::Json {
            line: e.line(),
            column: e.column(),
            message: e.to_string(),
        })?;
        if let Value::Object(object) = &document
            && !is_container(object)
        {
            let continues = loose.is_some();
            let number = if continues {
                frames.last().map_or(0, |f| f.rows.len()) + 1
            } else {
                1
            };
            let read = row(&document, number, &PROPERTIES)?;
            let name = key(&read.row.replica);
            let known = loose.get_or_insert_default();
            match frames.last_mut() {
                Some(frame) if continues && known.insert(name.clone()) => frame.rows.push(read.row),
                _ => {
                    *known = HashSet::from([name]);
                    frames.push(RawFrame {
                        form: Form::Json,
                        rows: vec![read.row],
                        server_time: None,
                        source: read.computer,
                        store: None,
                        notes: Vec::new(),
                    });
                }
            }
        } else {
            loose = None;
            frames.push(frame(&document)?);
        }
    }
    Ok(frames)
}

fn is_container(object: &Map<String, Value>) -> bool {
    get(object, "rows").is_some() || get(object, "value").is_some_and(Value::is_array)
}

fn frame(document: &Value) -> Result<RawFrame, ParseError> {
    match document {
        Value::Null => Ok(plain(Form::Json, Vec::new(), None)),
        Value::Array(items) => rows(items, Form::Json),
        Value::Object(object) => match get(object, "rows") {
            Some(wire_rows) => wire(object, wire_rows),
            None => counted(object),
        },
        other => Err(shape(0, format!("{} instead of rows", kind(other)))),
    }
}

fn plain(form: Form, rows: Vec<RawRow>, source: Option<String>) -> RawFrame {
    RawFrame {
        form,
        rows,
        server_time: None,
        source,
        store: None,
        notes: Vec::new(),
    }
}

/// Rows that came in a form.
pub(super) fn rows(items: &[Value], form: Form) -> Result<RawFrame, ParseError> {
    let mut out = Vec::with_capacity(items.len());
    let mut computer: Option<Option<String>> = None;
    for (index, item) in items.iter().enumerate() {
        let read = row(item, index + 1, &PROPERTIES)?;
        // Answers of several machines in one array have no single source.
        computer = Some(match computer {
            Some(known) if known != read.computer => None,
            _ => read.computer,
        });
        out.push(read.row);
    }
    Ok(plain(form, out, computer.flatten()))
}

/// `{"value":[…],"Count":9}`: how Windows PowerShell 5.1 writes an array that it wrapped once.
fn counted(object: &Map<String, Value>) -> Result<RawFrame, ParseError> {
    let Some(Value::Array(items)) = get(object, "value") else {
        return Err(shape(0, "an object without rows".to_owned()));
    };
    if let Some(count) = get(object, "Count").and_then(Value::as_u64)
        && count != items.len() as u64
    {
        return Err(shape(
            0,
            format!("Count says {count}, but {} rows follow", items.len()),
        ));
    }
    rows(items, Form::Json)
}

fn wire(object: &Map<String, Value>, wire_rows: &Value) -> Result<RawFrame, ParseError> {
    let items = match wire_rows {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        // Windows PowerShell 5.1 wraps an array that was an object's value once.
        Value::Object(wrapped) => match get(wrapped, "value") {
            Some(Value::Array(items)) => items.as_slice(),
            _ => std::slice::from_ref(wire_rows),
        },
        other => return Err(shape(0, format!("rows is {}", kind(other)))),
    };
    let mut out = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let mut read = row(&without_nothings(item), index + 1, &WIRE)?.row;
        read.report = utc(read.report, WIRE[REPORT], read.place)?;
        read.package = utc(read.package, WIRE[PACKAGE], read.place)?;
        out.push(read);
    }
    let server_time = match get(object, "sampledUtc") {
        Some(value) => {
            let place = Place::Row(0);
            utc(stamp(value, "sampledUtc", place)?, "sampledUtc", place)?
        }
        None => None,
    };
    let source = get(object, "source")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let mut notes = Vec::new();
    // The rows count without it: what the store says of itself stands beside them.
    let store = match get(object, "store") {
        None | Some(Value::Null) => None,
        Some(value) if is_nothing(value) => None,
        Some(value) => match store::of_value(value) {
            Ok(store) => Some(store),
            Err(why) => {
                notes.push(Note::NoStore {
                    why: why.to_string(),
                });
                None
            }
        },
    };
    Ok(RawFrame {
        form: Form::Wire,
        rows: out,
        server_time,
        source,
        store,
        notes,
    })
}

/// Windows PowerShell 5.1 writes `{}` for what an `if` without a result leaves (PowerShell issue
/// 9231): null, which no time and no version is otherwise.
fn is_nothing(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn without_nothings(row: &Value) -> Value {
    let mut row = row.clone();
    for value in row.as_object_mut().into_iter().flatten() {
        if is_nothing(value.1) {
            *value.1 = Value::Null;
        }
    }
    row
}

/// Wire times are UTC by name, with or without the `Z`; a culture's date has no place there.
fn utc(
    stamp: Option<RawStamp>,
    property: &'static str,
    place: Place,
) -> Result<Option<RawStamp>, ParseError> {
    let instant = match stamp {
        Some(RawStamp::Civil(at)) => at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp()),
        Some(RawStamp::Text(_)) => None,
        other => return Ok(other),
    };
    let wanted = "an ISO 8601 time in UTC";
    let shown = "a local date".to_owned();
    instant
        .map(|at| Some(RawStamp::Instant(at)))
        .ok_or(ParseError::Value {
            place,
            property,
            shown,
            wanted,
        })
}

struct Read {
    row: RawRow,
    /// Remoting's `PSComputerName`.
    computer: Option<String>,
}

fn row(item: &Value, number: usize, names: &[&'static str; 5]) -> Result<Read, ParseError> {
    let place = Place::Row(number);
    let Value::Object(object) = item else {
        return Err(shape(
            number,
            format!("{} instead of an object", kind(item)),
        ));
    };
    let wanted = |index: usize| {
        get(object, names[index]).ok_or(ParseError::MissingProperty {
            place,
            property: names[index],
        })
    };
    let replica = match wanted(REPLICA)? {
        Value::String(name) => check_name(name, place)?,
        other => return Err(value_error(place, names[REPLICA], other, "a host name")),
    };
    let up_to_date = match wanted(UP_TO_DATE)? {
        Value::Bool(yes) => Some(*yes),
        Value::Null => None,
        Value::String(word) => check_bool(word, place)?,
        other => {
            return Err(value_error(
                place,
                names[UP_TO_DATE],
                other,
                "true or false",
            ));
        }
    };
    let row = RawRow {
        place,
        replica,
        up_to_date,
        report: stamp(wanted(REPORT)?, names[REPORT], place)?,
        package: stamp(wanted(PACKAGE)?, names[PACKAGE], place)?,
        version: get(object, names[VERSION]).and_then(version),
    };
    let computer = get(object, "PSComputerName")
        .and_then(Value::as_str)
        .map(str::to_owned);
    Ok(Read { row, computer })
}

/// A time: a string in any spelling, or the object that 5.1 makes of a date with script
/// properties (`{value, DisplayHint, DateTime}`), whose `value` is the time.
pub(super) fn stamp(
    value: &Value,
    property: &'static str,
    place: Place,
) -> Result<Option<RawStamp>, ParseError> {
    let bad = |value| Err(value_error(place, property, value, "a date"));
    match value {
        Value::Null => Ok(None),
        Value::String(text) => check_stamp(text, property, place),
        Value::Object(object) => match get(object, "value") {
            Some(Value::String(text)) => check_stamp(text, property, place),
            Some(Value::Number(ms)) => match ms.as_i64().and_then(date::instant_from_ms) {
                Some(at) => Ok(Some(at)),
                None => bad(value),
            },
            _ => bad(value),
        },
        other => bad(other),
    }
}

/// A version: a string, or a `System.Version` in its parts (an unset part is -1). What cannot be
/// read is dropped: no verdict rests on it.
fn version(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Object(object) => {
            let parts: Vec<String> = ["Major", "Minor", "Build", "Revision"]
                .iter()
                .map_while(|name| get(object, name).and_then(Value::as_u64))
                .map(|part| part.to_string())
                .collect();
            (parts.len() >= 2).then(|| parts.join("."))
        }
        _ => None,
    }
}

/// PowerShell does not tell property names apart by case, so neither does this.
pub(super) fn get<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(k, _)| k.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn shape(row: usize, message: String) -> ParseError {
    ParseError::Shape {
        place: Place::Row(row),
        message,
    }
}

fn value_error(
    place: Place,
    property: &'static str,
    value: &Value,
    wanted: &'static str,
) -> ParseError {
    ParseError::Value {
        place,
        property,
        shown: shown(&value.to_string()),
        wanted,
    }
}
