<#
.SYNOPSIS
Show the replication status of one replica
.DESCRIPTION
The row of one machine. LastUpdateCreation is when the newest package for it was made,
LastStatusReport is when it last answered: an answer older than the package means that the package
did not arrive or the answer did not get back; an empty answer means the machine has never reported.

Traps: the name is that of a machine, not of a pool. An Edge is known by its internal FQDN.
.PARAMETER ReplicaFqdn
FQDN of the machine, the internal one for an Edge.
.EXAMPLE
.\get-replica-status.ps1 -ReplicaFqdn sgedge02.kestrel.lan
.FUNCTIONALITY
replication, status
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: none
Verify: UpToDate is True and LastStatusReport is not older than LastUpdateCreation
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $ReplicaFqdn
)

Get-CsManagementStoreReplicationStatus -ReplicaFqdn $ReplicaFqdn
