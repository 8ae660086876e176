//! The commands: one file each. Data goes to standard output, everything else to standard error.

mod ask;
mod cmdlet;
mod completions;
mod console;
mod credential;
mod engagement;
mod exit;
mod files;
mod input;
mod interrupt;
mod journal;
mod lab;
mod man;
mod out;
mod profile;
mod run;
mod secret;
mod since;
mod snippet;
mod status;
mod target;
mod topology;
mod typed;
mod watch;

use std::path::PathBuf;
use std::sync::OnceLock;

use clap::{ArgAction, Args, Parser, Subcommand};

pub use exit::{Exit, Failure};
pub use out::{Format, Out, note};

use crate::app::{App, Options};
use crate::execute::winrm;
use crate::store::paths::Paths;

/// The terminal operations console for Lync Server and Skype for Business Server.
///
/// Without a command the console opens; without any configuration it opens on the lab, a
/// simulated deployment.
#[derive(Debug, Parser)]
#[command(name = "csdeck", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What goes for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command; none opens the console.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done or converged, 1 failed, 2 wrong command line, 3 not converged in time or \
                          problems found, 4 gate closed or not confirmed, 5 target unreachable or refused, 130 interrupted.";

/// Options that every command takes, in front of it or behind it.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Use the lab, a simulated deployment, whatever is configured
    #[arg(long, global = true, action = ArgAction::SetTrue, help_heading = "Global options")]
    pub lab: bool,
    /// The config folder, instead of the platform's or CSDECK_CONFIG_DIR
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// A customer's profile, with targets, credentials, journal and all else of its own
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Global options"
    )]
    pub profile: Option<String>,
    /// The form of the output [default: table; for topology show: tree]
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        help_heading = "Global options"
    )]
    pub format: Option<Format>,
    /// No colours, also on a terminal (as with NO_COLOR)
    #[arg(long, global = true, action = ArgAction::SetTrue, help_heading = "Global options")]
    pub no_color: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scripts that become forms, and forms that become commands
    #[command(subcommand)]
    Snippet(snippet::Snippet),
    /// What Microsoft's reference says of the cmdlets, and whether a script agrees with it
    #[command(subcommand)]
    Cmdlet(cmdlet::Cmdlet),
    /// Variables of an engagement (pool, SQL server, ...) that forms are filled in from
    #[command(subcommand)]
    Engagement(engagement::Engagement),
    /// Run a snippet, a file or a command on targets
    Run(run::Run),
    /// Copy a file from a target, proved by its SHA-256
    Get(files::Get),
    /// Copy a file to a target, proved by its SHA-256
    Put(files::Put),
    /// Watch the replication of the Central Management store until it converged
    Watch(Box<watch::Watch>),
    /// Topology documents
    #[command(subcommand)]
    Topology(topology::Topology),
    /// The places where commands can be run
    #[command(subcommand)]
    Target(target::Target),
    /// Passwords in the platform's keyring
    #[command(subcommand)]
    Credential(credential::Credential),
    /// Profiles, one for each customer: --profile NAME uses one
    #[command(subcommand)]
    Profile(profile::Profile),
    /// What ran where, when, and how it ended
    #[command(subcommand)]
    Journal(journal::Journal),
    /// The simulated deployment
    #[command(subcommand)]
    Lab(lab::Lab),
    /// Completion script for a shell
    Completions(completions::Completions),
    /// The manual page, in roff
    Man,
}

/// What a command gets: the global options and the way out.
pub struct Context {
    /// The global options.
    pub global: Global,
    /// Standard output.
    pub out: Out,
}

impl Context {
    /// Reads the configuration. Only commands that need it ask for it, so that a broken file is
    /// in nobody else's way.
    pub fn app(&self) -> Result<App, Failure> {
        Ok(App::open(&Options {
            config: self.global.config.clone(),
            profile: self.global.profile.clone(),
            lab: self.global.lab,
        })?)
    }

    /// Where the files are; reads none of them.
    pub fn paths(&self) -> Result<Paths, Failure> {
        let base = self.base_paths()?;
        Ok(match &self.global.profile {
            Some(name) => base.in_profile(name)?,
            None => base,
        })
    }

    /// The folders that profiles live under.
    pub fn base_paths(&self) -> Result<Paths, Failure> {
        Ok(Paths::find(self.global.config.as_deref())?)
    }

    /// The form asked for, of a command that draws no trees.
    pub fn format(&self) -> Result<Format, Failure> {
        match self.global.format {
            Some(Format::Tree) => Err(Failure::usage(
                "--format tree is there for topology show only; here: table, json or jsonl",
            )),
            Some(format) => Ok(format),
            None => Ok(Format::Table),
        }
    }
}

/// The profile that this process works in, for commands that are told.
static PROFILE: OnceLock<String> = OnceLock::new();

/// How a command begins that goes on with what this one did: in a profile, with the profile.
fn csdeck() -> String {
    match PROFILE.get() {
        Some(profile) => format!("csdeck --profile {profile}"),
        None => "csdeck".to_owned(),
    }
}

/// Runs the command. A failure's message belongs on standard error.
pub async fn run(cli: Cli) -> Result<Exit, Failure> {
    let mut context = Context {
        global: cli.global,
        out: Out::new(),
    };
    let cx = &mut context;
    // Also of commands that need no file of it: who names a profile has to hear that it is none.
    if cx.global.profile.is_some() {
        let paths = cx.paths()?;
        let _ = PROFILE.set(paths.profile().unwrap_or_default().to_owned());
    }
    let result = match cli.command {
        None => console::run(cx).await,
        Some(Command::Snippet(command)) => snippet::run(cx, command),
        Some(Command::Cmdlet(command)) => cmdlet::run(cx, command),
        Some(Command::Engagement(command)) => engagement::run(cx, command),
        Some(Command::Run(command)) => run::run(cx, command).await,
        Some(Command::Get(command)) => files::get(cx, command).await,
        Some(Command::Put(command)) => files::put(cx, command).await,
        Some(Command::Watch(command)) => watch::run(cx, *command).await,
        Some(Command::Topology(command)) => topology::run(cx, command),
        Some(Command::Target(command)) => target::run(cx, command).await,
        Some(Command::Credential(command)) => credential::run(cx, command),
        Some(Command::Profile(command)) => profile::run(cx, command),
        Some(Command::Journal(command)) => journal::run(cx, command),
        Some(Command::Lab(command)) => lab::run(cx, command).await,
        Some(Command::Completions(command)) => completions::run(cx, command),
        Some(Command::Man) => man::run(cx),
    };
    winrm::settle().await;
    ask::give_terminal_back();
    // What was printed before a failure is handed over all the same.
    let flushed = context.out.flush();
    result.and_then(|exit| flushed.map(|()| exit))
}
