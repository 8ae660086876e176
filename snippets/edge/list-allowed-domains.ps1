<#
.SYNOPSIS
Show the domains that are allowed for federation
.DESCRIPTION
Lists the allowed domains, each with the fixed Access Edge of the partner if one is set.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: with partner discovery switched off, direct federation needs the domain on this list; with
it switched on, the list is not all there is. A domain on the blocked list is refused. Both sides
must allow each other.
.PARAMETER Identity
One domain, for instance partner.example. Not together with -Filter. Left out: all allowed
domains.
.PARAMETER Filter
Wildcards for domains, for instance *partner*. Not together with -Identity. Left out: all allowed
domains.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\list-allowed-domains.ps1

All of them.
.EXAMPLE
.\list-allowed-domains.ps1 -Identity partner.example -LocalStore

At the console of sgedge01.kestrel.lan: has the new partner arrived?
.FUNCTIONALITY
edge, federation, domain
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
Get-CsAllowedDomain @optional
