//! What a command asks (`Read-Host`), put to the user while its run goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use crate::execute::ask::{Asker, Asks, Choice, Prompt, Question, Unanswered};
use crate::execute::event::Event;
use crate::execute::host::needs_own_process;
use crate::powershell;
use crate::store::secret::Secret;

/// Characters of a prompt that are shown.
const LONGEST: usize = 1000;

/// How often a thread that waits looks for the answer.
const LOOK: Duration = Duration::from_millis(20);

/// What a question comes to.
pub type Answer<T = Secret> = Result<T, Unanswered>;

/// A question that the user thinks about, in a thread of its own: neither a connection nor a runtime
/// waits. Dropped, it is withdrawn.
#[derive(Debug)]
pub struct Open<T = Secret> {
    prompt: String,
    answer: oneshot::Receiver<Answer<T>>,
    wanted: Arc<AtomicBool>,
}

impl Open {
    /// Asks for one answer. `target`, `user` and `address` say whose command it is, the prompt is the server's own;
    /// the answer to a `secret` one is not seen while it is typed.
    pub fn put(
        asker: &Arc<dyn Asker>,
        (target, user, address): (&str, &str, &str),
        prompt: &str,
        secret: bool,
    ) -> Open {
        let prompt: String = prompt.trim().chars().take(LONGEST).collect();
        let question = Question {
            asks: Asks::Command,
            target: target.to_owned(),
            user: user.to_owned(),
            address: address.to_owned(),
            instructions: String::new(),
            // PowerShell's own host writes the colon.
            prompts: vec![Prompt::new(
                match prompt.as_str() {
                    "" => "a value:".to_owned(),
                    prompt => format!("{prompt}:"),
                },
                !secret,
            )],
        };
        Open::asked(asker, prompt, move |asker, wanted| {
            let first = |all: Vec<Secret>| all.into_iter().next().ok_or(Unanswered::Refused);
            asker.ask(&question, wanted).and_then(first)
        })
    }
}

impl Open<Vec<Secret>> {
    /// Asks for several answers: a credential, the fields of `$Host.UI.Prompt`.
    pub fn put_all(asker: &Arc<dyn Asker>, question: Question) -> Open<Vec<Secret>> {
        let prompts: Vec<&str> = question.prompts.iter().map(|p| p.text.trim()).collect();
        Open::asked(asker, prompts.join(" "), move |asker, wanted| {
            asker.ask(&question, wanted)
        })
    }
}

impl Open<usize> {
    /// Asks for one of several answers; it comes as its place.
    pub fn choose(asker: &Arc<dyn Asker>, question: Question, choice: Choice) -> Open<usize> {
        let prompt = choice.message.trim().chars().take(LONGEST).collect();
        Open::asked(asker, prompt, move |asker, wanted| {
            asker.choose(&question, &choice, wanted)
        })
    }
}

impl<T: Send + 'static> Open<T> {
    fn asked(
        asker: &Arc<dyn Asker>,
        prompt: String,
        ask: impl FnOnce(&dyn Asker, &dyn Fn() -> bool) -> Answer<T> + Send + 'static,
    ) -> Open<T> {
        let (sender, answer) = oneshot::channel();
        let wanted = Arc::new(AtomicBool::new(true));
        let (asker, still) = (Arc::clone(asker), Arc::clone(&wanted));
        // Without a thread the sender is dropped: nobody answers.
        let _ = std::thread::Builder::new()
            .name("question".into())
            .spawn(move || {
                let _ = sender.send(ask(asker.as_ref(), &|| still.load(Ordering::Relaxed)));
            });
        Open {
            prompt,
            answer,
            wanted,
        }
    }

    /// The answer, once it is there.
    pub async fn answered(&mut self) -> Answer<T> {
        (&mut self.answer).await.unwrap_or(Err(Unanswered::Nobody))
    }

    /// The answer if it is there; `None` while the user thinks.
    pub fn look(&mut self) -> Option<Answer<T>> {
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Closed) => Some(Err(Unanswered::Nobody)),
        }
    }

    /// Waits for the answer in this thread; `None` when it is not wanted any more.
    pub fn wait(mut self, unwanted: &dyn Fn() -> bool) -> Option<Answer<T>> {
        while !unwanted() {
            if let Some(answer) = self.look() {
                return Some(answer);
            }
            std::thread::sleep(LOOK);
        }
        None
    }

    /// What is told of a question that has no answer.
    pub fn unanswered(&self, why: Unanswered) -> Event {
        told(&self.prompt, why)
    }
}

