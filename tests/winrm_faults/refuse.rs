//! Servers that refuse, and answers that are damaged.

use csdeck::execute::event::JobState;

use crate::rig::Rig;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_nobody_in_is_asked_once() {
    let rig = Rig::start(&["--fault", "always_401=true"]);
    let told = rig.run("lab-echo one").await;
    told.is_refused("refused the log-in of ops");
    assert_eq!(rig.log().0.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_named() {
    let mut rig = Rig::start(&[]);
    rig.lab.fault("http_503", 1);
    rig.run("lab-echo one").await.is_refused("503");
    // The service restarts while a command runs.
    let mut going = rig.begin("lab-count 10 200");
    going.running().await;
    rig.lab.fault("http_503", 3);
    let told = going.end().await;
    assert_eq!(told.end.state, JobState::Succeeded, "{told:?}");
    assert_eq!(told.lines().len(), 10);
    assert!(told.remarks().contains("503"), "{}", told.remarks());
    rig.log().has_texts(1);
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_answer_is_not_believed() {
    let mut rig = Rig::start(&[]);
    for knob in ["corrupt_seal", "truncate_xml", "replay_seal"] {
        // The session; then the text, the first output, a later one.
        rig.lab.fault(knob, 1);
        if knob != "replay_seal" {
            rig.run("lab-echo one").await.is_refused("");
            rig.log().has_texts(0);
        }
        for nth in [1, 2, 4] {
            rig.lab.fault(knob, 0);
            rig.works("lab-echo one").await;
            rig.lab.log();
            rig.lab.fault(knob, nth);
            let told = rig.run("lab-count 20 100").await;
            told.is_lost("");
            if nth == 4 {
                assert!(!told.lines().is_empty(), "{knob}: what came is kept");
            }
            rig.log().has_texts(1);
        }
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_before_the_text_is_taken_say_that_nothing_ran() {
    let mut rig = Rig::start(&[]);
    for code in [5_u32, 995, 2_150_858_843, 2_150_859_173, 2_150_858_752] {
        rig.lab.fault("fault_action", format!("Create={code}"));
        let told = rig.run("lab-echo one").await;
        told.is_refused(&code.to_string());
        rig.log().has_texts(0);
    }
    rig.lab.fault("fault_action", "");
    for code in [5_u32, 2_150_859_173] {
        rig.works("lab-echo one").await;
        rig.lab.log();
        rig.lab.fault("fault_action", format!("Command={code}"));
        let told = rig.run("lab-echo one").await;
        told.is_refused(&code.to_string());
        rig.log().has_texts(1);
        rig.lab.fault("fault_action", "");
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_leave_open_whether_the_text_runs_say_so() {
    let mut rig = Rig::start(&[]);
    for code in [995_u32, 2_150_858_793, 1359] {
        rig.works("lab-echo one").await;
        rig.lab.log();
        rig.lab.fault("fault_action", format!("Command={code}"));
        let told = rig.run("lab-echo one").await;
        told.is_lost(&code.to_string());
        rig.log().has_texts(1);
        rig.lab.fault("fault_action", "");
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_under_a_run_lose_it() {
    let mut rig = Rig::start(&[]);
    for code in [5_u32, 995, 1359, 2_150_858_843, 2_150_859_173] {
        rig.works("lab-echo one").await;
        rig.lab.log();
        let mut going = rig.begin("lab-count 200 50");
        going
            .until(
                "output",
                |e| matches!(e, csdeck::execute::Event::Output(l) if l == "3"),
            )
            .await;
        rig.lab.fault("fault_action", format!("Receive={code}"));
        let told = going.end().await;
        told.is_lost(&code.to_string());
        assert!(
            !told.why().contains("run it again for a new one"),
            "{}",
            told.why()
        );
        assert!(told.lines().starts_with(&["1", "2", "3"]));
        rig.log().has_texts(1);
        rig.lab.fault("fault_action", "");
    }
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_behind_the_end_changes_nothing() {
    let mut rig = Rig::start(&[]);
    for code in [5_u32, 995, 2_150_858_843] {
        rig.lab.fault("fault_action", format!("Signal={code}"));
        let told = rig.works("lab-echo one").await;
        assert_eq!(told.lines(), ["one"]);
        rig.log().has_texts(1);
    }
    rig.lab.fault("fault_action", "");
    rig.lab.fault("hang_request", 0);
    rig.works("lab-echo one").await;
    // Text, output, and the request to forget the command: that one is never answered.
    rig.lab.fault("hang_request", 3);
    rig.works("lab-echo one").await;
    rig.works("lab-echo one").await;
    rig.close().await;
}
