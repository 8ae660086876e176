//! The store's status, `-CentralManagementStoreStatus`, in any form it comes in.
//!
//! The cmdlet's page names four properties; what the two heartbeats are called it does not say. So
//! times are looked for by the words in their names, and whatever shape a list has is read: a
//! list, one name, names in one text as a console shows them.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::date::{self, RawStamp};
use super::error::{ParseError, Place, unrecognised};
use super::json::{get, stamp};
use super::lines::{self, Line};
use super::{clixml, list};
use crate::replication::store_status::StoreStatus;

const MASTER: &str = "ActiveMasterFqdn";
const AGENTS: &str = "ActiveFileTransferAgents";

/// More names than a deployment has replicas are cut off.
const MOST_NAMES: usize = 20_000;

/// The status before its times are placed.
#[derive(Debug, Default)]
pub(super) struct RawStore {
    status: StoreStatus,
    pub(super) master: Option<RawStamp>,
    pub(super) agent: Option<RawStamp>,
}

impl RawStore {
    /// The times in it, for the order of day and month.
    pub(super) fn stamps(&self) -> impl Iterator<Item = &RawStamp> {
        self.master.iter().chain(&self.agent)
    }

    pub(super) fn place(self, placer: &mut date::Placer<'_>) -> Result<StoreStatus, ParseError> {
        Ok(StoreStatus {
            master_heartbeat: placer.place(self.master, Place::Row(0))?,
            agent_heartbeat: placer.place(self.agent, Place::Row(0))?,
            ..self.status
        })
    }
}

/// Reads the store's status from an answer of its own: JSON, CLIXML or `Format-List` text, the
/// forms of [`parse`](super::parse()). Times without a zone are local times of `zone`.
///
/// # Errors
/// See [`ParseError`]. An answer that does not hold the master and the agents is none: what is
/// not told must not read as a store that is down.
pub fn parse_store(text: &str, zone: &TimeZone) -> Result<StoreStatus, ParseError> {
    let cleaned = lines::clean(text);
    let filled = |line: &&Line<'_>| !line.text.trim().is_empty();
    let Some(first) = cleaned.lines.iter().find(filled) else {
        return Err(no_status("no answer"));
    };
    let raw = if first.text.trim_start().starts_with(['[', '{']) {
        let text: Vec<&str> = cleaned.lines.iter().map(|line| line.text).collect();
        let document: Value =
            serde_json::from_str(&text.join("\n")).map_err(|e| ParseError::Json {
                line: e.line(),
                column: e.column(),
                message: e.to_string(),
            })?;
        of_value(&document)?
    } else if clixml::begins(first) {
        of_value(&Value::Array(clixml::values(&cleaned.lines)?))?
    } else {
        of_list(&cleaned.lines)?
    };
    let mut notes = Vec::new();
    let order = date::decide(raw.stamps(), &mut notes)?;
    raw.place(&mut date::Placer::new(zone, order))
}

fn no_status(message: &str) -> ParseError {
    ParseError::Shape {
        place: Place::Row(0),
        message: format!("the store's status: {message}"),
    }
}

/// The status of a JSON value: the object, or a list with it alone.
pub(super) fn of_value(value: &Value) -> Result<RawStore, ParseError> {
    match value {
        Value::Object(object) => match get(object, "value") {
            Some(inner @ Value::Array(_)) if get(object, AGENTS).is_none() => of_value(inner),
            _ => of_object(object),
        },
        Value::Array(items) => match items.as_slice() {
            [one @ Value::Object(_)] => of_value(one),
            _ => Err(no_status(&format!("{} values instead of one", items.len()))),
        },
        // The error that the store's question ended in, as our own expression hands it on.
        Value::String(why) => Err(no_status(&super::error::shown(why))),
        _ => Err(no_status("no answer")),
    }
}

