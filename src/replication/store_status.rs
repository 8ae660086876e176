//! What the Central Management store says of itself.

use jiff::Timestamp;

/// One answer of `Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreStatus {
    /// The FQDN of the server whose Master Replicator Agent is active; none = no server is.
    pub active_master: Option<String>,
    /// The servers whose File Transfer Agents are active.
    pub file_transfer_agents: Vec<String>,
    /// The replicas that the store serves.
    pub active_replicas: Vec<String>,
    /// The replicas that were removed.
    pub deleted_replicas: Vec<String>,
    /// The last sign of life of the master, by the server's clock.
    pub master_heartbeat: Option<Timestamp>,
    /// The last sign of life of the file transfer agent, by the server's clock.
    pub agent_heartbeat: Option<Timestamp>,
    /// True when the console cut a list off: who is not in it may be all the same.
    pub partial: bool,
}

impl StoreStatus {
    /// Why nothing can be replicated, if so: no active master, or no file transfer agent.
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