impl<T> Drop for Open<T> {
    fn drop(&mut self) {
        self.wanted.store(false, Ordering::Relaxed);
    }
}

/// What is told of a prompt without an answer. A command that nobody could answer has failed,
/// whatever it makes of that.
pub fn told(prompt: &str, why: Unanswered) -> Event {
    let prompt: String = prompt.chars().take(LONGEST).collect();
    match why {
        Unanswered::Nobody => Event::error(format!(
            "the command asks {prompt:?}, and there is nobody to answer: it was told so. Run it on a terminal or in the console"
        )),
        Unanswered::Refused => Event::Warning(format!(
            "the command asked {prompt:?} and got no answer: it was told so"
        )),
    }
}

/// What is told before a text goes to a process of its own, which nobody can answer, with the reason
/// that it does: `single` when the target keeps none. `None` when it asks nothing.
pub fn cannot_answer(text: &str, single: bool) -> Option<String> {
    let asks = powershell::parse(text)
        .is_ok_and(|script| script.commands.iter().any(|c| c.is("Read-Host")));
    if !asks {
        return None;
    }
    let mut why = "the text asks (Read-Host) and runs in a PowerShell of its own, which cannot ask: it will fail there".to_owned();
    if single {
        why += ". No PowerShell stays for this target: session = \"warm\" keeps one, when it answers there";
    }
    if let Some(own) = needs_own_process(text) {
        why += &format!(
            ". This text gets its own in any case: {own}. Take that out, or run it by itself"
        );
    }
    Some(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::ask::Nobody;

    #[test]
    fn a_text_that_asks_is_known() {
        assert!(cannot_answer("Set-X -Pin (Read-Host -AsSecureString 'Pin')", false).is_some());
        assert!(cannot_answer("if ($a) { $b = read-host }", false).is_some());
        assert!(cannot_answer("Get-X 'Read-Host' # Read-Host", false).is_none());
    }

    #[test]
    fn the_true_reason_is_told() {
        let why = |text: &str, single: bool| cannot_answer(text, single).unwrap_or_default();
        let (warm, program) = ("session = \"warm\"", "it starts a program (hostname)");
        for (text, single, says) in [
            ("Read-Host 'PIN'", true, [true, false]),
            ("hostname; Read-Host 'PIN'", false, [false, true]),
            ("hostname; Read-Host 'PIN'", true, [true, true]),
        ] {
            let why = why(text, single);
            assert_eq!([warm, program].map(|w| why.contains(w)), says, "{why}");
        }
    }

    #[test]
    fn nobody_is_told_with_the_prompt_and_fails() {
        let asker: Arc<dyn Asker> = Arc::new(Nobody);
        let mut open = Open::put(&asker, ("fe01", "ann", "fe01:22"), " PIN ", true);
        let answer = (0..500).find_map(|_| {
            std::thread::sleep(LOOK);
            open.look()
        });
        let Some(Err(why)) = answer else {
            panic!("{answer:?}")
        };
        let told = open.unanswered(why);
        assert!(matches!(told, Event::Error(e) if e.text.contains("\"PIN\"")));
    }

    #[test]
    fn what_is_not_wanted_is_not_waited_for() {
        /// Answers when it is withdrawn.
        struct Slow;
        impl Asker for Slow {
            fn ask(
                &self,
                _: &Question,
                wanted: &dyn Fn() -> bool,
            ) -> Result<Vec<Secret>, Unanswered> {
                for _ in 0..1000 {
                    if !wanted() {
                        break;
                    }
                    std::thread::sleep(LOOK);
                }
                Err(Unanswered::Refused)
            }
        }
        let asker: Arc<dyn Asker> = Arc::new(Slow);
        let open = Open::put(&asker, ("fe01", "ann", "fe01:22"), "PIN", false);
        let looks = std::cell::Cell::new(0);
        let unwanted = || {
            looks.set(looks.get() + 1);
            looks.get() > 3
        };
        assert!(open.wait(&unwanted).is_none());
    }
}
