//! A PowerShell that is kept between two commands.

use std::path::Path;

use super::*;
use crate::execute::ask::{Question, Unanswered};
use crate::store::secret::Secret;

/// Speaks as `host.ps1` does; what it answers depends on the text.
const KEPT: &str = include_str!("../../../../tests/support/kept.sh");

/// Answers nothing.
const SILENT: &str = "#!/bin/sh\nif [ \"$#\" -gt 0 ]; then text=$(cat); echo \"${text#*: }\"; fi\n";

async fn say(
    transport: &LocalTransport,
    text: &str,
    cancel_on: Option<&str>,
) -> (Vec<Event>, Result<i32, TransportError>) {
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let read = async {
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            if matches!((&event, cancel_on), (Event::Output(line), Some(word)) if line == word) {
                cancel.cancel();
            }
            events.push(event);
        }
        events
    };
    let (ended, events) = tokio::join!(transport.run_text(text, sender, token), read);
    (events, ended)
}

fn started(folder: &Path) -> usize {
    let text = std::fs::read_to_string(folder.join("powershell.started")).unwrap_or_default();
    text.lines().count()
}

fn outputs(events: &[Event]) -> Vec<&str> {
    let texts = events.iter().filter_map(|e| match e {
        Event::Output(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[tokio::test]
async fn a_second_command_runs_in_the_same_process() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), KEPT, Session::Warm);
    let (first, ended) = say(&transport, "Get-X", None).await;
    assert_eq!(ended, Ok(0));
    assert!(first.contains(&Event::object(serde_json::json!({ "a": [1, null] }))));
    let (second, _) = say(&transport, "Get-Y", None).await;
    assert_eq!(outputs(&first), outputs(&second));
    assert_eq!(started(folder.path()), 1);
    // What ends its process gets one of its own.
    let (_, _) = say(&transport, "exit 3", None).await;
    assert_eq!(started(folder.path()), 2);
}

#[tokio::test]
async fn two_at_once_are_two_processes() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), KEPT, Session::Warm);
    let (one, two) = tokio::join!(
        say(&transport, "Get-X", None),
        say(&transport, "Get-Y", None)
    );
    assert_ne!(outputs(&one.0), outputs(&two.0));
    assert_eq!((one.1, two.1), (Ok(0), Ok(0)));
}

#[tokio::test]
async fn noise_and_both_streams_come_out() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), KEPT, Session::Warm);
    let (events, ended) = say(&transport, "Get-Noise", None).await;
    assert_eq!(ended, Ok(0));
    assert_eq!(outputs(&events), ["no end\u{1}\u{fffd}", "text"]);
    assert!(events.contains(&Event::Error("oops".into())));
}

#[tokio::test]
async fn a_gap_in_the_answer_fails_the_command() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), KEPT, Session::Warm);
    let (events, ended) = say(&transport, "Get-Lie", None).await;
    assert_eq!(ended, Ok(1));
    assert!(
        events
            .iter()
            .any(|e| matches!(e, Event::Error(why) if why.text.contains("damaged")))
    );
}

#[tokio::test]
async fn a_stop_leaves_the_process() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), KEPT, Session::Warm);
    let (events, ended) = say(&transport, "Get-Slow", Some("started")).await;
    assert_eq!(ended, Err(TransportError::Cancelled));
    assert!(events.contains(&Event::State(JobState::Cancelling)));
    assert!(
        events
            .iter()
            .any(|e| matches!(e, Event::Warning(how) if how.contains("Ctrl-C")))
    );
    assert_eq!(say(&transport, "Get-X", None).await.1, Ok(0));
    assert_eq!(started(folder.path()), 1);
}

#[tokio::test]
async fn what_does_not_stop_is_ended_and_the_next_command_gets_a_new_process() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = LocalTransport {
        stop: Duration::from_millis(300),
        ..transport(folder.path(), KEPT, Session::Warm)
    };
    let (events, ended) = say(&transport, "Get-Deaf", Some("started")).await;
    assert_eq!(ended, Err(TransportError::Cancelled));
    assert!(
        events
            .iter()
            .any(|e| matches!(e, Event::Warning(how) if how.contains("was ended")))
    );
    assert_eq!(say(&transport, "Get-X", None).await.1, Ok(0));
    assert_eq!(started(folder.path()), 2);
}

