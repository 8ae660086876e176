//! Friendly words for roles and product versions.

use super::Service;
use std::fmt;

/// What a pool is for, in the field's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PoolRole {
    /// Enterprise pool: UserServices, SQL elsewhere.
    FrontEndPool,
    /// One machine with UserServices and its own SQL instance.
    StandardEdition,
    /// Registrar with IsDirector and no UserServices.
    Director,
    /// Survivable Branch Appliance or Server: Registrar without UserServices in a branch site.
    Sba,
    /// A Registrar without UserServices that is neither Director nor in a branch site.
    Registrar,
    /// Edge.
    EdgePool,
    /// Mediation, on its own or beside other roles.
    Mediation,
    /// The live Central Management server.
    CmsActive,
    /// A Central Management server that is not the live one, or does not say.
    CmsStandby,
    /// Trusted application pool.
    TrustedApplication,
    /// Office Web Apps.
    OfficeWebApps,
    /// PSTN gateway or SBC, the far end of trunks.
    Gateway,
    /// Archiving server of Lync 2010.
    Archiving,
    /// Monitoring server of Lync 2010.
    Monitoring,
    /// Holds a file share.
    FileStore,
    /// Holds SQL instances.
    Sql,
    /// Holds services of roles without a word here.
    Other,
}

impl PoolRole {
    /// The word to show.
    pub fn words(self) -> &'static str {
        match self {
            Self::FrontEndPool => "Front End pool",
            Self::StandardEdition => "Standard Edition",
            Self::Director => "Director",
            Self::Sba => "SBA",
            Self::Registrar => "Registrar",
            Self::EdgePool => "Edge pool",
            Self::Mediation => "Mediation",
            Self::CmsActive => "CMS (active)",
            Self::CmsStandby => "CMS (standby)",
            Self::TrustedApplication => "trusted application",
            Self::OfficeWebApps => "Office Web Apps",
            Self::Gateway => "gateway",
            Self::Archiving => "Archiving",
            Self::Monitoring => "Monitoring",
            Self::FileStore => "file store",
            Self::Sql => "SQL",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for PoolRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// RoleName, prefix of the identity `Get-CsService` shows (its switch likewise), words to show.
/// The order is the canonical order of services within a site.
const ROLES: [(&str, &str, &str); 22] = [
    ("UserServices", "UserServer", "Front End (user services)"),
    ("Registrar", "Registrar", "Registrar"),
    ("EdgeServer", "EdgeServer", "Edge"),
    ("MediationServer", "MediationServer", "Mediation"),
    (
        "CentralMgmt",
        "CentralManagement",
        "CMS (Central Management)",
    ),
    ("WebServices", "WebServer", "web"),
    ("ConfServices", "ConferencingServer", "conferencing"),
    (
        "ApplicationServer",
        "ApplicationServer",
        "applications (RGS, CPS)",
    ),
    (
        "ManagementServices",
        "ManagementServer",
        "Edge replication listener",
    ),
    (
        "ExternalServer",
        "TrustedApplicationPool",
        "trusted application",
    ),
    ("WacService", "WacServer", "Office Web Apps"),
    ("PstnGateway", "PstnGateway", "trunk"),
    ("ArchivingServer", "ArchivingServer", "Archiving"),
    ("MonitoringServer", "MonitoringServer", "Monitoring"),
    ("FileStore", "FileStore", "file share"),
    ("UserStore", "UserDatabase", "user database"),
    (
        "ApplicationStore",
        "ApplicationDatabase",
        "application database",
    ),
    (
        "CentralMgmtStore",
        "CentralManagementDatabase",
        "CMS database",
    ),
    ("ArchivingStore", "ArchivingDatabase", "archiving database"),
    (
        "MonitoringStore",
        "MonitoringDatabase",
        "monitoring database",
    ),
    (
        "PersistentChatStore",
        "PersistentChatDatabase",
        "Persistent Chat database",
    ),
    (
        "PersistentChatComplianceStore",
        "PersistentChatComplianceDatabase",
        "Persistent Chat compliance database",
    ),
];

fn find(role: &str) -> Option<(usize, &'static (&'static str, &'static str, &'static str))> {
    ROLES
        .iter()
        .enumerate()
        .find(|(_, (name, ..))| name.eq_ignore_ascii_case(role))
}

/// Place of a role in the canonical order; unknown roles come last.
pub(super) fn rank(role: &str) -> usize {
    find(role).map_or(usize::MAX, |(at, _)| at)
}

/// Friendly words for a RoleName of the XML; the name itself when it has none.
pub fn role_words(role: &str) -> &str {
    find(role).map_or(role, |(_, (_, _, words))| words)
}

/// The prefix `Get-CsService` identities carry for a RoleName, e.g. `UserServer`; `None` for an
/// unknown role. A Director's Registrar has the prefix `Director` instead, see
/// [`Service::identity`].
pub fn service_prefix(role: &str) -> Option<&'static str> {
    find(role).map(|(_, (_, prefix, _))| *prefix)
}

/// The product a ServiceVersion belongs to.
pub fn product_name(service_version: u32) -> Option<&'static str> {
    match service_version {
        5 => Some("Lync Server 2010"),
        6 => Some("Lync Server 2013"),
        7 => Some("Skype for Business Server 2015"),
        8 => Some("Skype for Business Server 2019"),
        _ => None,
    }
}

/// The code that snippets and the cmdlet reference have for the product of a ServiceVersion.
pub fn product_code(service_version: u32) -> Option<&'static str> {
    match service_version {
        5 => Some("L2010"),
        6 => Some("L2013"),
        7 => Some("S2015"),
        8 => Some("S2019"),
        _ => None,
    }
}

impl Service {
    /// Whether the RoleName is this one; case differs between sources.
    pub fn has_role(&self, role: &str) -> bool {
        self.role.eq_ignore_ascii_case(role)
    }

    /// An attribute of the role's own element.
    pub fn setting(&self, name: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(n, _)| n == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|v| !v.is_empty())
    }

    /// Friendly words: a Registrar may be a Director, a CMS active or not.
    pub fn words(&self) -> &str {
        match self.cms_active {
            Some(true) => "CMS (active)",
            Some(false) => "CMS (standby)",
            None if self.is_director => "Director",
            None => role_words(&self.role),
        }
    }

    /// The identity `Get-CsService` shows, e.g. `Registrar:pool01.contoso.com`; `None` for an
    /// unknown role or a service without a pool. Of a gateway's several trunks only the first
    /// has this identity; the names of the others are not in the document.
    pub fn identity(&self) -> Option<String> {
        let prefix = if self.is_director {
            "Director"
        } else {
            service_prefix(&self.role)?
        };
        Some(format!("{prefix}:{}", self.pool.as_ref()?))
    }

    /// The product of its ServiceVersion.
    pub fn product(&self) -> Option<&'static str> {
        product_name(self.version?)
    }
}
