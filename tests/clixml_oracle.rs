//! CLIXML both ways against psrpcore, which others wrote (tests/lab/clixml_oracle.py): what csdeck
//! writes is read there, what is written there is read here, and both must mean the same. Our own
//! reader and writer could be wrong in the same way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/winrm.rs"]
mod winrm;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use csdeck::powershell::clixml::{Body, Container, MEMBER_SET, Object, Value, one, write};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};

/// Where the random values begin. The same for every run: what fails once fails again.
const SEED: [u8; 32] = *b"csdeck: objects there and back.\n";

/// Values in one request.
const BATCH: usize = 500;

/// Requests in each direction.
const BATCHES: usize = 10;

/// The other side.
struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    fn start() -> Oracle {
        let mut child = Command::new(winrm::python())
            .arg(winrm::folder().join("clixml_oracle.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        Oracle {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// One request and its answer. It answers nothing before it has read all of the line.
    fn ask(&mut self, request: &Json) -> Vec<Json> {
        writeln!(self.input, "{request}").expect("the oracle listens");
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .expect("the oracle answers");
        match serde_json::from_str(&line) {
            Ok(Json::Array(answers)) => answers,
            other => panic!("the oracle answered {other:?}"),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// --- descriptions: see clixml_oracle.py -------------------------------------------------------

/// Clock, ticks of the second, zone in minutes.
fn date(text: &str) -> String {
    let (clock, rest) = text.split_at(19);
    let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(zone);
    let numbers: Vec<String> = clock
        .split(['-', 'T', ':'])
        .map(|part| part.parse::<u32>().unwrap().to_string())
        .collect();
    let ticks: u32 = format!("{:0<7}", fraction.trim_start_matches('.'))
        .parse()
        .unwrap();
    let zone = match zone {
        "" => "none".to_owned(),
        "Z" => "0".to_owned(),
        zone => {
            let (hours, minutes) = zone[1..].split_once(':').unwrap();
            let all = hours.parse::<i32>().unwrap() * 60 + minutes.parse::<i32>().unwrap();
            (if zone.starts_with('-') { -all } else { all }).to_string()
        }
    };
    format!("{} {ticks} {zone}", numbers.join(" "))
}

/// An xs:duration of days and less, in ticks.
fn ticks(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (days, time) = rest[1..].split_once('T').unwrap_or((&rest[1..], ""));
    let mut total = 0_i128;
    for (part, one) in [(days, 'D'), (time, 'H'), (time, 'M'), (time, 'S')] {
        let Some(end) = part.find(one) else { continue };
        let begin = part[..end]
            .rfind(|c: char| c.is_ascii_uppercase())
            .map_or(0, |n| n + 1);
        let (whole, fraction) = part[begin..end]
            .split_once('.')
            .unwrap_or((&part[begin..end], ""));
        let unit = match one {
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            _ => 1,
        };
        total += whole.parse::<i128>().unwrap() * unit * 10_000_000;
        total += format!("{fraction:0<7}").parse::<i128>().unwrap();
    }
    (sign * total).to_string()
}

fn described(value: &Value) -> Json {
    let (tag, text) = match value {
        Value::Null => ("Nil", String::new()),
        Value::Bool(truth) => ("B", truth.to_string()),
        Value::String(text) => ("S", text.clone()),
        Value::Char(n) => ("C", n.to_string()),
        Value::Byte(n) => ("By", n.to_string()),
        Value::SByte(n) => ("SB", n.to_string()),
        Value::U16(n) => ("U16", n.to_string()),
        Value::I16(n) => ("I16", n.to_string()),
        Value::U32(n) => ("U32", n.to_string()),
        Value::I32(n) => ("I32", n.to_string()),
        Value::U64(n) => ("U64", n.to_string()),
        Value::I64(n) => ("I64", n.to_string()),
        Value::Single(n) if n.is_nan() => ("Sg", "NaN".to_owned()),
        Value::Single(n) => ("Sg", format!("{:08x}", n.to_bits())),
        Value::Double(n) if n.is_nan() => ("Db", "NaN".to_owned()),
        Value::Double(n) => ("Db", format!("{:016x}", n.to_bits())),
        Value::Decimal(text) => ("D", text.clone()),
        Value::DateTime(text) => ("DT", date(text)),
        Value::Duration(text) => ("TS", ticks(text)),
        Value::Guid(text) => ("G", text.clone()),
        Value::Uri(text) => ("URI", text.clone()),
        Value::Version(text) => ("Version", text.clone()),
        Value::Xml(text) => ("XD", text.clone()),
        Value::ScriptBlock(text) => ("SBK", text.clone()),
        Value::Bytes(bytes) => ("BA", STANDARD.encode(bytes)),
        Value::SecureString(bytes) => ("SS", STANDARD.encode(bytes)),
        Value::Object(object) => return object_described(object),
    };
    json!([tag, text])
}

fn object_described(object: &Object) -> Json {
    let all = |items: &[Value]| items.iter().map(described).collect::<Vec<_>>();
    let members = |members: &[(String, Value)]| {
        members
            .iter()
            .map(|(name, value)| json!([name, described(value)]))
            .collect::<Vec<_>>()
    };
    let body = match &object.body {
        Body::None => Json::Null,
        Body::Primitive(value) => described(value),
        Body::List(Container::List, items) => json!(["LST", all(items)]),
        Body::List(Container::Enumerable, items) => json!(["IE", all(items)]),
        Body::List(Container::Stack, items) => json!(["STK", all(items)]),
        Body::List(Container::Queue, items) => json!(["QUE", all(items)]),
        Body::Dictionary(entries) => json!([
            "DCT",
            entries
                .iter()
                .map(|(key, value)| json!([described(key), described(value)]))
                .collect::<Vec<_>>()
        ]),
    };
    let types: Vec<&str> = object
        .type_names
        .iter()
        .map(|name| name.strip_prefix("Deserialized.").unwrap_or(name))
        .collect();
    json!({
        "types": types,
        "words": object.to_string,
        "body": body,
        "adapted": members(&object.adapted),
        "extended": members(&object.extended),
    })
}

// --- values -------------------------------------------------------------------------------------

fn string() -> impl Strategy<Value = String> {
    const PIECES: [&str; 32] = [
        "a",
        "x",
        "X",
        "_",
        "_x",
        "_X",
        "_x0041_",
        "_x005F_",
        "_X000a_",
        "000D",
        "x000A_",
        " ",
        "\t",
        "\r",
        "\n",
        "\0",
        "\u{1b}",
        "\u{7f}",
        "\u{85}",
        "\u{9f}",
        "<",
        ">",
        "&",
        "'",
        "\"",
        "]]>",
        "\u{e000}",
        "\u{fffd}",
        "\u{fffe}",
        "\u{ffff}",
        "😀",
        "\u{10ffff}",
    ];
    let piece = prop_oneof![
        prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn whole() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u16>().prop_map(Value::Char),
        any::<u8>().prop_map(Value::Byte),
        any::<i8>().prop_map(Value::SByte),
        any::<u16>().prop_map(Value::U16),
        any::<i16>().prop_map(Value::I16),
        any::<u32>().prop_map(Value::U32),
        any::<i32>().prop_map(Value::I32),
        any::<u64>().prop_map(Value::U64),
        any::<i64>().prop_map(Value::I64),
    ]
}

fn date_text() -> impl Strategy<Value = String> {
    let zone = prop_oneof![
        Just(String::new()),
        Just("Z".to_owned()),
        (
            0..14_u8,
            prop::sample::select(vec![0_u8, 30, 45]),
            any::<bool>()
        )
            .prop_map(|(hours, minutes, east)| format!(
                "{}{hours:02}:{minutes:02}",
                if east { '+' } else { '-' }
            )),
    ];
    let fraction = prop_oneof![
        Just(String::new()),
        (1..=7_usize, 0..10_000_000_u32)
            .prop_map(|(n, ticks)| format!(".{}", &format!("{ticks:07}")[..n])),
    ];
    let day = (1..=9999_u16, 1..=12_u8, 1..=28_u8);
    let clock = (0..24_u8, 0..60_u8, 0..60_u8);
    (day, clock, fraction, zone).prop_map(|((y, m, d), (h, min, s), fraction, zone)| {
        format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}{fraction}{zone}")
    })
}

fn duration_text() -> impl Strategy<Value = String> {
    let parts = (
        0..10_000_000_u32,
        0..24_u8,
        0..60_u8,
        0..60_u8,
        0..10_000_000_u32,
    );
    (any::<bool>(), parts).prop_map(|(negative, (days, hours, minutes, seconds, ticks))| {
        let sign = if negative { "-" } else { "" };
        match ticks % 4 {
            0 => format!("{sign}PT{seconds}.{ticks:07}S"),
            1 => format!("{sign}P{days}D"),
            2 => format!("{sign}PT{hours}H{minutes}M"),
            _ => format!("{sign}P{days}DT{hours}H{minutes}M{seconds}.{ticks:07}S"),
        }
    })
}

/// Every primitive but a truth value and null, which psrpcore cannot give properties.
fn with_properties() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => string().prop_map(Value::String),
        4 => whole(),
        1 => any::<f32>().prop_map(Value::Single),
        1 => any::<f64>().prop_map(Value::Double),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MIN_POSITIVE])
            .prop_map(Value::Double),
        1 => (any::<i64>(), 0..10_usize).prop_map(|(n, places)| {
            let places = &format!("{:09}", n.unsigned_abs())[..places];
            let point = if places.is_empty() { "" } else { "." };
            Value::Decimal(format!("{n}{point}{places}"))
        }),
        2 => date_text().prop_map(Value::DateTime),
        2 => duration_text().prop_map(Value::Duration),
        1 => any::<u128>().prop_map(|n| {
            let hex = format!("{n:032x}");
            let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
            Value::Guid(parts.join("-"))
        }),
        1 => string().prop_map(Value::Uri),
        1 => vec(any::<u16>(), 2..5).prop_map(|parts| {
            let parts: Vec<String> = parts.iter().map(u16::to_string).collect();
            Value::Version(parts.join("."))
        }),
        1 => string().prop_map(Value::Xml),
        1 => string().prop_map(Value::ScriptBlock),
        1 => vec(any::<u8>(), 0..30).prop_map(Value::Bytes),
    ]
}

