//! Connections that are lost, and servers that fail.

use super::*;

fn lost(ended: &Ended) -> String {
    match &ended.result {
        Err(TransportError::Lost { reason, .. }) => reason.clone(),
        other => panic!("not lost: {other:?}\n{:?}", ended.events),
    }
}

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
        assert_eq!(ended.texts("warning").len(), 1, "{cut}: it is told");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_stays_away_loses_the_run_and_keeps_what_came() {
    let lab = Lab::start(&[]);
    let limits = Limits {
        again: Duration::from_secs(2),
        ..LIMITS
    };
    let transport = transport_of(&target(&lab), limits, Arc::new(Nobody));
    let mut armed = false;
    let ended = run_with(&transport, "lab-count 1000 100", |event, _| {
        if matches!(event, Event::Output(n) if n == "2") && !armed {
            armed = true;
            lab.fault("outage", 3600.0);
        }
    })
    .await;
    lost(&ended);
    let output = ended.output();
    assert!(output.len() >= 2, "{output:?}");
    assert_eq!(output, counted(output.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_no_answers_loses_one_for_good() {
    let lab = Lab::start(&["--fault", "redeliver=0"]);
    let transport = transport(&lab);
    let mut armed = false;
    let ended = run_with(&transport, "lab-count 10 300", |event, _| {
        if matches!(event, Event::Output(n) if n == "2") && !armed {
            armed = true;
            lab.fault("cut", "Receive=inside");
        }
    })
    .await;
    // A number is missing: that must never look like a run that went well.
    assert!(ended.output().len() < 10, "{:?}", ended.output());
    lost(&ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_whose_answer_is_lost_is_never_sent_twice() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    run(&transport, "hostname").await;
    for cut in ["Command=before", "Command=after", "Command=inside"] {
        lab.log();
        lab.fault("cut", cut);
        let ended = run(&transport, "lab-echo once").await;
        let log = lab.log();
        let commands = log
            .iter()
            .filter(|entry| entry["action"] == "Command" && entry["repeated"] == false);
        assert!(commands.count() <= 1, "{cut}: {log:?}");
        match &ended.result {
            Ok(0) => assert_eq!(ended.output(), ["once"], "{cut}"),
            _ => drop(lost(&ended)),
        }
    }
    assert_eq!(
        run(&transport, "lab-echo later").await.output(),
        ["later"],
        "the next run has a session"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_server_forgot_is_lost_once_and_made_anew() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    let mut armed = false;
    let ended = run_with(&transport, "lab-count 1000 100", |event, _| {
        if matches!(event, Event::Output(n) if n == "2") && !armed {
            armed = true;
            lab.fault("forget_shells", true);
        }
    })
    .await;
    lost(&ended);
    assert_eq!(ended.output()[..2], counted(2));
    assert_eq!(run(&transport, "lab-echo up").await.output(), ["up"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_never_taken_for_an_answer() {
    for (knob, value) in [("corrupt_seal", 1), ("truncate_xml", 1)] {
        let lab = Lab::start(&[]);
        let transport = transport(&lab);
        let mut armed = false;
        let ended = run_with(&transport, "lab-count 20 100", |event, _| {
            if matches!(event, Event::Output(n) if n == "2") && !armed {
                armed = true;
                lab.fault(knob, value);
            }
        })
        .await;
        let output = ended.output();
        assert_eq!(output, counted(output.len()), "{knob}");
        match &ended.result {
            Ok(0) => assert_eq!(output.len(), 20, "{knob}"),
            _ => drop(lost(&ended)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_answers_ends_in_its_time() {
    let lab = Lab::start(&[]);
    let limits = Limits {
        grace: Duration::from_secs(1),
        ..LIMITS
    };
    let transport = transport_of(&target(&lab), limits, Arc::new(Nobody));
    let mut armed = false;
    let ended = run_with(&transport, "lab-count 20 50", |event, _| {
        if matches!(event, Event::Output(n) if n == "2") && !armed {
            armed = true;
            lab.fault("hang_request", 1);
        }
    })
    .await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    assert_eq!(ended.output(), counted(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_holds_its_output_is_asked_again() {
    let lab = Lab::start(&[]);
    let limits = Limits {
        hold: Duration::from_secs(1),
        ..LIMITS
    };
    let transport = transport_of(&target(&lab), limits, Arc::new(Nobody));
    let ended = run(&transport, "lab-sleep 3.5").await;
    assert_eq!(ended.result, Ok(0));
    assert_eq!(ended.output(), ["awake"]);
    let receives = lab.actions().iter().filter(|a| *a == "Receive").count();
    assert!(receives >= 4, "{receives}");
}
