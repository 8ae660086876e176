//! What is put into a command comes out of it: every value that is rendered reads back as itself,
//! one argument, and nothing else is in the command. Our own reader judges here; see
//! quoting_judge.rs for another one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/nasty.rs"]
mod nasty;

use std::collections::HashSet;

use csdeck::powershell::{
    self, Argument, Element, Kind, StatementKind, Value, ValueKind, list, literal,
};
use csdeck::snippet::{self, Layer, Mode, Snippet, Values};
use nasty::{Given, NAME, Parameters, Table};
use proptest::prelude::*;
use proptest::sample::select;

/// That many cases; the values themselves are printed, no seed has to be kept in a file.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The parameters of the one command that a text is, or what else it is.
fn seen(text: &str) -> Result<Parameters, String> {
    let script = powershell::parse(text).map_err(|e| e.to_string())?;
    if !script.opaque.is_empty() || !script.functions.is_empty() || script.scanned.writes_file {
        return Err(format!("more than a command: {script:?}"));
    }
    let [command] = script.commands.as_slice() else {
        return Err(format!("{} commands", script.commands.len()));
    };
    let [statement] = script.statements.as_slice() else {
        return Err(format!("{} statements", script.statements.len()));
    };
    match &statement.kind {
        StatementKind::Pipeline(elements)
            if elements.as_slice() == [Element::Command(command.clone())] => {}
        other => return Err(format!("no lone command: {other:?}")),
    }
    if command.name.as_deref() != Some(NAME) || command.span != (0..text.len()) {
        return Err(format!("another command: {command:?}"));
    }
    let mut parameters = Parameters::new();
    for argument in &command.arguments {
        match argument {
            Argument::Parameter { name, value, .. } => {
                let given = value.as_ref().map_or(Ok(Given::Switch), given)?;
                parameters.push((name.clone(), given));
            }
            Argument::Value(value) => match parameters.last_mut() {
                Some((_, slot @ Given::Switch)) => *slot = given(value)?,
                _ => return Err(format!("a value of its own: {value:?}")),
            },
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(parameters)
}

fn given(value: &Value) -> Result<Given, String> {
    match &value.kind {
        ValueKind::Number(word) => Ok(Given::Word(word.clone())),
        ValueKind::Variable(name) => Ok(Given::Word(format!("${name}"))),
        ValueKind::Hash(entries) => entries
            .iter()
            .map(|(key, value)| Ok((key.clone(), strings(value)?)))
            .collect::<Result<Table, String>>()
            .map(Given::Table),
        _ => strings(value).map(Given::Strings),
    }
}

fn strings(value: &Value) -> Result<Vec<String>, String> {
    let one = |value: &Value| match &value.kind {
        ValueKind::Text(text) => Ok(text.clone()),
        other => Err(format!("no string: {other:?}")),
    };
    match &value.kind {
        ValueKind::Array(items) => items.iter().map(one).collect(),
        ValueKind::Nested(inside) if inside.is_empty() => Ok(Vec::new()),
        _ => one(value).map(|one| vec![one]),
    }
}

/// Fails when a command does not read back as these parameters.
fn same(text: &str, parameters: &Parameters) -> Result<(), TestCaseError> {
    match seen(text) {
        Ok(seen) if seen == *parameters => Ok(()),
        other => Err(TestCaseError::fail(format!(
            "{text}
  put in: {parameters:?}
  read:   {other:?}"
        ))),
    }
}

fn reads_back(text: &str, parameters: &Parameters) {
    same(text, parameters).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn the_corpus_is_what_it_is_meant_to_be() {
    let values: Vec<String> = nasty::CORPUS.lines().map(nasty::unescaped).collect();
    assert!(values.len() >= 150, "{}", values.len());
    assert_eq!(values.iter().collect::<HashSet<_>>().len(), values.len());
    assert!(nasty::REFUSED.len() >= 20 && nasty::NASTY.len() >= 300);
    for c in "'\u{2018}\u{2019}\u{201a}\u{201b}\"\u{201c}\u{201d}\u{201e}".chars() {
        for times in 1..=3 {
            let value = String::from(c).repeat(times);
            assert!(values.contains(&value), "{value}");
        }
    }
}

#[test]
fn every_value_of_the_corpus_reads_back_in_every_place() {
    for value in nasty::NASTY.iter() {
        let twice = vec![value.clone(), value.clone()];
        let parameters = vec![
            ("First".to_owned(), Given::one(value)),
            ("Second".to_owned(), Given::Strings(twice.clone())),
            (
                "Third".to_owned(),
                Given::Table(vec![("key".to_owned(), twice), (value.clone(), Vec::new())]),
            ),
            ("Last".to_owned(), Given::Switch),
        ];
        reads_back(&nasty::command(&parameters).expect("allowed"), &parameters);
    }
}

/// What one value leaves open, its neighbour could close.
#[test]
fn every_value_reads_back_beside_every_other() {
    for value in nasty::NASTY.iter() {
        let glued = nasty::NASTY.iter().map(|other| format!("{value}{other}"));
        let beside = nasty::NASTY
            .iter()
            .flat_map(|other| [value.clone(), other.clone()]);
        let parameters = vec![
            ("First".to_owned(), Given::Strings(glued.collect())),
            ("Second".to_owned(), Given::Strings(beside.collect())),
            ("Last".to_owned(), Given::Switch),
        ];
        reads_back(&nasty::command(&parameters).expect("allowed"), &parameters);
    }
}

#[test]
fn every_character_reads_back() {
    let all: Vec<String> = nasty::every_character().map(String::from).collect();
    for some in all.chunks(2048) {
        let parameters = vec![
            ("First".to_owned(), Given::Strings(some.to_vec())),
            ("Last".to_owned(), Given::Switch),
        ];
        reads_back(&nasty::command(&parameters).expect("allowed"), &parameters);
    }
}

#[test]
fn a_slip_in_the_escaping_is_seen() {
    for (what, doubled) in nasty::BROKEN {
        let caught = nasty::NASTY
            .iter()
            .filter(|value| {
                seen(&nasty::broken(value, doubled)).as_ref() != Ok(&nasty::unbroken(value))
            })
            .count();
        println!("{what}: {caught} of {}", nasty::NASTY.len());
        assert!(caught > 0, "{what}");
    }
}

proptest! {
    #![proptest_config(cases(40_000))]

    #[test]
    fn literals_read_back(parameters in nasty::parameters()) {
        let text = nasty::command(&parameters).expect("nothing in it is refused");
        same(&text, &parameters)?;
    }
}

// --- what is typed into a field ----------------------------------------------------------------

/// A list as it is typed: as csdeck itself joins it, or with every element in quotes.
fn typed_list(elements: &[String], quote_all: bool) -> String {
    // What begins like a hashtable is one, unless it stands in quotes.
    let table = elements
        .first()
        .is_some_and(|e| e.trim_start().starts_with("@{"));
    if quote_all || table {
        let quoted: Vec<String> = elements
            .iter()
            .map(|e| format!("'{}'", e.replace('\'', "''")))
            .collect();
        quoted.join(", ")
    } else {
        list::join(elements)
    }
}

/// A table as it is typed: in the short form, or as PowerShell writes it.
fn typed_table(table: &Table, short: bool) -> String {
    if short {
        let parts: Vec<String> = table
            .iter()
            .map(|(key, values)| format!("{key}={}", typed_list(values, false)))
            .collect();
        parts.join("; ")
    } else {
        literal::hashtable(table).expect("nothing in it is refused")
    }
}

fn filled() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(nasty::value(), 1..4)
}

/// A kind, what is typed, and what must be given for it.
fn typed() -> impl Strategy<Value = (Kind, String, Given)> {
    let change = select(vec!["add", "Remove", "REPLACE"]).prop_map(str::to_owned);
    let integer = select(vec![
        Kind::of_type("byte"),
        Kind::of_type("int"),
        Kind::of_type("long"),
        Kind::of_type("ulong"),
        Kind::Integer(-5, 5),
    ]);
    let padding = select(vec!["", " ", "\u{a0}"]);
    prop_oneof![
        6 => nasty::value().prop_map(|v| (Kind::Text, v.clone(), Given::one(v))),
        3 => (filled(), any::<bool>()).prop_map(|(elements, quote_all)| {
            let typed = typed_list(&elements, quote_all);
            (Kind::ListChange, typed, Given::Strings(elements))
        }),
        3 => (nasty::table(change, filled()), any::<bool>())
            .prop_filter("no entry is an empty list", |(table, _)| !table.is_empty())
            .prop_map(|(table, short)| {
                (Kind::ListChange, typed_table(&table, short), Given::Table(table))
            }),
        3 => nasty::table(nasty::value(), nasty::elements()).prop_map(|table| {
            (Kind::Hashtable, typed_table(&table, false), Given::Table(table))
        }),
        3 => (nasty::table(nasty::plain_key(), filled()))
            .prop_map(|table| (Kind::Hashtable, typed_table(&table, true), Given::Table(table))),
        2 => (integer, any::<i128>(), padding).prop_map(|(kind, n, padding)| {
            let Kind::Integer(low, high) = kind else { unreachable!() };
            let n = low + n.rem_euclid(high - low + 1);
            (kind, format!("{padding}{n}{padding}"), Given::Word(n.to_string()))
        }),
        1 => (select(vec!["true", "$TRUE", "1", "Yes", "on", " on "]), any::<bool>())
            .prop_map(|(typed, bool)| {
                let kind = if bool { Kind::Bool } else { Kind::Switch };
                (kind, typed.to_owned(), Given::Word("$true".into()))
            }),
        1 => (select(vec!["false", "$False", "0", "NO", "off"]), any::<bool>())
            .prop_map(|(typed, bool)| {
                let kind = if bool { Kind::Bool } else { Kind::Switch };
                (kind, typed.to_owned(), Given::Word("$false".into()))
            }),
        1 => "(\\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\}|[0-9a-f]{8}(-[0-9A-F]{4}){3}-[0-9a-f]{12})"
            .prop_map(|guid| (Kind::Guid, guid.clone(), Given::one(guid))),
        1 => (1..=9999, 1..=12, 1..=28, 0..=23, 0..=59, 0..=59, any::<bool>()).prop_map(
            |(year, month, day, hour, minute, second, blank)| {
                let date = format!("{year:04}-{month:02}-{day:02}");
                let time = format!("{hour:02}:{minute:02}:{second:02}");
                let between = if blank { " " } else { "T" };
                let typed = format!("{date}{between}{time}");
                (Kind::DateTime, typed, Given::one(format!("{date}T{time}")))
            },
        ),
        1 => "-?([0-9]{1,3}\\.)?([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,7})?)?"
            .prop_map(|span| (Kind::TimeSpan, span.clone(), Given::one(span))),
    ]
}

proptest! {
    #![proptest_config(cases(30_000))]

    #[test]
    fn what_is_typed_reads_back((kind, typed, given) in typed()) {
        let written = kind.write(&typed);
        let written = written.map_err(|e| TestCaseError::fail(format!("{kind:?} {typed:?}: {e}")))?;
        // A switch takes its truth only behind a colon.
        let between = if kind == Kind::Switch { ':' } else { ' ' };
        let text = format!("{NAME} -First{between}{} -Last", written.literal);
        let parameters = vec![
            ("First".to_owned(), given),
            ("Last".to_owned(), Given::Switch),
        ];
        same(&text, &parameters)?;
    }
}

const KINDS: [Kind; 10] = [
    Kind::Switch,
    Kind::Text,
    Kind::Bool,
    Kind::Integer(i128::MIN, i128::MAX),
    Kind::Guid,
    Kind::DateTime,
    Kind::TimeSpan,
    Kind::ListChange,
    Kind::Hashtable,
    Kind::Object,
];

proptest! {
    #![proptest_config(cases(10_000))]

    /// Whether it is what a field wants or not: what is written is one argument, from its first
    /// character to its last.
    #[test]
    fn whatever_is_typed_is_refused_or_one_argument(kind in select(&KINDS[..]), typed in nasty::value()) {
        let Ok(written) = kind.write(&typed) else {
            prop_assert_ne!(kind, Kind::Text);
            return Ok(());
        };
        let start = format!("{NAME} -First ");
        let text = format!("{start}{} -Last", written.literal);
        let script = powershell::parse(&text);
        let script = script.map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(script.statements.len(), 1, "{}", text);
        match &script.statements[0].kind {
            StatementKind::Pipeline(elements) => match elements.as_slice() {
                [Element::Command(command)] => match command.arguments.as_slice() {
                    [Argument::Parameter { .. }, Argument::Value(value), Argument::Parameter { name, .. }] => {
                        prop_assert_eq!(name, "Last");
                        prop_assert_eq!(&value.span, &(start.len()..start.len() + written.literal.len()));
                    }
                    other => prop_assert!(false, "{}: {:?}", text, other),
                },
                other => prop_assert!(false, "{}: {:?}", text, other),
            },
            other => prop_assert!(false, "{}: {:?}", text, other),
        }
    }

    #[test]
    fn control_characters_are_refused_everywhere(value in nasty::refused_value(), good in nasty::value()) {
        prop_assert!(literal::single_quoted(&value).is_err());
        prop_assert!(literal::array(&[good.clone(), value.clone()]).is_err());
        let table = |key: &str, value: &str| literal::hashtable(&[(key.to_owned(), vec![value.to_owned()])]);
        prop_assert!(table(&good, &value).is_err());
        prop_assert!(table(&value, &good).is_err());
        for kind in KINDS {
            // Around numbers and truths blanks are dropped, and a tab or a line end is one.
            for typed in [value.clone(), format!("'{value}'"), format!("a={value}"), format!("({value})")] {
                let written = kind.write(&typed);
                prop_assert!(
                    written.as_ref().map_or(true, |w| !w.literal.chars().any(nasty::refused)),
                    "{:?}: {:?}", kind, written
                );
            }
        }
        prop_assert!(Kind::Text.write(&value).is_err());
        let mut values = Values::default();
        values.add("Name", value.clone());
        prop_assert!(SAMPLE.with(|s| snippet::render(s, &values)).is_err());
        let mut values = Values::default();
        values.add("Items", good);
        values.add("Items", value);
        prop_assert!(SAMPLE.with(|s| snippet::render(s, &values)).is_err());
    }
}

#[test]
fn refused_values_of_the_corpus_are_refused() {
    for value in nasty::REFUSED.iter() {
        assert!(literal::single_quoted(value).is_err(), "{value:?}");
        assert!(Kind::Text.write(value).is_err(), "{value:?}");
    }
}

// --- a snippet ---------------------------------------------------------------------------------

/// Every way in which a field gets into a command.
const SNIPPET: &str = "<#\n.SYNOPSIS\nMade up\n#>\n\
    param(\n  [string] $Name,\n  [string[]] $Items,\n  [hashtable] $Table\n)\n\
    $optional = @{}\n\
    if ($PSBoundParameters.ContainsKey('Items')) { $optional.Items = $Items }\n\
    Write-Output -Name $Name -Table $Table -Attached:$Name -Note \"of $Name, it's '$Items'\" \
    -Fixed 'it''s' -Both 'a',$Name -Map @{Key = $Name; Other = 'b'} @optional -Last\n";

fn sample() -> Snippet {
    let snippet = snippet::read("made/up", SNIPPET, Layer::BuiltIn).expect("a snippet");
    assert_eq!(snippet.mode(), Mode::Command);
    snippet
}

proptest! {
    #![proptest_config(cases(30_000))]

    #[test]
    fn fields_of_a_snippet_read_back(
        name in nasty::value(),
        items in nasty::elements(),
        (table, short) in prop_oneof![
            nasty::table(nasty::value(), nasty::elements()).prop_map(|t| (t, false)),
            nasty::table(nasty::plain_key(), filled()).prop_map(|t| (t, true)),
        ],
    ) {

        let mut values = Values::default();
        values.add("Name", name.clone());
        for item in &items {
            values.add("Items", item.clone());
        }
        values.add("Table", typed_table(&table, short));
        let rendered = SAMPLE.with(|s| snippet::render(s, &values));
        let text = rendered.map_err(|e| TestCaseError::fail(e.to_string()))?.text;
        let mut expected = vec![
            ("Name".to_owned(), Given::one(&name)),
            ("Table".to_owned(), Given::Table(table)),
            ("Attached".to_owned(), Given::one(&name)),
            ("Note".to_owned(), Given::one(format!("of {name}, it's '{}'", items.join(" ")))),
            ("Fixed".to_owned(), Given::one("it's")),
            ("Both".to_owned(), Given::Strings(vec!["a".into(), name.clone()])),
            ("Map".to_owned(), Given::Table(vec![
                ("Key".into(), vec![name]),
                ("Other".into(), vec!["b".into()]),
            ])),
        ];
        if !items.is_empty() {
            expected.push(("Items".to_owned(), Given::Strings(items)));
        }
        expected.push(("Last".to_owned(), Given::Switch));
        same(&text, &expected)?;
    }
}

thread_local! {
    static SAMPLE: Snippet = sample();
}
