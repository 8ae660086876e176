<#
.SYNOPSIS
Show upgrade domains of this pool and whether it may be updated
.DESCRIPTION
Shows for the pool of this front end how many front ends it has, how many are active, the upgrade
domains, and whether the state of the pool allows an update now. The name in Skype for Business
Server 2019 of what services/get-upgrade-readiness does in earlier ones.

Before: it runs in the own console of a front end of the pool in question.

Traps: there is no way to ask from another machine. Update one upgrade domain at a time and ask
again before the next.
.EXAMPLE
.\get-upgrade-domains.ps1

Before the first front end is stopped, and again between two upgrade domains.
.FUNCTIONALITY
services, pool, upgrade domain, update
.COMPONENT
S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsUpgradeDomainInfo
