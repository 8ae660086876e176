<#
.SYNOPSIS
Show the Access Edge settings of the deployment
.DESCRIPTION
Shows whether remote users, federated users and anonymous users are allowed, and how federation is
routed. There is one such collection for the whole deployment.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: which properties are shown depends on the kind of routing that is set. An Edge works by its
local copy: with -LocalStore, at its own console, you see what it really has.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\get-access.ps1

Before federation is tested.
.EXAMPLE
.\get-access.ps1 -LocalStore

At the console of sgedge01.kestrel.lan.
.FUNCTIONALITY
edge, federation, remote access
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, RTCUniversalServerAdmins
.NOTES
RunsOn: remote-ok
Gates: ELEV (-LocalStore)
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter()]
    [switch]
    $LocalStore
)

$optional = @{}
if ($LocalStore) { $optional.LocalStore = $true }
Get-CsAccessEdgeConfiguration @optional
