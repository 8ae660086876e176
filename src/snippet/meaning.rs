//! What a field means in a deployment, and whether what was typed looks like it.
//!
//! The reference knows types, and few of them say much: a SQL server, a pool and a domain
//! controller are all `Fqdn`, or even `String`. Names are what the field goes by, so the table
//! here goes from the name of the parameter that a field is passed to, and from its type where
//! that says more, to one meaning. A meaning never refuses a value: csdeck may know less than the
//! server. It doubts, beside the field, and it tells what can be suggested.

mod looks;

use crate::cmdlet::{Cmdlet, Parameter};
use crate::powershell::Kind;

use super::model::Field;

/// What a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// FQDN of a SQL server.
    SqlServer,
    /// Name of an instance on a SQL server.
    SqlInstance,
    /// Folders on a server, as the server sees them.
    ServerPaths,
    /// FQDN of a pool.
    Pool,
    /// FQDN of a machine.
    Computer,
    /// FQDN of a machine that holds a replica of the Central Management store.
    Replica,
    /// A site of the topology.
    Site,
    /// A service, as `Role:fqdn`; the prefix of its role where the parameter takes one role only.
    Service(&'static str),
    /// A file share, as a UNC path.
    FileShare,
    /// A SIP domain.
    SipDomain,
    /// FQDN of a server that is in no topology.
    Fqdn,
    /// `sip:user@domain`.
    SipAddress,
    /// A user, by any of the names that a UserIdParameter takes.
    User,
    /// `tel:+E.164`, with an extension.
    TelUri,
    /// A phone number.
    Phone,
    /// An organizational unit.
    OrganizationalUnit,
    /// `global`, `site:`, `service:` or `tag:`.
    Scope,
    /// A time span.
    TimeSpan,
    /// A date with a time.
    Date,
    /// SHA-1 thumbprint of a certificate.
    Thumbprint,
    /// A password, credential or PIN, which is never kept; one that has a type of its own is asked
    /// for when the command runs.
    Secret,
    /// Nothing that csdeck knows more about than its type.
    Plain,
}

/// From the parameter's name in lower case. What is a part of a name (`Backup`, `Mirror`) is
/// looked up without it.
const BY_NAME: &[(&str, Meaning)] = &[
    ("sqlserverfqdn", Meaning::SqlServer),
    ("sqlinstancename", Meaning::SqlInstance),
    ("databasepaths", Meaning::ServerPaths),
    ("poolfqdn", Meaning::Pool),
    ("pool", Meaning::Pool),
    ("pools", Meaning::Pool),
    ("targetpool", Meaning::Pool),
    ("homepool", Meaning::Pool),
    ("registrarpool", Meaning::Pool),
    ("proxypool", Meaning::Pool),
    ("persistentchatpoolfqdn", Meaning::Pool),
    ("trustedapplicationpoolfqdn", Meaning::Pool),
    ("targetapplicationpool", Meaning::Pool),
    ("targetfqdn", Meaning::Pool),
    ("hostnamestorageservice", Meaning::Pool),
    ("fqdn", Meaning::Pool),
    ("computername", Meaning::Computer),
    ("computer", Meaning::Computer),
    ("computers", Meaning::Computer),
    ("computerfqdn", Meaning::Computer),
    ("machinefqdn", Meaning::Computer),
    ("fromcomputer", Meaning::Computer),
    ("tocomputer", Meaning::Computer),
    ("replicafqdn", Meaning::Replica),
    ("site", Meaning::Site),
    ("siteid", Meaning::Site),
    ("sites", Meaning::Site),
    ("centralsite", Meaning::Site),
    ("registrar", Meaning::Service("Registrar")),
    ("edgeserver", Meaning::Service("EdgeServer")),
    ("webserver", Meaning::Service("WebServer")),
    ("userserver", Meaning::Service("UserServer")),
    ("archivingserver", Meaning::Service("ArchivingServer")),
    ("monitoringserver", Meaning::Service("MonitoringServer")),
    ("mediationserver", Meaning::Service("MediationServer")),
    ("archivingdatabase", Meaning::Service("ArchivingDatabase")),
    ("monitoringdatabase", Meaning::Service("MonitoringDatabase")),
    (
        "applicationdatabase",
        Meaning::Service("ApplicationDatabase"),
    ),
    ("pstngatewaylist", Meaning::Service("PstnGateway")),
    ("announcementservice", Meaning::Service("ApplicationServer")),
    ("callparkservice", Meaning::Service("ApplicationServer")),
    ("fileshare", Meaning::FileShare),
    ("loggingshare", Meaning::FileShare),
    ("sipdomain", Meaning::SipDomain),
    ("proxyfqdn", Meaning::Fqdn),
    ("domaincontroller", Meaning::Fqdn),
    ("globalcatalog", Meaning::Fqdn),
    ("globalsettingsdomaincontroller", Meaning::Fqdn),
    ("gateway", Meaning::Fqdn),
    ("sipaddress", Meaning::SipAddress),
    ("usersipaddress", Meaning::SipAddress),
    ("user2sipaddress", Meaning::SipAddress),
    ("sendersipaddress", Meaning::SipAddress),
    ("receiversipaddress", Meaning::SipAddress),
    ("organizersipaddress", Meaning::SipAddress),
    ("sipuri", Meaning::SipAddress),
    ("lineuri", Meaning::TelUri),
    ("privateline", Meaning::TelUri),
    ("lineserveruri", Meaning::TelUri),
    ("targetpstnphonenumber", Meaning::Phone),
    ("thumbprint", Meaning::Thumbprint),
    ("certificatethumbprint", Meaning::Thumbprint),
    ("ou", Meaning::OrganizationalUnit),
    ("computerou", Meaning::OrganizationalUnit),
    ("organizationalunit", Meaning::OrganizationalUnit),
];

