//! Connections that are lost and come back; `winrm_faults` has what does not.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_cut_is_given_again() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    for (at, cut) in ["Receive=before", "Receive=inside", "Receive=after"]
        .into_iter()
        .enumerate()
    {
        let mut armed = false;
        let ended = run_with(&transport, "lab-count 20 30", |event, _| {
            if matches!(event, Event::Output(n) if n == "3") && !armed {
                armed = true;
                lab.fault("cut", cut);
            }
        })
        .await;
        assert_eq!(ended.result, Ok(0), "{cut}: {:?}", ended.events);
        assert_eq!(ended.output(), counted(20), "{cut}");
        assert_eq!(lab.faults()["cut"], "", "{cut}");
        let warnings = ended.texts("warning");
        assert_eq!(warnings.len(), 2, "{cut}: lost and back: {warnings:?}");
        assert!(warnings[1].contains("connected again"), "{warnings:?}");
        assert_eq!(lab.shells().len(), 1, "run {at} has the same session");
    }
    assert!(lab.log().iter().any(|entry| entry["repeated"] == true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_away_for_a_while_costs_nothing() {
    let lab = Lab::start(&["--https"]);
    let transport = transport(&lab);
    let mut armed = false;
    let ended = run_with(&transport, "lab-count 30 100", |event, _| {
        if matches!(event, Event::Output(n) if n == "2") && !armed {
            armed = true;
            lab.fault("outage", 1.5);
        }
    })
    .await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    assert_eq!(ended.output(), counted(30));
}
