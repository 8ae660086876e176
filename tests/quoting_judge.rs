//! What is put into a command comes out of it, as seen by a reader of PowerShell that others
//! wrote: the grammar of the Python package vetter, behind support/judge.py. Our own rule and our
//! own reader could be wrong in the same way; see quoting.rs for that one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/nasty.rs"]
mod nasty;

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use csdeck::powershell::Kind;
use csdeck::snippet::{self, Layer, Values};
use nasty::{Given, NAME, Parameters};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// Where the random cases begin. The same for every run: what fails once fails again.
const SEED: [u8; 32] = *b"csdeck: what goes in comes out.\n";

/// The Python with the judge in it. Never skipped: without the judge nothing is proved.
fn python() -> PathBuf {
    let python = std::env::var_os("CSDECK_TEST_JUDGE").map_or_else(
        || {
            let place = if cfg!(windows) {
                "target/judge/Scripts/python.exe"
            } else {
                "target/judge/bin/python"
            };
            Path::new(env!("CARGO_MANIFEST_DIR")).join(place)
        },
        PathBuf::from,
    );
    assert!(
        python.is_file(),
        "the judge of quoting is not installed ({} is missing): run tests/run, which installs it",
        python.display()
    );
    python
}

/// Gives each command to the judge, and what it sees to `look` as soon as it is there, with the
/// command's place.
fn judged(commands: &[String], mut look: impl FnMut(usize, Value)) {
    let mut judge = Command::new(python())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/judge.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the judge starts");
    let mut input = BufWriter::new(judge.stdin.take().unwrap());
    let output = BufReader::new(judge.stdout.take().unwrap());
    // Both at once: a full pipe in either direction must not stop the other. Where `look` panics,
    // its end of the pipe closes, the judge ends, and with it the writing.
    let answers = std::thread::scope(|scope| {
        scope.spawn(move || {
            for command in commands {
                // A judge that ended says why on standard error; its answers are counted below.
                if writeln!(input, "{}", Value::from(command.as_str())).is_err() {
                    return;
                }
            }
            let _ = input.flush();
        });
        let mut answers = 0;
        for line in output.lines() {
            let seen = serde_json::from_str(&line.expect("UTF-8")).expect("JSON");
            look(answers, seen);
            answers += 1;
        }
        answers
    });
    let end = judge.wait().unwrap();
    if let Some(command) = commands.get(answers) {
        panic!("the judge ended ({end}) at command {answers}:\n{command}");
    }
    assert!(end.success(), "{end}");
}

/// What the judge must see.
fn wanted(parameters: &Parameters) -> Value {
    let mut elements = Vec::new();
    for (name, given) in parameters {
        elements.push(json!({ "parameter": name }));
        match given {
            Given::Switch => {}
            Given::Strings(strings) => elements.push(json!({ "strings": strings })),
            Given::Table(table) => elements.push(json!({ "table": table })),
            Given::Word(word) => elements.push(json!({ "word": word })),
        }
    }
    json!({ "name": NAME, "elements": elements })
}

/// Asserts that the judge sees exactly these parameters in each command.
fn agrees(cases: Vec<(String, Parameters)>) {
    let (commands, parameters): (Vec<String>, Vec<Parameters>) = cases.into_iter().unzip();
    judged(&commands, |n, seen| {
        assert_eq!(
            seen,
            wanted(&parameters[n]),
            "case {n} of seed {SEED:?}:\n{}",
            commands[n]
        );
    });
    println!("{} commands", commands.len());
}

fn written(parameters: Parameters) -> (String, Parameters) {
    let text = nasty::command(&parameters).expect("nothing in it is refused");
    (text, parameters)
}

/// That many values of a strategy, always the same ones.
fn generated<S: Strategy>(strategy: S, count: usize) -> impl Iterator<Item = S::Value> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    std::iter::repeat_with(move || strategy.new_tree(&mut runner).expect("a value").current())
        .take(count)
}

fn last() -> (String, Given) {
    ("Last".to_owned(), Given::Switch)
}

