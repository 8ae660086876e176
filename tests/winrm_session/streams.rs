//! Every stream of a pipeline, what a record carries, and how it ends.

use super::*;
use csdeck::execute::JobState;
use csdeck::execute::event::Progress;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_comes_in_the_order_in_which_it_was_said() {
    let lab = handled(&[]);
    let ended = run(&transport(&lab), "lab-order").await;
    let said: Vec<String> = ended
        .events
        .iter()
        .filter_map(|event| {
            Some(match event {
                Event::Output(text) => text.clone(),
                Event::Warning(text)
                | Event::Verbose(text)
                | Event::Debug(text)
                | Event::Information(text) => text.clone(),
                Event::Error(record) => record.message.clone()?,
                Event::Progress(progress) => format!("progress {}", progress.status),
                Event::Object(_) | Event::State(_) => return None,
            })
        })
        .collect();
    let kinds = [
        "out",
        "warning",
        "verbose",
        "progress step",
        "error",
        "debug",
        "information",
    ];
    let wanted: Vec<String> = (0..3)
        .flat_map(|at| kinds.map(|kind| format!("{kind} {at}")))
        .collect();
    assert_eq!(said, wanted);
    let states: Vec<JobState> = ended
        .events
        .iter()
        .filter_map(|event| match event {
            Event::State(state) => Some(*state),
            _ => None,
        })
        .collect();
    assert_eq!(states, [JobState::Connecting, JobState::Running]);
    assert_eq!(lab.unknown(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_the_whole_record() {
    let lab = handled(&[]);
    let ended = run(&transport(&lab), "lab-error").await;
    let record = ended
        .events
        .iter()
        .find_map(|event| match event {
            Event::Error(record) => Some((**record).clone()),
            _ => None,
        })
        .expect("an error");
    let position = "At line:3 char:5\n+     Get-LabUser nobody\n+     ~~~~~~~~~~~~~~~~~~";
    let category = "ObjectNotFound (nobody:UserIdParameter) [Get-LabUser], NotFoundException";
    let message = "The user \u{201c}nobody\u{201d} was not found.";
    assert_eq!(record.message.as_deref(), Some(message));
    assert_eq!(record.id.as_deref(), Some("Lab.NotFound,Get-LabUser"));
    assert_eq!(record.target.as_deref(), Some("nobody"));
    assert_eq!(record.position.as_deref(), Some(position));
    assert_eq!(record.category.as_deref(), Some(category));
    assert_eq!(
        record.text,
        format!(
            "{message}\n{position}\n    + CategoryInfo          : {category}\n    + FullyQualifiedErrorId : Lab.NotFound,Get-LabUser"
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_tells_activities_and_their_parts() {
    let lab = handled(&[]);
    let ended = run(&transport(&lab), "lab-work").await;
    let told: Vec<Progress> = ended
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Progress(progress) => Some((**progress).clone()),
            _ => None,
        })
        .collect();
    let ann = Progress {
        id: 2,
        parent: Some(1),
        status: "mailbox".into(),
        ..Progress::text("Moving ann")
    };
    assert_eq!(
        told,
        [
            Progress {
                id: 1,
                status: "2 of 4".into(),
                percent: Some(50),
                seconds_left: Some(90),
                ..Progress::text("Moving users")
            },
            Progress {
                operation: "copying".into(),
                percent: Some(100),
                ..ann.clone()
            },
            Progress { done: true, ..ann },
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_has_its_code() {
    let lab = handled(&[]);
    let transport = transport(&lab);
    for (text, code) in [
        ("lab-exit 3", 3),
        ("lab-exit 0", 0),
        ("lab-exit -1", -1),
        ("lab-echo x", 0),
    ] {
        let ended = run(&transport, text).await;
        assert_eq!(ended.result, Ok(code), "{text}: {:?}", ended.events);
        assert_eq!(ended.texts("error"), Vec::<String>::new(), "{text}");
    }
    let ended = run(&transport, "lab-fail 'it is over'").await;
    assert_eq!(ended.result, Ok(1));
    assert_eq!(ended.output(), ["before"]);
    let [error] = &ended.texts("error")[..] else {
        panic!("{:?}", ended.events);
    };
    assert!(error.starts_with("it is over\n"), "{error}");
    assert_eq!(lab.shells().len(), 1, "one session carried all of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_arrives_to_the_last_character() {
    let lab = handled(&[]);
    let transport = transport(&lab);
    let ended = run(&transport, "lab-unicode").await;
    let [error] = &ended.texts("error")[..] else {
        panic!("{:?}", ended.events);
    };
    assert!(
        error.starts_with("\u{41e}\u{448}\u{438}\u{431}\u{43a}\u{430}: \u{5931}\u{6557}"),
        "{error}"
    );
    // Control characters come as they are: the fronts make them safe, not the way here.
    let codes = (1..10)
        .chain([11, 12])
        .chain(14..32)
        .chain([127, 128, 0x85, 0x9f, 0x2028, 0xfeff, 0xfffd]);
    let text: Vec<String> = codes.filter_map(char::from_u32).map(String::from).collect();
    let ended = run(&transport, "lab-controls").await;
    assert_eq!(
        ended.output(),
        [format!("{}_x0041_ _X0041_ _x005F_", text.join("|"))]
    );
    // And the other way, in a script.
    let text = "\u{1}\u{7f}\u{1f600}\u{202e} _x0041_ \u{feff}.";
    let ended = run(&transport, &format!("lab-echo {text}")).await;
    assert_eq!(ended.output(), [text]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_laid_out_for_a_screen_arrives_as_its_lines() {
    let lab = handled(&[]);
    let transport = transport(&lab);
    let ended = run(&transport, "lab-objects | Format-List").await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    let output = ended.output();
    assert!(
        output
            .iter()
            .any(|line| line.starts_with("Fqdn") && line.ends_with(": pool01.corp.example")),
        "{output:?}"
    );
    assert!(
        !ended
            .events
            .iter()
            .any(|event| matches!(event, Event::Object(_)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_goes_in_pieces_and_comes_back() {
    let lab = handled(&[]);
    let long: String = (0..60_000).map(|n| format!("{n:09}\u{e9}")).collect();
    let ended = run(&transport(&lab), &format!("lab-echo '{long}'")).await;
    assert_eq!(ended.result, Ok(0));
    assert!(ended.output() == [long], "it came back changed");
    let sent = lab
        .actions()
        .iter()
        .filter(|action| *action == "Send")
        .count();
    assert!(sent > 3, "{sent}");
}
