//! `csdeck` without a command: the console.

use std::io::IsTerminal;

use super::{Context, Exit, Failure};
use crate::tui;

pub(super) async fn run(cx: &mut Context) -> Result<Exit, Failure> {
    if !(cx.out.is_terminal() && std::io::stdin().is_terminal()) {
        return Err(Failure::usage(
            "the console needs a terminal. For commands that do not, see: csdeck --help",
        ));
    }
    let no_color =
        cx.global.no_color || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let code = tui::run(cx.app()?, no_color)
        .await
        .map_err(|report| Failure::failed(format!("{report:#}")))?;
    Ok(Exit::of(code))
}