#[tokio::test]
async fn a_process_that_dies_loses_its_command_and_is_replaced_aloud() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), KEPT, Session::Warm);
    let (events, ended) = say(&transport, "Get-Die", None).await;
    assert_eq!(outputs(&events), ["half a line"]);
    assert!(
        matches!(&ended, Err(TransportError::Lost { reason, .. }) if reason.contains('9')),
        "{ended:?}"
    );
    let (first, _) = say(&transport, "Get-X", None).await;
    let killed = outputs(&first)[0].to_owned();
    let status = std::process::Command::new("kill")
        .args(["-KILL", &killed])
        .status();
    assert!(status.expect("kill").success());
    // Until the kernel has told.
    for _ in 0..100 {
        if !transport.lock().iter_mut().all(|warm| warm.lives()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (events, ended) = say(&transport, "Get-X", None).await;
    assert_eq!(ended, Ok(0));
    assert!(
        events
            .iter()
            .any(|e| matches!(e, Event::Verbose(said) if said.contains("a new one")))
    );
}

#[tokio::test]
async fn a_program_that_keeps_no_session_gets_a_process_for_each_command() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = LocalTransport {
        hello: Duration::from_millis(500),
        ..transport(folder.path(), SILENT, Session::Warm)
    };
    let (events, ended) = say(&transport, "Get-X", None).await;
    assert_eq!((outputs(&events), ended), (vec!["Get-X"], Ok(0)));
    assert!(
        events
            .iter()
            .any(|e| matches!(e, Event::Verbose(said) if said.contains("process of its own")))
    );
    // Said once.
    let (events, _) = say(&transport, "Get-Y", None).await;
    assert_eq!(outputs(&events), ["Get-Y"]);
    assert!(!events.iter().any(|e| matches!(e, Event::Verbose(_))));
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), KEPT, Session::Warm);
    let (events, ended) = say(&transport, "Get-Ask", None).await;
    assert_eq!((outputs(&events), ended), (vec!["refuse"], Ok(0)));
    // The job has failed all the same, and why is told with the command's words.
    let told = |e: &Event| matches!(e, Event::Error(why) if why.text.contains("\"PIN\"") && why.text.contains("terminal"));
    assert!(events.iter().any(told), "{events:?}");
}

/// Answers with the same word, or waits until nobody wants the answer.
#[derive(Default)]
struct User {
    word: Option<&'static str>,
    asked: Mutex<Vec<Question>>,
    /// Cancelled when asked.
    cancel: CancellationToken,
    withdrawn: AtomicBool,
}

impl Asker for User {
    fn ask(
        &self,
        question: &Question,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Vec<Secret>, Unanswered> {
        self.asked.lock().unwrap().push(question.clone());
        self.cancel.cancel();
        if let Some(word) = self.word {
            return Ok(vec![Secret::new(word.into())]);
        }
        let gone = (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            !wanted()
        });
        self.withdrawn.store(gone, Ordering::Relaxed);
        Err(Unanswered::Refused)
    }
}

fn asking(folder: &Path, user: &Arc<User>) -> LocalTransport {
    LocalTransport {
        asker: Arc::clone(user) as Arc<dyn Asker>,
        ..transport(folder, KEPT, Session::Warm)
    }
}

#[tokio::test]
async fn the_user_answers_what_the_command_asks() {
    let folder = tempfile::tempdir().expect("folder");
    let user = Arc::new(User {
        word: Some("Zoë 7"),
        ..User::default()
    });
    let transport = asking(folder.path(), &user);
    let (events, ended) = say(&transport, "Get-Tell", None).await;
    assert_eq!((outputs(&events), ended), (vec!["Zoë 7"], Ok(0)));
    let (events, _) = say(&transport, "Get-Ask", None).await;
    assert_eq!(outputs(&events), ["answer"]);
    assert!(!format!("{events:?} {transport:?}").contains("Zoë"));
    let asked = user.asked.lock().unwrap();
    let echoes: Vec<(&str, bool)> = asked
        .iter()
        .flat_map(|q| &q.prompts)
        .map(|p| (p.text.as_str(), p.echo))
        .collect();
    assert_eq!(echoes, [("Name:", true), ("PIN:", false)]);
    assert!(
        asked[0]
            .head()
            .starts_with("the command on lab (this machine) asks")
    );
}

#[tokio::test]
async fn a_cancel_withdraws_the_question() {
    let folder = tempfile::tempdir().expect("folder");
    let user = Arc::new(User::default());
    let transport = asking(folder.path(), &user);
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let read = async { while receiver.recv().await.is_some() {} };
    let run = transport.run_text("Get-Ask", sender, user.cancel.clone());
    let (ended, ()) = tokio::join!(run, read);
    assert_eq!(ended, Err(TransportError::Cancelled));
    for _ in 0..500 {
        if user.withdrawn.load(Ordering::Relaxed) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(user.withdrawn.load(Ordering::Relaxed));
    // The PowerShell lives and takes the next command.
    assert_eq!(say(&transport, "Get-X", None).await.1, Ok(0));
    assert_eq!(started(folder.path()), 1);
}

#[tokio::test]
async fn a_process_of_its_own_says_beforehand_that_it_cannot_ask() {
    let folder = tempfile::tempdir().expect("folder");
    let transport = transport(folder.path(), super::PROGRAM, Session::Single);
    let (events, _) = say(&transport, "Set-X (Read-Host 'Name')", None).await;
    let warned = events
        .iter()
        .position(|e| matches!(e, Event::Warning(why) if why.contains("cannot ask")));
    let running = events
        .iter()
        .position(|e| *e == Event::State(JobState::Running));
    assert!(warned.is_some() && warned < running, "{events:?}");
}
