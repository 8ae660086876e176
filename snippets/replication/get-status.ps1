<#
.SYNOPSIS
Show the replication status of all replicas
.DESCRIPTION
One row per machine that holds a copy of the configuration: front ends, Directors, Mediation
servers, Edge servers, SBAs and replicating trusted application servers.

Traps: True means up to date with the newest package made so far; a change is noticed up to a
minute late, so a True right after a change may be stale. Compare LastUpdateCreation with the time
of the change. A row without LastStatusReport has never reported. A missing row is no good news
either: the machine is not known to the store. Useless on an Edge, which has no line to SQL.
.EXAMPLE
.\get-status.ps1
.FUNCTIONALITY
replication, status
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: none
Verify: every expected machine has a row with UpToDate True, twice, a minute apart
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsManagementStoreReplicationStatus
