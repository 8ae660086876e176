<#
.SYNOPSIS
Show how conversations are archived
.DESCRIPTION
Lists the archiving settings at every scope: what is archived, how long it is kept, when it is
purged, and whether IM stops when archiving fails.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: settings alone archive nothing, an archiving policy must apply to the user too. With
BlockOnArchiveFailure set, an outage of the archiving store stops IM: know this before work on its
SQL server. Archiving is not the conversation history in the mailbox.
.PARAMETER Identity
Identity of one collection, for instance Global or site:Singapore. Not together with -Filter. Left
out: all collections.
.PARAMETER Filter
Wildcards for identities, for instance site:*. Not together with -Identity. Left out: all
collections.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\get-configuration.ps1

Before work on the SQL server sgsql01.kestrel.lan.
.EXAMPLE
.\get-configuration.ps1 -Identity site:Singapore

One site.
.FUNCTIONALITY
archiving, compliance, im
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: ELEV (-LocalStore)
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding(DefaultParameterSetName = 'Identity')]
param(
    [Parameter(ParameterSetName = 'Identity')]
    [string]
    $Identity,

    [Parameter(ParameterSetName = 'Filter')]
    [string]
    $Filter,

    [Parameter()]
    [switch]
    $LocalStore
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Identity')) { $optional.Identity = $Identity }
if ($PSBoundParameters.ContainsKey('Filter')) { $optional.Filter = $Filter }
if ($LocalStore) { $optional.LocalStore = $true }
Get-CsArchivingConfiguration @optional
