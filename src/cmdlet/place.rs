//! Where a cmdlet may run.
//!
//! The names are from the cmdlet reference and the server documentation: what refuses a remote
//! session or works on the machine it runs on, and what needs a line to SQL or the file store and
//! fails in a second hop (about_Remote_Troubleshooting).

use super::catalogue::Cmdlet;

/// Where a cmdlet may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The own console of the server it works on; not a remote session.
    OwnConsole,
    /// Any machine with the module and a line to SQL, Active Directory and the file store; a
    /// remote session loses the account on the second hop.
    AdminBox,
    /// As [`Place::AdminBox`], and through the pool's OcsPowershell endpoint, where the caller's
    /// RBAC role holds it.
    RemoteToo,
    /// The Exchange Management Shell.
    ExchangeShell,
    /// The reference does not say: any machine with the module, or OcsPowershell with a role that
    /// holds it.
    NotStated,
}

const OWN_CONSOLE: &[&str] = &[
    "Enable-CsComputer",
    "Enable-CsReplica",
    "Get-CsCertificate",
    "Get-CsManagementConnection",
    "Get-CsPoolUpgradeReadinessState",
    "Get-CsServerPatchVersion",
    "Get-CsServerVersion",
    "Get-CsUpgradeDomainInfo",
    "Import-CsCertificate",
    "Import-CsConfiguration",
    "Move-CsManagementServer",
    "Request-CsCertificate",
    "Set-CsCertificate",
    "Test-CsCertificateConfiguration",
    "Test-CsComputer",
    "Test-CsReplica",
];

const ADMIN_BOX: &[&str] = &[
    "Enable-CsTopology",
    "Export-CsConfiguration",
    "Export-CsLisConfiguration",
    "Export-CsRgsConfiguration",
    "Export-CsUserData",
    "Get-CsBackupServiceStatus",
    "Get-CsConfigurationStoreLocation",
    "Get-CsDatabaseMirrorState",
    "Get-CsPoolBackupRelationship",
    "Get-CsPoolFabricState",
    "Get-CsTopology",
    "Get-CsWindowsService",
    "Import-CsUserData",
    "Install-CsDatabase",
    "Invoke-CsBackupServiceSync",
    "Invoke-CsComputerFailBack",
    "Invoke-CsComputerFailOver",
    "Invoke-CsDatabaseFailover",
    "Invoke-CsManagementServerFailover",
    "Invoke-CsPoolFailBack",
    "Invoke-CsPoolFailOver",
    "New-CsTrustedApplication",
    "New-CsTrustedApplicationPool",
    "Publish-CsTopology",
    "Reset-CsPoolRegistrarState",
    "Search-CsClsLogging",
    "Start-CsClsLogging",
    "Start-CsPool",
    "Start-CsWindowsService",
    "Stop-CsClsLogging",
    "Stop-CsWindowsService",
    "Test-CsAddressBookService",
    "Test-CsDatabase",
    "Test-CsExStorageConnectivity",
    "Test-CsExUMConnectivity",
    "Test-CsFederatedPartner",
    "Test-CsIM",
    "Test-CsP2PAV",
    "Test-CsPstnOutboundCall",
    "Test-CsRegistration",
    "Test-CsTopology",
    "Uninstall-CsDatabase",
];

const REMOTE_TOO: &[&str] = &[
    "Enable-CsUser",
    "Get-CsManagementStoreReplicationStatus",
    "Get-CsPool",
    "Get-CsService",
    "Get-CsTrunk",
    "Get-CsUserPoolInfo",
    "Grant-CsDialPlan",
    "Grant-CsVoicePolicy",
    "Invoke-CsManagementStoreReplication",
    "Move-CsUser",
    "New-CsAllowedDomain",
    "New-CsHostingProvider",
    "New-CsPartnerApplication",
    "New-CsVoiceNormalizationRule",
    "New-CsVoiceRoute",
    "Set-CsAccessEdgeConfiguration",
    "Set-CsArchivingConfiguration",
    "Set-CsClientPin",
    "Set-CsClientPolicy",
    "Set-CsOAuthConfiguration",
    "Set-CsTrunkConfiguration",
    "Set-CsUser",
    "Update-CsAddressBook",
];

impl Place {
    /// Where this cmdlet may run.
    pub fn of(cmdlet: &Cmdlet) -> Place {
        if cmdlet.exchange {
            Place::ExchangeShell
        } else if OWN_CONSOLE.contains(&cmdlet.name) {
            Place::OwnConsole
        } else if ADMIN_BOX.contains(&cmdlet.name) {
            Place::AdminBox
        } else if REMOTE_TOO.contains(&cmdlet.name) {
            Place::RemoteToo
        } else {
            Place::NotStated
        }
    }

    /// The word of `RunsOn:` in a snippet.
    pub fn word(self) -> &'static str {
        match self {
            Place::OwnConsole => "local-console",
            Place::AdminBox => "admin-box",
            Place::RemoteToo => "remote-ok",
            Place::ExchangeShell => "exchange-shell",
            Place::NotStated => "not-stated",
        }
    }

    /// One sentence.
    pub fn text(self) -> &'static str {
        match self {
            Place::OwnConsole => {
                "the server's own console, not a remote session: it works on the machine it runs on"
            }
            Place::AdminBox => {
                "any machine with the module and a line to SQL, Active Directory and the file store; a remote session may lose the account on the second hop"
            }
            Place::RemoteToo => {
                "any machine with the module, and the pool's OcsPowershell endpoint where the RBAC role holds it"
            }
            Place::ExchangeShell => "the Exchange Management Shell",
            Place::NotStated => {
                "not stated by the reference: a machine with the module, or OcsPowershell where the RBAC role holds it"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmdlet::catalogue;

    #[test]
    fn every_name_is_a_cmdlet_and_stands_once() {
        let all: Vec<&str> = [OWN_CONSOLE, ADMIN_BOX, REMOTE_TOO].concat();
        for (n, name) in all.iter().enumerate() {
            assert_eq!(catalogue().get(name).map(|c| c.name), Some(*name));
            assert!(!all[..n].contains(name), "{name} twice");
        }
        let place = |name: &str| Place::of(catalogue().get(name).expect("known"));
        assert_eq!(place("Move-CsManagementServer"), Place::OwnConsole);
        assert_eq!(place("New-ExchangeCertificate"), Place::ExchangeShell);
        assert_eq!(place("Get-CsSite"), Place::NotStated);
    }
}
