//! What the watch asks, answered by the lab: the whole way from the question's text to rows.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Answer, Options, Shell, answer};
use crate::execute::Event;
use crate::gate::{Guard, assess};
use crate::lab::clock::ManualClock;
use crate::lab::timeline;
use crate::lab::{Lab, Language, Scenario};
use crate::replication::{Question, ReplicaStatus, Said, StoreStatus, refused};

const ALL: [Question; 3] = [Question::Shape, Question::Json, Question::Plain];

fn now() -> Timestamp {
    "2025-10-14T06:03:35Z".parse().expect("a date")
}

fn lab(scenario: Scenario) -> (tempfile::TempDir, Lab) {
    let dir = tempfile::tempdir().expect("a folder");
    let lab = Lab::open(dir.path()).expect("opens");
    let before = "2025-10-14T06:00:00Z".parse().expect("a date");
    lab.reset(scenario, 1.0, before).expect("resets");
    lab.publish("2025-10-14T06:02:00Z".parse().expect("a date"))
        .expect("publishes");
    (dir, lab)
}

/// The rows that the lab's deployment has.
fn rows(lab: &Lab) -> Vec<ReplicaStatus> {
    let state = lab.state().expect("a state");
    timeline::rows(&state, now())
        .into_iter()
        .map(|row| ReplicaStatus {
            replica_fqdn: row.replica_fqdn.to_owned(),
            up_to_date: row.up_to_date,
            last_status_report: row.last_status_report,
            last_update_creation: Some(row.last_update_creation),
            product_version: row.product_version.map(str::to_owned),
        })
        .collect()
}

/// The rows to the millisecond, all that JSON of Windows PowerShell knows.
fn cut(rows: &[ReplicaStatus]) -> Vec<ReplicaStatus> {
    let ms = |at: Option<Timestamp>| {
        at.and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok())
    };
    let cut = rows.iter().cloned().map(|row| ReplicaStatus {
        last_status_report: ms(row.last_status_report),
        last_update_creation: ms(row.last_update_creation),
        ..row
    });
    cut.collect()
}

/// What a run said, for the reader of answers; the error texts and ids beside it.
fn said(answer: Answer) -> (Said, Vec<(String, Option<String>)>) {
    let (mut said, mut errors) = (Said::default(), Vec::new());
    for event in answer.lines {
        match event {
            Event::Output(line) => said.line(&line),
            Event::Object(object) => said.row(object.value),
            Event::Error(record) => errors.push((record.text, record.id)),
            _ => {}
        }
    }
    (said, errors)
}

/// As a way that brings objects has it.
fn objects(lab: &Lab, text: &str) -> Answer {
    let (clock, mut lines) = (ManualClock::at(now()), Vec::new());
    let outcome =
        Shell::new(lab, &clock, Options::WARM).run(text, &mut |e| lines.push(e), &|| false);
    Answer {
        lines,
        exit: outcome.exit,
    }
}

#[test]
fn every_question_only_reads() {
    for question in ALL {
        for text in [Some(question.text()), question.store_text()]
            .into_iter()
            .flatten()
        {
            let assessment = assess(text, "lab", Guard::ReadOnly).expect("is let through");
            assert_eq!(assessment.risk().word(), "read", "{text}");
            assert_eq!(assessment.reasons().count(), 0, "{text}");
            let findings = assessment.findings();
            assert!(findings.is_empty(), "{text}: {findings:?}");
        }
    }
}

#[test]
fn the_shape_brings_rows_clock_and_store() {
    for scenario in Scenario::ALL {
        let (_dir, lab) = lab(scenario);
        let (text, errors) = said(answer(&lab, Question::Shape.text(), now()));
        assert_eq!(errors, [], "{scenario}");
        let parsed = text
            .answer(Question::Shape, false, &TimeZone::UTC)
            .expect("the shape");
        assert_eq!(parsed.rows.len(), 9);
        assert_eq!(cut(&parsed.rows), cut(&rows(&lab)), "{scenario}");
        assert_eq!(parsed.server_time, Some(now()), "{scenario}");
        assert_eq!(parsed.source.as_deref(), Some("SGFE01"));
        assert_eq!(parsed.notes, [], "{scenario}");
        let store = parsed.store.expect("the store's status");
        let down = scenario == Scenario::CmsDown;
        assert_eq!(store.is_down().is_some(), down, "{scenario}");
        assert_eq!(store.master_heartbeat.is_none(), down, "{scenario}");
        assert_eq!((store.active_replicas.len(), store.partial), (9, false));
    }
}

