<#
.SYNOPSIS
Show whether front ends of this pool may be taken down for an update
.DESCRIPTION
Shows for the pool of this front end how many front ends it has, how many are active, the upgrade
domains, and whether the state of the pool allows an update now.

Before: it runs in the own console of a front end of the pool in question.

Traps: there is no way to ask from another machine. The command waits while replicas are still
being built. Update one upgrade domain at a time and ask again before the next. For Skype for
Business Server 2019 see services/get-upgrade-domains.
.EXAMPLE
.\get-upgrade-readiness.ps1

Before the first front end is stopped, and again between two upgrade domains.
.FUNCTIONALITY
services, pool, upgrade domain, update
.COMPONENT
L2013, S2015
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

Get-CsPoolUpgradeReadinessState
