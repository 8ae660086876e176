//! What the lab remembers between commands. Everything else follows from it and the clock.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LabError;
use super::language::Language;
use super::scenario::Scenario;
use super::timeline::{self, REPLICAS};

/// The format of the state file; a file of another format counts as damaged.
pub const FORMAT: u32 = 1;

/// How many publishes, service changes and the like are kept, so that the file stays small.
const KEPT: usize = 200;

/// The state of the simulated deployment, as it stands in `state.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// [`FORMAT`] when the file was written.
    pub format: u32,
    /// The situation that was asked for.
    pub scenario: Scenario,
    /// How much faster than real time things happen; 1.0 is real time, always above zero.
    pub speed: f64,
    /// How much of the language sessions take.
    #[serde(default, skip_serializing_if = "Language::is_full")]
    pub language: Language,
    /// When the lab was last reset.
    pub reset_at: Timestamp,
    /// Where the Central Management store is now.
    pub cms: Cms,
    /// Replicas (FQDN) that deliver no status until they are freed.
    pub stuck: Vec<String>,
    /// Replicas (FQDN) that never reported and will not until they are freed, that is deployed.
    pub undeployed: Vec<String>,
    /// Every publish since the reset, oldest first.
    pub publishes: Vec<Publish>,
    /// Every forced full replication since the reset, oldest first.
    pub full_replications: Vec<FullReplication>,
    /// Replicas that were freed, and when.
    pub freed: Vec<Freed>,
    /// Windows services that were stopped or started, oldest first; all others run.
    pub services: Vec<ServiceChange>,
    /// The databases that exist on the SQL servers.
    pub databases: Vec<Database>,
    /// Files that cmdlets wrote on the simulated server.
    pub exports: Vec<Export>,
    /// Certificates made by New-ExchangeCertificate.
    pub certificates: Vec<Certificate>,
}

/// The two places the Central Management store can be in this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cms {
    /// The Enterprise pool sgpool01 with its SQL server sgsql01.
    Enterprise,
    /// The Standard Edition server mnlse01.
    Standard,
}

impl Cms {
    /// The pool that runs the Central Management server.
    pub fn pool(self) -> &'static str {
        match self {
            Cms::Enterprise => "sgpool01.kestrel.lan",
            Cms::Standard => "mnlse01.kestrel.lan",
        }
    }

    /// The machine whose master replicator and file transfer agent are active.
    pub fn master(self) -> &'static str {
        match self {
            Cms::Enterprise => "sgfe01.kestrel.lan",
            Cms::Standard => "mnlse01.kestrel.lan",
        }
    }

    /// The SQL server that holds the store.
    pub fn sql_server(self) -> &'static str {
        match self {
            Cms::Enterprise => "sgsql01.kestrel.lan",
            Cms::Standard => "mnlse01.kestrel.lan",
        }
    }

    /// The SQL instance that holds the store, as the topology spells it.
    pub fn sql_instance(self) -> &'static str {
        match self {
            Cms::Enterprise => "RTC",
            Cms::Standard => "rtc",
        }
    }

    /// The file share with the CMSFileStore folder.
    pub fn file_store(self) -> &'static str {
        match self {
            Cms::Enterprise => r"\\sgfs01.kestrel.lan\SfbFileShare",
            Cms::Standard => r"\\mnlse01.kestrel.lan\SfbShare",
        }
    }

    /// `server\instance` of the store.
    pub fn store(self) -> String {
        format!("{}\\{}", self.sql_server(), self.sql_instance())
    }
}

/// A change that landed in the Central Management store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// When it was written.
    pub at: Timestamp,
    /// What wrote it: a cmdlet's name, or `lab publish`.
    pub by: String,
}

/// Invoke-CsManagementStoreReplication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullReplication {
    /// When it was asked for.
    pub at: Timestamp,
    /// The one replica (FQDN) it was asked for; `None` for all.
    pub replica: Option<String>,
}

