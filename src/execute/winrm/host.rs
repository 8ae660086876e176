//! What a pipeline asks of csdeck as its host, put to the user.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;

use super::error::SessionError;
use super::psrp::{Answer, Choice, FieldAnswer, HostCall, HostPrompt, PromptField};
use super::run::Run;
use crate::execute::ask::{Asker, Asks, Prompt, Question, Unanswered};
use crate::execute::host::question::told;
use crate::store::secret::Secret;

/// Characters of a server's text that are shown in a question, and prompts of one question: a
/// server that asks more does not want to be answered.
const LONGEST: usize = 1000;
const PROMPTS: usize = 16;

/// Whose session it is, and who answers.
pub struct Who {
    /// The target's name.
    pub target: String,
    pub user: String,
    /// host:port.
    pub address: String,
    pub asker: Arc<dyn Asker>,
}

impl Run<'_> {
    /// Puts a question to the user and the answer to the server. A run that is cancelled meanwhile
    /// leaves it open: the stop ends it.
    pub(super) async fn host_call(&mut self, call: HostCall) -> Result<(), SessionError> {
        let question = question(self.who, &call.prompt);
        let answers = match self.put(question.clone()).await {
            Some(Ok(answers)) => answer(&call.prompt, answers),
            Some(Err(why)) => {
                let prompt = question.prompts.first().map_or("", |p| p.text.as_str());
                self.send(told(prompt.trim_end_matches(':'), why)).await;
                Answer::Refused("nobody answered the question".into())
            }
            None => return Ok(()),
        };
        if has_secret(&answers) {
            self.session.agree_on_keys().await?;
        }
        self.session.pool.answer(&call, answers)?;
        self.session.flush(false, None).await
    }

    /// The user's answers; `None` when the run was cancelled meanwhile.
    async fn put(&mut self, question: Question) -> Option<Result<Vec<Secret>, Unanswered>> {
        let (sender, answered) = oneshot::channel();
        let wanted = Wanted(Arc::new(AtomicBool::new(true)));
        let (asker, still) = (Arc::clone(&self.who.asker), Arc::clone(&wanted.0));
        // A thread of its own: the user takes as long as the user does.
        let _ = std::thread::Builder::new()
            .name("question".into())
            .spawn(move || {
                let answers = asker.ask(&question, &|| still.load(Ordering::Relaxed));
                let _ = sender.send(answers);
            });
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => None,
            answers = answered => Some(answers.unwrap_or(Err(Unanswered::Nobody))),
        }
    }
}

/// Withdraws the question when it is dropped.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn has_secret(answer: &Answer) -> bool {
    match answer {
        Answer::Secret(_) | Answer::Credential { .. } => true,
        Answer::Fields(fields) => fields
            .iter()
            .any(|(_, f)| matches!(f, FieldAnswer::Secret(_) | FieldAnswer::Credential { .. })),
        _ => false,
    }
}

fn question(who: &Who, prompt: &HostPrompt) -> Question {
    let ask = |text: &str, echo: bool| Prompt {
        text: match text.trim() {
            "" => "a value:".to_owned(),
            text => format!("{}:", short(text).trim_end_matches(':')),
        },
        echo,
    };
    let (instructions, prompts) = match prompt {
        HostPrompt::ReadLine => (String::new(), vec![ask("", true)]),
        HostPrompt::ReadLineAsSecureString => (String::new(), vec![ask("", false)]),
        HostPrompt::Prompt {
            caption,
            message,
            fields,
        } => (
            heading(caption, message),
            fields
                .iter()
                .take(PROMPTS)
                .map(|f| ask(field_name(f), !f.is_secret() && !f.is_credential()))
                .collect(),
        ),
        HostPrompt::PromptForCredential {
            caption,
            message,
            user,
            user_is_fixed,
            target,
        } => {
            let mut prompts = Vec::new();
            if user.is_none() || !user_is_fixed {
                prompts.push(ask("User name", true));
            }
            let whose = user.as_deref().unwrap_or("");
            let of = [whose, target].iter().find(|t| !t.is_empty()).copied();
            prompts.push(ask(
                &of.map_or("Password".into(), |of| format!("Password of {of}")),
                false,
            ));
            (heading(caption, message), prompts)
        }
        HostPrompt::PromptForChoice {
            caption,
            message,
            choices,
            default,
        } => (
            heading(caption, message),
            vec![ask(&offered(choices, default.as_slice()), true)],
        ),
        HostPrompt::PromptForChoices {
            caption,
            message,
            choices,
            defaults,
        } => (
            heading(caption, message),
            vec![ask(&offered(choices, defaults), true)],
        ),
    };
    Question {
        asks: Asks::Command,
        target: who.target.clone(),
        user: who.user.clone(),
        address: who.address.clone(),
        instructions,
        prompts,
    }
}

