//! Questions with their words, their answers, and without them.

use std::collections::VecDeque;
use std::sync::Mutex;

use csdeck::execute::ask::{Asks, Choice, Question, Unanswered};

use super::*;

/// One answer to one question.
pub enum Answer {
    Lines(&'static [&'static str]),
    Choice(usize),
    No(Unanswered),
}

/// Gives prepared answers in order, and remembers what was asked.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<(Question, Option<Choice>)>>,
}

impl Script {
    pub fn of(answers: impl IntoIterator<Item = Answer>) -> Arc<Script> {
        Arc::new(Script {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
        })
    }

    pub fn asked(&self) -> Vec<(Question, Option<Choice>)> {
        self.asked.lock().unwrap().clone()
    }

    fn next(&self, question: &Question, choice: Option<&Choice>) -> Answer {
        self.asked
            .lock()
            .unwrap()
            .push((question.clone(), choice.cloned()));
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or(Answer::No(Unanswered::Nobody))
    }
}

impl Asker for Script {
    fn ask(&self, question: &Question, _: &dyn Fn() -> bool) -> Result<Vec<Secret>, Unanswered> {
        match self.next(question, None) {
            Answer::Lines(lines) => Ok(lines.iter().map(|l| Secret::new((*l).into())).collect()),
            Answer::Choice(_) => panic!("lines are asked: {question:?}"),
            Answer::No(why) => Err(why),
        }
    }

