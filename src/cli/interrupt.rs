//! Ctrl-C: the first cancels, the second ends the process at once.

use tokio_util::sync::CancellationToken;

use super::Exit;

/// A token that the first Ctrl-C cancels. From then on what runs has the time it needs to end
/// cleanly, until a second one.
pub(super) fn cancel_on_interrupt() -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        // Without a handler the first Ctrl-C ends the process: nothing more to do here then.
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        cancel.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
    token
}