/// A replica that may report from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    /// When the port was opened, or the server was deployed.
    pub at: Timestamp,
    /// The replica's FQDN.
    pub replica: String,
}

/// A Windows service that was started or stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceChange {
    /// When.
    pub at: Timestamp,
    /// The computer's FQDN.
    pub computer: String,
    /// The service's short name, such as `MASTER`.
    pub service: String,
    /// True when it was started.
    pub running: bool,
}

/// A database on a SQL server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// The SQL server's FQDN, lower case.
    pub server: String,
    /// The instance, empty for the default one; compare without case.
    pub instance: String,
    /// `xds`, `LcsCDR`, ...
    pub name: String,
    /// The value of `-DatabaseType` it belongs to; `CentralMgmt` for the CMS.
    pub kind: String,
    /// The folders given with `-DatabasePaths`; empty for the defaults.
    pub paths: Vec<String>,
}

/// A file that a cmdlet wrote on the simulated server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// When.
    pub at: Timestamp,
    /// The path as it was given.
    pub file: String,
    /// The cmdlet that wrote it.
    pub by: String,
    /// Its size in bytes.
    pub bytes: i64,
}

/// A certificate on the simulated Exchange server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// When it was made.
    pub at: Timestamp,
    /// 40 hexadecimal digits.
    pub thumbprint: String,
    /// The subject, as it was given.
    pub subject: String,
    /// The friendly name, as it was given.
    pub friendly_name: String,
    /// The services it was assigned to.
    pub services: String,
    /// The names it is valid for.
    pub domains: Vec<String>,
    /// The server it is on.
    pub server: String,
}

impl State {
    /// The state right after a reset at `now`: consistent with a publish two hours earlier.
    ///
    /// # Errors
    /// [`LabError::Speed`] when `speed` is not a finite number above zero.
    pub fn fresh(scenario: Scenario, speed: f64, now: Timestamp) -> Result<Self, LabError> {
        if !(speed.is_finite() && speed > 0.0) {
            return Err(LabError::Speed {
                value: speed.to_string(),
            });
        }
        let cms = if scenario == Scenario::CmsMove {
            Cms::Standard
        } else {
            Cms::Enterprise
        };
        let names = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let stuck = match scenario {
            Scenario::Default => names(&["sgedge02.kestrel.lan"]),
            Scenario::StuckEdge => names(&["sgedge01.kestrel.lan", "sgedge02.kestrel.lan"]),
            _ => Vec::new(),
        };
        let undeployed = match scenario {
            Scenario::NeverReported => names(&["cebsba01.kestrel.lan"]),
            _ => Vec::new(),
        };
        let mut services = Vec::new();
        if scenario == Scenario::CmsDown {
            for service in ["MASTER", "FTA"] {
                services.push(ServiceChange {
                    at: timeline::after(now, -3600.0, 1.0),
                    computer: cms.master().to_owned(),
                    service: service.to_owned(),
                    running: false,
                });
            }
        }
        Ok(State {
            format: FORMAT,
            scenario,
            speed,
            language: Language::Full,
            reset_at: now,
            cms,
            stuck,
            undeployed,
            publishes: Vec::new(),
            full_replications: Vec::new(),
            freed: Vec::new(),
            services,
            databases: initial_databases(cms),
            exports: Vec::new(),
            certificates: Vec::new(),
        })
    }

    /// Records a change in the Central Management store.
    pub fn publish(&mut self, by: &str, now: Timestamp) {
        self.publishes.push(Publish {
            at: now,
            by: by.to_owned(),
        });
        keep_last(&mut self.publishes);
    }

    /// Records a forced full replication of one replica or of all.
    pub fn force(&mut self, replica: Option<String>, now: Timestamp) {
        self.full_replications
            .push(FullReplication { at: now, replica });
        keep_last(&mut self.full_replications);
    }

    /// Records that a service was started or stopped.
    pub fn set_service(&mut self, computer: &str, service: &str, running: bool, now: Timestamp) {
        self.services.push(ServiceChange {
            at: now,
            computer: computer.to_owned(),
            service: service.to_owned(),
            running,
        });
        keep_last(&mut self.services);
    }

