<#
.SYNOPSIS
Create and enable a hosting provider
.DESCRIPTION
Creates a hosting provider and enables it: a third party that hosts users of your own SIP domain
(split domain) or of others.

Before: federation is switched on (edge/set-access). The provider must set up the relation on its
side too.

Traps: the proxy FQDN cannot be changed later, only by removing and creating the provider. Name and
proxy FQDN must both be unique among hosting and public providers. It cannot work while the Edge
servers use default routing instead of DNS SRV.
.PARAMETER Identity
Name of the provider, for example KestrelCloud. Required.
.PARAMETER EnabledSharedAddressSpace
$true for a split domain: some users of your SIP domain live there. $false for plain federation.
Left alone it is $true.
.PARAMETER HostsOCSUsers
$true when the provider hosts Lync or Skype for Business accounts, $false when only others such as
mailboxes. Left alone it is $true.
.PARAMETER ProxyFqdn
FQDN of the proxy of the provider, for example sipfed.partner.kestrel.lan. Required.
.PARAMETER VerificationLevel
How far messages from there are trusted. UseSourceVerification goes by what the provider says of
each message; AlwaysVerifiable lets all through; AlwaysUnverifiable only those from contacts of the
user. Left alone it is UseSourceVerification.
.EXAMPLE
.\new-hosting-provider.ps1 -Identity KestrelCloud -ProxyFqdn sipfed.partner.kestrel.lan

Split domain with hosted accounts.
.EXAMPLE
.\new-hosting-provider.ps1 -Identity PartnerHost -ProxyFqdn sip.partner.kestrel.lan -EnabledSharedAddressSpace $false -HostsOCSUsers $false

Plain federation with a provider.
.FUNCTIONALITY
edge, federation, hosting provider, hybrid
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsHostingProvider -Identity NAME, then edge/test-federated-partner for a domain of that provider
Rollback: Disable-CsHostingProvider -Identity NAME, or Remove-CsHostingProvider -Identity NAME
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [string]
    $Identity,

    [Parameter()]
    [bool]
    $EnabledSharedAddressSpace = $true,

    [Parameter()]
    [bool]
    $HostsOCSUsers = $true,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $ProxyFqdn,

    [Parameter()]
    [ValidateSet('AlwaysVerifiable', 'AlwaysUnverifiable', 'UseSourceVerification')]
    [string]
    $VerificationLevel = 'UseSourceVerification'
)

New-CsHostingProvider -Identity $Identity -Enabled $true -EnabledSharedAddressSpace $EnabledSharedAddressSpace -HostsOCSUsers $HostsOCSUsers -ProxyFqdn $ProxyFqdn -VerificationLevel $VerificationLevel
