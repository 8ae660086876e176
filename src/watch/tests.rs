//! The engine against a made-up server, in time that does not pass by itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::execute::transport::BoxFuture;
use crate::execute::{BeforeSending, Event, EventSender, Target, Transport, TransportError};
use crate::gate::Approved;
use crate::replication::{Options, Question, Verdict, Watcher};

/// What the server does with a text, given how long it has been there.
type Serve = dyn Fn(&str, Duration) -> Said + Send + Sync;

/// An answer, and how long it takes.
struct Said {
    after: Duration,
    events: Vec<Event>,
    end: Result<i32, TransportError>,
}

struct Server {
    begun: Instant,
    serve: Box<Serve>,
    heard: Mutex<Vec<String>>,
}

impl Transport for Server {
    fn run_after<'a>(
        &'a self,
        _before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(async move {
            self.heard
                .lock()
                .expect("not poisoned")
                .push(invocation.text().to_owned());
            let said = (self.serve)(invocation.text(), self.begun.elapsed());
            tokio::select! {
                () = cancel.cancelled() => return Err(TransportError::Cancelled),
                () = tokio::time::sleep(said.after) => {}
            }
            for event in said.events {
                let _ = events.send(event).await;
            }
            said.end
        })
    }
}

const START: &str = "2026-03-04T10:00:00Z";

fn start() -> Timestamp {
    START.parse().expect("a time")
}

/// A row for each name, as the shape has it.
fn shape(now: Timestamp, rows: &[(&str, bool)]) -> Vec<Event> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(fqdn, done)| {
            let made = start() - SignedDuration::from_secs(30);
            let report = made + SignedDuration::from_secs(if *done { 20 } else { -900 });
            serde_json::json!({
                "replica": fqdn, "upToDate": done, "lastStatusUtc": report.to_string(),
                "lastUpdateUtc": made.to_string(), "version": "6.0.9319.0",
            })
        })
        .collect();
    let shape =
        serde_json::json!({ "sampledUtc": now.to_string(), "source": "fe01", "rows": rows });
    vec![Event::Output(shape.to_string())]
}

fn answer(after: Duration, events: Vec<Event>) -> Said {
    Said {
        after,
        events,
        end: Ok(0),
    }
}

fn server(serve: impl Fn(&str, Duration) -> Said + Send + Sync + 'static) -> Arc<Server> {
    Arc::new(Server {
        begun: Instant::now(),
        serve: Box::new(serve),
        heard: Mutex::default(),
    })
}

struct Watching {
    polls: mpsc::Receiver<Poll>,
    control: mpsc::Sender<Control>,
    stop: CancellationToken,
    told: Arc<Mutex<Vec<String>>>,
    begun: Instant,
}

fn watch(server: &Arc<Server>, every: Duration) -> Watching {
    let way: Arc<dyn Transport> = server.clone();
    let told = Arc::<Mutex<Vec<String>>>::default();
    let (into, heard) = (told.clone(), server.clone());
    let poller = Poller::new(
        Target::lab(),
        Box::new(move || {
            let way = way.clone();
            Box::pin(async move { Ok(way) })
        }),
        Box::new(move |what| {
            if let Told::Asks(approved, why) = what {
                // Told before it is sent.
                let sent = heard.heard.lock().expect("not poisoned");
                assert!(!sent.iter().any(|text| text == approved.text()));
                let why = why.unwrap_or("first");
                into.lock().expect("not poisoned").push(why.to_owned());
            }
            Ok(())
        }),
    );
    let (control, wishes) = mpsc::channel(8);
    let (sender, polls) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let begun = Instant::now();
    let pace = Pace {
        every,
        now: Box::new(move || {
            let passed = SignedDuration::try_from(begun.elapsed()).expect("short");
            start() + passed
        }),
    };
    tokio::spawn(run(poller, pace, wishes, sender, stop.clone()));
    Watching {
        polls,
        control,
        stop,
        told,
        begun,
    }
}

const SECOND: Duration = Duration::from_secs(1);
const LITTLE: Duration = Duration::from_millis(20);

fn seconds(passed: Duration) -> SignedDuration {
    SignedDuration::try_from(passed).expect("short")
}

