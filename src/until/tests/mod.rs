//! Expressions by example: what they hold, what they say, what is wrong with them.

mod random;
mod watching;

use serde_json::{Value, json};

use super::*;

fn goal(text: &str) -> Goal {
    text.parse().unwrap_or_else(|e| panic!("{text}\n{e}"))
}

fn wrong(text: &str) -> String {
    match text.parse::<Goal>() {
        Ok(goal) => panic!("{text} is read as {goal}"),
        Err(e) => e.to_string(),
    }
}

fn holds(text: &str, objects: Value) -> Option<bool> {
    let objects = objects.as_array().expect("a list").clone();
    let judged = judge(&goal(text), &objects);
    assert_eq!(judged.objects.len(), objects.len());
    judged.holds
}

fn services() -> Value {
    json!([
        {"Status": "Running", "Name": "REPLICA", "Sessions": 3},
        {"Status": "Stopped", "Name": "RTCSRV", "Sessions": 0},
        {"Status": "running", "Name": "RTCAVMCU", "Sessions": 11},
    ])
}

#[test]
fn how_many_objects() {
    for (text, expected) in [
        ("all Status -eq Running", Some(false)),
        ("any Status -eq Running", Some(true)),
        ("none Status -eq Running", Some(false)),
        ("none Status -eq StartPending", Some(true)),
        ("any Status -eq StartPending", Some(false)),
        ("count >= 3", Some(true)),
        ("count -eq 2", Some(false)),
        ("count (Status -eq Running) -ge 2", Some(true)),
        ("count (Status -eq Running) -gt 2", Some(false)),
        ("all Name -ne X -and count -lt 4", Some(true)),
        ("all Status -eq Running -or count -gt 2", Some(true)),
        ("all (Status -eq Running -or Name -eq RTCSRV)", Some(true)),
        ("all Status -eq Running -or Name -eq RTCSRV", Some(true)),
        ("-not (all Status -eq Running)", Some(true)),
        ("!(any Status -eq Running) -or none Name -eq X", Some(true)),
        ("all -not (Name -eq X)", Some(true)),
        (
            "ALL status -EQ 'running' -AND $_.Name -like 'R*'",
            Some(false),
        ),
    ] {
        assert_eq!(holds(text, services()), expected, "{text}");
    }
}

