//! What the Central Management store says of itself.

use jiff::Timestamp;

/// One answer of `Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus`
/// (`Microsoft.Rtc.Management.Xds.CentralManagementStoreStatusResult`). There is one only where the
/// answer held the master and the agents: empty is "no server is", never "not told".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreStatus {
    /// The FQDN of the server whose Master Replicator Agent is active; none = no server is.
    pub active_master: Option<String>,
    /// The servers whose File Transfer Agents are active.
    pub file_transfer_agents: Vec<String>,
    /// The replicas that the store serves; empty when not told.
    pub active_replicas: Vec<String>,
    /// The replicas that were removed; empty when none was or not told.
    pub deleted_replicas: Vec<String>,
    /// The last sign of life of the master, by the server's clock; none = not told.
    pub master_heartbeat: Option<Timestamp>,
    /// The last sign of life of the file transfer agent, the newest of several, by the server's
    /// clock; none = not told.
    pub agent_heartbeat: Option<Timestamp>,
    /// True when the console cut a list off: who is not in it may be all the same.
    pub partial: bool,
}

impl StoreStatus {
    /// Why nothing can be replicated, if so: no active master, or no file transfer agent (the
    /// cmdlet's page: either empty means that the store is down, and it must be failed over before
    /// its pool is).
    pub fn is_down(&self) -> Option<&'static str> {
        if self.active_master.is_none() {
            Some("the Central Management store has no active master")
        } else if self.file_transfer_agents.is_empty() {
            Some("the Central Management store has no active file transfer agent")
        } else {
            None
        }
    }
}
