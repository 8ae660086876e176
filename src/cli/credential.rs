//! `csdeck credential set|test|delete`: passwords in the platform's keyring.

use clap::Subcommand;
use tokio::task::block_in_place;

use super::{Context, Exit, Failure, note, secret};
use crate::store::keyring::Keyring;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Store a password under a name; targets refer to it with credential = "NAME"
    Set {
        /// The name
        name: String,
        /// Take the password from the first line of standard input instead of asking
        #[arg(long)]
        password_stdin: bool,
    },
    /// Say whether a password is stored under this name
    Test {
        /// The name
        name: String,
    },
    /// Remove a password
    Delete {
        /// The name
        name: String,
    },
}

pub(super) fn run(cx: &mut Context, command: Credential) -> Result<Exit, Failure> {
    let name = match &command {
        Credential::Set { name, .. } | Credential::Test { name } | Credential::Delete { name } => {
            name
        }
    };
    if name.trim().is_empty() {
        return Err(Failure::usage("the name of a credential must not be empty"));
    }
    let keyring = Keyring::of(cx.paths()?.profile());
    match command {
        Credential::Set {
            name,
            password_stdin,
        } => {
            let secret = if password_stdin {
                secret::first_line()?
            } else {
                secret::prompt_for_new(&name)?
            };
            block_in_place(|| keyring.set(&name, &secret))?;
            note(&format!(
                "{name} is stored in the keyring. A target uses it with credential = {name:?}"
            ));
        }
        Credential::Test { name } => {
            block_in_place(|| keyring.get(&name))?;
            cx.out.line(&format!("{name}: a password is stored"))?;
        }
        Credential::Delete { name } => {
            block_in_place(|| keyring.delete(&name))?;
            note(&format!("{name} is removed from the keyring"));
        }
    }
    Ok(Exit::Done)
}
