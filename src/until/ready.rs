//! Goals for commands that are waited for often.

/// A goal that is ready to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// Its name.
    pub name: &'static str,
    /// The snippet that asks.
    pub snippet: &'static str,
    /// The goal.
    pub until: &'static str,
    /// What it waits for, in one line.
    pub about: &'static str,
    /// Where its names and values come from, and what is not certain of them.
    pub source: &'static str,
}

/// All of them.
pub const READY: [Ready; 4] = [
    Ready {
        name: "services",
        snippet: "services/list",
        until: "all Status -eq Running",
        about: "every service of a server runs",
        source: "Get-CsWindowsService prints Status and Name; Status is .NET's ServiceControllerStatus",
    },
    Ready {
        name: "mirror",
        snippet: "database/get-mirror-state",
        until: "all (MirroringStatusOnPrimary -eq synchronized -and \
                ((StateOnPrimary -eq Principal -and StateOnMirror -eq Mirror) -or \
                (StateOnPrimary -eq Mirror -and StateOnMirror -eq Principal)))",
        about: "every database of a pool has a principal and a mirror that are synchronised",
        source: "the reference of Get-CsDatabaseMirrorState names the properties. It does not list their \
                 values: these are SQL Server's words for the roles and for the mirroring state. A \
                 database that has no mirror (DatabaseInaccessibleOrMirroringNotEnabled) never gets there",
    },
    Ready {
        name: "backup",
        snippet: "disaster/get-backup-modules",
        until: "all (ImportStatus -eq NormalState -and (ExportStatus -in (SteadyState, FinalState) -or \
                (Identity -like '*CMSMaster' -and ExportStatus -eq NotInitialized)))",
        about: "the backup service of a pool keeps up with its partner",
        source: "Microsoft's \"What does the status reported by Get-CsBackupServiceStatus mean?\" (2012). \
                 There CentralMgmt.CMSMaster is NotInitialized on a pool that is not the active master",
    },
    Ready {
        name: "upgrade",
        snippet: "services/get-upgrade-readiness",
        until: "all PoolUpgradeState -eq Ready",
        about: "the next front end of a pool may be taken down for an update",
        source: "Microsoft's \"Upgrade or update Front End Servers in Lync Server 2013\"; the other \
                 values are Busy and InsufficientActiveFrontEnds. For Lync Server 2013 and Skype for \
                 Business Server 2015, on a front end itself",
    },
];

/// The goal of this name, in any case.
pub fn ready(name: &str) -> Option<&'static Ready> {
    READY
        .iter()
        .find(|ready| ready.name.eq_ignore_ascii_case(name.trim()))
}
