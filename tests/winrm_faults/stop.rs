//! Runs that the user ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use csdeck::execute::Asker;
use csdeck::execute::ask::{Question, Unanswered};
use csdeck::execute::event::Event;
use csdeck::execute::winrm::Limits;
use csdeck::store::secret::Secret;

use crate::process::eventually;
use crate::rig::{Rig, limits};

#[tokio::test(flavor = "multi_thread")]
async fn a_command_stops_on_request_and_its_session_goes_on() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-sleep 600");
    going.running().await;
    going.cancel.cancel();
    let told = going.end().await;
    told.is_cancelled();
    assert!(told.remarks().contains("as Ctrl-C does"), "{told:?}");
    let log = rig.log();
    // Stop, and the release behind it.
    assert_eq!(log.count("Signal"), 2, "{:?}", log.actions());
    log.has_texts(1);
    rig.works("lab-echo one").await;
    assert_eq!(rig.log().count("Create"), 0);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn output_up_to_the_stop_is_kept() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-count 500 100");
    going
        .until("output", |e| *e == Event::Output("3".into()))
        .await;
    going.cancel.cancel();
    let told = going.end().await;
    told.is_cancelled();
    let lines = told.lines();
    let wanted: Vec<String> = (1..=lines.len()).map(|n| n.to_string()).collect();
    assert_eq!(lines, wanted);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_stopped_and_what_came_has_no_holes() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-count 100000 0");
    going
        .until("output", |e| *e == Event::Output("300".into()))
        .await;
    going.cancel.cancel();
    let told = going.end().await;
    told.is_cancelled();
    let lines = told.lines();
    let wanted: Vec<String> = (1..=lines.len()).map(|n| n.to_string()).collect();
    assert!(lines == wanted, "{} lines with holes", lines.len());
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_does_not_listen_is_ended_rung_by_rung() {
    for (deaf, signals, words) in [
        ("stop", 2, "the server was told to end it, and did"),
        ("terminate", 2, "its session was ended with it"),
        ("delete", 2, "it may go on there"),
    ] {
        let stop = Duration::from_millis(500);
        let rig = Rig::with(&[], Limits { stop, ..limits() });
        rig.works("lab-echo one").await;
        rig.lab.log();
        rig.lab.fault("deaf", deaf);
        let mut going = rig.begin("lab-count 500 300");
        going
            .until("output", |e| *e == Event::Output("2".into()))
            .await;
        going.cancel.cancel();
        let told = going.end().await;
        told.is_cancelled();
        assert!(told.remarks().contains(words), "{deaf}: {told:?}");
        assert!(told.lines().starts_with(&["1", "2"]));
        let log = rig.log();
        log.has_texts(1);
        // The answer to the last one may be written down after the run has ended.
        let mut heard = log.count("Signal");
        eventually("the requests are in the log", || {
            heard += rig.log().count("Signal");
            (heard >= signals).then_some(())
        });
        assert_eq!(heard, signals, "{deaf}: {:?}", log.actions());
        // The next run does not get what is left of that session.
        rig.lab.fault("deaf", "");
        rig.works("lab-echo two").await;
        assert_eq!(rig.log().count("Create"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_while_connecting_leaves_nothing() {
    let mut rig = Rig::start(&[]);
    for request in 1..=2 {
        // The request that makes the session, the one that waits until it is open.
        rig.lab.fault("hang_request", request);
        let going = rig.begin("lab-echo one");
        eventually("the server has it", || {
            (rig.lab.faults()["hang_request"] == 0).then_some(())
        });
        going.cancel.cancel();
        let told = going.end().await;
        told.is_cancelled();
        rig.log().has_texts(0);
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_while_the_text_is_on_its_way_ends_and_says_what_is_not_known() {
    let mut rig = Rig::with(
        &[],
        Limits {
            grace: Duration::from_secs(300),
            ..limits()
        },
    );
    rig.works("lab-echo one").await;
    rig.lab.log();
    rig.lab.fault("hang_request", 1);
    let going = rig.begin("lab-echo two");
    eventually("the server has it", || {
        (rig.lab.faults()["hang_request"] == 0).then_some(())
    });
    going.cancel.cancel();
    let told = going.end().await;
    told.is_cancelled();
    assert!(told.remarks().contains("may go on there"), "{told:?}");
    rig.log().has_texts(0);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_while_the_network_is_away_ends() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-count 500 100");
    going
        .until("output", |e| *e == Event::Output("3".into()))
        .await;
    rig.lab.fault("outage", 600.0);
    going
        .until("a remark", |e| matches!(e, Event::Warning(_)))
        .await;
    going.cancel.cancel();
    let told = going.end().await;
    told.is_cancelled();
    assert!(told.remarks().contains("may go on there"), "{told:?}");
    assert!(told.lines().starts_with(&["1", "2", "3"]));
    rig.forget();
}

/// Somebody who thinks for ever.
#[derive(Default)]
struct Thinks {
    asked: AtomicBool,
    withdrawn: AtomicBool,
}

impl Asker for Thinks {
    fn ask(&self, _: &Question, wanted: &dyn Fn() -> bool) -> Result<Vec<Secret>, Unanswered> {
        self.asked.store(true, Ordering::Relaxed);
        eventually("the question is withdrawn", || (!wanted()).then_some(()));
        self.withdrawn.store(true, Ordering::Relaxed);
        Err(Unanswered::Refused)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_while_a_question_is_open_withdraws_it() {
    let thinks = Arc::new(Thinks::default());
    let mut rig = Rig::asking(&[], limits(), thinks.clone());
    let mut going = rig.begin("lab-ask Name");
    going.running().await;
    eventually("somebody is asked", || {
        thinks.asked.load(Ordering::Relaxed).then_some(())
    });
    going.cancel.cancel();
    going.end().await.is_cancelled();
    eventually("the question is withdrawn", || {
        thinks.withdrawn.load(Ordering::Relaxed).then_some(())
    });
    rig.log().has_texts(1);
    rig.works("lab-echo one").await;
    rig.close().await;
}
