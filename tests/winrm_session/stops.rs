//! A run that is cancelled.

use super::*;

fn running(lab: &Lab) -> u64 {
    let shells = lab.shells();
    shells.iter().filter_map(|s| s["running"].as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_stops_the_command_on_the_server() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    let ended = run_with(&transport, "lab-count 1000 50", |event, cancel| {
        if matches!(event, Event::Output(n) if n == "3") {
            cancel.cancel();
        }
    })
    .await;
    assert_eq!(ended.result, Err(TransportError::Cancelled));
    assert_eq!(ended.output()[..3], counted(3));
    assert_eq!(running(&lab), 0);
    assert!(lab.actions().contains(&"Signal".to_owned()));
    // The session goes on.
    assert_eq!(run(&transport, "lab-echo next").await.output(), ["next"]);
    assert_eq!(lab.shells().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_comes_through_a_connection_that_was_cut() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    let ended = run_with(&transport, "lab-count 1000 50", |event, cancel| {
        if matches!(event, Event::Output(n) if n == "3") {
            lab.fault("cut", "Receive=inside");
            cancel.cancel();
        }
    })
    .await;
    assert_eq!(
        ended.result,
        Err(TransportError::Cancelled),
        "{:?}",
        ended.events
    );
    assert_eq!(running(&lab), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_stop_is_ended_with_its_session() {
    let lab = Lab::start(&[]);
    let limits = Limits {
        stop: Duration::from_secs(1),
        ..LIMITS
    };
    let transport = transport_of(&target(&lab), limits, Arc::new(Nobody));
    let ended = run_with(&transport, "lab-count 1000 50", |event, cancel| {
        if matches!(event, Event::Output(n) if n == "3") {
            lab.fault("fault_action", "Signal=5");
            cancel.cancel();
        }
    })
    .await;
    assert_eq!(
        ended.result,
        Err(TransportError::Cancelled),
        "{:?}",
        ended.events
    );
    assert_eq!(lab.shells(), Vec::<serde_json::Value>::new());
    lab.fault("fault_action", "");
    assert_eq!(run(&transport, "lab-echo next").await.output(), ["next"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_before_the_log_in_sends_nothing() {
    let lab = Lab::start(&["--fault", "latency=2"]);
    let transport = transport(&lab);
    let ended = run_with(&transport, "hostname", |event, cancel| {
        if matches!(event, Event::State(_)) {
            cancel.cancel();
        }
    })
    .await;
    assert_eq!(ended.result, Err(TransportError::Cancelled));
    let actions = lab.actions();
    assert!(!actions.contains(&"Command".to_owned()), "{actions:?}");
}
