//! Sessions that are kept, shared, run out and closed.

use std::time::Duration;

use csdeck::execute::event::JobState;
use csdeck::execute::winrm::Limits;

use crate::process::eventually;
use crate::rig::{Rig, limits};

#[tokio::test(flavor = "multi_thread")]
async fn twenty_runs_share_a_shell_and_take_three_requests_each() {
    let mut rig = Rig::start(&[]);
    let mut fewest = usize::MAX;
    for number in 0..20 {
        let told = rig.works(&format!("lab-echo number{number}")).await;
        assert_eq!(told.lines(), [format!("number{number}")]);
        let log = rig.log();
        let actions = log.actions();
        let at = actions
            .iter()
            .position(|a| *a == "Command")
            .expect("a text");
        // A slow server says in two answers what it else says in one.
        let [_, receives @ .., "Signal"] = &actions[at..] else {
            panic!("{actions:?}");
        };
        assert!(receives.iter().all(|a| *a == "Receive"), "{actions:?}");
        fewest = fewest.min(actions[at..].len());
        assert_eq!(log.count("Create"), usize::from(number == 0), "{actions:?}");
        assert!(number == 0 || at == 0, "{actions:?}");
        assert_eq!(rig.lab.shells().len(), 1);
    }
    assert_eq!(fewest, 3);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_at_the_same_time_have_a_session_each() {
    let mut rig = Rig::start(&[]);
    let mut one = rig.begin("lab-sleep 2");
    let mut two = rig.begin("lab-sleep 2");
    one.running().await;
    two.running().await;
    assert_eq!(rig.lab.shells().len(), 2);
    assert_eq!(one.end().await.lines(), ["awake"]);
    assert_eq!(two.end().await.lines(), ["awake"]);
    rig.log().has_texts(2);
    // Both are kept.
    rig.works("lab-echo one").await;
    assert_eq!(rig.log().count("Create"), 0);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_room_says_so() {
    let mut rig = Rig::start(&["--max-shells", "1"]);
    let mut going = rig.begin("lab-sleep 30");
    going.running().await;
    let told = rig.run("lab-echo one").await;
    told.is_refused("Too many sessions");
    going.cancel.cancel();
    going.end().await.is_cancelled();
    rig.works("lab-echo one").await;
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ran_out_is_replaced_and_said_to_be() {
    let mut rig = Rig::start(&["--idle", "1"]);
    rig.works("lab-echo one").await;
    eventually("the shell ran out", || {
        rig.lab.shells().is_empty().then_some(())
    });
    rig.lab.log();
    let told = rig.works("lab-echo two").await;
    assert_eq!(told.lines(), ["two"]);
    let remarks = told.remarks();
    assert!(remarks.contains("a new one is made"), "{remarks}");
    let log = rig.log();
    assert_eq!(log.count("Create"), 1, "{:?}", log.actions());
    // The server took one of them.
    let taken = log
        .0
        .iter()
        .filter(|e| e["action"] == "Command" && e["status"] == 200);
    assert_eq!(taken.count(), 1, "{log:?}");
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_listener_found_gone_is_replaced() {
    let keepalive = Duration::from_millis(200);
    let mut rig = Rig::with(
        &[],
        Limits {
            keepalive,
            ..limits()
        },
    );
    rig.works("lab-echo one").await;
    rig.lab.log();
    eventually("the session is looked after", || {
        rig.lab
            .actions()
            .contains(&"Receive".to_owned())
            .then_some(())
    });
    rig.lab.fault("forget_shells", true);
    let told = rig.works("lab-echo two").await;
    assert_eq!(told.lines(), ["two"]);
    assert!(told.remarks().contains("a new one is made"), "{told:?}");
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_of_life_keep_an_idle_session() {
    let keepalive = Duration::from_millis(200);
    let mut rig = Rig::with(
        &["--idle", "2"],
        Limits {
            keepalive,
            ..limits()
        },
    );
    rig.works("lab-echo one").await;
    rig.lab.log();
    let mut asked = 0;
    eventually("the server answered several times", || {
        asked += rig.lab.actions().len();
        (asked > 4).then_some(())
    });
    assert_eq!(rig.lab.shells().len(), 1);
    let told = rig.works("lab-echo two").await;
    assert_eq!(rig.log().count("Create"), 0);
    assert_eq!(told.remarks(), "");
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_on_the_server() {
    let mut rig = Rig::start(&[]);
    let mut going = rig.begin("lab-sleep 2");
    going.running().await;
    rig.run("lab-streams").await;
    assert_eq!(going.end().await.end.state, JobState::Succeeded);
    rig.close().await;
    assert_eq!(rig.log().count("Delete"), 2);
    assert_eq!(rig.lab.unknown(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_waits_makes_room_for_one_that_is_needed() {
    let mut rig = Rig::start(&["--max-shells", "1"]);
    rig.works("lab-echo one").await;
    rig.lab.log();
    // Ends the host it runs in, so it has one of its own.
    let told = rig.run("lab-echo two; exit 0").await;
    assert_eq!(told.end.state, JobState::Succeeded, "{told:?}");
    let log = rig.log();
    assert_eq!(log.count("Delete"), 2, "{:?}", log.actions());
    rig.close().await;
}
