//! The program: arguments, error reports, exit code. Everything else is in the library.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches};
use color_eyre::config::{HookBuilder, Theme};
use color_eyre::eyre::{self, WrapErr};
use csdeck::cli::{self, Cli, Failure};

fn main() -> ExitCode {
    no_core_dumps();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let plain = wants_no_colour(&arguments);
    match start(&arguments, plain) {
        Ok(code) => code,
        Err(report) => {
            cli::note(&format!("csdeck: {report:#}"));
            ExitCode::from(1)
        }
    }
}

fn start(arguments: &[OsString], plain: bool) -> eyre::Result<ExitCode> {
    let theme = if plain || !std::io::stderr().is_terminal() {
        Theme::new()
    } else {
        Theme::dark()
    };
    HookBuilder::default()
        .theme(theme)
        .display_env_section(false)
        .install()?;
    // clap itself leaves the colours out where there is no terminal.
    let colour = if plain {
        ColorChoice::Never
    } else {
        ColorChoice::Auto
    };
    let parsed = Cli::command()
        .color(colour)
        .try_get_matches_from(arguments)
        .and_then(|m| Cli::from_arg_matches(&m));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version go to standard output; nobody reading them is no error.
            let _ = e.print();
            return Ok(ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2)));
        }
    };
    let runtime = tokio::runtime::Runtime::new().wrap_err("cannot start")?;
    let result = runtime.block_on(cli::run(cli));
    // A thread that still waits for standard input must not hold the end up.
    runtime.shutdown_background();
    Ok(match result {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(Failure { exit, message }) => {
            cli::note(&message);
            ExitCode::from(exit.code())
        }
    })
}

/// A core dump would be a copy of everything in memory, secrets included. Programs that csdeck starts
/// may raise the limit again.
fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = Rlimit {
            current: Some(0),
            ..getrlimit(Resource::Core)
        };
        // Lowering one's own limit is always allowed.
        let _ = setrlimit(Resource::Core, limit);
    }
}

/// Asked before the arguments are understood, since their errors may have colours too.
fn wants_no_colour(arguments: &[OsString]) -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
        || arguments
            .iter()
            .skip(1)
            .take_while(|a| *a != "--")
            .any(|a| a == "--no-color")
}
