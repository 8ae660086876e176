//! Whatever is pressed and whatever comes back: no panic, and no run without its question.

use jiff::Timestamp;
use proptest::prelude::*;

use super::Deck;
use crate::cmdlet::Risk;
use crate::execute::fanout::{Collector, End, Unsent};
use crate::execute::{ErrorRecord, Event, JobEnd, JobState, Progress, TransportError};
use crate::gate::{Approved, Asks};
use crate::tui::action::BINDINGS;
use crate::tui::dialog::{Asking, Choosing, Demand, Dialog, Picked, Reply};
use crate::tui::key::{Code, Key};
use crate::tui::message::{Effect, Message, Retry};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    /// A bound key, by its place among all of them.
    Key(usize),
    /// Characters, one after the other.
    Type(String),
    Paste(String),
    Scroll(i16),
    Click(u16, u16),
    Resize(u16, u16),
    /// A command typed in the Run pane, up to the question.
    Ask(&'static str),
    /// The same, and all targets marked.
    AskAll(&'static str),
    /// Something that no question asks for, then Enter.
    Wrong,
    /// All targets of the list that is open.
    MarkAll,
    /// What the open question asks for, then Enter.
    Answer,
    /// A job succeeds.
    Well(u64),
    /// A job is held back because another one was.
    Held(u64),
    Job(u64, Event),
    /// A job ends; true: nothing was sent and a question stands in the way.
    Ended(u64, bool),
    Polled(i64, usize),
    Remembered(bool),
    /// A server asks this, visible or not.
    Asked(String, bool),
    Chooses(Option<usize>),
    Withdrawn(u64),
}

const TEXTS: &[&str] = &[
    "Get-CsPool",
    "Enable-CsTopology",
    "Remove-CsUser a",
    "Disable-CsUser a",
    "Uninstall-CsDatabase -CentralManagementDatabase",
    "Get-X (",
];

const ANSWERS: &[&str] = &[
    "",
    "[]",
    "<html>",
    r#"[{"UpToDate":true,"ReplicaFqdn":"sgfe01.kestrel.lan","LastStatusReport":"\/Date(1760421725000)\/","LastUpdateCreation":"\/Date(1760421720000)\/","ProductVersion":"6.0.9319.0"}]"#,
    r#"{"UpToDate":false,"ReplicaFqdn":"a\u001b[2J\u202e.b","LastStatusReport":null,"LastUpdateCreation":null,"ProductVersion":null}"#,
];

fn keys() -> Vec<Key> {
    BINDINGS
        .iter()
        .flat_map(|b| b.keys)
        .chain(&["backspace", "delete", "alt-x", "ctrl-w", "ctrl-z"])
        .filter_map(|name| Key::parse(name))
        .collect()
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        "(?s).{0,40}".prop_map(Event::Output),
        "(?s).{0,40}".prop_map(Event::error),
        Just(Event::Progress("half".into())),
        (
            0i32..6,
            prop::option::of(0i32..6),
            0u8..101,
            any::<bool>(),
            "(?s).{0,20}"
        )
            .prop_map(|(id, parent, percent, done, status)| {
                Event::Progress(Box::new(Progress {
                    id,
                    parent,
                    percent: Some(percent),
                    done,
                    status,
                    ..Progress::text("work")
                }))
            }),
        ("(?s).{0,40}", "(?s).{0,20}").prop_map(|(text, message)| {
            Event::Error(Box::new(ErrorRecord {
                message: Some(message),
                id: Some("X,Y".into()),
                ..ErrorRecord::text(text)
            }))
        }),
        ("(?s).{0,10}", any::<i64>(), "(?s).{0,20}").prop_map(|(name, n, text)| {
            Event::object(serde_json::json!({ name: n, "Text": text, "Sub": [n, { "a": null }] }))
        }),
        Just(Event::State(JobState::Running)),
        Just(Event::State(JobState::Cancelling)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..keys().len()).prop_map(Step::Key),
        3 => prop_oneof![
            Just("lab".to_owned()), Just("fe01".to_owned()), Just("yes".to_owned()),
            "[a-z' ,]{1,6}", "\\PC{0,4}",
        ].prop_map(Step::Type),
        1 => prop_oneof![Just("fe01\n".to_owned()), "(?s).{0,60}"].prop_map(Step::Paste),
        1 => (-4i16..4).prop_map(Step::Scroll),
        1 => (0u16..90, 0u16..3).prop_map(|(x, y)| Step::Click(x, y)),
        1 => (0u16..140, 0u16..50).prop_map(|(x, y)| Step::Resize(x, y)),
        2 => Just(Step::Resize(80, 24)),
        4 => prop::sample::select(TEXTS).prop_map(Step::Ask),
        3 => prop::sample::select(TEXTS).prop_map(Step::AskAll),
        3 => Just(Step::Wrong),
        4 => Just(Step::Answer),
        2 => Just(Step::MarkAll),
        1 => (1u64..8).prop_map(Step::Held),
        2 => (1u64..8).prop_map(Step::Well),
        3 => (1u64..8, event()).prop_map(|(id, e)| Step::Job(id, e)),
        2 => (1u64..8, any::<bool>()).prop_map(|(id, q)| Step::Ended(id, q)),
        3 => (0i64..100_000, 0..ANSWERS.len() + 3).prop_map(|(at, n)| Step::Polled(at, n)),
        1 => any::<bool>().prop_map(Step::Remembered),
        1 => ("(?s).{0,60}", any::<bool>()).prop_map(|(text, echo)| Step::Asked(text, echo)),
        1 => prop::option::of(0usize..5).prop_map(Step::Chooses),
        1 => (1u64..3).prop_map(Step::Withdrawn),
    ]
}

fn error(n: usize) -> TransportError {
    match n {
        0 => TransportError::NeedsPassword {
            target: "fe01".into(),
            user: "ann".into(),
            address: "fe01:22".into(),
        },
        1 => TransportError::Setup("no\u{1b} program".into()),
        _ => TransportError::Cancelled,
    }
}

/// A target and a text.
type Run = (String, String);

/// What the open dialog would let run if it were accepted now; all of it or nothing.
fn allowed(deck: &Deck) -> Vec<Run> {
    match &deck.model.dialog {
        Some(Dialog::Confirm(confirm)) => {
            let said = match confirm.asks() {
                _ if confirm.wants_preview() => false,
                Asks::TypeName => confirm.typed.text() == confirm.target.name,
                Asks::Yes => true,
                Asks::Look => panic!("the console always asks"),
            };
            let run = || {
                (
                    confirm.target.name.clone(),
                    confirm.assessment.text().into(),
                )
            };
            said.then(run).into_iter().collect()
        }
        Some(Dialog::Several(several)) => {
            let (count, typed) = (several.aims.len(), several.typed.text());
            assert!(several.named < count);
            let said = match several.demand() {
                _ if several.wants_preview() => false,
                Demand::Yes => several.risk() == Risk::Read,
                Demand::Count => typed == format!("{count} targets"),
                // The last of the names; those before were held against their targets.
                Demand::Names => {
                    several.named + 1 == count
                        && several.aims.last().is_some_and(|a| a.target.name == typed)
                }
            };
            let runs = several
                .aims
                .iter()
                .map(|a| (a.target.name.clone(), several.text().to_owned()));
            runs.filter(|_| said).collect()
        }
        Some(Dialog::Password {
            retry: Retry::Run(approved),
            input,
            ..
        }) if !input.is_empty() => vec![of(approved)],
        _ => Vec::new(),
    }
}

fn of(approved: &Approved) -> Run {
    (approved.target().to_owned(), approved.text().to_owned())
}

/// What happened so far.
#[derive(Default)]
struct Past {
    runs: Vec<Approved>,
    /// What was shown and confirmed.
    confirmed: Vec<Run>,
    /// Runs on several targets.
    several: usize,
}

/// Sends one message and holds every run against what the open question allowed.
fn send(deck: &mut Deck, message: Message, past: &mut Past) {
    let enter = matches!(&message, Message::Key(k) if *k == Key::plain(Code::Enter));
    let f6 = matches!(&message, Message::Key(k) if Key::parse("f6") == Some(*k));
    let mut whole = false;
    let allowed = match &message {
        // The preview of what is asked about, and nothing else.
        _ if f6 => match &deck.model.dialog {
            Some(Dialog::Confirm(confirm)) => {
                let preview = confirm.preview.clone().ok();
                let run = preview.map(|text| (confirm.target.name.clone(), text));
                run.into_iter().collect()
            }
            Some(Dialog::Several(several)) => {
                whole = true;
                let text = several.preview.clone().ok();
                let aims = several.aims.iter().map(|a| a.target.name.clone());
                text.map_or_else(Vec::new, |text| aims.map(|a| (a, text.clone())).collect())
            }
            _ => Vec::new(),
        },
        Message::Remembered(_, Retry::Run(approved), Ok(())) => vec![of(approved)],
        // What was held back goes on: it was confirmed with the rest.
        Message::JobEnded(..) => past.confirmed.clone(),
        _ if enter => {
            whole = matches!(deck.model.dialog, Some(Dialog::Several(_)));
            allowed(deck)
        }
        _ => Vec::new(),
    };
    for effect in deck.send(message) {
        let runs: Vec<(String, Approved)> = match effect {
            Effect::Run(_, target, approved) => vec![(target.name, approved)],
            Effect::RunAll { jobs, .. } => {
                past.several += 1;
                assert!(!whole || jobs.len() == allowed.len(), "all or nothing");
                jobs.into_iter().map(|(_, t, a)| (t.name, a)).collect()
            }
            _ => Vec::new(),
        };
        for (target, approved) in runs {
            assert_eq!(target, approved.target());
            assert!(
                allowed.contains(&of(&approved)),
                "not what was confirmed: {approved:?}"
            );
            assert!(!f6 || approved.risk() == Risk::Read);
            past.confirmed.push(of(&approved));
            past.runs.push(approved);
        }
    }
    // The console goes on after a quit, for the sake of the test.
    deck.model.ended = None;
}

fn messages(deck: &mut Deck, step: Step, runs: &[Approved]) -> Vec<Message> {
    let typed = |text: &str| -> Vec<Message> {
        text.chars()
            .map(|c| Message::Key(Key::plain(Code::Char(c))))
            .collect()
    };
    let enter = || Message::Key(Key::plain(Code::Enter));
    match step {
        Step::Key(n) => vec![Message::Key(keys()[n])],
        Step::Type(text) => typed(&text),
        Step::Paste(text) => vec![Message::Paste(text)],
        Step::Scroll(rows) => vec![Message::Scroll(rows)],
        Step::Click(x, y) => vec![Message::Click(x, y)],
        Step::Resize(x, y) => vec![Message::Resize(x, y)],
        Step::AskAll(text) => {
            let mut all = messages(deck, Step::Ask(text), runs);
            all.extend(messages(deck, Step::MarkAll, runs));
            all
        }
        Step::Wrong => {
            let mut all = typed("fe0");
            all.push(enter());
            all
        }
        Step::Ask(text) => {
            let mut all: Vec<Message> = (0..2)
                .map(|_| Message::Key(Key::plain(Code::Esc)))
                .collect();
            all.extend(typed("4n"));
            all.extend(typed(text));
            all.push(enter());
            all
        }
        Step::Answer => {
            let text = match &deck.model.dialog {
                Some(Dialog::Confirm(confirm)) => confirm.target.name.clone(),
                Some(Dialog::Several(several)) => several.wanted().unwrap_or_default(),
                Some(Dialog::HostKey { .. }) => "yes".into(),
                Some(Dialog::Password { .. }) => "pw".into(),
                _ => String::new(),
            };
            let mut all = typed(&text);
            all.push(enter());
            all
        }
        Step::MarkAll => {
            let mut all = typed("a");
            all.push(enter());
            all
        }
        Step::Held(id) => {
            let mut jobs = deck.model.run.jobs.iter();
            let Some(job) = jobs.find(|j| j.id == id) else {
                return Vec::new();
            };
            let target = deck.model.targets.iter().find(|t| t.name == job.target);
            let end = End {
                end: JobEnd {
                    state: JobState::Cancelled,
                    host_exit: None,
                    error: Some(TransportError::Cancelled),
                },
                unsent: Some(Unsent::Stopped { by: "fe01".into() }),
            };
            let Some(target) = target else {
                return Vec::new();
            };
            let answer = Collector::new(target).finish(&end);
            vec![
                Message::Answered(id, Box::new(answer), end.unsent),
                Message::JobEnded(id, end.end, None),
            ]
        }
        Step::Job(id, event) => vec![Message::Job(id, event)],
        Step::Ended(id, question) => {
            let retry = runs.last().filter(|_| question).cloned();
            vec![Message::JobEnded(
                id,
                JobEnd {
                    state: JobState::Failed,
                    host_exit: None,
                    error: Some(error(usize::from(!question))),
                },
                retry.map(Retry::Run),
            )]
        }
        Step::Well(id) => {
            let end = JobEnd {
                state: JobState::Succeeded,
                host_exit: Some(0),
                error: None,
            };
            vec![Message::JobEnded(id, end, None)]
        }
        Step::Polled(at, n) => {
            let at = Timestamp::from_second(1_760_421_715 + at).unwrap();
            let answer = match ANSWERS.get(n) {
                Some(text) => Ok((*text).to_owned()),
                None => Err(error(n - ANSWERS.len())),
            };
            let poll = super::replication::polled(at, answer);
            vec![Message::Polled(deck.model.replication.id, poll)]
        }
        Step::Asked(text, echo) => {
            let prompts = [(text.as_str(), echo), (text.as_str(), !echo)];
            let question = super::asking::question(&text, &prompts);
            let reply = Reply(std::sync::mpsc::sync_channel(1).0);
            let asking = Asking::new(1, question, reply);
            vec![Message::Asked(Box::new(asking))]
        }
        Step::Chooses(default) => {
            let question = super::asking::question("", &[]);
            let reply = Picked(std::sync::mpsc::sync_channel(1).0);
            let choice = super::choices::confirm(default);
            let choosing = Choosing::new(2, question, choice, reply);
            vec![Message::Chooses(Box::new(choosing))]
        }
        Step::Withdrawn(id) => vec![Message::Withdrawn(id)],
        Step::Remembered(done) => {
            let retry = runs.last().cloned().map_or(Retry::Watch, Retry::Run);
            let done = if done {
                Ok(())
            } else {
                Err("read-only".into())
            };
            vec![Message::Remembered("lab".into(), retry, done)]
        }
    }
}

fn play(mut deck: Deck, steps: Vec<Step>) -> Past {
    let mut past = Past::default();
    for step in steps {
        for message in messages(&mut deck, step, &past.runs) {
            send(&mut deck, message, &mut past);
        }
        let screen = deck.screen();
        assert!(
            !screen
                .chars()
                .any(|c| c != '\n' && crate::text::is_unsafe(c)),
            "{screen:?}"
        );
    }
    past
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_lab_survives_anything(steps in prop::collection::vec(step(), 1..60)) {
        play(Deck::lab(), steps);
    }

    #[test]
    fn two_targets_survive_anything(steps in prop::collection::vec(step(), 1..60)) {
        play(Deck::two_targets(), steps);
    }
}

#[test]
fn the_steps_reach_runs() {
    // Without this the property above could hold because nothing ever runs.
    let steps = vec![
        Step::Ask("Remove-CsUser a"),
        Step::Answer,
        Step::Ask("Get-CsPool"),
        Step::Answer,
    ];
    assert_eq!(play(Deck::lab(), steps).runs.len(), 2);
    let steps = vec![
        Step::Ask("Remove-CsUser a"),
        Step::MarkAll,
        Step::Answer,
        Step::Answer,
        Step::Ask("Get-CsPool"),
        Step::MarkAll,
        Step::Answer,
    ];
    let past = play(Deck::two_targets(), steps);
    assert_eq!((past.runs.len(), past.several), (4, 2));
}

#[test]
fn what_was_held_back_is_reached() {
    // A question of the first target holds the second one back until its answer came to something.
    let mut deck = Deck::two_targets();
    let mut past = Past::default();
    let steps = [
        Step::Ask("Get-CsPool"),
        Step::MarkAll,
        Step::Answer,
        Step::Held(2),
        Step::Ended(1, true),
        Step::Answer,
        Step::Well(3),
    ];
    for step in steps {
        // The question is that of the first target.
        let runs = past.runs[..past.runs.len().min(1)].to_vec();
        for message in messages(&mut deck, step, &runs) {
            send(&mut deck, message, &mut past);
        }
    }
    let names: Vec<&str> = past.runs.iter().map(Approved::target).collect();
    assert_eq!(names, ["fe01", "cms", "fe01", "cms"]);
    assert_eq!(past.several, 3);
}
