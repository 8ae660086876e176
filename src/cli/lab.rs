//! `csdeck lab reset|publish|free|language|powershell`: the simulated deployment of this data folder,
//! whatever is configured.

use std::io;

use clap::Subcommand;
use jiff::Timestamp;

use super::{Context, Exit, Failure};
use crate::lab::{Lab as Handle, Language, Scenario, standin};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Lab {
    /// Start anew in a scenario
    Reset {
        /// default, cms-move, never-reported, stuck-edge, cms-down, stale-true, flapping
        #[arg(default_value = "default")]
        scenario: String,
        /// How much faster than real time things happen
        #[arg(
            long,
            value_name = "N",
            default_value = "1",
            allow_negative_numbers = true
        )]
        speed: f64,
    },
    /// Let a change land in the Central Management store
    Publish,
    /// Remove what keeps a replica from reporting, as if port 4443 had been opened
    Free {
        /// The replica; its host name will do
        fqdn: String,
    },
    /// How much of the language sessions take: full, restricted, or none as at /OcsPowershell
    Language {
        /// full, restricted, none
        mode: String,
    },
    /// A runspace on the lab, asked and answering in JSON lines
    #[command(hide = true)]
    Runspace,
    /// A stand-in for the program powershell that answers from the lab
    #[command(disable_help_flag = true)]
    Powershell {
        /// The arguments of powershell
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<String>,
    },
}

pub(super) async fn run(cx: &mut Context, command: Lab) -> Result<Exit, Failure> {
    let folder = cx.paths()?.lab();
    let now = Timestamp::now();
    match command {
        Lab::Reset { scenario, speed } => {
            let scenario: Scenario = scenario.parse()?;
            let lab = Handle::open(folder)?;
            lab.reset(scenario, speed, now)?;
            cx.out.line(&lab.describe(now)?.to_string())?;
        }
        Lab::Publish => {
            let lab = Handle::open(folder)?;
            lab.publish(now)?;
            cx.out.line(&lab.describe(now)?.to_string())?;
        }
        Lab::Free { fqdn } => {
            let outcome = Handle::open(folder)?.free(&fqdn, now)?;
            cx.out.line(&outcome.to_string())?;
        }
        Lab::Language { mode } => {
            let language: Language = mode.parse()?;
            Handle::open(folder)?.speak(language)?;
            cx.out.line(&format!(
                "LAB, sessions take this much language: {language}"
            ))?;
        }
        Lab::Runspace => {
            let lab = Handle::open(folder)?;
            let code = tokio::task::block_in_place(|| {
                let stdin = Box::new(io::BufReader::new(io::stdin()));
                standin::runspace(&lab, stdin, &mut io::stdout().lock())
            });
            std::process::exit(code);
        }
        Lab::Powershell { args } => {
            let original = std::env::var("SSH_ORIGINAL_COMMAND").ok();
            let code = tokio::task::block_in_place(|| {
                let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr().lock());
                standin::main(
                    &folder,
                    &args,
                    original.as_deref(),
                    Box::new(io::BufReader::new(io::stdin())),
                    &mut stdout,
                    &mut stderr,
                )
            });
            // PowerShell ends with any number; those of csdeck's commands do not bind it.
            std::process::exit(code);
        }
    }
    Ok(Exit::Done)
}