#[test]
fn the_judge_sees_every_value_of_the_corpus() {
    let mut cases = Vec::new();
    for value in nasty::NASTY.iter() {
        let first = |given| written(vec![("First".to_owned(), given), last()]);
        cases.push(first(Given::one(value)));
        cases.push(first(Given::Table(vec![(
            value.clone(),
            vec![value.clone(), value.clone()],
        )])));
        for other in nasty::NASTY.iter() {
            cases.push(first(Given::one(format!("{value}{other}"))));
        }
        let beside = nasty::NASTY
            .iter()
            .flat_map(|other| [value.clone(), other.clone()]);
        cases.push(first(Given::Strings(beside.collect())));
    }
    agrees(cases);
}

#[test]
fn the_judge_sees_every_character() {
    let all: Vec<String> = nasty::every_character().map(String::from).collect();
    let arrays = all.chunks(512).map(|some| {
        written(vec![
            ("First".to_owned(), Given::Strings(some.to_vec())),
            last(),
        ])
    });
    agrees(arrays.collect());
}

#[test]
fn the_judge_sees_what_was_put_in() {
    agrees(
        generated(nasty::parameters(), 100_000)
            .map(written)
            .collect(),
    );
}

/// The ways in which text gets into a command that is run: typed into fields, put into a snippet.
#[test]
fn the_judge_sees_what_was_filled_in() {
    let source = "param([string] $Name, [string[]] $Items, [hashtable] $Table)\n\
        Write-Output -Name $Name -Items $Items -Note \"of $Name, it's '$Items'\" -Table $Table -Last\n";
    let sample = snippet::read("made/up", source, Layer::BuiltIn).expect("a snippet");
    let strategy = (
        nasty::value(),
        proptest::collection::vec(nasty::value(), 1..4),
        nasty::value(),
    );
    let cases = generated(strategy, 10_000).map(|(name, items, in_table)| {
        let mut values = Values::default();
        values.add("Name", name.clone());
        for item in &items {
            values.add("Items", item.clone());
        }
        let quoted = format!("'{}'", in_table.replace('\'', "''"));
        values.add("Table", format!("key={quoted}, {quoted}; other=b"));
        let text = snippet::render(&sample, &values).expect("renders").text;
        let note = format!("of {name}, it's '{}'", items.join(" "));
        let table = vec![
            ("key".to_owned(), vec![in_table.clone(), in_table]),
            ("other".to_owned(), vec!["b".to_owned()]),
        ];
        let parameters = vec![
            ("Name".to_owned(), Given::one(name)),
            ("Items".to_owned(), Given::Strings(items)),
            ("Note".to_owned(), Given::one(note)),
            ("Table".to_owned(), Given::Table(table)),
            last(),
        ];
        (text, parameters)
    });
    let lists = generated(proptest::collection::vec(nasty::value(), 1..4), 5_000).map(|items| {
        let quoted: Vec<String> = items
            .iter()
            .map(|item| format!("'{}'", item.replace('\'', "''")))
            .collect();
        let change = Kind::ListChange.write(&format!("add={}", quoted.join(",")));
        let text = format!("{NAME} -First {} -Last", change.expect("a list").literal);
        let table = Given::Table(vec![("add".to_owned(), items)]);
        (text, vec![("First".to_owned(), table), last()])
    });
    agrees(cases.chain(lists).collect());
}

/// A judge that finds everything good proves nothing.
#[test]
fn the_judge_sees_a_slip_in_the_escaping() {
    let values: Vec<String> = nasty::NASTY
        .iter()
        .cloned()
        .chain(generated(nasty::value(), 2_000))
        .collect();
    for (what, doubled) in nasty::BROKEN {
        let commands: Vec<String> = values.iter().map(|v| nasty::broken(v, doubled)).collect();
        let mut caught = 0;
        judged(&commands, |n, seen| {
            let value = &values[n];
            let differs = seen != wanted(&nasty::unbroken(value));
            // A quote that had to be doubled and was not stands in the text for something else.
            let slipped = value
                .chars()
                .any(|c| "'\u{2018}\u{2019}\u{201a}\u{201b}".contains(c) && !doubled.contains(&c));
            assert_eq!(differs, slipped, "{what}: {value}\n{seen}");
            caught += usize::from(differs);
        });
        println!("{what}: {caught} of {} caught", values.len());
        assert!(caught > 0, "{what}");
    }
}
