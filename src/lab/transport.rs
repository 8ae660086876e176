//! The lab as a way to a server: what any other transport does, without a server.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Lab;
use super::clock::SystemClock;
use super::shell::{COMPUTER, Options, Shell};
use crate::execute::host::question::{Open, told};
use crate::execute::transport::BoxFuture;
use crate::execute::{
    Asker, BeforeSending, Event, EventSender, JobState, Transport, TransportError,
};
use crate::gate::Approved;

/// Who runs commands in the lab, as its `whoami` says.
const USER: &str = "kestrel\\fieldeng";

/// Runs approved text on the lab in one folder.
#[derive(Debug, Clone)]
pub struct LabTransport {
    dir: PathBuf,
    asker: Arc<dyn Asker>,
}

impl LabTransport {
    /// The lab in `dir` (`lab` in csdeck's data folder); it is made at the first run. What commands
    /// ask goes to `asker`.
    pub fn new(dir: impl Into<PathBuf>, asker: &Arc<dyn Asker>) -> Self {
        LabTransport {
            dir: dir.into(),
            asker: Arc::clone(asker),
        }
    }
}

impl Transport for LabTransport {
    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(async move {
            // A closed receiver is no error here and below: the run goes on unheard.
            let _ = events.send(Event::State(JobState::Connecting)).await;
            if cancel.is_cancelled() {
                return Err(TransportError::Cancelled);
            }
            let dir = self.dir.clone();
            let opened = tokio::task::spawn_blocking(move || Lab::open(dir)).await;
            let lab = match opened {
                Ok(Ok(lab)) => lab,
                Ok(Err(error)) => return Err(TransportError::Setup(error.to_string())),
                Err(error) => return Err(TransportError::Setup(error.to_string())),
            };
            before.pass().await?;
            let _ = events.send(Event::State(JobState::Running)).await;
            let (text, sender, stop) =
                (invocation.text().to_owned(), events.clone(), cancel.clone());
            let asker = Arc::clone(&self.asker);
            let mut work = tokio::task::spawn_blocking(move || {
                let ask = |prompt: &str, secret: bool| {
                    let open = Open::put(&asker, ("lab", USER, COMPUTER), prompt, secret);
                    match open.wait(&|| stop.is_cancelled())? {
                        Ok(answer) => Some(answer),
                        Err(why) => {
                            let _ = sender.blocking_send(told(prompt, why));
                            None
                        }
                    }
                };
                let mut sink = |event| {
                    let _ = sender.blocking_send(event);
                };
                Shell::new(&lab, &SystemClock, Options::WARM)
                    .asking(&ask)
                    .run(&text, &mut sink, &|| stop.is_cancelled())
            });
            let ended = tokio::select! {
                ended = &mut work => ended,
                () = cancel.cancelled() => {
                    let _ = events.send(Event::State(JobState::Cancelling)).await;
                    work.await
                }
            };
            match ended {
                Ok(outcome) if outcome.cancelled => Err(TransportError::Cancelled),
                Ok(outcome) => Ok(outcome.exit),
                Err(error) => Err(TransportError::Setup(format!(
                    "the lab broke down: {error}"
                ))),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::execute::EVENT_BUFFER;
    use crate::execute::ask::{Nobody, Question, Unanswered};
    use crate::gate::{Confirmation, Guard, assess};
    use crate::store::secret::Secret;

    fn transport(dir: impl Into<PathBuf>) -> LabTransport {
        let nobody: Arc<dyn Asker> = Arc::new(Nobody);
        LabTransport::new(dir, &nobody)
    }

    fn approved(text: &str) -> Approved {
        let said = Confirmation::Typed("lab".into());
        assess(text, "lab", Guard::Normal)
            .and_then(|a| a.approve(&said))
            .expect("approved")
    }

    #[tokio::test]
    async fn states_come_before_the_output_and_the_exit_code_last() {
        let dir = tempfile::tempdir().expect("a folder");
        let transport = transport(dir.path().join("lab"));
        let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
        let exit = transport
            .run(
                &approved("hostname\nGet-Nothing"),
                sender,
                CancellationToken::new(),
            )
            .await;
        assert_eq!(exit, Ok(1));
        let mut seen = Vec::new();
        while let Some(event) = events.recv().await {
            seen.push(event);
        }
        let expected = [
            Event::State(JobState::Connecting),
            Event::State(JobState::Running),
            Event::Output("SGFE01".into()),
        ];
        assert_eq!(seen[..3], expected);
        assert!(seen.iter().any(|e| matches!(e, Event::Error(_))));
    }

    #[tokio::test]
    async fn a_cancelled_run_says_so_and_does_no_more() {
        let dir = tempfile::tempdir().expect("a folder");
        let transport = transport(dir.path());
        let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
        let cancel = CancellationToken::new();
        let work = approved("hostname; Start-Sleep -Seconds 600; Enable-CsTopology");
        let run = transport.run(&work, sender, cancel.clone());
        let watch = async {
            let mut seen = Vec::new();
            while let Some(event) = events.recv().await {
                if matches!(event, Event::Output(_)) {
                    cancel.cancel();
                }
                seen.push(event);
            }
            seen
        };
        let (ended, seen) = tokio::join!(run, watch);
        assert_eq!(ended, Err(TransportError::Cancelled));
        assert_eq!(seen.last(), Some(&Event::State(JobState::Cancelling)));
        let lab = Lab::open(dir.path()).expect("opens");
        assert!(lab.state().expect("reads").publishes.is_empty());
    }

    #[tokio::test]
    async fn nobody_listening_is_no_error() {
        let dir = tempfile::tempdir().expect("a folder");
        let transport = transport(dir.path());
        let (sender, events) = mpsc::channel(1);
        drop(events);
        let ended = transport
            .run(
                &approved("Enable-CsTopology; hostname"),
                sender,
                CancellationToken::new(),
            )
            .await;
        assert_eq!(ended, Ok(0));
        assert_eq!(
            Lab::open(dir.path())
                .expect("opens")
                .state()
                .expect("reads")
                .publishes
                .len(),
            1
        );
    }

    /// Answers with the same word.
    struct User;

    impl Asker for User {
        fn ask(&self, _: &Question, _: &dyn Fn() -> bool) -> Result<Vec<Secret>, Unanswered> {
            Ok(vec![Secret::new("hush5".into())])
        }
    }

    #[tokio::test]
    async fn what_a_command_asks_is_answered_or_told() {
        let dir = tempfile::tempdir().expect("a folder");
        let user: Arc<dyn Asker> = Arc::new(User);
        let text = "$pin = Read-Host -AsSecureString PIN; \"$pin\"; $name = Read-Host Name; $name";
        for (transport, exit) in [
            (LabTransport::new(dir.path(), &user), 0),
            (transport(dir.path()), 1),
        ] {
            let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
            let ended = transport
                .run(&approved(text), sender, CancellationToken::new())
                .await;
            assert_eq!(ended, Ok(exit));
            let mut seen = Vec::new();
            while let Some(event) = events.recv().await {
                seen.push(event);
            }
            let lines: Vec<&Event> = seen
                .iter()
                .filter(|e| !matches!(e, Event::State(_)))
                .collect();
            if exit == 0 {
                let shown =
                    ["System.Security.SecureString", "hush5"].map(|l| Event::Output(l.into()));
                assert_eq!(lines, shown.iter().collect::<Vec<_>>());
            } else {
                assert!(
                    matches!(lines[0], Event::Error(why) if why.text.contains("\"PIN\"")),
                    "{lines:?}"
                );
                assert!(
                    matches!(lines[1], Event::Error(why) if why.text.contains("nobody answered: PIN"))
                );
            }
        }
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_is_a_set_up_error() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("file");
        std::fs::write(&file, "").expect("written");
        let (sender, _events) = mpsc::channel(EVENT_BUFFER);
        let ended = transport(file.join("lab"))
            .run(&approved("hostname"), sender, CancellationToken::new())
            .await;
        assert!(matches!(ended, Err(TransportError::Setup(_))), "{ended:?}");
    }
}