fn heading(caption: &str, message: &str) -> String {
    let both = [short(caption), short(message)];
    let both: Vec<&str> = both
        .iter()
        .map(|t| t.trim())
        .filter(|t| !t.is_empty())
        .collect();
    both.join("\n")
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn field_name(field: &PromptField) -> &str {
    match field.label.trim() {
        "" => &field.name,
        label => label,
    }
}

/// `[Y] Yes  [A] Yes to All (Enter: Y)`, as PowerShell's console shows it.
fn offered(choices: &[Choice], defaults: &[usize]) -> String {
    let shown: Vec<String> = choices
        .iter()
        .take(PROMPTS)
        .map(|c| format!("[{}] {}", key(&c.label), c.label.replace('&', "")))
        .collect();
    let defaults: Vec<&str> = defaults
        .iter()
        .filter_map(|at| choices.get(*at).map(|c| key(&c.label)))
        .collect();
    match defaults.is_empty() {
        true => shown.join("  "),
        false => format!("{} (Enter: {})", shown.join("  "), defaults.join(",")),
    }
}

/// The key of a choice: what stands behind `&`, or the whole label.
fn key(label: &str) -> &str {
    match label.split_once('&') {
        Some((_, rest)) => rest.chars().next().map_or(label, |c| &rest[..c.len_utf8()]),
        None => label,
    }
}

/// The choice that was typed: its key, its label, nothing for the default.
fn chosen(choices: &[Choice], defaults: &[usize], typed: &str) -> Option<Vec<usize>> {
    if typed.trim().is_empty() {
        return (!defaults.is_empty()).then(|| defaults.to_vec());
    }
    typed
        .split(',')
        .map(|one| {
            let one = one.trim();
            choices.iter().position(|c| {
                key(&c.label).eq_ignore_ascii_case(one)
                    || c.label.replace('&', "").eq_ignore_ascii_case(one)
            })
        })
        .collect()
}

fn answer(prompt: &HostPrompt, answers: Vec<Secret>) -> Answer {
    let mut answers = answers.into_iter();
    let refused = || Answer::Refused("the answer is none of those offered".into());
    match prompt {
        HostPrompt::ReadLine => match answers.next() {
            Some(line) => Answer::Text(line.expose().to_owned()),
            None => refused(),
        },
        HostPrompt::ReadLineAsSecureString => answers.next().map_or_else(refused, Answer::Secret),
        HostPrompt::Prompt { fields, .. } => Answer::Fields(
            fields
                .iter()
                .zip(answers)
                .map(|(field, given)| {
                    let answer = if field.is_secret() {
                        FieldAnswer::Secret(given)
                    } else if field.is_credential() {
                        FieldAnswer::Credential {
                            user: String::new(),
                            password: given,
                        }
                    } else {
                        FieldAnswer::Text(given.expose().to_owned())
                    };
                    (field.name.clone(), answer)
                })
                .collect(),
        ),
        HostPrompt::PromptForCredential {
            user,
            user_is_fixed,
            ..
        } => {
            let given = match user {
                Some(user) if *user_is_fixed => Some(user.clone()),
                user => answers
                    .next()
                    .map(|typed| typed.expose().trim().to_owned())
                    .filter(|typed| !typed.is_empty())
                    .or_else(|| user.clone()),
            };
            match (given, answers.next()) {
                (Some(user), Some(password)) => Answer::Credential { user, password },
                _ => refused(),
            }
        }
        HostPrompt::PromptForChoice {
            choices, default, ..
        } => {
            let typed = answers.next();
            let typed = typed.as_ref().map_or("", |t| t.expose());
            match chosen(choices, default.as_slice(), typed).as_deref() {
                Some([at]) => Answer::Choice(*at),
                _ => refused(),
            }
        }
        HostPrompt::PromptForChoices {
            choices, defaults, ..
        } => {
            let typed = answers.next();
            let typed = typed.as_ref().map_or("", |t| t.expose());
            chosen(choices, defaults, typed).map_or_else(refused, Answer::Choices)
        }
    }
}
