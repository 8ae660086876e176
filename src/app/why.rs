//! Which machine each target is, for checks that have to run on a certain one.

use std::sync::Arc;

use super::App;
use crate::execute::why::Ways;
use crate::execute::{Target, Transport, TransportError, TransportKind};
use crate::lab::shell::COMPUTER;
use crate::replication::why::Place;

impl App {
    /// The targets as places; `watched` is the name of the one that is watched.
    pub fn places(&self, watched: &str) -> Vec<Place> {
        let targets = self.targets_now();
        let places = targets.iter().map(|target| Place {
            target: target.name.clone(),
            machine: machine_of(target),
            watched: target.is_called(watched),
        });
        places.collect()
    }
}

/// The machine behind a target, as it is addressed; none when nobody knows.
fn machine_of(target: &Target) -> Option<String> {
    match target.transport {
        TransportKind::Lab => Some(COMPUTER.to_owned()),
        // Only Windows' servers are ever checked, and Windows tells every program its name.
        TransportKind::Local => std::env::var("COMPUTERNAME")
            .ok()
            .filter(|name| !name.is_empty()),
        TransportKind::Ssh | TransportKind::Winrm => target.way().machine,
    }
}

impl Ways for App {
    fn way(&self, target: &Target) -> Result<Arc<dyn Transport>, TransportError> {
        self.transport(target)
    }
}
