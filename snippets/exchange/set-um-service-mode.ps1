<#
.SYNOPSIS
Set startup mode and dial plans of the UM service
.DESCRIPTION
Sets whether the Unified Messaging service of one Exchange server talks plain TCP, TLS or both, and
which SIP dial plans it serves.

Before: the dial plan exists (exchange/new-um-dial-plan). Note the present values, dial plans above
all.

Traps: a new mode counts only after a restart of MSExchangeUM. The call router has a setting of its
own (exchange/set-um-call-router-mode): both are needed before a certificate is bound. -DialPlans
replaces the list. Exchange 2010 has other cmdlets, Exchange 2019 has no Unified Messaging.
.PARAMETER Identity
Name of the Exchange server, for example exum01. Required.
.PARAMETER UMStartupMode
Dual listens on 5060 and 5061, TLS only encrypted, TCP only plain. A certificate can be bound only
with TLS or Dual. It is always set: left alone it is Dual.
.PARAMETER DialPlans
SIP dial plans that the service answers for, for example SG-UM. The list given here replaces the
present one, so name all of them. Left out, it stays as it is.
.EXAMPLE
.\set-um-service-mode.ps1 -Identity exum01 -UMStartupMode Dual -DialPlans SG-UM

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
Verify: exchange/get-um-service
Rollback: run it again with the values noted before, then restart MSExchangeUM
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $Identity,

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
Set-UMService -Identity $Identity -UMStartupMode $UMStartupMode @optional