fn primitive() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => with_properties(),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => vec(any::<u8>(), 0..30).prop_map(Value::SecureString),
    ]
}

/// Names that differ in any case, as properties' and keys' do.
fn named(
    name: impl Strategy<Value = Value> + Clone,
) -> impl Strategy<Value = Vec<(String, Value)>> {
    vec((string(), name), 0..4).prop_map(|members| {
        let number = |(n, (name, value)): (usize, (String, Value))| (format!("{n}{name}"), value);
        members.into_iter().enumerate().map(number).collect()
    })
}

/// psrpcore takes a name that it has seen for the whole list of names that it saw it in, so the first
/// says what the others are.
fn type_names() -> impl Strategy<Value = Vec<String>> {
    (0..200_u8, 0..3_u8).prop_map(|(n, more)| {
        let mut names = vec![format!("Deserialized.Kestrel.Type{n}.{more}")];
        names.extend((0..more).map(|more| format!("Kestrel.Base{more}")));
        names
    })
}

fn value() -> impl Strategy<Value = Value> {
    primitive().prop_recursive(4, 24, 4, |inner| {
        let list = (
            prop::sample::select(vec![
                Container::List,
                Container::Enumerable,
                Container::Stack,
                Container::Queue,
            ]),
            vec(inner.clone(), 0..5),
        );
        let body = prop_oneof![
            Just(Body::None),
            with_properties().prop_map(Body::Primitive),
            list.prop_map(|(kind, items)| Body::List(kind, items)),
            named(inner.clone()).prop_map(|entries| {
                let entry = |(key, value)| (Value::String(key), value);
                Body::Dictionary(entries.into_iter().map(entry).collect())
            }),
        ];
        let words = prop::option::of(string());
        (
            type_names(),
            words,
            body,
            named(inner.clone()),
            named(inner),
        )
            .prop_map(|(type_names, to_string, body, adapted, extended)| {
                Value::Object(Box::new(Object {
                    type_names,
                    to_string,
                    body,
                    adapted,
                    extended,
                }))
            })
    })
}

