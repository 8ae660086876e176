<#
.SYNOPSIS
Show startup mode and dial plans of the UM service
.DESCRIPTION
Shows startup mode and dial plans of the Unified Messaging service on one Exchange server or on
all.

Traps: the call router is not in it; it has Get-UMCallRouterSettings. A mode that was changed but
whose service was not restarted is shown as if it counted already.
.PARAMETER Identity
Name of the Exchange server, for example exum01. Left out, all servers.
.EXAMPLE
.\get-um-service.ps1 -Identity exum01

Before a certificate is bound.
.EXAMPLE
.\get-um-service.ps1

All servers.
.FUNCTIONALITY
exchange, um, startup mode, status
.COMPONENT
E2013, E2016
.ROLE
Organization Management, View-Only Organization Management
.NOTES
RunsOn: exchange-shell
Gates: none
Verify: none: it only reads
Rollback: none: it only reads
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $Identity
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Identity')) { $optional.Identity = $Identity }
Get-UMService @optional | Format-List Name, UMStartupMode, DialPlans
