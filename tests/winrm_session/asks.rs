//! What a running command asks, and secrets on their way.

use std::sync::Mutex;

use csdeck::execute::ask::{Choice, Question, Unanswered};

use super::*;

/// Gives the same answers to everything, and remembers what was asked.
struct Answers {
    lines: Vec<&'static str>,
    choice: usize,
    asked: Mutex<Vec<String>>,
}

impl Asker for Answers {
    fn ask(&self, question: &Question, _: &dyn Fn() -> bool) -> Result<Vec<Secret>, Unanswered> {
        let shown = question.prompts.iter().map(|p| match p.echo {
            true => p.text.clone(),
            false => format!("*{}", p.text),
        });
        self.asked.lock().unwrap().extend(shown);
        let lines = self.lines.iter().cycle().take(question.prompts.len());
        Ok(lines.map(|l| Secret::new((*l).to_owned())).collect())
    }

    fn choose(
        &self,
        _: &Question,
        choice: &Choice,
        _: &dyn Fn() -> bool,
    ) -> Result<usize, Unanswered> {
        self.asked.lock().unwrap().push(choice.message.clone());
        Ok(self.choice)
    }
}

fn answering(lines: &[&'static str], choice: usize) -> Arc<Answers> {
    Arc::new(Answers {
        lines: lines.to_vec(),
        choice,
        asked: Mutex::default(),
    })
}

/// `geh\u{e9}im` as the lab tells it.
const TOLD: &str =
    "secret of 6, sha256 499869b910a2ab677e6c43754cd7a817f82d0a665db7be274ad2d9f7be80b0b9";

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_question_reaches_the_user_and_its_answer_the_command() {
    let lab = Lab::start(&[]);
    let asker = answering(&["geh\u{e9}im"], 2);
    let transport = transport_of(&target(&lab), LIMITS, Arc::clone(&asker) as Arc<dyn Asker>);
    for (text, said) in [
        ("lab-ask", "geh\u{e9}im".to_owned()),
        ("lab-ask Name", "geh\u{e9}im".to_owned()),
        ("lab-ask-secret", TOLD.to_owned()),
        ("lab-ask-secret Pin", TOLD.to_owned()),
        ("lab-confirm fe01", "chosen: 2 No".to_owned()),
        ("lab-credential", format!("geh\u{e9}im: {TOLD}")),
    ] {
        let ended = run(&transport, text).await;
        assert_eq!(ended.result, Ok(0), "{text}: {:?}", ended.events);
        assert_eq!(ended.output(), [said], "{text}");
    }
    let asked = asker.asked.lock().unwrap().join("\n");
    for words in ["Name", "*Pin", "Remove-LabPool", "*Password"] {
        assert!(asked.contains(words), "{asked}");
    }
    assert_eq!(lab.unknown(), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_by_csdeck_when_the_server_does_not_ask_for_them() {
    let lab = Lab::start(&["--fault", "ask_key=0"]);
    let asker = answering(&["geh\u{e9}im"], 0);
    let transport = transport_of(&target(&lab), LIMITS, asker);
    assert_eq!(run(&transport, "lab-ask-secret").await.output(), [TOLD]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_to_answer_is_told_and_ends_the_command() {
    let lab = Lab::start(&[]);
    let transport = transport(&lab);
    let ended = run(&transport, "lab-ask Name").await;
    assert_eq!(ended.result, Ok(1), "{:?}", ended.events);
    assert!(ended.texts("error").concat().contains("Name"));
    // What no console has is refused without a question, and writing needs no answer.
    let ended = run(&transport, "lab-host-unknown").await;
    assert_eq!(ended.result, Ok(1));
    // The lab's own words when no answer comes.
    let said = ended.texts("error").concat();
    assert!(!said.contains("nobody answered"), "{said}");
    let ended = run(&transport, "lab-host-write").await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    assert!(ended.output().contains(&"written".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_the_output_is_not_shown() {
    let lab = Lab::start(&[]);
    let ended = run(&transport(&lab), "lab-secure s3cret-word").await;
    assert_eq!(ended.result, Ok(0), "{:?}", ended.events);
    let said = format!("{:?}", ended.events);
    assert!(!said.contains("s3cret-word"), "{said}");
    assert!(said.contains("SecureString"), "{said}");
}
