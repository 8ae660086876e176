<#
.SYNOPSIS
Show the state of the Central Management store itself
.DESCRIPTION
Shows which server is the active master, which file transfer agents work for it, and which replicas
are active or deleted. The place to look when all replicas are behind: then the cause is at the
store, not at the replicas.

Traps: an empty ActiveMasterFqdn or an empty ActiveFileTransferAgents means that the store is down.
It must be failed over before a pool is. The console cuts a long list of ActiveReplicas.
.EXAMPLE
.\get-store-status.ps1
.FUNCTIONALITY
replication, cms, status
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: none
Verify: ActiveMasterFqdn and ActiveFileTransferAgents name servers of the pool that holds the store
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus
