//! Status text in any of the forms an engineer has it, read into rows.
//!
//! Read: `ConvertTo-Json` of Windows PowerShell 5.1 and PowerShell 7 (one object, an array, the
//! `{value,Count}` wrapping of 5.1, several documents in a row), CLIXML, CSV, csdeck's wire format,
//! and the text of `Format-List` and `Format-Table`. Anything that is not clearly understood is refused
//! with its place: half a row, a name cut off by a narrow console or a guessed date must never
//! become a replica.

mod clixml;
mod csv;
mod date;
mod error;
mod json;
mod lines;
mod list;
mod store;
mod table;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::status::{ReplicaStatus, key};
use super::store_status::StoreStatus;
use date::RawStamp;
pub use error::{DateOrder, Note, ParseError, Place};
pub use store::parse_store;

/// What kind of text a frame was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `ConvertTo-Json`, any PowerShell.
    Json,
    /// CLIXML: `Export-Clixml`.
    Clixml,
    /// CSV: `ConvertTo-Csv`, `Export-Csv`.
    Csv,
    /// csdeck's wire format: `sampledUtc`, `source`, `rows`.
    Wire,
    /// `Format-List`, the console's default view of this cmdlet.
    List,
    /// `Format-Table`.
    Table,
    /// No output at all.
    Empty,
}

/// One answer of the cmdlet as read from text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The rows in the order of the text.
    pub rows: Vec<ReplicaStatus>,
    /// The form they were found in.
    pub form: Form,
    /// The server's clock when the answer was made, if the text says so (wire format only).
    pub server_time: Option<Timestamp>,
    /// The machine that answered, if the text says so (wire format, remoting's `PSComputerName`).
    pub source: Option<String>,
    /// What the store said of itself in the same answer (wire format only). That it was asked and
    /// did not come stands in the notes.
    pub store: Option<StoreStatus>,
    /// What the reader had to assume or skip.
    pub notes: Vec<Note>,
}

impl Parsed {
    /// The newest time in the data: the best stand-in for "now" of a recording that does not
    /// say when it was taken.
    pub fn newest(&self) -> Option<Timestamp> {
        self.server_time
            .or_else(|| super::status::newest(&self.rows))
    }
}

/// Reads text that holds one answer. Times without a zone are taken as local times of `zone`
/// (the server's; text says nothing about it). Empty text is an answer without rows.
///
/// # Errors
/// See [`ParseError`]; in addition [`ParseError::SeveralFrames`] when the text holds more than
/// one answer: use [`parse_frames`] for recordings.
pub fn parse(text: &str, zone: &TimeZone) -> Result<Parsed, ParseError> {
    let mut frames = parse_frames(text, zone)?;
    match (frames.pop(), frames.len()) {
        (Some(frame), 0) => Ok(frame),
        (_, more) => Err(ParseError::SeveralFrames { count: more + 1 }),
    }
}

/// Reads text that holds one answer or several one after the other: JSON documents in a row (or
/// on a line each), lists, tables and CSV repeated. In a list and in CSV a replica's second
/// appearance begins the next answer, in a table and in CSV a new heading does. The result is never empty.
///
/// # Errors
/// See [`ParseError`]; one bad row refuses the whole text.
pub fn parse_frames(text: &str, zone: &TimeZone) -> Result<Vec<Parsed>, ParseError> {
    let cleaned = lines::clean(text);
    let mut notes = cleaned.notes;
    let Some(first) = cleaned
        .lines
        .iter()
        .find(|line| !line.text.trim().is_empty())
    else {
        return Ok(vec![Parsed {
            rows: Vec::new(),
            form: Form::Empty,
            server_time: None,
            source: None,
            store: None,
            notes,
        }]);
    };
    let start = first.text.trim_start();
    let raw = if start.starts_with(['[', '{']) || start.trim_end() == "null" {
        json::read(&cleaned.lines)?
    } else if clixml::begins(first) {
        clixml::read(&cleaned.lines)?
    } else if csv::begins(&cleaned.lines) {
        csv::read(&cleaned.lines)?
    } else if list::begins(first) {
        list::read(&cleaned.lines)?
    } else if table::begins(first) {
        table::read(&cleaned.lines)?
    } else {
        return Err(error::unrecognised(first));
    };
    resolve(raw, zone, &mut notes)
}

/// An answer whose times are not placed yet.
#[derive(Debug)]
struct RawFrame {
    form: Form,
    rows: Vec<RawRow>,
    server_time: Option<RawStamp>,
    source: Option<String>,
    store: Option<store::RawStore>,
    notes: Vec<Note>,
}

/// A row whose times are not placed yet.
#[derive(Debug)]
struct RawRow {
    place: Place,
    replica: String,
    up_to_date: Option<bool>,
    report: Option<RawStamp>,
    package: Option<RawStamp>,
    version: Option<String>,
}

fn resolve(
    raw: Vec<RawFrame>,
    zone: &TimeZone,
    notes: &mut Vec<Note>,
) -> Result<Vec<Parsed>, ParseError> {
    let stamps = raw.iter().flat_map(|frame| {
        let rows = frame
            .rows
            .iter()
            .flat_map(|row| row.report.iter().chain(&row.package));
        let store = frame.store.iter().flat_map(store::RawStore::stamps);
        rows.chain(&frame.server_time).chain(store)
    });
    let order = date::decide(stamps, notes)?;
    let mut placer = date::Placer::new(zone, order);
    let mut frames = Vec::with_capacity(raw.len());
    for frame in raw {
        let mut seen = std::collections::HashSet::new();
        let mut rows = Vec::with_capacity(frame.rows.len());
        for row in frame.rows {
            if !seen.insert(key(&row.replica)) {
                return Err(ParseError::Duplicate {
                    place: row.place,
                    replica: row.replica,
                });
            }
            if row.up_to_date.is_none() {
                notes.push(Note::NoUpToDate {
                    replica: row.replica.clone(),
                });
            }
            rows.push(ReplicaStatus {
                last_status_report: placer.place(row.report, row.place)?,
                last_update_creation: placer.place(row.package, row.place)?,
                replica_fqdn: row.replica,
                up_to_date: row.up_to_date.unwrap_or(false),
                product_version: row.version,
            });
        }
        frames.push(Parsed {
            rows,
            form: frame.form,
            server_time: placer.place(frame.server_time, Place::Row(0))?,
            source: frame.source,
            store: frame
                .store
                .map(|store| store.place(&mut placer))
                .transpose()?,
            notes: frame.notes,
        });
    }
    placer.finish(notes);
    for frame in &mut frames {
        frame.notes.extend_from_slice(notes);
    }
    Ok(frames)
}

/// Checks a replica's name. A name cut off by the console (`sgfe01.kest...`, `sgfe01.kest…`) is
/// refused as such; so is anything that cannot be a host name.
fn check_name(name: &str, place: Place) -> Result<String, ParseError> {
    let name = name.trim();
    if is_cut(name) {
        return Err(ParseError::Truncated {
            place,
            shown: error::shown(name),
        });
    }
    let fits = !name.is_empty()
        && name.len() <= 255
        && !name.starts_with('.')
        && !name.contains("..")
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    if fits {
        Ok(name.to_owned())
    } else {
        Err(ParseError::Value {
            place,
            property: "ReplicaFqdn",
            shown: error::shown(name),
            wanted: "a host name",
        })
    }
}

/// True for text that PowerShell's formatter cut off: three dots (5.1) or an ellipsis (7).
fn is_cut(text: &str) -> bool {
    text.ends_with("...") || text.ends_with('\u{2026}')
}

fn check_bool(text: &str, place: Place) -> Result<Option<bool>, ParseError> {
    match text.trim() {
        "" => Ok(None),
        t if t.eq_ignore_ascii_case("true") => Ok(Some(true)),
        t if t.eq_ignore_ascii_case("false") => Ok(Some(false)),
        t if is_cut(t) => Err(ParseError::Truncated {
            place,
            shown: error::shown(t),
        }),
        t => Err(ParseError::Value {
            place,
            property: "UpToDate",
            shown: error::shown(t),
            wanted: "True or False",
        }),
    }
}

fn check_stamp(
    text: &str,
    property: &'static str,
    place: Place,
) -> Result<Option<RawStamp>, ParseError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if is_cut(text) {
        return Err(ParseError::Truncated {
            place,
            shown: error::shown(text),
        });
    }
    date::read(text).map(Some).ok_or_else(|| ParseError::Value {
        place,
        property,
        shown: error::shown(text),
        wanted: "a date with a time of day",
    })
}

/// The text of one of the cmdlet's five properties, as list and table have them.
#[derive(Debug, Default)]
struct TextRow {
    values: [Option<String>; 5],
}

/// The five properties of `Microsoft.Rtc.Management.Xds.ReplicaState`.
const PROPERTIES: [&str; 5] = [
    "UpToDate",
    "ReplicaFqdn",
    "LastStatusReport",
    "LastUpdateCreation",
    "ProductVersion",
];
const UP_TO_DATE: usize = 0;
const REPLICA: usize = 1;
const REPORT: usize = 2;
const PACKAGE: usize = 3;
const VERSION: usize = 4;

fn property(name: &str) -> Option<usize> {
    PROPERTIES
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name))
}

impl TextRow {
    fn finish(mut self, place: Place) -> Result<RawRow, ParseError> {
        // An absent property is not an empty one: without it "never reported" would be a guess.
        for (index, name) in PROPERTIES.iter().enumerate().take(VERSION) {
            if self.values[index].is_none() {
                return Err(ParseError::MissingProperty {
                    place,
                    property: name,
                });
            }
        }
        let mut take = |index: usize| self.values[index].take().unwrap_or_default();
        let package = check_stamp(&take(PACKAGE), PROPERTIES[PACKAGE], place)?;
        if package.is_none() {
            // The store always knows when it made a package: an empty cell is a line cut short.
            return Err(ParseError::MissingProperty {
                place,
                property: PROPERTIES[PACKAGE],
            });
        }
        let up_to_date = take(UP_TO_DATE);
        if up_to_date.trim().is_empty() {
            return Err(ParseError::MissingProperty {
                place,
                property: PROPERTIES[UP_TO_DATE],
            });
        }
        let version = take(VERSION);
        Ok(RawRow {
            place,
            up_to_date: check_bool(&up_to_date, place)?,
            replica: check_name(&take(REPLICA), place)?,
            report: check_stamp(&take(REPORT), PROPERTIES[REPORT], place)?,
            package,
            version: Some(version.trim().to_owned()).filter(|v| !v.is_empty()),
        })
    }
}
