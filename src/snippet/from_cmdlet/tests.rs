//! Every cmdlet of the reference as a form.

use super::*;
use crate::cmdlet::{self, Catalogue, catalogue};
use crate::snippet::{Mode, lint, render};

fn plan(name: &str, set: &str) -> Plan {
    let cmdlet = catalogue().get(name).expect("known");
    Plan::new(cmdlet, cmdlet.set(set).expect("known"))
}

/// A value that the field takes.
fn sample(parameter: &Parameter) -> String {
    match parameter.value_type.kind {
        _ if !parameter.values.is_empty() && parameter.value_type.kind != Kind::Object => {
            parameter.values[0].to_owned()
        }
        Kind::Switch => "on".into(),
        Kind::Bool => "true".into(),
        Kind::Integer(..) => "5".into(),
        Kind::Guid => "4f1e2a90-8c7d-4e6b-9a01-2b3c4d5e6f70".into(),
        Kind::DateTime => "2026-11-24T02:00:00".into(),
        Kind::TimeSpan => "00:05:00".into(),
        Kind::Hashtable => "a=b".into(),
        Kind::Object => "(Get-Variable x)".into(),
        Kind::ListChange => "add=it’s".into(),
        Kind::Text | Kind::Secret | Kind::Credential => "it’s 'x'".into(),
    }
}

/// Values for the fields of a plan: the required ones, or all of them.
fn values(plan: &Plan, all: bool) -> Values {
    let mut values = Values::default();
    for member in &plan.set.members {
        let parameter = &plan.cmdlet.parameters[member.parameter];
        let kind = parameter.value_type.kind;
        let written_in_body = parameter.is_switch() && member.required;
        let offered = member.required || all && !parameter.products.is_empty();
        if offered && !kind.is_secret() && !written_in_body {
            values.add(parameter.name, sample(parameter));
        }
    }
    values
}

fn every_set(catalogue: &'static Catalogue) -> impl Iterator<Item = Plan> {
    catalogue
        .iter()
        .flat_map(|c| c.sets.iter().map(move |s| Plan::new(c, s)))
}

#[test]
fn every_cmdlet_opens_as_a_form_and_renders_to_what_the_check_accepts() {
    let mut cmdlets = 0;
    let mut forms = 0;
    for cmdlet in catalogue().iter() {
        let mut one = false;
        for plan in cmdlet.sets.iter().map(|s| Plan::new(cmdlet, s)) {
            let snippet = plan
                .snippet()
                .unwrap_or_else(|e| panic!("{}: {e}", plan.id()));
            assert_eq!(snippet.mode(), Mode::Command, "{}", snippet.id);
            for all in [false, true] {
                let rendered = render(&snippet, &values(&plan, all))
                    .unwrap_or_else(|e| panic!("{}: {e}\n{}", plan.id(), snippet.source));
                let errors: Vec<_> = cmdlet::check(&rendered.text, None)
                    .into_iter()
                    .filter(|f| f.severity == cmdlet::Severity::Error)
                    .collect();
                assert_eq!(errors, [], "{}: {}", plan.id(), rendered.text);
                assert!(rendered.text.starts_with(cmdlet.name));
            }
            one = true;
            forms += 1;
        }
        cmdlets += usize::from(one);
    }
    assert_eq!((cmdlets, forms), (948, 1478));
}

#[test]
fn a_form_is_a_snippet_like_any_other() {
    for plan in every_set(catalogue()).step_by(17) {
        let snippet = plan.snippet().expect("reads");
        assert_eq!(
            lint::lint(&snippet),
            [],
            "{}\n{}",
            plan.id(),
            snippet.source
        );
    }
}

#[test]
fn required_fields_come_first_and_the_sets_own_switch_is_written() {
    let plan = plan("Install-CsDatabase", "ByCMS");
    let snippet = plan.snippet().expect("reads");
    assert_eq!(snippet.id, "cmdlet/install-csdatabase-bycms");
    assert_eq!(snippet.fields[0].name, "SqlServerFqdn");
    assert!(snippet.fields[0].required && !snippet.fields[1].required);
    let mut values = Values::default();
    values.add("SqlServerFqdn", "sql01.kestrel.lan");
    values.add("DatabasePaths", "G:\\CSDB");
    values.add("WhatIf", "on");
    assert_eq!(
        render(&snippet, &values).expect("renders").text,
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql01.kestrel.lan' -DatabasePaths 'G:\\CSDB' -WhatIf"
    );
}

#[test]
fn what_was_lost_is_required_and_what_is_kept_stays() {
    let mut plan = plan("Install-CsDatabase", "ByCMS");
    let index = |name: &str| plan.cmdlet.index_of(name).expect("known");
    plan.lost = vec![index("SqlInstanceName")];
    plan.kept = vec!["-Verbose".into(), "-Confirm:$false".into()];
    plan.tail = "| Format-List".into();
    let snippet = plan.snippet().expect("reads");
    let required: Vec<&str> = snippet
        .fields
        .iter()
        .filter(|f| f.required)
        .map(|f| f.name.as_str())
        .collect();
    assert_eq!(required, ["SqlInstanceName", "SqlServerFqdn"]);
    let mut values = Values::default();
    values.add("SqlServerFqdn", "a");
    values.add("SqlInstanceName", "rtc");
    assert_eq!(
        render(&snippet, &values).expect("renders").text,
        "Install-CsDatabase -CentralManagementDatabase -SqlInstanceName 'rtc' -SqlServerFqdn 'a' -Verbose -Confirm:$false | Format-List"
    );
}

#[test]
fn a_saved_form_renders_the_same() {
    for plan in every_set(catalogue()).step_by(7) {
        for all in [false, true] {
            let values = values(&plan, all);
            let form = plan.snippet().expect("reads");
            let before = render(&form, &values).expect("renders").text;
            let source = plan.source(&values).expect("writes");
            let saved = read("own/x", &source, Layer::BuiltIn).expect("reads");
            // A PIN is a string for the reference; it is kept in no file and given again.
            let mut again = Values::default();
            for field in saved.fields.iter().filter(|f| is_secret_name(&f.name)) {
                for value in values.of(&field.name).unwrap_or_default() {
                    assert_eq!(field.default, None, "{}", field.name);
                    again.add(&field.name, value.clone());
                }
            }
            let after = render(&saved, &again).expect("renders").text;
            // The order may differ: what has a value stands in the command, the rest is collected.
            let mut parts: Vec<&str> = before.split(' ').collect();
            let mut others: Vec<&str> = after.split(' ').collect();
            parts.sort_unstable();
            others.sort_unstable();
            assert_eq!(parts, others, "{before}\n{after}\n{source}");
        }
    }
}

#[test]
fn changes_of_a_list_are_typed_in_words() {
    let plan = plan("New-CsVoiceRoute", "Identity");
    let snippet = plan.snippet().expect("reads");
    let text = |typed: &str| {
        let mut values = Values::default();
        values.add("Identity", "SG");
        values.add("PstnUsages", typed);
        render(&snippet, &values)
            .map(|r| r.text.split_once("-PstnUsages ").map(|(_, v)| v.to_owned()))
    };
    assert_eq!(
        text("Local,Long Distance"),
        Ok(Some("'Local','Long Distance'".into()))
    );
    assert_eq!(
        text("add=Local; remove=Old,Older"),
        Ok(Some("@{add='Local';remove='Old','Older'}".into()))
    );
    assert_eq!(text("@{Add='Local'}"), Ok(Some("@{Add='Local'}".into())));
    assert!(text("@{plus='Local'}").is_err());
}
