//! A snippet's question against a made-up server, in time that does not pass by itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::cmdlet::Risk;
use crate::execute::transport::BoxFuture;
use crate::execute::{BeforeSending, Event, EventSender, Transport, TransportError};
use crate::gate::{Approved, Confirmation, Guard, assess};

type Said = (Vec<Event>, Result<i32, TransportError>);

/// Answers poll after poll; the last answer for ever.
struct Server(Mutex<Vec<Said>>);

impl Transport for Server {
    fn run_after<'a>(
        &'a self,
        _before: BeforeSending,
        _invocation: &'a Approved,
        events: EventSender,
        _cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(async move {
            let (said, end) = {
                let mut all = self.0.lock().expect("not poisoned");
                match all.len() {
                    1 => all[0].clone(),
                    _ => all.remove(0),
                }
            };
            for event in said {
                let _ = events.send(event).await;
            }
            end
        })
    }
}

fn approved(text: &str) -> Approved {
    assess(text, "fe01", Guard::Normal)
        .and_then(|a| a.approve(&Confirmation::Typed("fe01".into())))
        .expect("approved")
}

fn poller(said: Vec<Said>) -> (ObjectPoller, Arc<Mutex<Vec<String>>>) {
    let way: Arc<dyn Transport> = Arc::new(Server(Mutex::new(said)));
    let told = Arc::<Mutex<Vec<String>>>::default();
    let into = told.clone();
    let poller = ObjectPoller::new(
        approved("Get-CsWindowsService"),
        Box::new(move || {
            let way = way.clone();
            Box::pin(async move { Ok(way) })
        }),
        Box::new(move |what| {
            into.lock().expect("not poisoned").push(match what {
                Told::Asks(approved, _) => approved.text().to_owned(),
                Told::Remark(text) => text.to_owned(),
            });
            Ok(())
        }),
    );
    (poller.expect("a read"), told)
}

async fn ask(poller: &mut ObjectPoller) -> Result<Vec<Value>, String> {
    match poller.ask(&CancellationToken::new()).await {
        Answer::Rows(objects) => Ok(objects),
        Answer::Failed(why) => Err(format!("failed: {why}")),
        Answer::NotUnderstood(why) => Err(format!("not understood: {why}")),
        Answer::NoWay(error) => Err(format!("no way: {error}")),
    }
}

#[test]
fn what_changes_something_is_never_repeated() {
    for (text, risk) in [
        ("Start-CsWindowsService", Risk::Change),
        (
            "Remove-CsUserAcp -Identity x -Confirm:$false",
            Risk::Destructive,
        ),
    ] {
        let refused = ObjectPoller::new(
            approved(text),
            Box::new(|| Box::pin(async { Err(TransportError::Cancelled) })),
            Box::new(|_| Ok(())),
        );
        let why = refused.err().expect("refused");
        assert_eq!(why, NotARead(risk));
        assert!(why.to_string().contains("only what reads"), "{why}");
    }
}

#[tokio::test]
async fn objects_are_objects_and_text_is_lines() {
    let running = json!({"Name": "RTCSRV", "Status": "Running"});
    let warning = || Event::Warning("slow".into());
    let (mut poller, told) = poller(vec![
        (
            vec![
                Event::Output("Services".into()),
                Event::object(running.clone()),
            ],
            Ok(0),
        ),
        (
            vec![Event::object(json!([running, running])), warning()],
            Ok(0),
        ),
        (
            vec![
                Event::Output("Ready  ".into()),
                Event::Output(" ".into()),
                warning(),
            ],
            Ok(0),
        ),
        (Vec::new(), Ok(0)),
        (
            vec![
                Event::object(running.clone()),
                Event::error("Access is denied."),
            ],
            Ok(0),
        ),
        (Vec::new(), Ok(3)),
        (Vec::new(), Err(TransportError::Cancelled)),
        (
            (0..20)
                .map(|_| Event::Output("x".repeat(1 << 20)))
                .collect(),
            Ok(0),
        ),
    ]);
    assert_eq!(ask(&mut poller).await, Ok(vec![running.clone()]));
    assert_eq!(
        ask(&mut poller).await,
        Ok(vec![running.clone(), running.clone()])
    );
    assert_eq!(ask(&mut poller).await, Ok(vec![json!("Ready")]));
    assert_eq!(ask(&mut poller).await, Ok(vec![]));
    assert_eq!(
        ask(&mut poller).await,
        Err("failed: Access is denied.".into())
    );
    assert_eq!(
        ask(&mut poller).await,
        Err("failed: PowerShell ended with exit code 3".into())
    );
    assert!(
        ask(&mut poller)
            .await
            .is_err_and(|e| e.starts_with("no way"))
    );
    assert!(ask(&mut poller).await.is_err_and(|e| e.contains("16 MB")));
    let told = told.lock().expect("not poisoned").clone();
    assert_eq!(told, ["Get-CsWindowsService", "warning: slow"]);
}

#[tokio::test(start_paused = true)]
async fn any_asker_keeps_the_pace() {
    let (poller, _) = poller(vec![(vec![Event::object(json!({"A": 1}))], Ok(0))]);
    let (control, wishes) = mpsc::channel(8);
    let (sender, mut polls) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let second = Duration::from_secs(1);
    let begun = tokio::time::Instant::now();
    let engine = tokio::spawn(run(
        poller,
        Pace::every(10 * second),
        wishes,
        sender,
        stop.clone(),
    ));
    for n in 0..5 {
        polls.recv().await.expect("a poll");
        assert_eq!(begun.elapsed().as_secs(), n * 10);
    }
    control.send(Control::Now).await.expect("heard");
    polls.recv().await.expect("at once");
    assert_eq!(begun.elapsed().as_secs(), 40);
    stop.cancel();
    engine.await.expect("ends");
}