#[test]
fn operators() {
    let object = json!([{
        "Text": "Primary", "Number": 42, "Digits": "42", "Big": 9_007_199_254_740_993_u64, "Yes": true,
        "Nothing": null, "Empty": "", "Version": "6.0.9319.10", "Span": "00:05:30", "Iso": "PT2H",
        "At": "2026-11-24T14:04:46.2187840Z", "List": ["a", "b"], "Same": ["a", "A"], "None": [],
        "Owner": {"State": "Up", "Name": "fe01"}, "Many": [{"S": 1}, {"S": 2}], "Odd name": 1,
        "Other": [{"S": 1}, {}],
    }]);
    for (text, expected) in [
        ("Text -eq primary", Some(true)),
        ("Text -ieq primary", Some(true)),
        ("Text -ne primary", Some(false)),
        ("Text -like 'prim*'", Some(true)),
        ("Text -like prim", Some(false)),
        ("Text -like ?rimary", Some(true)),
        ("Text -like '[o-q]rimary'", Some(true)),
        ("Text -like '[a-c]rimary'", Some(false)),
        ("Text -notlike 'x*'", Some(true)),
        ("Text -match '^pri'", Some(true)),
        ("Text -notmatch mary$", Some(false)),
        ("Text -in (Secondary, Primary)", Some(true)),
        ("Text -in @('Secondary', 'Primary')", Some(true)),
        ("Text -in Secondary, Primary", Some(true)),
        ("Text -notin (Secondary, Primary)", Some(false)),
        ("Text -gt 3", None),
        ("Text -gt 'a'", Some(true)),
        ("Number -eq 42", Some(true)),
        ("Number -eq 42.0", Some(true)),
        ("Number -eq '42'", Some(true)),
        ("Number -ge 42", Some(true)),
        ("Number -lt 41.5", Some(false)),
        ("Number -gt abc", None),
        ("Digits -eq 42", Some(true)),
        ("Digits -gt 5", Some(true)),
        ("Big -eq 9007199254740993", Some(true)),
        ("Big -eq 9007199254740992", Some(false)),
        ("Big -gt 9007199254740992", Some(true)),
        ("Yes -eq true", Some(true)),
        ("Yes -eq $true", Some(true)),
        ("Yes -eq 'True'", Some(true)),
        ("Yes -eq 1", Some(false)),
        ("Yes -gt 0", None),
        ("Nothing -eq null", Some(true)),
        ("Nothing -eq $null", Some(true)),
        ("Nothing -eq ''", Some(false)),
        ("Nothing -lt 3", None),
        ("Nothing.State -eq x", None),
        ("Empty -eq ''", Some(true)),
        ("Empty -eq null", Some(false)),
        ("Version -ge 6.0.9319", Some(true)),
        ("Version -gt 6.0.9319.9", Some(true)),
        ("Version -lt 7.0", Some(true)),
        ("Version -gt 6", None),
        ("Span -gt 5m", Some(true)),
        ("Span -eq 00:05:30", Some(true)),
        ("Span -eq PT5M30S", Some(true)),
        ("Span -lt 1h", Some(true)),
        ("Iso -eq 02:00:00", Some(true)),
        ("Number -gt 5m", None),
        ("At -gt 2026-11-24T22:00:00+08:00", Some(true)),
        ("At -gt 2026-11-24T14:05Z", Some(false)),
        ("At -gt 5m", None),
        ("Text -gt 2026-11-24T14:05Z", None),
        ("List -contains B", Some(true)),
        ("List -contains c", Some(false)),
        ("List -notcontains c", Some(true)),
        ("List -eq a", Some(false)),
        ("Same -eq a", Some(true)),
        ("Text -contains primary", Some(true)),
        ("None -contains a", Some(false)),
        ("None -eq a", None),
        ("Owner.State -eq up", Some(true)),
        ("owner.state -eq Down", Some(false)),
        ("Owner -eq Up", None),
        ("Many.S -ge 1", Some(true)),
        ("Many.S -ge 2", Some(false)),
        ("Many.S -contains 2", Some(true)),
        ("Other.S -eq 1", None),
        ("'Odd name' -eq 1", Some(true)),
        ("'Owner.State' -eq up", None),
        ("Gone -eq null", None),
        ("Gone -ne Running", None),
        ("-not (Gone -eq Running)", None),
        ("Gone -eq 1 -or Number -eq 42", Some(true)),
        ("Gone -eq 1 -and Number -eq 41", Some(false)),
    ] {
        assert_eq!(
            holds(&format!("all {text}"), object.clone()),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_property_that_nobody_has_is_told_with_those_there_are() {
    let objects = services().as_array().unwrap().clone();
    let about = |text: &str| judge(&goal(text), &objects).wrong;
    assert_eq!(
        about("all Stauts -eq Running").as_deref(),
        Some(
            "no object has a property Stauts. Did you mean Status? There are: Name, Sessions, Status"
        )
    );
    for text in [
        "none Stauts -eq Stopped",
        "any Stauts -ne x",
        "-not (all Stauts -eq x)",
        "count (Stauts -eq x) -eq 0",
    ] {
        assert!(about(text).is_some(), "{text}");
        assert_eq!(judge(&goal(text), &objects).holds, None, "{text}");
    }
    // Another side that can be told does without it.
    assert_eq!(
        about("all (Stauts -eq Running -or Status -eq Running)"),
        None
    );
    assert!(about("all (Stauts -eq Running -and Status -eq Running)").is_some());
    // One that has it is enough; of the others nothing is known.
    let mixed = [json!({"State": "Up"}), json!({"Name": "b"})];
    let judged = judge(&goal("all State -eq Up"), &mixed);
    assert_eq!((judged.holds, judged.wrong), (None, None));
    assert!(
        judged.reason.contains("b: it has no State"),
        "{}",
        judged.reason
    );
    let nested = [json!({"Owner": {"State": "Up"}})];
    let wrong = judge(&goal("all Owner.Stat -eq Up"), &nested)
        .wrong
        .unwrap();
    assert!(
        wrong.starts_with("Owner has no property Stat. Did you mean State?"),
        "{wrong}"
    );
    let text = [json!("Ready"), json!("  2 of 3")];
    let wrong = judge(&goal("all Status -eq Up"), &text).wrong.unwrap();
    assert!(wrong.contains("the answer is text"), "{wrong}");
    assert_eq!(
        judge(&goal("any Value -match 'of 3'"), &text).holds,
        Some(true)
    );
    assert_eq!(judge(&goal("none $_ -match lost"), &text).holds, Some(true));
}

#[test]
fn without_objects_nothing_is_known_but_that() {
    for text in [
        "all Status -eq Running",
        "none Status -eq Stopped",
        "any Status -eq x",
        "count -lt 3",
        "count -ge 1",
        "count (Status -eq x) -eq 0",
        "-not (any Status -eq x)",
        "-not (count -gt 0)",
    ] {
        assert_eq!(holds(text, json!([])), None, "{text}");
    }
    for text in ["count -eq 0", "count <= 0", "count -lt 1"] {
        assert_eq!(holds(text, json!([])), Some(true), "{text}");
    }
}

#[test]
fn reasons_are_words() {
    let objects = services().as_array().unwrap().clone();
    let reason = |text: &str| judge(&goal(text), &objects).reason;
    assert_eq!(
        reason("all Status -eq Running"),
        "1 of 3 objects not there yet: RTCSRV: Status is Stopped, wanted Running"
    );
    assert_eq!(
        reason("none Status -eq Stopped"),
        "1 of 3 objects as none may be: RTCSRV: Status is Stopped"
    );
    assert_eq!(
        reason("any Status -eq Paused"),
        "of 3 objects none has Status -eq Paused"
    );
    assert_eq!(reason("count -ge 4"), "3 objects, wanted at least 4");
    assert_eq!(
        reason("all (Status -eq Running -and Sessions -le 5)"),
        "2 of 3 objects not there yet: RTCSRV: Status is Stopped, wanted Running; RTCAVMCU: Sessions is 11, wanted at most 5"
    );
    assert_eq!(
        reason("all -not (Status -eq Stopped)"),
        "1 of 3 objects not there yet: RTCSRV: Status is Stopped, wanted -not Status -eq Stopped"
    );
    assert_eq!(
        reason(
            "all ((Status -eq Running -and Sessions -gt 5) -or (Status -eq Paused -and Sessions -gt 5))"
        ),
        "2 of 3 objects not there yet: REPLICA: Sessions is 3, wanted more than 5; Status is Running, wanted Paused; \
         RTCSRV: Status is Stopped, wanted Running or Paused; Sessions is 0, wanted more than 5"
    );
    let many: Vec<Value> = (0..9).map(|n| json!({"Id": n, "S": false})).collect();
    let said = judge(&goal("all S -eq true"), &many).reason;
    assert!(
        said.ends_with("2: S is False, wanted true; and 6 more"),
        "{said}"
    );
}

#[test]
fn mistakes_are_shown_where_they_are() {
    assert_eq!(
        wrong("all Status -eqq Running"),
        "column 12: -eqq is no operator. Did you mean -eq?\n  all Status -eqq Running\n             ^"
    );
    for (text, column, words) in [
        ("", 1, "of how many objects"),
        ("Status -eq Running", 1, "of how many objects"),
        ("(Status -eq Running)", 2, "of how many objects"),
        ("all", 4, "name of a property"),
        ("all Status", 11, "an operator is wanted"),
        ("all Status Running", 12, "an operator is wanted"),
        ("all Status -eq", 15, "a value is wanted"),
        ("all Status -eq -ne", 16, "begins with a dash"),
        ("all Status -ceq x", 12, "case never matters"),
        ("all Status -eq x y", 18, "-and, -or or the end"),
        ("all Status -eq 'x", 16, "no end"),
        ("all (Status -eq x", 18, ") is missing"),
        ("all Status -eq x)", 17, "no ("),
        ("all A -eq 1 -and B -eq 2 -or C -eq 3", 26, "brackets"),
        ("all A -eq 1 -or B -eq 2 -and any C -eq 3", 25, "brackets"),
        ("all -not A -eq 1", 10, "behind -not"),
        ("count -like 3", 7, "held against a number"),
        ("count -eq x", 11, "whole number"),
        ("count -eq -1", 11, "whole number"),
        ("all A -match '('", 14, "pattern is not understood"),
        ("all A -match '(?=x)'", 14, "pattern is not understood"),
        ("all A -match '(?:a{1000}){1000}'", 14, "too large"),
        ("all A -like '[x'", 13, "needs its ]"),
        ("all A -gt null", 11, "nothing is more"),
        ("all A -gt 2026-11-24", 11, "offset"),
        ("all A -gt '2026-11-24T10:00:00'", 11, "offset"),
        ("all $x.A -eq 1", 5, "no variables"),
        ("all A -eq $x", 11, "no variables"),
        ("all A..B -eq 1", 5, "between two dots"),
        ("all A[0] -eq 1", 5, "quotation marks"),
        ("all A -in (1, )", 15, "a value is wanted"),
        ("all A -in (1", 13, ") is missing"),
    ] {
        let said = wrong(text);
        assert!(
            said.starts_with(&format!("column {column}: ")) && said.contains(words),
            "{text}: {said}"
        );
    }
    let deep = format!("{}all A -eq 1", "(".repeat(40));
    assert!(wrong(&deep).contains("32 deep"));
    assert!(wrong(&"a".repeat(5000)).contains("4096"));
    // Nothing of the text acts on a terminal, and the caret stands under the place.
    let said = wrong("all 日\u{1b}[2J -eq");
    assert!(
        !said.contains('\u{1b}') && said.ends_with(&format!("\n  {}^", " ".repeat(4))),
        "{said}"
    );
}

#[test]
fn what_word_processors_make_of_it_is_read_too() {
    assert_eq!(
        goal("all Status –eq ‘Running’"),
        goal("all Status -eq 'Running'")
    );
    assert_eq!(goal("all Status -eq “a b”"), goal("all Status -eq 'a b'"));
}

#[test]
fn a_property_may_be_called_like_a_quantifier() {
    let objects = [json!({"Count": 3, "all": 1})];
    for text in [
        "all $_.Count -eq 3",
        "all (Count -eq 3)",
        "all $_.all -eq 1",
        "all 'Count' -eq 3 -and count -eq 1",
    ] {
        assert_eq!(judge(&goal(text), &objects).holds, Some(true), "{text}");
    }
}
