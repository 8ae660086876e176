<#
.SYNOPSIS
Set startup mode and dial plans of the UM call router
.DESCRIPTION
Sets whether the UM call router of one Exchange server talks plain TCP, TLS or both, and which SIP
dial plans it serves.

Before: the dial plan exists (exchange/new-um-dial-plan). Note the present values, dial plans above
all.

Traps: a new mode counts only after a restart of MSExchangeUMCR. The UM service has a setting of
its own (exchange/set-um-service-mode): both are needed before a certificate is bound. -DialPlans
replaces the list. Exchange 2010 has other cmdlets, Exchange 2019 has no Unified Messaging.
.PARAMETER Server
Exchange server: its name or FQDN, for example exum01. The cmdlet would take the server of its own
shell without it; here it is required.
.PARAMETER UMStartupMode
Dual listens on 5060 and 5061, TLS only encrypted, TCP only plain. A certificate can be bound only
with TLS or Dual. It is always set: left alone it is Dual.
.PARAMETER DialPlans
SIP dial plans that the service answers for, for example SG-UM. The list given here replaces the
present one, so name all of them. Left out, it stays as it is.
.EXAMPLE
.\set-um-call-router-mode.ps1 -Server exum01 -UMStartupMode Dual -DialPlans SG-UM

Before a certificate is made or bound.
.FUNCTIONALITY
exchange, um, startup mode, tls, dial plan
.COMPONENT
E2013, E2016
.ROLE
Organization Management, UM Management
.NOTES
RunsOn: exchange-shell
Gates: none
Verify: Get-UMCallRouterSettings -Server SERVER shows UMStartupMode and DialPlans
Rollback: run it again with the values noted before, then restart MSExchangeUMCR
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $Server,

    [Parameter()]
    [ValidateSet('TCP', 'TLS', 'Dual')]
    [string]
    $UMStartupMode = 'Dual',

    [Parameter()]
    [string[]]
    $DialPlans
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('DialPlans')) { $optional.DialPlans = $DialPlans }
Set-UMCallRouterSettings -Server $Server -UMStartupMode $UMStartupMode @optional