/// From the reference's type.
const BY_TYPE: &[(&str, Meaning)] = &[
    ("UserIdParameter", Meaning::User),
    ("OUIdParameter", Meaning::OrganizationalUnit),
    ("OrganizationalUnitIdParameter", Meaning::OrganizationalUnit),
    ("PhoneNumber", Meaning::Phone),
    ("XdsIdentity", Meaning::Scope),
    ("Fqdn", Meaning::Fqdn),
];

/// What `-Identity` is, by the noun of its cmdlet, where it is something of the topology.
const BY_NOUN: &[(&str, Meaning)] = &[
    ("CsPool", Meaning::Pool),
    ("CsTrustedApplicationPool", Meaning::Pool),
    ("CsUserDatabaseState", Meaning::Pool),
    ("CsComputer", Meaning::Computer),
    ("CsTrustedApplicationComputer", Meaning::Computer),
    ("CsSite", Meaning::Site),
    ("CsSipDomain", Meaning::SipDomain),
    ("CsService", Meaning::Service("")),
    ("CsRegistrar", Meaning::Service("Registrar")),
    ("CsUserServer", Meaning::Service("UserServer")),
    ("CsWebServer", Meaning::Service("WebServer")),
    ("CsEdgeServer", Meaning::Service("EdgeServer")),
    ("CsMediationServer", Meaning::Service("MediationServer")),
    ("CsManagementServer", Meaning::Service("ManagementServer")),
    ("CsApplicationServer", Meaning::Service("ApplicationServer")),
    ("CsArchivingServer", Meaning::Service("ArchivingServer")),
    ("CsMonitoringServer", Meaning::Service("MonitoringServer")),
    ("CsConferenceServer", Meaning::Service("ConferencingServer")),
    ("CsDirector", Meaning::Service("Director")),
    ("CsPstnGateway", Meaning::Service("PstnGateway")),
];

impl Meaning {
    /// What a field means: by the kind of its values, by the parameter of the reference that it is
    /// passed to, else by its own name.
    pub fn of(field: &Field, kind: Kind, passed_to: Option<(&Cmdlet, &Parameter)>) -> Meaning {
        match kind {
            Kind::Secret | Kind::Credential => return Meaning::Secret,
            Kind::TimeSpan => return Meaning::TimeSpan,
            Kind::DateTime => return Meaning::Date,
            Kind::Text | Kind::Object | Kind::ListChange => {}
            _ => return Meaning::Plain,
        }
        if !field.choices.is_empty() {
            return Meaning::Plain;
        }
        if is_secret_name(&field.name) || passed_to.is_some_and(|(_, p)| is_secret_name(p.name)) {
            return Meaning::Secret;
        }
        let (name, type_name, noun) = match passed_to {
            Some((cmdlet, parameter)) => {
                let noun = cmdlet.name.split_once('-').map_or("", |(_, noun)| noun);
                (parameter.name, parameter.value_type.name, noun)
            }
            None => (field.name.as_str(), "", ""),
        };
        // Where users are moved to is a pool; `-Target` of other cmdlets is other things.
        if name.eq_ignore_ascii_case("Target") && type_name == "Fqdn" {
            return Meaning::Pool;
        }
        let noun_says = || BY_NOUN.iter().find(|(n, _)| n.eq_ignore_ascii_case(noun));
        let identity = name.eq_ignore_ascii_case("Identity");
        if let Some((_, meaning)) = identity.then(noun_says).flatten() {
            return *meaning;
        }
        let lower = name.to_ascii_lowercase();
        let bare = ["backup", "mirror", "primary"]
            .iter()
            .fold(lower.as_str(), |n, part| n.strip_prefix(part).unwrap_or(n));
        let by_name = BY_NAME.iter().find(|(n, _)| *n == bare);
        let by_type = BY_TYPE.iter().find(|(t, _)| *t == type_name);
        by_name.or(by_type).map_or(Meaning::Plain, |(_, m)| *m)
    }

