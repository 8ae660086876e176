use proptest::prelude::*;

use super::*;
use crate::powershell::clixml::{Body, Container, Object};

fn read(text: &str) -> Structured {
    commands_of(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The arguments of the only command.
fn arguments(text: &str) -> Vec<(Option<String>, Option<Value>)> {
    let read = read(text);
    assert_eq!(read.commands.len(), 1, "{text}");
    let arguments = read.commands[0].arguments.iter();
    arguments
        .map(|a| (a.name.clone(), a.value.clone()))
        .collect()
}

fn named(name: &str, value: Value) -> (Option<String>, Option<Value>) {
    (Some(name.into()), Some(value))
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn list(values: &[Value]) -> Value {
    Value::Object(Box::new(Object {
        type_names: ["System.Object[]", "System.Array", "System.Object"]
            .map(String::from)
            .to_vec(),
        body: Body::List(Container::List, values.to_vec()),
        ..Object::default()
    }))
}

#[test]
fn cmdlets_with_what_the_reference_knows_of_them() {
    assert_eq!(
        arguments(
            "Set-CsUser -Identity 'Ann O''Neil' -EnterpriseVoiceEnabled $true -LineURI tel:+4930123 -WhatIf -Confirm:$false"
        ),
        [
            named("Identity", text("Ann O'Neil")),
            named("EnterpriseVoiceEnabled", Value::Bool(true)),
            named("LineURI", text("tel:+4930123")),
            (Some("WhatIf".into()), None),
            named("Confirm", Value::Bool(false)),
        ]
    );
    // A switch does not take the next argument, whatever it looks like.
    assert_eq!(
        arguments("Move-CsUser -Force 'ann' -Target pool02.kestrel.lan -ErrorAction Stop"),
        [
            (Some("Force".into()), None),
            (None, Some(text("ann"))),
            named("Target", text("pool02.kestrel.lan")),
            named("ErrorAction", text("Stop")),
        ]
    );
    // A string parameter gets the digits as they were written.
    assert_eq!(
        arguments("Set-CsClientPin -Identity ann -Pin 0815"),
        [named("Identity", text("ann")), named("Pin", text("0815"))]
    );
    assert_eq!(
        arguments("Get-CsUser -Filter {LineURI -ne $null}"),
        [named("Filter", text("LineURI -ne $null"))]
    );
}

#[test]
fn of_what_nobody_knows_the_server_decides() {
    assert_eq!(
        arguments("Get-Thing -Name 'a' -Port 5061 -All: $true 007 x*"),
        [
            (Some("-Name".into()), None),
            (None, Some(text("a"))),
            (Some("-Port".into()), None),
            (None, Some(Value::I32(5061))),
            named("All", Value::Bool(true)),
            (None, Some(number::as_written(Value::I32(7), "007"))),
            (None, Some(text("x*"))),
        ]
    );
    assert_eq!(read("Get-Thing").unusual, ["Get-Thing"]);
    assert_eq!(
        read("Get-CsPool | select -First 1").unusual,
        Vec::<String>::new()
    );
}

#[test]
fn values_of_every_kind() {
    let one = |value: &str| {
        let mut arguments = arguments(&format!("Get-Thing {value}"));
        assert_eq!(arguments.len(), 1, "{value}");
        arguments.remove(0).1.expect(value)
    };
    assert_eq!(one("$null"), Value::Null);
    assert_eq!(one("$FALSE"), Value::Bool(false));
    // A typographic quote closes a string, and doubled it is one.
    assert_eq!(one("'a’’b'"), text("a’b"));
    assert_eq!(one("‘a b’"), text("a b"));
    assert_eq!(one("\"a`tb`$c`\"\""), text("a\tb$c\""));
    assert_eq!(one("“x y”"), text("x y"));
    assert_eq!(
        one("'a','b',5"),
        list(&[text("a"), text("b"), Value::I32(5)])
    );
    assert_eq!(one("a,b"), list(&[text("a"), text("b")]));
    assert_eq!(one("@('a','b')"), list(&[text("a"), text("b")]));
    assert_eq!(
        one("@('a'; 'b'\n 'c')"),
        list(&[text("a"), text("b"), text("c")])
    );
    assert_eq!(one("@()"), list(&[]));
    assert_eq!(one("@('a')"), list(&[text("a")]));
    assert_eq!(one("('a')"), text("a"));
    assert_eq!(one("(-5)"), Value::I32(-5));
    assert_eq!(one("-5"), Value::I32(-5));
    assert_eq!(one("@'\nit's\r\n'@"), text("it's"));
    let Value::Object(hash) = one("@{ add = 'x','y'; 'b c' = $true\n n = 5 }") else {
        panic!("an object");
    };
    assert_eq!(
        hash.body,
        Body::Dictionary(vec![
            (text("add"), list(&[text("x"), text("y")])),
            (text("b c"), Value::Bool(true)),
            (text("n"), Value::I32(5)),
        ])
    );
}

#[test]
fn pipelines_and_statements() {
    let read = read(
        "Get-CsUser -Identity ann | Disable-CsUser -WhatIf # all\n; Get-CsPool `\n  -Identity p\n<# end #>",
    );
    let shape: Vec<(&str, bool)> = read
        .commands
        .iter()
        .map(|c| (c.text.as_str(), c.end_of_statement))
        .collect();
    assert_eq!(
        shape,
        [
            ("Get-CsUser", false),
            ("Disable-CsUser", true),
            ("Get-CsPool", true)
        ]
    );
    assert!(read.commands.iter().all(|c| !c.is_script));
    assert_eq!(
        super::commands_of("SkypeForBusiness\\Get-CsPool").map(|s| s.commands[0].text.clone()),
        Ok("Get-CsPool".into())
    );
}

#[test]
fn questions_are_asked_here() {
    let mut read = read(
        "Set-CsUser -Identity (Read-Host -Prompt 'Who?') ; New-Thing -Pw:(Read-Host 'PIN' -AsSecureString)",
    );
    assert_eq!(
        read.asks,
        [
            Ask {
                command: 0,
                argument: 0,
                prompt: "Who?".into(),
                secret: false
            },
            Ask {
                command: 1,
                argument: 0,
                prompt: "PIN".into(),
                secret: true
            },
        ]
    );
    read.answer(0, text("ann"));
    read.answer(7, text("nobody"));
    assert_eq!(read.commands[0].arguments[0].value, Some(text("ann")));
    assert_eq!(read.commands[1].arguments[0].value, None);
}

#[test]
fn what_needs_the_language_is_refused_with_its_place() {
    let mut wrong = Vec::new();
    for (script, place, words) in [
        (
            "Get-CsUser | Where-Object { $_.Enabled }",
            "line 1, column 27",
            "script block",
        ),
        (
            "Get-CsUser | ? Enabled -eq $x",
            "column 28",
            "$x is a variable",
        ),
        (
            "$p = 'a'\nGet-CsPool $p",
            "line 1, column 1",
            "$p is assigned",
        ),
        (
            "Get-CsPool\nif ($true) { Get-CsPool }",
            "line 2, column 1",
            "condition",
        ),
        (
            "foreach ($u in 1) { Get-CsPool }",
            "column 1",
            "more than a pipeline",
        ),
        (
            "function f { Get-CsPool }; f",
            "column 1",
            "more than a pipeline",
        ),
        ("param($a) Get-CsPool $a", "column 1", "param"),
        ("Get-CsPool>x.txt", "column 11", "redirected"),
        ("Get-CsPool > x.txt", "column 12", "redirected"),
        ("Get-CsPool 2>&1", "column 12", "redirected"),
        ("Get-CsPool -Identity a > $null", "column", "redirected"),
        ("'a' | Get-CsPool", "column 1", "head of a pipeline"),
        ("5", "column 1", "head of a pipeline"),
        ("Get-CsPool \"p$x\"", "column 12", "$x is filled"),
        ("Get-CsPool \"p$(1)\"", "column 12", "computed in a string"),
        ("Get-CsPool \"`a\"", "column 12", "escape"),
        ("Get-CsPool $(1)", "column 12", "computed"),
        (
            "Get-CsPool (Get-CsSite)",
            "column 13",
            "Get-CsSite would be a value",
        ),
        ("Get-CsPool ('a' + 'b')", "column", "expression"),
        ("Get-CsPool (Get-Date).Year", "column", "expression"),
        ("Get-CsPool 'a'.Length", "column", ""),
        ("Get-CsPool ([guid]'a')", "column", "expression"),
        ("Get-CsPool a`b", "column", ""),
        ("Get-CsPool a$b", "column", ""),
        ("Get-CsPool @h", "column 12", "@h holds"),
        ("& Get-CsPool", "column 1", "& and ."),
        (". Get-CsPool", "column 1", "& and ."),
        ("& $x", "column 1", "& and ."),
        ("Get-CsPool && Get-CsSite", "column", ""),
        ("Get-CsPool &", "column", ""),
        ("ping.exe fe01", "column 1", "program"),
        ("C:\\x\\Get-CsPool.ps1", "column 1", "program"),
        ("Get-CsPool -Identity", "column 12", "lacks its value"),
        (
            "Get-CsPool -Identity -Verbose",
            "column 12",
            "lacks its value",
        ),
        ("Get-CsPool --% x", "column", ""),
        (
            "Get-CsUser -Filter { LineURI -eq $x }",
            "column 20",
            "$x, which has no value",
        ),
        ("Set-CsUser @{a=1;A=2}", "column", "twice"),
        ("Set-CsUser @{a=Get-CsPool}", "column", ""),
        ("Get-CsPool 5u", "column", ""),
        ("# nothing", "column 1", "no command"),
        ("Get-CsPool (", "column", ""),
    ] {
        let error = commands_of(script).expect_err(script).to_string();
        if !error.contains(place) || !error.contains(words) {
            wrong.push(format!("{script}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A value written the way [`commands`] reads it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "$null".into(),
        Value::Bool(true) => "$true".into(),
        Value::Bool(false) => "$false".into(),
        Value::I32(n) => n.to_string(),
        Value::I64(n) => format!("{n}"),
        Value::String(text) => {
            let mut out = String::from("'");
            for c in text.chars() {
                out.push(c);
                if crate::powershell::chars::is_single_quote(c) {
                    out.push(c);
                }
            }
            out + "'"
        }
        Value::Object(object) => match &object.body {
            Body::List(_, values) => {
                let values: Vec<String> = values.iter().map(written).collect();
                format!("@({})", values.join(","))
            }
            Body::Dictionary(pairs) => {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(k, v)| format!("{}={}", written(k), written(v)))
                    .collect();
                format!("@{{{}}}", pairs.join("; "))
            }
            _ => unreachable!("not made here"),
        },
        _ => unreachable!("not made here"),
    }
}

fn rendered(commands: &[Command]) -> String {
    let mut out = String::new();
    for command in commands {
        out.push_str(&command.text);
        for argument in &command.arguments {
            match (&argument.name, &argument.value) {
                (Some(name), Some(value)) => out.push_str(&format!(" -{name}:{}", written(value))),
                (Some(name), None) => out.push_str(&format!(" -{}", name.trim_start_matches('-'))),
                (None, Some(value)) => out.push_str(&format!(" {}", written(value))),
                (None, None) => {}
            }
        }
        out.push_str(if command.end_of_statement {
            "\n"
        } else {
            " | "
        });
    }
    out
}

fn plain() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(Value::I32),
        (1i64 << 31..).prop_map(Value::I64),
        "\\PC{0,12}|[-$'\"`@{}()|;:, #a]{0,8}".prop_map(Value::String),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let items = proptest::collection::vec(plain(), 0..4).prop_map(|v| list(&v));
    let pairs = proptest::collection::btree_map("[a-z][a-z 0-9']{0,6}", plain(), 0..4);
    let hash = pairs.prop_map(|pairs| {
        Value::Object(Box::new(Object {
            type_names: ["System.Collections.Hashtable", "System.Object"]
                .map(String::from)
                .to_vec(),
            body: Body::Dictionary(
                pairs
                    .into_iter()
                    .map(|(k, v)| (Value::String(k), v))
                    .collect(),
            ),
            ..Object::default()
        }))
    });
    prop_oneof![4 => plain(), 1 => items, 1 => hash]
}

fn any_argument() -> impl Strategy<Value = Argument> {
    prop_oneof![
        any_value().prop_map(|v| Argument {
            name: None,
            value: Some(v)
        }),
        ("[A-Z][a-z]{1,8}", any_value()).prop_map(|(n, v)| Argument {
            name: Some(n),
            value: Some(v)
        }),
        "[A-Z][a-z]{1,8}".prop_map(|n| Argument {
            name: Some(format!("-{n}")),
            value: None
        }),
    ]
}

proptest! {
    #[test]
    fn commands_written_as_text_are_read_as_the_same_commands(
        made in proptest::collection::vec(
            ("(Get|Set|New)-Thing[A-Z][a-z]{0,5}", proptest::collection::vec(any_argument(), 0..4), any::<bool>()),
            1..4,
        )
    ) {
        let mut made: Vec<Command> = made
            .into_iter()
            .map(|(text, arguments, end_of_statement)| Command { text, is_script: false, own_scope: None, arguments, end_of_statement })
            .collect();
        if let Some(last) = made.last_mut() {
            last.end_of_statement = true;
        }
        let text = rendered(&made);
        match commands_of(&text) {
            Ok(read) => prop_assert_eq!(read.commands, made, "{}", text),
            Err(error) => prop_assert!(false, "{}: {}", text, error),
        }
    }

    #[test]
    fn whatever_is_read_is_read_the_same_when_written_again(text in "(Get-CsPool|Set-CsUser|Get-Thing)[-$'\"`@{}()|;:=,. a-cN0-9#\n]{0,24}") {
        if let Ok(first) = commands_of(&text)
            && first.asks.is_empty()
        {
            let simple = |v: &Value| !matches!(v, Value::Double(_) | Value::Decimal(_)) && !matches!(v, Value::Object(o) if matches!(o.body, Body::Primitive(_)));
            let flat = first.commands.iter().flat_map(|c| &c.arguments).filter_map(|a| a.value.as_ref());
            if flat.clone().all(|v| simple(v) && !matches!(v, Value::Object(_))) {
                let again = rendered(&first.commands);
                prop_assert_eq!(commands_of(&again).map(|s| s.commands), Ok(first.commands), "{}", again);
            }
        }
    }
}