fn of_object(object: &Map<String, Value>) -> Result<RawStore, ParseError> {
    let wanted = |name: &'static str| {
        get(object, name).ok_or(ParseError::MissingProperty {
            place: Place::Row(0),
            property: name,
        })
    };
    let mut partial = false;
    let mut raw = RawStore {
        status: StoreStatus {
            active_master: names(wanted(MASTER)?, &mut partial).into_iter().next(),
            file_transfer_agents: names(wanted(AGENTS)?, &mut partial),
            ..StoreStatus::default()
        },
        ..RawStore::default()
    };
    for (name, value) in object {
        let name = name.to_ascii_lowercase();
        if name == "activereplicas" {
            raw.status.active_replicas = names(value, &mut partial);
        } else if name == "deletedreplicas" {
            raw.status.deleted_replicas = names(value, &mut partial);
        } else if name.contains("heartbeat") {
            let of_agent = name.contains("agent") || name.contains("transfer");
            let known = if of_agent {
                &mut raw.agent
            } else {
                &mut raw.master
            };
            // What is no time is not told; the rest of the answer counts all the same.
            *known = beat(value).or_else(|| known.take());
        }
    }
    raw.status.partial = partial;
    Ok(raw)
}

/// A heartbeat: one time, or the newest of several (one for each agent).
fn beat(value: &Value) -> Option<RawStamp> {
    let one = |value: &Value| stamp(value, "heartbeat", Place::Row(0)).ok().flatten();
    let several: Vec<RawStamp> = match value {
        Value::Array(items) => items.iter().filter_map(beat).collect(),
        Value::Object(map) if get(map, "value").is_none() => {
            map.values().filter_map(beat).collect()
        }
        value => return one(value),
    };
    several.into_iter().reduce(|newest, other| {
        if other.is_after(&newest) {
            other
        } else {
            newest
        }
    })
}

/// The names in a value: a list of names or of objects that have one, one name, or a console's
/// `{a, b...}`, whose dots say that there are more.
fn names(value: &Value, partial: &mut bool) -> Vec<String> {
    let mut out = Vec::new();
    match value {
        Value::String(text) => {
            for word in text.split([' ', ',', ';', '{', '}', '\n', '\r']) {
                let whole = word.trim_end_matches(['\u{2026}', '.']);
                let is_cut = word.ends_with("...") || word.ends_with('\u{2026}');
                *partial |= is_cut;
                // `sgedge01.kestrel.lan...` is whole, and the next one is not there; a name that
                // was cut in itself cannot be told from it, so none of them counts.
                if !whole.is_empty() && !is_cut {
                    out.push(whole.to_owned());
                }
            }
        }
        Value::Array(items) => {
            *partial |= items.len() > MOST_NAMES;
            for item in items.iter().take(MOST_NAMES) {
                out.extend(names(item, partial));
            }
        }
        Value::Object(map) => {
            let named = map
                .iter()
                .find(|(name, _)| name.to_ascii_lowercase().ends_with("fqdn"))
                .or_else(|| {
                    map.iter()
                        .find(|(name, _)| name.eq_ignore_ascii_case("value"))
                });
            if let Some((_, value)) = named {
                out.extend(names(value, partial));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    out
}

/// `Format-List` text; a long list goes on below itself, indented.
fn of_list(lines: &[Line<'_>]) -> Result<RawStore, ParseError> {
    let mut object = Map::new();
    let mut last: Option<String> = None;
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        if line.text.starts_with(' ') {
            let value = last.as_ref().and_then(|name| object.get_mut(name));
            let Some(Value::String(text)) = value else {
                return Err(unrecognised(line));
            };
            text.push(' ');
            text.push_str(line.text.trim());
            continue;
        }
        let (name, value) = list::pair(line.text).ok_or_else(|| unrecognised(line))?;
        if object.contains_key(name) {
            return Err(no_status("two answers in one text"));
        }
        object.insert(name.to_owned(), Value::String(value.to_owned()));
        last = Some(name.to_owned());
    }
    of_object(&object)
}
