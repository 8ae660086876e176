//! Servers that ask, and who answers.

use std::sync::Mutex;

use super::*;
use crate::execute::ask::{Prompt, Question, Unanswered};
use crate::execute::ssh::tests::sshd::{Pam, PasswordUser, SshAgent, SshdOptions};
use crate::execute::target::LoginMethod;

/// Answers as it was told to, and keeps what it was asked.
#[derive(Default)]
pub(super) struct Parrot {
    pub(super) answers: Vec<Vec<String>>,
    /// What csdeck itself is given, the first one last.
    pub(super) secrets: Mutex<Vec<&'static str>>,
    /// How long it thinks about each question.
    pub(super) thinks: Duration,
    pub(super) asked: Mutex<Vec<Question>>,
}

impl Asker for Parrot {
    fn ask(
        &self,
        question: &Question,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Vec<Secret>, Unanswered> {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(question.clone());
            asked.len() - 1
        };
        let end = std::time::Instant::now() + self.thinks;
        while std::time::Instant::now() < end && wanted() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let answers = self.answers.get(number);
        let secrets = |all: &Vec<String>| all.iter().map(|a| Secret::new(a.clone())).collect();
        answers.map(secrets).ok_or(Unanswered::Refused)
    }

    fn secret(&self, question: &Question) -> Result<Secret, Unanswered> {
        let secret = self.secrets.lock().unwrap().pop();
        let secret = secret.ok_or(Unanswered::Nobody)?;
        self.asked.lock().unwrap().push(question.clone());
        Ok(Secret::new(secret.to_owned()))
    }
}

pub(super) fn parrot(answers: &[&str]) -> Arc<Parrot> {
    Arc::new(Parrot {
        answers: answers.iter().map(|a| vec![(*a).to_owned()]).collect(),
        ..Parrot::default()
    })
}

fn asking() -> Sshd {
    Sshd::with(SshdOptions {
        keyboard_interactive: true,
        ..SshdOptions::default()
    })
}

/// A server that asks for the password, then for a code.
fn asking_twice(extra: &str) -> Sshd {
    Sshd::with(SshdOptions {
        keyboard_interactive: true,
        pam: Some(Pam::with_code("314159")),
        extra: extra.into(),
        ..SshdOptions::default()
    })
}

fn way(sshd: &Sshd, user: &PasswordUser, secret: Option<&str>, asker: &Arc<Parrot>) -> Way {
    let mut way = Way::with_password(sshd, &user.name, secret);
    way.asker = Arc::clone(asker) as Arc<dyn Asker>;
    way
}

#[tokio::test]
async fn a_wrong_passphrase_is_asked_for_once_more_and_no_further() {
    let sshd = Sshd::start();
    let key = sshd.client_key("ed25519", "correct horse");
    sshd.authorize(&key);
    let giving = |secrets: &[&'static str]| {
        let asker = Arc::new(Parrot {
            secrets: Mutex::new(secrets.to_vec()),
            ..Parrot::default()
        });
        let mut way = Way::to(&sshd).key(key.clone());
        way.asker = Arc::clone(&asker) as Arc<dyn Asker>;
        (way, asker)
    };
    let (way, asker) = giving(&["correct horse", "battery staple"]);
    works(&way).await;
    let asked = asker.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    let told = |q: &Question| q.prompts[0].text.contains("That does not open it");
    assert!(!told(&asked[0]) && told(&asked[1]), "{asked:?}");

    let (way, asker) = giving(&["correct horse", "no", "battery staple"]);
    assert!(matches!(
        refusal(&way).await,
        TransportError::NeedsPassphrase { wrong: true, .. }
    ));
    assert_eq!(asker.asked.lock().unwrap().len(), 2);
    assert!(way.secrets.get("fe01").is_none(), "and not kept");
}

