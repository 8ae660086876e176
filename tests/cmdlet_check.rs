//! The binding check against 111 commands worth shipping: each is fine as it stands, and a copy
//! with a slip in it is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use csdeck::cmdlet::{self, Cmdlet, Parameter, Product, Risk, catalogue, has_error};
use csdeck::powershell::{Kind, literal};
use csdeck::snippet::example::given;
use csdeck::snippet::{Library, Values, render};
use serde_json::Value;

struct Command {
    id: String,
    cmdlet: &'static Cmdlet,
    set: Option<String>,
    effect: Risk,
    products: Vec<Product>,
    /// Name, literal, and whether the snippet needs it.
    arguments: Vec<(String, Option<String>, bool)>,
}

impl Command {
    fn text(&self) -> String {
        let mut text = self.cmdlet.name.to_owned();
        for (name, value, _) in &self.arguments {
            text.push_str(&format!(" -{name}"));
            if let Some(value) = value {
                text.push_str(&format!(" {value}"));
            }
        }
        text
    }

    fn gives(&self, name: &str) -> bool {
        self.arguments
            .iter()
            .any(|(n, _, _)| n.eq_ignore_ascii_case(name))
    }

    /// True when the reference has a set that holds all of these parameters; with `complete`
    /// also one that misses none it needs.
    fn fits_a_set(&self, complete: bool) -> bool {
        self.cmdlet.sets.iter().any(|set| {
            let member = |name: &str| {
                let index = self.cmdlet.index_of(name).expect("known");
                set.member(index).is_some()
            };
            self.arguments.iter().all(|(n, _, _)| member(n))
                && (!complete || self.cmdlet.required(set).all(|p| self.gives(p.name)))
        })
    }
}

/// A value that the parameter takes, as PowerShell writes it.
fn sample(parameter: &Parameter, kind: &str, values: &[String]) -> String {
    let plain: Vec<&str> = match kind {
        "enum" | "enumList" => vec![values.first().map_or("", String::as_str)],
        "serverPathList(1..4)" => vec!["E:\\CSLog", "G:\\CSDB"],
        "fqdnList" => vec!["fe01.kestrel.lan", "fe02.kestrel.lan"],
        "fqdnList,string" => vec!["sip.kestrel.lan,meet.kestrel.lan"],
        "hex40" => vec!["0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"],
        "datetime" => vec!["2026-11-24T02:00:00"],
        "timespan" => vec!["00:05:00"],
        "bool" => vec!["true"],
        "port" => vec!["5061"],
        "int" | "int 1..20" | "digits" | "secret digits" => vec!["4"],
        "sipUri" => vec!["sip:ola@kestrel.lan"],
        "fqdn" => vec!["sql01.kestrel.lan"],
        "sqlInstance" => vec!["rtc"],
        "dotnetRegex" => vec![r"^\+65(\d{8})$"],
        "telUri" => vec!["tel:+6561234567"],
        "x500" => vec!["C=SG,O=LNC,CN=ex01.kestrel.lan"],
        _ => vec!["Kestrel"],
    };
    if parameter.value_type.list {
        let all: Vec<String> = plain.iter().map(|p| (*p).to_owned()).collect();
        return literal::array(&all).expect("no controls");
    }
    parameter
        .value_type
        .kind
        .write(plain[0])
        .unwrap_or_else(|e| panic!("{} {kind}: {e}", parameter.name))
        .literal
}

fn commands() -> Vec<Command> {
    let all: Value =
        serde_json::from_str(include_str!("fixtures/domain/snippets.json")).expect("JSON");
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let list =
        |v: &Value| -> Vec<String> { v.as_array().into_iter().flatten().map(text).collect() };
    all["snippets"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|s| {
            let name = text(&s["cmdlet"]);
            let cmdlet = catalogue().get(&name).expect("in the catalogue");
            let arguments = s["arguments"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|a| {
                    let name = text(&a["name"]);
                    let parameter = cmdlet.parameter(&name).expect("known");
                    let value = match &a["literal"] {
                        _ if parameter.is_switch() => None,
                        Value::String(fixed) => Some(fixed.clone()),
                        _ => Some(sample(
                            parameter,
                            &text(&a["field"]["kind"]),
                            &list(&a["field"]["values"]),
                        )),
                    };
                    (name, value, a["required"].as_bool().expect("a truth"))
                })
                .collect();
            Command {
                id: text(&s["id"]),
                cmdlet,
                set: s["parameterSet"].as_str().map(str::to_owned),
                effect: match text(&s["effect"]).as_str() {
                    "read" => Risk::Read,
                    "change" => Risk::Change,
                    "destructive" => Risk::Destructive,
                    other => panic!("{other}"),
                },
                products: list(&s["products"])
                    .iter()
                    // The online service is no product of csdeck's.
                    .filter_map(|p| Product::of(p))
                    .collect(),
                arguments,
            }
        })
        .collect()
}

#[test]
fn every_shipped_snippet_agrees_with_the_reference() {
    for snippet in Library::built_in().iter() {
        assert_eq!(cmdlet::check(&snippet.source, None), [], "{}", snippet.id);
        for code in &snippet.products {
            let product = Product::of(code).expect("known");
            let findings = cmdlet::check(&snippet.source, Some(product));
            assert_eq!(findings, [], "{} in {product}", snippet.id);
        }
    }
}

#[test]
fn every_example_renders_and_agrees_with_the_reference() {
    let mut examples = 0;
    for snippet in Library::built_in().iter() {
        for example in &snippet.examples {
            let given = given(snippet, example)
                .unwrap_or_else(|| panic!("{}: what does {example:?} give?", snippet.id));
            let mut values = Values::default();
            for (name, texts) in given {
                texts.into_iter().for_each(|text| values.add(&name, text));
            }
            let rendered = render(snippet, &values)
                .unwrap_or_else(|e| panic!("{}: {example:?}: {e}", snippet.id));
            assert_eq!(rendered.findings, [], "{}: {}", snippet.id, rendered.text);
            assert_eq!(rendered.doubts, [], "{}: {}", snippet.id, rendered.text);
            assert_eq!(cmdlet::check(&rendered.text, None), [], "{}", rendered.text);
            // Not a part from one product and a part from another.
            let fits = |code: &String| {
                let product = Product::of(code).expect("known");
                cmdlet::check(&rendered.text, Some(product)).is_empty()
            };
            assert!(
                snippet.products.iter().any(fits),
                "{}: {}",
                snippet.id,
                rendered.text
            );
            examples += 1;
        }
    }
    assert!(examples > 150, "{examples}");
}

#[test]
fn commands_worth_shipping_agree_with_the_reference() {
    let commands = commands();
    assert_eq!(commands.len(), 111);
    for command in &commands {
        let text = command.text();
        assert_eq!(cmdlet::check(&text, None), [], "{}: {text}", command.id);
        for product in &command.products {
            let findings = cmdlet::check(&text, Some(*product));
            assert!(
                !has_error(&findings),
                "{}: {text}: {findings:?}",
                command.id
            );
        }
    }
}

#[test]
fn the_risk_is_never_below_the_stated_effect() {
    for command in commands() {
        let judgement = cmdlet::judge(&command.text()).expect("reads");
        assert!(
            judgement.risk >= command.effect,
            "{}: {} is {}",
            command.id,
            command.text(),
            judgement.risk.word()
        );
    }
}

/// How many mutants there are, and those that pass.
#[derive(Default)]
struct Count {
    all: usize,
    passed: Vec<String>,
}

impl Count {
    fn try_out(&mut self, text: String) {
        self.all += 1;
        if !has_error(&cmdlet::check(&text, None)) {
            self.passed.push(text);
        }
    }
}

