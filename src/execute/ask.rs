//! Questions that a server asks, while somebody logs in or while a command runs, and who answers them.

mod choice;

use std::fmt;

use crate::store::secret::Secret;

pub use choice::{Choice, Chosen};

/// What a server wants to know, in its own words. All text but the names is the server's: whoever
/// shows it passes it through [`crate::text::visible`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who wants to know.
    pub asks: Asks,
    /// The name of the target that is logged in to, or that the command runs on; of a jump, the
    /// jump's.
    pub target: String,
    /// Who logs in, or who runs the command.
    pub user: String,
    /// host:port as asked for, and the way there.
    pub address: String,
    /// What the server says in front of its prompts; often empty.
    pub instructions: String,
    /// What is to be answered, in order; empty only where a [`Choice`] is asked.
    pub prompts: Vec<Prompt>,
}

impl Question {
    /// Who asks whom, in words: the line above the prompts. The names are as they are configured;
    /// whoever shows them passes them through [`crate::text::visible_line`].
    pub fn head(&self) -> String {
        match self.asks {
            Asks::Server => format!("{} at {} asks {}:", self.target, self.address, self.user),
            Asks::Command => format!(
                "the command on {} ({}) asks {}:",
                self.target, self.address, self.user
            ),
        }
    }
}

/// Who asks: a password meant for the one must not be given to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The server, before it lets somebody in.
    Server,
    /// A command that runs there (`Read-Host`).
    Command,
}

/// One thing to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// `Password:`, `Verification code:`, ...
    pub text: String,
    /// True when the answer may be seen while it is typed.
    pub echo: bool,
    /// What an answer that may be seen begins with: the user name of a credential. It can be
    /// changed; taken as it is, it is the answer.
    pub initial: String,
}

impl Prompt {
    /// One whose answer begins empty.
    pub fn new(text: impl Into<String>, echo: bool) -> Prompt {
        Prompt {
            text: text.into(),
            echo,
            initial: String::new(),
        }
    }

    /// The two prompts of a credential: the user name, which may be known, and the password.
    pub fn credential(user: &str) -> Vec<Prompt> {
        let name = Prompt {
            initial: user.to_owned(),
            ..Prompt::new("User:", true)
        };
        vec![name, Prompt::new("Password:", false)]
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// There is nobody to ask.
    Nobody,
    /// The user does not want to answer, or the question came to nothing meanwhile.
    Refused,
}

/// Puts questions to the user. Called from a thread that waits: a connection's, or the question's own.
/// Several may ask at the same time.
pub trait Asker: Send + Sync {
    /// The answers, one for each prompt in order. Takes as long as the user does; `wanted` turns
    /// false when the answers are of no use any more (the job was cancelled, the server hung up),
    /// and an asker that can looks at it now and then.
    fn ask(
        &self,
        question: &Question,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Vec<Secret>, Unanswered>;

    /// The answer to a choice, by its place. Like [`ask`](Asker::ask) otherwise; the asker never
    /// chooses by itself, and a default only counts when the user takes it.
    fn choose(
        &self,
        question: &Question,
        choice: &Choice,
        wanted: &dyn Fn() -> bool,
    ) -> Result<usize, Unanswered> {
        let _ = (question, choice, wanted);
        Err(Unanswered::Nobody)
    }

    /// A password or passphrase that csdeck itself needs, for an asker that can ask for it in the
    /// middle of a log-in. The others leave it: the run then ends with an error that says what is
    /// missing, and is tried again with it.
    fn secret(&self, question: &Question) -> Result<Secret, Unanswered> {
        let _ = question;
        Err(Unanswered::Nobody)
    }
}

impl fmt::Debug for dyn Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asker")
    }
}

/// For a csdeck without a user: every question stays unanswered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Asker for Nobody {
    fn ask(&self, _: &Question, _: &dyn Fn() -> bool) -> Result<Vec<Secret>, Unanswered> {
        Err(Unanswered::Nobody)
    }
}