#[tokio::test]
async fn the_user_answers_what_the_server_asks() {
    let (user, sshd) = (PasswordUser::create(), asking());
    let asker = parrot(&[&user.password]);
    let way = way(&sshd, &user, None, &asker);
    works(&way).await;
    let asked = asker.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].target, "fe01");
    assert_eq!(asked[0].user, user.name);
    let hidden = |p: &Prompt| p.text.contains("Password") && !p.echo;
    assert!(asked[0].prompts.iter().all(hidden), "{asked:?}");
    // A password that was right is kept: the next connection asks nobody.
    works(&way).await;
    assert_eq!(asker.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_password_and_then_a_code() {
    let (user, sshd) = (PasswordUser::create(), asking_twice(""));
    let both = parrot(&[&user.password, "314159"]);
    works(&way(&sshd, &user, None, &both)).await;
    assert_eq!(both.asked.lock().unwrap().len(), 2);

    // With the password given only the code is asked for, and it is not kept.
    let code = parrot(&["314159", "314159"]);
    let given = way(&sshd, &user, Some(&user.password), &code);
    works(&given).await;
    assert_eq!(code.asked.lock().unwrap().len(), 1);
    assert_eq!(given.secrets.get("fe01").unwrap().expose(), user.password);
    works(&given).await;
    assert_eq!(code.asked.lock().unwrap().len(), 2);

    let wrong = way(&sshd, &user, Some(&user.password), &parrot(&["271828"]));
    assert!(matches!(
        refusal(&wrong).await,
        TransportError::AuthRefused { .. }
    ));
    assert!(wrong.secrets.get("fe01").is_none(), "either may be wrong");
}

#[tokio::test]
async fn without_a_user_only_the_password_is_answered() {
    let (user, sshd) = (PasswordUser::create(), asking_twice(""));
    let none = Way::with_password(&sshd, &user.name, None);
    assert!(matches!(
        refusal(&none).await,
        TransportError::NeedsPassword { .. }
    ));
    let given = Way::with_password(&sshd, &user.name, Some(&user.password));
    let refused = refusal(&given).await;
    assert!(
        matches!(&refused, TransportError::Unanswered { question, .. } if question.contains("STRESS")),
        "{refused:?}"
    );
    assert!(given.secrets.get("fe01").is_some(), "it was not refused");
}

#[tokio::test]
async fn a_question_that_is_refused_sends_nothing() {
    let (user, sshd) = (PasswordUser::create(), asking());
    let refusing = parrot(&[]);
    let way = way(&sshd, &user, None, &refusing);
    assert_eq!(refusal(&way).await, TransportError::Cancelled);
    assert_eq!(refusing.asked.lock().unwrap().len(), 1);
    let log = sshd.log();
    assert!(!log.contains("Failed keyboard-interactive"), "{log}");
}

#[tokio::test]
async fn the_time_to_answer_is_the_users() {
    let (user, sshd) = (PasswordUser::create(), asking());
    let slow = Arc::new(Parrot {
        answers: vec![vec![user.password.clone()]],
        thinks: Duration::from_secs(7),
        ..Parrot::default()
    });
    let mut way = way(&sshd, &user, None, &slow);
    way.target.login_timeout = Some(Duration::from_secs(6));
    works(&way).await;
}

#[tokio::test]
async fn a_server_that_hangs_up_while_it_waits_is_told() {
    let user = PasswordUser::create();
    let sshd = Sshd::with(SshdOptions {
        keyboard_interactive: true,
        extra: "LoginGraceTime 3".into(),
        ..SshdOptions::default()
    });
    let slow = Arc::new(Parrot {
        thinks: PATIENCE,
        ..Parrot::default()
    });
    let refused = refusal(&way(&sshd, &user, None, &slow)).await;
    assert!(
        matches!(&refused, TransportError::Unreachable { reason, .. } if reason.contains("LoginGraceTime")),
        "{refused:?}"
    );
}

/// A key that the server takes, in an agent; its file needs a passphrase.
fn in_agent_and_locked(sshd: &Sshd) -> (SshAgent, PathBuf) {
    let file = sshd.make_key("loaded", "ed25519", "");
    sshd.authorize(&file);
    let agent = SshAgent::with(&[&file]);
    let locked = std::process::Command::new("ssh-keygen")
        .args(["-q", "-p", "-P", "", "-N", "correct horse", "-f"])
        .arg(&file)
        .output();
    assert!(locked.unwrap().status.success());
    (agent, file)
}

#[tokio::test]
async fn a_key_and_then_a_code() {
    let user = PasswordUser::create();
    let sshd = asking_twice("AuthenticationMethods publickey,keyboard-interactive");
    let asker = parrot(&[&user.password, "314159"]);
    let mut both = way(&sshd, &user, None, &asker).key(sshd.client_key("ed25519", ""));
    works(&both).await;
    // The agent's key, when the file's own is locked.
    let (agent, locked) = in_agent_and_locked(&sshd);
    let asker = parrot(&[&user.password, "314159"]);
    works(
        &way(&sshd, &user, None, &asker)
            .agent(agent.socket())
            .key(locked),
    )
    .await;
    both.target.login = vec![LoginMethod::Key];
    let refused = refusal(&both).await;
    assert!(
        matches!(&refused, TransportError::AuthRefused { offered, .. } if offered == "publickey"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_password_and_then_questions() {
    let user = PasswordUser::create();
    let sshd = Sshd::with(SshdOptions {
        password: true,
        keyboard_interactive: true,
        extra: "AuthenticationMethods password,keyboard-interactive".into(),
        ..SshdOptions::default()
    });
    let asker = parrot(&[]);
    let given = way(&sshd, &user, Some(&user.password), &asker);
    works(&given).await;
    assert!(given.secrets.get("fe01").is_some());
}