// --- both ways ----------------------------------------------------------------------------------

#[test]
fn what_csdeck_writes_means_the_same_to_psrpcore() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = value();
    let mut oracle = Oracle::start();
    for _ in 0..BATCHES {
        let values: Vec<Value> = (0..BATCH)
            .map(|_| strategy.new_tree(&mut runner).unwrap().current())
            .collect();
        let written: Vec<String> = values.iter().map(write).collect();
        let answers = oracle.ask(&json!({"read": written}));
        assert_eq!(answers.len(), values.len());
        for ((value, xml), answer) in values.iter().zip(&written).zip(answers) {
            assert_eq!(answer, described(value), "{xml}");
        }
    }
}

#[test]
fn what_psrpcore_writes_means_the_same_to_csdeck() {
    let mut oracle = Oracle::start();
    for seed in 0..BATCHES {
        let made = oracle.ask(&json!({"make": BATCH, "seed": seed}));
        assert_eq!(made.len(), BATCH);
        for pair in made {
            let xml = pair[0].as_str().unwrap();
            let value = one(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
            assert_eq!(described(&value), pair[1], "{xml}");
            // And again from what csdeck makes of it.
            assert_eq!(described(&one(&write(&value)).unwrap()), pair[1], "{xml}");
        }
    }
}

#[test]
fn a_progress_record_and_an_enumeration_are_what_psrpcore_takes_them_for() {
    let mut oracle = Oracle::start();
    let record = "<PR><AV>Moving users</AV><AI>3</AI><S>alice_x000A_</S><PI>-1</PI><PC>40</PC>\
                  <T>Processing</T><SR>12</SR><SD>2 of 5</SD></PR>";
    let colour = "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.ConsoleColor</T><T>System.Enum</T>\
                  <T>System.ValueType</T><T>System.Object</T></TN><ToString>Blue</ToString><I32>9</I32></Obj>";
    let values: Vec<Value> = [record, colour]
        .iter()
        .map(|xml| one(xml).unwrap())
        .collect();
    let written: Vec<String> = values.iter().map(write).collect();
    let answers = oracle.ask(&json!({"read": written}));
    assert_eq!(answers[0], described(&values[0]));
    assert_eq!(answers[1], described(&values[1]));
}

#[test]
fn a_set_of_members_is_no_property_to_the_rest() {
    let set = Value::Object(Box::new(Object {
        type_names: vec![MEMBER_SET.to_owned()],
        extended: vec![("Inner".to_owned(), Value::I32(1))],
        ..Object::default()
    }));
    let value = Value::Object(Box::new(Object {
        extended: vec![("PSStandardMembers".to_owned(), set)],
        ..Object::default()
    }));
    let xml = write(&value);
    assert!(xml.contains("<MS N=\"PSStandardMembers\"><I32 N=\"Inner\">1</I32></MS>"));
    // psrpcore does not know them, though MS-PSRP's serialisers write them; .NET reads them.
    let answer = Oracle::start().ask(&json!({"read": [xml]}));
    assert!(answer[0]["error"].is_string(), "{answer:?}");
}
