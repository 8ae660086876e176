<#
.SYNOPSIS
Switch federation, remote and anonymous access on or off
.DESCRIPTION
Changes the global settings of the Access Edge service: who may come in through the Edge servers.
Only what you fill in changes; the rest stays.

Before: note the present values with Get-CsAccessEdgeConfiguration.

Traps: the setting is one for the whole deployment. -AllowOutsideUsers $false shuts out remote
users and anonymous ones together. -AllowFederatedUsers also governs the users of a split domain
who are hosted elsewhere. Users need an external access policy that allows the same. It takes
effect on an Edge only when its replica is up to date.
.PARAMETER AllowFederatedUsers
$true lets your users talk to federated domains and to the other half of a split domain. Left out,
it stays as it is.
.PARAMETER AllowOutsideUsers
$true lets remote users and anonymous participants in from the internet. Left out, it stays as it
is.
.PARAMETER AllowAnonymousUsers
$true lets people without an account into meetings. Left out, it stays as it is.
.EXAMPLE
.\set-access.ps1 -AllowFederatedUsers $true

Federation on, everything else unchanged.
.EXAMPLE
.\set-access.ps1 -AllowFederatedUsers $true -AllowOutsideUsers $true

Federation and remote access on.
.FUNCTIONALITY
edge, federation, remote access, security
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsAccessEdgeConfiguration shows the values; replication/get-replica-status for each Edge
Rollback: run it again with the values noted before
#>
[CmdletBinding()]
param(
    [Parameter()]
    [bool]
    $AllowFederatedUsers,

    [Parameter()]
    [bool]
    $AllowOutsideUsers,

    [Parameter()]
    [bool]
    $AllowAnonymousUsers
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('AllowFederatedUsers')) { $optional.AllowFederatedUsers = $AllowFederatedUsers }
if ($PSBoundParameters.ContainsKey('AllowOutsideUsers')) { $optional.AllowOutsideUsers = $AllowOutsideUsers }
if ($PSBoundParameters.ContainsKey('AllowAnonymousUsers')) { $optional.AllowAnonymousUsers = $AllowAnonymousUsers }
Set-CsAccessEdgeConfiguration -Identity Global @optional
