//! What a target is for the texts that run on it.

use super::{Target, TransportKind};
use crate::execute::winrm::endpoint::Endpoint;

impl Target {
    /// True when there is no language behind the target: it takes commands with parameters, no
    /// scripts.
    pub fn is_restricted(&self) -> bool {
        self.transport == TransportKind::Winrm
            && Endpoint::of(self).is_ok_and(|endpoint| endpoint.restricted)
    }
}