    fn choose(
        &self,
        question: &Question,
        choice: &Choice,
        _: &dyn Fn() -> bool,
    ) -> Result<usize, Unanswered> {
        match self.next(question, Some(choice)) {
            Answer::Choice(at) => Ok(at),
            Answer::Lines(_) => panic!("a choice is asked: {choice:?}"),
            Answer::No(why) => Err(why),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_fields_are_one_question() {
    let lab = Lab::start(&[]);
    let asker = Script::of([Answer::Lines(&["ann", "4711\u{20ac}", "5"])]);
    let transport = transport_of(&target(&lab), LIMITS, Arc::clone(&asker) as Arc<dyn Asker>);
    let ended = run(&transport, "lab-fields").await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    let secret = format!("Pin: secret of 5, sha256 {}", sha256("4711\u{20ac}"));
    assert_eq!(ended.output(), ["Identity: ann", &secret, "Count: 5"]);
    let (question, choice) = asker.asked().remove(0);
    assert_eq!((question.asks, choice), (Asks::Command, None));
    assert_eq!(
        (question.target.as_str(), question.user.as_str()),
        ("fe01", USER)
    );
    assert_eq!(question.address, format!("127.0.0.1:{}", lab.port()));
    assert_eq!(
        question.instructions,
        "cmdlet Set-LabUser at command pipeline position 1\nSupply values for the following parameters:"
    );
    let prompts: Vec<(&str, bool)> = question
        .prompts
        .iter()
        .map(|p| (p.text.as_str(), p.echo))
        .collect();
    assert_eq!(
        prompts,
        [("Identity:", true), ("Pin:", false), ("Count:", true)]
    );
    assert!(!format!("{:?}", ended.events).contains("4711"));
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_one_and_several() {
    let lab = Lab::start(&[]);
    let asker = Script::of([
        Answer::Choice(3),
        Answer::Lines(&["e, Mediation"]),
        Answer::Lines(&[""]),
        Answer::Lines(&["z"]),
    ]);
    let transport = transport_of(&target(&lab), LIMITS, Arc::clone(&asker) as Arc<dyn Asker>);
    for (text, said) in [
        ("lab-confirm", "chosen: 3 No to All"),
        ("lab-choices", "chosen: Edge, Mediation"),
        ("lab-choices", "chosen: Registrar, Mediation"),
    ] {
        let ended = run(&transport, text).await;
        assert_eq!(ended.output(), [said], "{:?}", ended.events);
    }
    let asked = asker.asked();
    let choice = asked[0].1.clone().expect("a choice");
    assert_eq!(
        choice.line(),
        "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"Y\"):"
    );
    assert!(
        choice.message.contains("\"pool01.kestrel.lan\""),
        "{choice:?}"
    );
    let words = &asked[1].0;
    assert_eq!(
        words.instructions,
        "Which services?\n[R] Registrar  [E] Edge  [M] Mediation"
    );
    assert_eq!(
        words.prompts[0].text,
        "Any of them, with commas; Enter takes [R] Registrar, [M] Mediation:"
    );
    // An answer that is none of them is no answer: the command hears so.
    let ended = run(&transport, "lab-choices").await;
    assert_eq!(ended.result, Ok(1), "{:?}", ended.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_for_a_known_user() {
    let lab = Lab::start(&[]);
    let asker = Script::of([Answer::Lines(&["kestrel\\bob", "b\u{f6}b"])]);
    let transport = transport_of(&target(&lab), LIMITS, Arc::clone(&asker) as Arc<dyn Asker>);
    let ended = run(&transport, "lab-credential kestrel\\ann").await;
    assert_eq!(
        ended.output(),
        [format!(
            "kestrel\\bob: secret of 3, sha256 {}",
            sha256("b\u{f6}b")
        )],
        "{:?}",
        ended.events
    );
    let (question, _) = asker.asked().remove(0);
    assert_eq!(question.prompts[0].initial, "kestrel\\ann");
    assert!(!question.prompts[1].echo);
    assert_eq!(
        question.instructions,
        "Windows PowerShell credential request\nEnter your credentials."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_does_not_answer_is_told_of_and_the_command_hears_so() {
    let lab = Lab::start(&[]);
    for text in [
        "lab-ask Name",
        "lab-ask-secret Name",
        "lab-credential",
        "lab-confirm",
        "lab-fields",
        "lab-choices",
    ] {
        let asker = Script::of([Answer::No(Unanswered::Refused)]);
        let transport = transport_of(&target(&lab), LIMITS, asker);
        let ended = run(&transport, text).await;
        assert_eq!(ended.result, Ok(1), "{text}: {:?}", ended.events);
        let warned = ended.texts("warning").concat();
        assert!(warned.contains("got no answer"), "{text}: {warned}");
        assert_eq!(ended.texts("error").len(), 1, "{text}: {:?}", ended.events);
        // The session is none the worse.
        assert_eq!(run(&transport, "lab-echo on").await.output(), ["on"]);
    }
    assert_eq!(lab.unknown(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_to_ask_ends_it_with_the_words_of_the_question() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    for (text, words) in [
        ("lab-ask Name", "Name"),
        ("lab-ask-secret Pin", "Pin"),
        ("lab-credential", "Enter your credentials."),
        ("lab-confirm", "Remove-LabPool"),
        ("lab-fields", "cmdlet Set-LabUser"),
        ("lab-choices", "Which services?"),
    ] {
        let ended = run(&transport, text).await;
        assert_eq!(ended.result, Ok(1), "{text}: {:?}", ended.events);
        let errors = ended.texts("error");
        assert!(
            errors
                .iter()
                .any(|e| e.contains(words) && e.contains("nobody to answer")),
            "{text}: {errors:?}"
        );
    }
    assert_eq!(lab.shells().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_host_here_has_is_refused_by_its_name() {
    let lab = Lab::start(&[]);
    let asker = Script::of([]);
    let transport = transport_of(&target(&lab), LIMITS, Arc::clone(&asker) as Arc<dyn Asker>);
    let ended = run(&transport, "lab-host-unknown").await;
    assert_eq!(ended.result, Ok(1));
    let errors = ended.texts("error").concat();
    assert!(errors.contains("ReadKey"), "{errors}");
    assert_eq!(asker.asked(), []);
    let ended = run(&transport, "lab-host-write").await;
    assert_eq!(ended.result, Ok(0));
    let information = ended.texts("information");
    assert!(information.concat().contains("coloured"), "{information:?}");
    assert!(
        ended
            .texts("warning")
            .contains(&"a warning line".to_owned())
    );
}
