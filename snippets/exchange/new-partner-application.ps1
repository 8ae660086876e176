<#
.SYNOPSIS
Make Exchange a partner application of Lync
.DESCRIPTION
Tells Lync or Skype for Business to trust Exchange for server-to-server calls (OAuth), under the
name Exchange and with full trust. Archiving to Exchange and the unified contact store need it.

Before: an OAuth certificate is assigned on the Lync side, and its servers reach the metadata
address and trust the certificate there.

Traps: this is one half. On Exchange the other half is Configure-EnterprisePartnerApplication.ps1
in its Scripts folder. It fails when a partner application of that name exists.
.PARAMETER MetadataUrl
Address of the metadata document of Exchange, for example
https://autodiscover.kestrel.lan/autodiscover/metadata/json/1. Required.
.EXAMPLE
.\new-partner-application.ps1 -MetadataUrl https://autodiscover.kestrel.lan/autodiscover/metadata/json/1

Once for the deployment.
.FUNCTIONALITY
exchange, oauth, partner application, integration
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: exchange/test-storage-connectivity
Rollback: Remove-CsPartnerApplication -Identity Exchange
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^https://[^\s<>]+$')]
    [string]
    $MetadataUrl
)

New-CsPartnerApplication -Identity Exchange -ApplicationTrustLevel Full -MetadataUrl $MetadataUrl