    /// True when the service runs at `now`; what was never touched runs.
    pub fn is_running(&self, computer: &str, service: &str, now: Timestamp) -> bool {
        self.services
            .iter()
            .rev()
            .find(|c| c.at <= now && same(&c.computer, computer) && same(&c.service, service))
            .is_none_or(|c| c.running)
    }

    /// The replicas that hold back their status until they are freed: the stuck, then the
    /// never deployed.
    pub fn held(&self) -> impl Iterator<Item = &str> {
        self.stuck
            .iter()
            .chain(&self.undeployed)
            .map(String::as_str)
            .filter(|replica| !self.freed.iter().any(|f| same(&f.replica, replica)))
    }

    /// True for a machine on which the product was never set up.
    pub fn is_bare(&self, computer: &str) -> bool {
        let bare = self.undeployed.iter().any(|name| same(name, computer));
        bare && self.held().any(|name| same(name, computer))
    }

    /// The full name of the replica with this name; a host name without its domain will do.
    ///
    /// # Errors
    /// [`LabError::UnknownReplica`] names the replicas there are.
    pub fn replica(&self, name: &str) -> Result<&'static str, LabError> {
        let wanted = name.trim();
        REPLICAS
            .iter()
            .map(|r| r.fqdn)
            .find(|fqdn| {
                same(fqdn, wanted)
                    || fqdn
                        .split('.')
                        .next()
                        .is_some_and(|host| same(host, wanted))
            })
            .ok_or_else(|| LabError::UnknownReplica {
                name: name.to_owned(),
            })
    }
}

/// Names of servers and services are compared without regard to case.
pub fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn keep_last<T>(list: &mut Vec<T>) {
    if list.len() > KEPT {
        list.drain(..list.len() - KEPT);
    }
}

/// The databases of each `-DatabaseType` (Skype for Business Server 2015 names).
pub const DATABASES: [(&str, &[&str]); 5] = [
    ("CentralMgmt", &["xds", "lis"]),
    ("User", &["rtcxds", "rtcshared", "rtcab"]),
    ("Application", &["rgsconfig", "rgsdyn", "cpsdyn"]),
    ("Monitoring", &["LcsCDR", "QoEMetrics"]),
    ("Archiving", &["LcsLog"]),
];

/// Where the topology puts each type of database: type, SQL server, instance. The CMS is not
/// in the list: `-ConfiguredDatabases` leaves it alone.
pub const CONFIGURED: [(&str, &str, &str); 6] = [
    ("User", "sgsql01.kestrel.lan", "RTC"),
    ("Application", "sgsql01.kestrel.lan", "RTC"),
    ("Monitoring", "sgsql01.kestrel.lan", "MON01"),
    ("Archiving", "sgsql01.kestrel.lan", "ARC01"),
    ("User", "mnlse01.kestrel.lan", "rtc"),
    ("Application", "mnlse01.kestrel.lan", "rtc"),
];

/// The names of the databases of one type; empty for a type the lab does not have.
pub fn databases_of(kind: &str) -> &'static [&'static str] {
    DATABASES
        .iter()
        .find(|(k, _)| same(k, kind))
        .map_or(&[], |(_, names)| names)
}

/// Monitoring and Archiving are in the topology and not created yet, so that there is something
/// to create.
fn initial_databases(cms: Cms) -> Vec<Database> {
    let mut all = Vec::new();
    let mut add = |kind: &str, server: &str, instance: &str| {
        for name in databases_of(kind) {
            all.push(Database {
                server: server.to_owned(),
                instance: instance.to_owned(),
                name: (*name).to_owned(),
                kind: kind.to_owned(),
                paths: Vec::new(),
            });
        }
    };
    add("CentralMgmt", cms.sql_server(), cms.sql_instance());
    for (kind, server, instance) in CONFIGURED {
        if kind != "Monitoring" && kind != "Archiving" {
            add(kind, server, instance);
        }
    }
    all
}