#[tokio::test(start_paused = true)]
async fn a_flip_is_seen_within_one_interval() {
    for flip in [0, 1, 999, 4_999, 5_001, 12_345].map(Duration::from_millis) {
        let server = server(move |_, passed| {
            let rows = [
                ("fe01.kestrel.lan", true),
                ("edge01.kestrel.lan", passed >= flip),
            ];
            answer(LITTLE, shape(start() + seconds(passed), &rows))
        });
        let mut watching = watch(&server, 5 * SECOND);
        let mut watcher = Watcher::new(Options {
            polls: 1,
            ..Options::default()
        });
        let mut converged = None;
        for _ in 0..10 {
            let poll = watching.polls.recv().await.expect("a poll");
            if poll.feed(&mut watcher, "lab").verdict == Verdict::Converged {
                converged = Some(watching.begun.elapsed());
                break;
            }
        }
        let converged = converged.expect("converged");
        assert!(converged >= flip);
        assert!(
            converged - flip <= 5 * SECOND + Duration::from_millis(100),
            "{flip:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn polls_keep_their_time_however_long_an_answer_takes() {
    let server = server(|_, passed| {
        let slow = Duration::from_millis(passed.as_millis() as u64 * 7 % 800);
        answer(slow, shape(start(), &[("fe01.kestrel.lan", true)]))
    });
    let mut watching = watch(&server, SECOND);
    for n in 0..600 {
        watching.polls.recv().await.expect("a poll");
        let passed = watching.begun.elapsed();
        assert!(
            passed >= n * SECOND && passed < (n + 1) * SECOND,
            "{n}: {passed:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_pace_is_changed_while_it_runs() {
    let server = server(|_, _| answer(LITTLE, shape(start(), &[("fe01.kestrel.lan", true)])));
    let mut watching = watch(&server, 10 * SECOND);
    let wish = async |wish| watching.control.send(wish).await.expect("heard");
    watching.polls.recv().await.expect("the first");
    wish(Control::Pause).await;
    let none = tokio::time::timeout(600 * SECOND, watching.polls.recv()).await;
    assert!(none.is_err(), "paused");
    wish(Control::Now).await;
    watching.polls.recv().await.expect("one poll");
    let none = tokio::time::timeout(600 * SECOND, watching.polls.recv()).await;
    assert!(none.is_err(), "still paused");
    wish(Control::Resume).await;
    watching.polls.recv().await.expect("at once");
    wish(Control::Every(2 * SECOND)).await;
    let before = Instant::now();
    for _ in 0..5 {
        watching.polls.recv().await.expect("a poll");
    }
    let passed = before.elapsed();
    assert!(passed <= 10 * SECOND && passed >= 9 * SECOND, "{passed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_text_that_is_not_taken_is_followed_by_a_plainer_one() {
    let first = Question::first(false).text();
    let server = server(move |text, _| {
        if text == first {
            let error = "Cannot invoke method. Method invocation is supported only on core types \
                         in this language mode.";
            return answer(LITTLE, vec![Event::error(error)]);
        }
        answer(LITTLE, vec![Event::Output("[]".into())])
    });
    let mut watching = watch(&server, SECOND);
    let poll = watching.polls.recv().await.expect("a poll");
    assert!(matches!(poll.answer, Answer::Rows(_)), "{:?}", poll.answer);
    watching.polls.recv().await.expect("another");
    let heard = server.heard.lock().expect("not poisoned").clone();
    assert_eq!(heard.iter().filter(|text| *text == first).count(), 1);
    let told = watching.told.lock().expect("not poisoned").clone();
    assert_eq!(told[0], "first");
    assert!(told[1].contains("language mode"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_no_reason_to_ask_more_plainly() {
    let server = server(|_, _| answer(LITTLE, vec![Event::error("Access is denied.")]));
    let mut watching = watch(&server, SECOND);
    let poll = watching.polls.recv().await.expect("a poll");
    assert!(matches!(&poll.answer, Answer::Failed(why) if why.contains("denied")));
    assert_eq!(server.heard.lock().expect("not poisoned").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_is_left_alone_for_longer() {
    let server = server(|_, _| Said {
        after: LITTLE,
        events: Vec::new(),
        end: Err(TransportError::Unreachable {
            address: "fe01:22".into(),
            reason: "refused".into(),
        }),
    });
    let mut watching = watch(&server, 5 * SECOND);
    let mut waits = Vec::new();
    for _ in 0..6 {
        waits.push(watching.polls.recv().await.expect("a poll").wait.as_secs());
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_it_within_a_poll_too() {
    let server = server(|_, _| answer(3_600 * SECOND, Vec::new()));
    let mut watching = watch(&server, SECOND);
    tokio::time::sleep(SECOND).await;
    watching.stop.cancel();
    assert!(watching.polls.recv().await.is_none());
    assert!(watching.begun.elapsed() < 2 * SECOND);
}
