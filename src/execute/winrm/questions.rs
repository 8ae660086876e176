//! The questions of a server's PowerShell in the words of csdeck's own, and the answers back.

use super::host::{Given, Who};
use super::psrp::{self, Answer, FieldAnswer, HostPrompt, PromptField};
use crate::execute::ask::{Asks, Choice, Chosen, Prompt, Question};
use crate::store::secret::Secret;

/// Characters of a server's text that are shown in a question, and the prompts or choices of one: a
/// server that asks more does not want to be answered.
const LONGEST: usize = 1000;
const MOST: usize = 32;

/// What is put to the user.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Lines to be typed.
    Lines(Question),
    /// One of several answers; the question says whose it is.
    Choice(Question, Choice),
}

impl Asked {
    /// What it is about, for a message that nobody answered.
    pub fn about(&self) -> String {
        let words = match self {
            Asked::Lines(question) => match question.prompts.as_slice() {
                [one] => joined(&question.instructions, &one.text),
                _ => question.instructions.clone(),
            },
            Asked::Choice(_, choice) => choice.message.clone(),
        };
        let words: Vec<&str> = words.split_whitespace().collect();
        let words = words.join(" ");
        words.trim().trim_end_matches(':').to_owned()
    }
}

/// One line that a text wants to be asked for.
pub fn line(who: &Who, prompt: &str, echo: bool) -> Asked {
    Asked::Lines(question(who, String::new(), vec![prompted(prompt, echo)]))
}

/// A server's question.
pub fn asked(who: &Who, prompt: &HostPrompt) -> Asked {
    match prompt {
        HostPrompt::ReadLine => line(who, "", true),
        HostPrompt::ReadLineAsSecureString => line(who, "", false),
        HostPrompt::Prompt {
            caption,
            message,
            fields,
        } => {
            let prompts = fields.iter().take(MOST).flat_map(of_field).collect();
            Asked::Lines(question(who, heading(caption, message), prompts))
        }
        HostPrompt::PromptForCredential {
            caption,
            message,
            user,
            user_is_fixed,
            target,
        } => {
            let known = user.as_deref().unwrap_or("");
            let mut prompts = Prompt::credential(&short(known));
            let mut about = heading(caption, message);
            if *user_is_fixed && user.is_some() {
                prompts.remove(0);
                about = joined(&about, &format!("User: {}", short(known)));
            }
            if !target.trim().is_empty() {
                about = joined(&about, &format!("For: {}", short(target)));
            }
            Asked::Lines(question(who, about, prompts))
        }
        HostPrompt::PromptForChoice {
            caption,
            message,
            choices,
            default,
        } => Asked::Choice(
            question(who, String::new(), Vec::new()),
            Choice {
                caption: short(caption),
                message: short(message),
                options: offered(choices),
                default: *default,
            },
        ),
        HostPrompt::PromptForChoices {
            caption,
            message,
            choices,
            defaults,
        } => {
            let options = offered(choices);
            let shown: Vec<String> = options.iter().map(Chosen::shown).collect();
            let of = |at: &usize| options.get(*at).map(Chosen::shown);
            let given: Vec<String> = defaults.iter().filter_map(of).collect();
            let taken = match given.is_empty() {
                true => String::new(),
                false => format!("; Enter takes {}", given.join(", ")),
            };
            let about = joined(&heading(caption, message), &shown.join("  "));
            let several = format!("Any of them, with commas{taken}");
            Asked::Lines(question(who, about, vec![prompted(&several, true)]))
        }
    }
}

impl Given {
    /// The answer to the question it was given to.
    pub fn answer(self, prompt: &HostPrompt) -> Answer {
        self.fitting(prompt)
            .unwrap_or_else(|| Answer::Refused("the answer is none of those offered".into()))
    }

    fn fitting(self, prompt: &HostPrompt) -> Option<Answer> {
        let mut lines = match self {
            Given::Choice(at) => return Some(Answer::Choice(at)),
            Given::Lines(lines) => lines.into_iter(),
        };
        Some(match prompt {
            HostPrompt::ReadLine => Answer::Text(lines.next()?.expose().to_owned()),
            HostPrompt::ReadLineAsSecureString => Answer::Secret(lines.next()?),
            HostPrompt::Prompt { fields, .. } => {
                let mut given = Vec::new();
                for field in fields.iter().take(MOST) {
                    let answer = field_answer(field, &mut lines)?;
                    given.push((field.name.clone(), answer));
                }
                Answer::Fields(given)
            }
            HostPrompt::PromptForCredential {
                user,
                user_is_fixed,
                ..
            } => {
                let user = match user {
                    Some(user) if *user_is_fixed => user.clone(),
                    _ => lines.next()?.expose().trim().to_owned(),
                };
                let password = lines.next()?;
                Answer::Credential { user, password }
            }
            HostPrompt::PromptForChoice { .. } => return None,
            HostPrompt::PromptForChoices {
                choices, defaults, ..
            } => {
                let choice = Choice {
                    options: offered(choices),
                    ..Choice::default()
                };
                let typed = lines.next()?;
                if typed.expose().trim().is_empty() {
                    return Some(Answer::Choices(defaults.clone()));
                }
                let each = typed.expose().split(',').map(|one| choice.by_word(one));
                Answer::Choices(each.collect::<Option<_>>()?)
            }
        })
    }
}

/// What was typed for a field; nothing leaves it at its default.
fn field_answer(
    field: &PromptField,
    lines: &mut impl Iterator<Item = Secret>,
) -> Option<FieldAnswer> {
    let first = lines.next()?;
    Some(if field.is_credential() {
        FieldAnswer::Credential {
            user: first.expose().trim().to_owned(),
            password: lines.next()?,
        }
    } else if field.is_secret() {
        FieldAnswer::Secret(first)
    } else {
        match &field.default {
            Some(default) if first.expose().is_empty() => FieldAnswer::Value(default.clone()),
            _ => FieldAnswer::Text(first.expose().to_owned()),
        }
    })
}

fn of_field(field: &PromptField) -> Vec<Prompt> {
    let name = match field.label.trim() {
        "" => field.name.clone(),
        label => label.replace('&', ""),
    };
    if field.is_credential() {
        let user = prompted(&format!("{}, user", short(&name)), true);
        let password = prompted(&format!("{}, password", short(&name)), false);
        return vec![user, password];
    }
    vec![prompted(&name, !field.is_secret())]
}

fn offered(choices: &[psrp::Choice]) -> Vec<Chosen> {
    let choices = choices.iter().take(MOST);
    choices
        .map(|c| Chosen::new(&short(&c.label), &short(&c.help)))
        .collect()
}

fn question(who: &Who, instructions: String, prompts: Vec<Prompt>) -> Question {
    Question {
        asks: Asks::Command,
        target: who.target.clone(),
        user: who.user.clone(),
        address: who.address.clone(),
        instructions,
        prompts,
    }
}

fn prompted(text: &str, echo: bool) -> Prompt {
    match short(text).trim().trim_end_matches(':') {
        "" => Prompt::new("a value:", echo),
        text => Prompt::new(format!("{text}:"), echo),
    }
}

fn heading(caption: &str, message: &str) -> String {
    joined(&short(caption), &short(message))
}

fn joined(one: &str, two: &str) -> String {
    let both = [one.trim(), two.trim()];
    let both: Vec<&str> = both.into_iter().filter(|t| !t.is_empty()).collect();
    both.join("\n")
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