#[test]
fn a_slip_is_found() {
    let mut misspelt = Count::default();
    let mut removed = Count::default();
    let mut changed = Count::default();
    let mut mixed = Count::default();
    let mut still_valid = Vec::new();
    for command in commands() {
        let with = |arguments: Vec<(String, Option<String>, bool)>| Command {
            id: command.id.clone(),
            set: command.set.clone(),
            products: Vec::new(),
            arguments,
            ..command
        };
        let original = &command.arguments;
        for (n, (name, _, required)) in original.iter().enumerate() {
            // A letter twice, two letters exchanged, a letter left out inside.
            let letters: Vec<char> = name.chars().collect();
            let middle = letters.len() / 2;
            let mut doubled = letters.clone();
            doubled.insert(middle, letters[middle]);
            let mut exchanged = letters.clone();
            exchanged.swap(middle - 1, middle);
            let mut short = letters.clone();
            short.remove(middle - 1);
            for slip in [doubled, exchanged, short] {
                let slip: String = slip.into_iter().collect();
                // Cut at its end it may be an abbreviation, and two equal letters are no slip.
                if name.to_lowercase().starts_with(&slip.to_lowercase()) {
                    continue;
                }
                let mut arguments = original.clone();
                arguments[n].0 = slip;
                misspelt.try_out(with(arguments).text());
            }
            if *required {
                let mut arguments = original.clone();
                arguments.remove(n);
                let mutant = with(arguments);
                if mutant.fits_a_set(true) {
                    still_valid.push(mutant.text());
                } else {
                    removed.try_out(mutant.text());
                }
            }
            let parameter = command.cmdlet.parameter(name).expect("known");
            if !parameter.values.is_empty() && !parameter.open_values {
                let mut arguments = original.clone();
                let number = matches!(parameter.value_type.kind, Kind::Integer(..));
                let wrong = if number { "3000" } else { "'Kestrl'" };
                arguments[n].1 = Some(wrong.to_owned());
                changed.try_out(with(arguments).text());
            }
        }
        for parameter in &command.cmdlet.parameters {
            if command.gives(parameter.name) {
                continue;
            }
            let value = match parameter.value_type.kind {
                Kind::Switch => None,
                Kind::Bool => Some("$true".to_owned()),
                Kind::Integer(..) => Some("5".to_owned()),
                Kind::TimeSpan => Some("'00:05:00'".to_owned()),
                Kind::DateTime => Some("'2026-11-24T02:00:00'".to_owned()),
                Kind::Guid => Some("'4f1e2a90-8c7d-4e6b-9a01-2b3c4d5e6f70'".to_owned()),
                Kind::Hashtable => Some("@{a='b'}".to_owned()),
                Kind::Secret | Kind::Credential | Kind::Object => {
                    Some("(Get-Variable x)".to_owned())
                }
                Kind::Text | Kind::ListChange => Some(format!(
                    "'{}'",
                    parameter.values.first().unwrap_or(&"Kestrel")
                )),
            };
            let mut arguments = original.clone();
            arguments.push((parameter.name.to_owned(), value, false));
            let mutant = with(arguments);
            if !mutant.fits_a_set(false) {
                mixed.try_out(mutant.text());
            }
        }
    }
    let all = [
        ("parameter misspelt", misspelt),
        ("required one removed", removed),
        ("enumerator changed", changed),
        ("two sets mixed", mixed),
    ];
    for (what, count) in &all {
        println!(
            "{what}: {} of {} found",
            count.all - count.passed.len(),
            count.all
        );
        for text in &count.passed {
            println!("  passes: {text}");
        }
        assert!(count.all >= 15, "{what}: {}", count.all);
        assert!(
            count.passed.len() * 100 <= count.all,
            "{what}: {:?}",
            count.passed
        );
    }
    println!("still a command of the reference with one removed: {still_valid:#?}");
}