    /// What is wanted, in the words of the field's hint; `None` where the kind says it better.
    pub fn hint(self) -> Option<&'static str> {
        Some(match self {
            Meaning::SqlServer => "FQDN of a SQL server",
            Meaning::SqlInstance => "name of a SQL instance, such as RTC",
            Meaning::ServerPaths => "folders on the server, such as D:\\CsData",
            Meaning::Pool => "FQDN of a pool",
            Meaning::Computer => "FQDN of a machine",
            Meaning::Replica => "FQDN of a replica",
            Meaning::Site => "a site",
            Meaning::Service(_) => "a service, Role:fqdn",
            Meaning::FileShare => "a share, \\\\server\\share",
            Meaning::SipDomain => "a SIP domain",
            Meaning::Fqdn => "FQDN",
            Meaning::SipAddress => "sip:user@domain",
            Meaning::User => "a user: SIP address, UPN or name",
            Meaning::TelUri => "tel:+E.164 number, ;ext=",
            Meaning::Phone => "a phone number, +E.164",
            Meaning::OrganizationalUnit => "OU=...,DC=... or domain/OU",
            Meaning::Scope => "global, site:, service: or tag:",
            Meaning::Thumbprint => "thumbprint, 40 hex digits",
            Meaning::TimeSpan | Meaning::Date | Meaning::Secret | Meaning::Plain => return None,
        })
    }

    /// A thumbprint or a number without the blanks and marks that people read it by; `None` when
    /// there are none, or when something else is left.
    pub fn without_separators(self, value: &str) -> Option<String> {
        let marks: &[char] = match self {
            Meaning::Thumbprint => &[' ', '\u{a0}', ':'],
            Meaning::TelUri | Meaning::Phone => &[' ', '\u{a0}', '-', '(', ')'],
            _ => return None,
        };
        let kept: String = value
            .trim()
            .chars()
            .filter(|c| !marks.contains(c))
            .collect();
        // The colon of `tel:` is none of them.
        let kept = match self {
            Meaning::TelUri => kept,
            _ => kept.replace('\n', ""),
        };
        (kept != value && self.doubt(&kept).is_none()).then_some(kept)
    }

    /// Why one value does not look like what is wanted, or `None`. Never a reason to refuse it.
    pub fn doubt(self, value: &str) -> Option<String> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        match self {
            Meaning::SqlServer if value.contains('\\') => {
                Some("the instance has a field of its own; here the server alone".into())
            }
            Meaning::SqlServer
            | Meaning::Pool
            | Meaning::Computer
            | Meaning::Replica
            | Meaning::SipDomain
            | Meaning::Fqdn => looks::fqdn(value),
            Meaning::SqlInstance => looks::instance(value),
            Meaning::ServerPaths => looks::server_path(value),
            Meaning::FileShare => {
                (!value.starts_with(r"\\")).then(|| "a UNC path begins with \\\\".into())
            }
            Meaning::SipAddress => looks::sip(value),
            Meaning::TelUri => looks::tel(value),
            Meaning::Phone => looks::phone(value),
            Meaning::OrganizationalUnit => looks::ou(value),
            Meaning::Scope => looks::scope(value),
            Meaning::Thumbprint => looks::thumbprint(value),
            Meaning::TimeSpan => looks::time_span(value),
            Meaning::Site
            | Meaning::Service(_)
            | Meaning::User
            | Meaning::Date
            | Meaning::Secret
            | Meaning::Plain => None,
        }
    }
}

/// True for names of what must not be kept even where the reference calls it a string: PINs, keys
/// and passwords.
pub fn is_secret_name(name: &str) -> bool {
    const PARTS: [&str; 12] = [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "pwd",
        "secret",
        "credential",
        "accesskey",
        "apikey",
        "privatekey",
        "token",
        "userpin",
    ];
    let lower = name.to_ascii_lowercase();
    // As the last word of a name: `ClientPin` and `SaPass`, not `Mapping` and `Bypass`.
    let last = |word: &str| {
        let upper = word.to_ascii_uppercase();
        let capital = format!("{}{}", &upper[..1], &word[1..]);
        lower == word
            || name.ends_with(&capital)
            || name.ends_with(&upper)
            || lower.ends_with(&format!("-{word}"))
            || lower.ends_with(&format!("_{word}"))
    };
    // `MaxTokenLifetime` and `EnablePasswordReset` are settings about one.
    let about = ["max", "min", "enable", "allow"]
        .iter()
        .any(|p| lower.starts_with(p));
    last("pin") || last("pass") || PARTS.iter().any(|p| lower.contains(p)) && !about
}

#[cfg(test)]
mod tests;
