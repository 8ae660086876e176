<#
.SYNOPSIS
Show the PSTN usages
.DESCRIPTION
Lists the PSTN usages, one a line. A usage ties a voice policy to the routes that its users may
take.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: there is one list for the whole deployment, and a usage says nothing by itself: look at the
policies and the routes that name it.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\get-pstn-usages.ps1

All usages.
.EXAMPLE
.\get-pstn-usages.ps1 -LocalStore

The copy of the machine it runs on, for instance cebsba01.kestrel.lan.
.FUNCTIONALITY
voice, pstn usage
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
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
Get-CsPstnUsage @optional | Select-Object -ExpandProperty Usage
