//! The user as the one who answers what servers ask.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::mpsc;

use super::dialog::{Asking, Choosing, Picked, Reply};
use super::message::Message;
use crate::execute::ask::{Asker, Choice, Question, Unanswered};
use crate::store::secret::Secret;

/// How often is looked whether the answer is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// Puts questions into the console's state. Its dialog is the only one that can answer: when that is
/// gone, in whatever way, the question is refused.
pub struct ConsoleAsker {
    messages: mpsc::Sender<Message>,
    count: AtomicU64,
}

impl ConsoleAsker {
    /// One that asks through these messages.
    pub fn new(messages: mpsc::Sender<Message>) -> ConsoleAsker {
        ConsoleAsker {
            messages,
            count: AtomicU64::new(0),
        }
    }
}

impl Asker for ConsoleAsker {
    fn ask(
        &self,
        question: &Question,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Vec<Secret>, Unanswered> {
        self.put(wanted, |id, reply| {
            let asking = Asking::new(id, question.clone(), Reply(reply));
            Message::Asked(Box::new(asking))
        })
    }

    fn choose(
        &self,
        question: &Question,
        choice: &Choice,
        wanted: &dyn Fn() -> bool,
    ) -> Result<usize, Unanswered> {
        self.put(wanted, |id, reply| {
            let (question, choice) = (question.clone(), choice.clone());
            let choosing = Choosing::new(id, question, choice, Picked(reply));
            Message::Chooses(Box::new(choosing))
        })
    }
}

impl ConsoleAsker {
    /// Sends a question with the way back, and waits for what comes of it.
    fn put<T>(
        &self,
        wanted: &dyn Fn() -> bool,
        question: impl FnOnce(u64, SyncSender<T>) -> Message,
    ) -> Result<T, Unanswered> {
        let id = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let (reply, replied) = sync_channel(1);
        // The console has ended when nobody takes it.
        self.messages
            .blocking_send(question(id, reply))
            .map_err(|_| Unanswered::Refused)?;
        loop {
            match replied.recv_timeout(LOOK) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) if wanted() => {}
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.messages.blocking_send(Message::Withdrawn(id));
                    return Err(Unanswered::Refused);
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Unanswered::Refused),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::ask::{Asks, Prompt};

    fn question() -> Question {
        Question {
            asks: Asks::Server,
            target: "fe01".into(),
            user: "ann".into(),
            address: "fe01:22".into(),
            instructions: String::new(),
            prompts: vec![Prompt::new("Code:", true)],
        }
    }

    /// Asks from a thread of its own, as connections do; what the console does is the test's.
    fn asked(
        wanted: bool,
        console: impl FnOnce(Box<Asking>, &mut mpsc::Receiver<Message>),
    ) -> Result<Vec<String>, Unanswered> {
        let (messages, mut inbox) = mpsc::channel(8);
        let asker = ConsoleAsker::new(messages);
        let asking = std::thread::spawn(move || asker.ask(&question(), &|| wanted));
        match inbox.blocking_recv() {
            Some(Message::Asked(asking)) => console(asking, &mut inbox),
            other => panic!("{other:?}"),
        }
        let answers = asking.join().unwrap()?;
        Ok(answers.iter().map(|a| a.expose().to_owned()).collect())
    }

    #[test]
    fn the_answers_come_back() {
        let answers = asked(true, |mut asking, _| {
            asking.paste("123456");
            let (reply, answers) = asking.accept().unwrap();
            reply.0.send(answers).unwrap();
        });
        assert_eq!(answers, Ok(vec!["123456".to_owned()]));
    }

    #[test]
    fn a_dialog_that_goes_refuses() {
        assert_eq!(
            asked(true, |asking, _| drop(asking)),
            Err(Unanswered::Refused)
        );
    }

    #[test]
    fn a_question_nobody_waits_for_is_withdrawn() {
        let answers = asked(false, |asking, inbox| {
            let next = inbox.blocking_recv();
            assert!(matches!(next, Some(Message::Withdrawn(id)) if id == asking.id));
        });
        assert_eq!(answers, Err(Unanswered::Refused));
    }
}
