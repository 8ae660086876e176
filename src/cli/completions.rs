//! `csdeck completions SHELL`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Context, Exit, Failure};

/// Which shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell that the script is for
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(cx: &mut Context, command: Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut Cli::command(), "csdeck", &mut script);
    cx.out.bytes(&script)?;
    Ok(Exit::Done)
}
