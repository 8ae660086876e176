//! Networks that fail, and come back or do not.

use std::time::Duration;

use csdeck::execute::event::{Event, JobState};
use csdeck::execute::winrm::Limits;

use crate::process::eventually;
use crate::rig::{Rig, Told, limits};

/// What lab-count says.
fn counted(told: &Told, to: usize) {
    let wanted: Vec<String> = (1..=to).map(|n| n.to_string()).collect();
    assert_eq!(told.lines(), wanted);
}

/// The bytes of `lab-big` and its like: all of them once.
fn is_big(told: &Told, bytes: usize) {
    let line = "0123456789abcdef".repeat(4);
    let lines = told.lines();
    let (last, rest) = lines.split_last().expect("output");
    // A block is cut where the bytes end, and a cut line may be continued by none.
    assert!(rest.iter().all(|l| *l == line), "a line is not whole");
    assert!(line.starts_with(last));
    let whole = bytes / (line.len() + 2);
    assert!(
        (whole..=whole + 1).contains(&lines.len()),
        "{}",
        lines.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_say_nothing_yet_are_asked_again() {
    let mut rig = Rig::start(&[]);
    rig.works("lab-echo one").await;
    rig.lab.log();
    rig.lab.fault("receive_delay", 9.0);
    let mut going = rig.begin("lab-count 5 10");
    going.running().await;
    let mut asked = 0;
    eventually("it is asked again", || {
        asked += rig.lab.actions().iter().filter(|a| *a == "Receive").count();
        (asked > 1).then_some(())
    });
    rig.lab.fault("receive_delay", 0.0);
    let told = going.end().await;
    assert_eq!(told.end.state, JobState::Succeeded, "{told:?}");
    counted(&told, 5);
    assert_eq!(told.remarks(), "");
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_servers_are_waited_for() {
    let mut rig = Rig::start(&["--fault", "latency=0.2"]);
    let told = rig.works("lab-count 3 300").await;
    counted(&told, 3);
    rig.log().has_texts(1);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_in_the_middle_is_had_again() {
    let mut rig = Rig::start(&[]);
    rig.works("lab-echo one").await;
    for nth in [1, 2, 3, 5] {
        rig.lab.log();
        rig.lab.fault("drop_receive", nth);
        let told = rig.works("lab-big 2").await;
        is_big(&told, 2 * 1024 * 1024);
        let log = rig.log();
        log.has_texts(1);
        assert!(log.0.iter().any(|e| e["repeated"] == true), "{log:?}");
        let remarks = told.remarks();
        assert!(remarks.contains("tried again"), "{remarks}");
        assert!(!remarks.contains("look before"), "{remarks}");
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_megabytes_come_once_over_a_cut_connection() {
    let mut rig = Rig::start(&[]);
    let told = rig.works("lab-drop 500000").await;
    is_big(&told, 2_000_000);
    rig.log().has_texts(1);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_does_not_keep_is_lost_and_said_to_be() {
    let mut rig = Rig::start(&["--fault", "redeliver=false"]);
    for (text, begun) in [
        ("lab-count 20 50", false),
        ("lab-count 20 50", true),
        ("lab-big 2", true),
        // The lost answer is the last one.
        ("lab-echo two", false),
    ] {
        // The session is whole, whatever became of the one before.
        rig.works("lab-echo one").await;
        rig.lab.log();
        let told = if begun {
            let mut going = rig.begin(text);
            going
                .until("output", |e| matches!(e, Event::Output(_)))
                .await;
            rig.lab.fault("drop_receive", 1);
            going.end().await
        } else {
            rig.lab.fault("drop_receive", 1);
            rig.run(text).await
        };
        told.is_lost("");
        assert!(
            !begun || !told.lines().is_empty(),
            "{text}: what came is kept"
        );
        rig.log().has_texts(1);
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_output_that_never_arrived_is_sent_again() {
    let mut rig = Rig::start(&[]);
    for knob in ["drop_request", "hang_request"] {
        rig.works("lab-echo one").await;
        rig.lab.log();
        // The first is the text.
        rig.lab.fault(knob, 3);
        let told = rig.works("lab-count 5 300").await;
        counted(&told, 5);
        let log = rig.log();
        log.has_texts(1);
        assert!(told.remarks().contains("tried again"), "{told:?}");
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_whose_answer_never_came_is_not_sent_again() {
    let mut rig = Rig::start(&[]);
    for (knob, value, texts) in [
        ("cut", "Command=before", 0),
        ("cut", "Command=after", 1),
        ("cut", "Command=inside", 1),
    ] {
        rig.works("lab-echo one").await;
        rig.lab.log();
        rig.lab.fault(knob, value);
        let told = rig.run("lab-sleep 0.1").await;
        told.is_lost("");
        rig.log().has_texts(texts);
    }
    for knob in ["drop_request", "hang_request"] {
        rig.works("lab-echo one").await;
        rig.lab.log();
        rig.lab.fault(knob, 1);
        let told = rig.run("lab-sleep 0.1").await;
        told.is_lost("");
        rig.log().has_texts(0);
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_could_not_be_made_ran_nothing() {
    let mut rig = Rig::start(&[]);
    for (knob, value) in [
        ("cut", "Create=before".into()),
        ("cut", "Create=after".into()),
        ("cut", "Create=inside".into()),
        ("drop_request", serde_json::Value::from(1)),
        ("hang_request", 1.into()),
    ] {
        rig.lab.fault(knob, value);
        rig.run("lab-echo one").await.is_refused("");
        rig.log().has_texts(0);
    }
    // None of the attempts left a shell.
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_comes_back_gives_the_rest() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-count 20 200");
    going
        .until("output", |e| *e == Event::Output("3".into()))
        .await;
    rig.lab.fault("outage", 1.5);
    let told = going.end().await;
    assert_eq!(told.end.state, JobState::Succeeded, "{told:?}");
    counted(&told, 20);
    assert!(told.remarks().contains("tried again"), "{told:?}");
    rig.log().has_texts(1);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_that_was_disconnected_meanwhile_is_attached_to_again() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-count 20 200");
    going
        .until("output", |e| *e == Event::Output("3".into()))
        .await;
    rig.lab.fault("outage", 1.0);
    rig.lab.fault("disconnect_shells", true);
    let told = going.end().await;
    assert_eq!(told.end.state, JobState::Succeeded, "{told:?}");
    counted(&told, 20);
    let log = rig.log();
    log.has_texts(1);
    assert!(log.count("Reconnect") >= 1, "{:?}", log.actions());
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_for_good_ends_a_run_as_lost() {
    let again = Duration::from_secs(1);
    let mut rig = Rig::with(&[], Limits { again, ..limits() });
    let mut going = rig.begin("lab-count 500 100");
    going
        .until("output", |e| *e == Event::Output("3".into()))
        .await;
    rig.lab.fault("outage", 600.0);
    let told = going.end().await;
    told.is_lost("");
    assert!(told.lines().starts_with(&["1", "2", "3"]));
    rig.log().has_texts(1);
    rig.forget();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_restarts_forgets_the_run() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-count 500 100");
    going
        .until("output", |e| *e == Event::Output("3".into()))
        .await;
    rig.lab.fault("forget_shells", true);
    let told = going.end().await;
    told.is_lost("");
    assert!(told.lines().starts_with(&["1", "2", "3"]));
    rig.log().has_texts(1);
    rig.works("lab-echo two").await;
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_again_and_again_is_told_once() {
    let mut rig = Rig::start(&[]);
    rig.works("lab-echo one").await;
    let mut going = rig.begin("lab-count 60 50");
    going.running().await;
    for _ in 0..4 {
        rig.lab.fault("drop_receive", 1);
        eventually("it is cut", || {
            (rig.lab.faults()["drop_receive"] == 0).then_some(())
        });
    }
    let told = going.end().await;
    assert_eq!(told.end.state, JobState::Succeeded, "{told:?}");
    counted(&told, 60);
    let remarks = told.remarks();
    assert_eq!(remarks.matches("tried again").count(), 1, "{remarks}");
    assert_eq!(remarks.matches("connected again").count(), 1, "{remarks}");
    assert!(remarks.contains("broke 4 times"), "{remarks}");
    rig.close().await;
}
