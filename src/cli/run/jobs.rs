//! The jobs of a run.

use crate::app::App;
use crate::cli::target::explain;
use crate::execute::Target;
use crate::execute::fanout::{End, Job};
use crate::gate::Approved;

/// Pairs targets with what they may run. Asks the keyring; connects to nothing. Each way is the
/// job's own, so that no more connections are up than jobs run.
pub(super) fn prepare(app: &App, targets: &[Target], approved: Vec<Approved>) -> Vec<Job> {
    let way = |target: &Target| tokio::task::block_in_place(|| app.new_transport(target));
    targets
        .iter()
        .zip(approved)
        .map(|(target, approved)| Job {
            way: way(target),
            target: target.clone(),
            approved,
        })
        .collect()
}

/// Why a job did not come to an exit code, with what to do about it.
pub(super) fn why(target: &Target, end: &End) -> Option<String> {
    match (&end.unsent, &end.end.error) {
        (None, Some(error)) => Some(explain(target, error)),
        _ => end.why(),
    }
}