#[test]
fn plainer_questions_bring_the_same_rows_and_the_store_as_a_question_of_its_own() {
    let (_dir, lab) = lab(Scenario::Default);
    let (text, _) = said(answer(&lab, Question::Shape.text(), now()));
    let whole = text
        .answer(Question::Shape, false, &TimeZone::UTC)
        .expect("the shape");
    let in_short = |store: &StoreStatus| {
        let second = |at: Option<Timestamp>| at.map(|at| at.as_second());
        (
            store.active_master.clone(),
            store.active_replicas.clone(),
            second(store.master_heartbeat),
            second(store.agent_heartbeat),
        )
    };
    let model = in_short(&whole.store.expect("a status"));
    for (question, way) in [(Question::Json, false), (Question::Plain, true)] {
        let run = |text: &str| match way {
            true => objects(&lab, text),
            false => answer(&lab, text, now()),
        };
        let (text, errors) = said(run(question.text()));
        assert_eq!(errors, []);
        let parsed = text
            .answer(question, way, &TimeZone::UTC)
            .expect("the rows");
        assert_eq!(cut(&parsed.rows), cut(&whole.rows), "{question:?}");
        let (text, errors) = said(run(question.store_text().expect("one of its own")));
        assert_eq!(errors, []);
        let store = text.store(way, &TimeZone::UTC).expect("a status");
        assert_eq!(in_short(&store), model, "{question:?}");
    }
}

#[test]
fn a_session_with_less_language_refuses_until_the_question_is_plain_enough() {
    let (_dir, lab) = lab(Scenario::Default);
    for (language, taken) in [
        (Language::Full, Question::Shape),
        (Language::Restricted, Question::Json),
        (Language::None, Question::Plain),
    ] {
        lab.speak(language).expect("is told");
        let mut asked = Vec::new();
        let first = Some(Question::first(false));
        for question in std::iter::successors(first, |q| q.plainer(false)) {
            asked.push(question);
            let (_, errors) = said(answer(&lab, question.text(), now()));
            let errors = errors
                .iter()
                .map(|(text, id)| (text.as_str(), id.as_deref()));
            if !refused(errors) {
                break;
            }
        }
        assert_eq!(asked.last(), Some(&taken), "{language}: {asked:?}");
    }
    // What is refused is no answer: neither rows nor an exit code of success.
    let refusal = answer(&lab, Question::Shape.text(), now());
    assert_eq!(refusal.exit, 1);
    let read = said(refusal).0;
    assert!(
        read.answer(Question::Shape, false, &TimeZone::UTC).is_err(),
        "an empty answer to the shape"
    );
}

#[test]
fn blocks_run_and_what_fails_in_a_try_is_caught() {
    let (_dir, lab) = lab(Scenario::Default);
    let lines = |text: &str| -> Vec<String> {
        let answer = answer(&lab, text, now());
        assert_eq!(answer.exit, 0, "{text}: {:?}", answer.lines);
        let lines = answer.lines.into_iter().filter_map(|event| match event {
            Event::Output(line) => Some(line),
            _ => None,
        });
        lines.collect()
    };
    assert_eq!(lines("1, 2 | ForEach-Object { \"a$_\" }"), ["a1", "a2"]);
    assert_eq!(
        lines("try { Get-CsPool nowhere -ErrorAction Stop } catch { 'caught' }; $_"),
        ["caught"]
    );
    assert!(lines("try{Get-CsPool nowhere -ErrorAction Stop}catch{\"$_\"}")[0].contains("nowhere"));
    assert_eq!(lines("try { 'good' } catch { 'bad' }"), ["good"]);
    let uncaught = answer(&lab, "try { 1 } finally { 2 }", now());
    assert_eq!(uncaught.exit, 1, "{:?}", uncaught.lines);
}
