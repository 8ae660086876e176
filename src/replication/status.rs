//! One replica's row and one answer of the Central Management store.

use jiff::Timestamp;

use super::store_status::StoreStatus;

/// One row of `Get-CsManagementStoreReplicationStatus`: one machine, not one pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaStatus {
    /// The machine's FQDN as the server wrote it; an Edge shows its internal name. Compare with
    /// [`same_fqdn`].
    pub replica_fqdn: String,
    /// The store's own judgement. It speaks of the newest package made so far, and no other.
    pub up_to_date: bool,
    /// When the replica last reported back; none = it never has.
    pub last_status_report: Option<Timestamp>,
    /// When the newest package for this replica was made.
    pub last_update_creation: Option<Timestamp>,
    /// The base build the replica reported, such as `6.0.9319.0`; none = never reported.
    pub product_version: Option<String>,
}

impl ReplicaStatus {
    /// True when the replica reported after its newest package was made. A row without a package
    /// time counts as reported once there is any report.
    pub fn has_reported_newest(&self) -> bool {
        match (self.last_status_report, self.last_update_creation) {
            (Some(report), Some(package)) => report >= package,
            (report, None) => report.is_some(),
            (None, Some(_)) => false,
        }
    }

    /// The newer of the row's two times.
    pub fn newest(&self) -> Option<Timestamp> {
        self.last_status_report.max(self.last_update_creation)
    }
}

/// One answer: the rows, when they were taken and who gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The rows in the order of the answer. None at all makes the watch blind.
    pub rows: Vec<ReplicaStatus>,
    /// When the answer was taken, by csdeck's clock or the recording's; none = not known, the
    /// newest time in the rows stands in.
    pub sampled_at: Option<Timestamp>,
    /// The server's own clock at that moment, when it was asked in the same call. Ages are then
    /// measured with it, since the rows' times are the server's too.
    pub server_time: Option<Timestamp>,
    /// Who gave the answer: a server's or target's name, or a file's.
    pub source: String,
    /// What the store said of itself in the same poll; none when it was not asked.
    pub store: Option<StoreStatus>,
}

impl Observation {
    /// The moment that ages are measured to: the server's clock, else the sampling time, else the
    /// newest time in the rows. Never the local clock.
    pub fn now(&self) -> Option<Timestamp> {
        self.server_time
            .or(self.sampled_at)
            .or_else(|| newest(&self.rows))
    }
}

/// The newest time in any of the rows.
pub(super) fn newest(rows: &[ReplicaStatus]) -> Option<Timestamp> {
    rows.iter().filter_map(ReplicaStatus::newest).max()
}

/// The form of an FQDN that is compared and used as a key: lower case, no trailing dot. Sources
/// differ in case: the topology, Active Directory and the store each keep their own.
pub fn key(fqdn: &str) -> String {
    fqdn.trim_end_matches('.').to_lowercase()
}

/// True when two FQDNs name the same machine (case and a trailing dot do not matter).
pub fn same_fqdn(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

/// The stand-in when no topology says what a machine is: a name whose first label contains
/// `edge` is an Edge. A wrong guess shifts the stuck limit between 5 and 10 minutes and picks
/// the other list of advice; it never makes a row look better than it is.
pub fn looks_like_edge(fqdn: &str) -> bool {
    fqdn.split('.')
        .next()
        .is_some_and(|label| label.to_lowercase().contains("edge"))
}
