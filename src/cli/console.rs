//! `csdeck` without a command: the console.

use std::io::IsTerminal;

use super::{Context, Exit, Failure};

pub(super) async fn run(cx: &mut Context) -> Result<Exit, Failure> {
    if !(cx.out.is_terminal() && std::io::stdin().is_terminal()) {
        return Err(Failure::usage("the console needs a terminal. For commands that do not, see: csdeck --help"));
    }
    let _app = cx.app()?;
    Err(Failure::failed("this csdeck was built without the console. For the commands, see: csdeck --help"))
}
