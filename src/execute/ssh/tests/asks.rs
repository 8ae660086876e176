//! What a command behind a real sshd asks, and who answers.

use super::questions::{Parrot, parrot};
use super::*;
use crate::execute::ask::Asks;
use crate::execute::ssh::tests::sshd::{SshdOptions, eventually};

const KEPT: &str = include_str!("../../../../tests/support/kept.sh");

fn server() -> Sshd {
    Sshd::with(SshdOptions {
        powershell: Some(KEPT.into()),
        ..SshdOptions::default()
    })
}

fn asking(sshd: &Sshd, asker: &Arc<Parrot>) -> SshTransport {
    let mut way = Way::to(sshd);
    way.target.session = Session::Warm;
    way.asker = Arc::clone(asker) as Arc<dyn Asker>;
    way.transport()
}

#[tokio::test]
async fn the_user_answers_and_a_refusal_is_told() {
    let sshd = server();
    let asker = parrot(&["Zoë 7", "271828"]);
    let transport = asking(&sshd, &asker);
    let said = run(&transport, "Get-Tell").await;
    assert_eq!((said.output(), &said.result), (vec!["Zoë 7"], &Ok(0)));
    let said = run(&transport, "Get-Ask").await;
    assert_eq!(said.output(), ["answer"]);
    assert!(!format!("{:?}", said.events).contains("271828"));
    // The third question has no answer.
    let said = run(&transport, "Get-Ask").await;
    assert_eq!(said.output(), ["refuse"]);
    let told = |e: &Event| matches!(e, Event::Warning(why) if why.contains("\"PIN\""));
    assert!(said.events.iter().any(told), "{:?}", said.events);
    let asked = asker.asked.lock().unwrap();
    let hidden: Vec<bool> = asked.iter().map(|q| !q.prompts[0].echo).collect();
    assert_eq!(hidden, [false, true, true]);
    assert!(
        asked
            .iter()
            .all(|q| q.asks == Asks::Command && q.target == "fe01")
    );
    assert_eq!(sshd.logins(), 1);
}

#[tokio::test]
async fn nobody_is_there_to_answer() {
    let sshd = server();
    let mut way = Way::to(&sshd);
    way.target.session = Session::Warm;
    let said = run(&way.transport(), "Get-Ask").await;
    assert_eq!(said.output(), ["refuse"]);
    assert!(said.errors().iter().any(|e| e.contains("\"PIN\"")));
}

/// One that thinks until nobody wants the answer.
fn thinker() -> Arc<Parrot> {
    Arc::new(Parrot {
        thinks: PATIENCE,
        ..Parrot::default()
    })
}

#[tokio::test]
async fn others_run_while_the_user_thinks_and_a_cancel_withdraws_the_question() {
    let sshd = server();
    let asker = thinker();
    let transport = Arc::new(asking(&sshd, &asker));
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let cancel = CancellationToken::new();
    let (runner, token) = (Arc::clone(&transport), cancel.clone());
    let asks = tokio::spawn(async move { runner.run_text("Get-Ask", sender, token).await });
    let heard = tokio::spawn(async move { while events.recv().await.is_some() {} });
    let asked = Arc::clone(&asker);
    tokio::task::spawn_blocking(move || {
        eventually("the question", || {
            (!asked.asked.lock().unwrap().is_empty()).then_some(())
        });
    })
    .await
    .unwrap();
    // On the same connection, by the same thread.
    assert_eq!(run(&transport, "Get-X").await.result, Ok(0));
    assert!(!asks.is_finished());
    cancel.cancel();
    let ended = tokio::time::timeout(PATIENCE, asks).await.expect("it ends");
    assert_eq!(ended.unwrap(), Err(TransportError::Cancelled));
    heard.await.unwrap();
    // Only the transport and the test hold the asker when its thread has ended.
    let holders = Arc::clone(&asker);
    drop(transport);
    tokio::task::spawn_blocking(move || {
        eventually("the question is withdrawn", || {
            (Arc::strong_count(&holders) == 2).then_some(())
        });
    })
    .await
    .unwrap();
    assert_eq!(sshd.logins(), 1);
}
