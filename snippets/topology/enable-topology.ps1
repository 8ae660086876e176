<#
.SYNOPSIS
Enable the published topology
.DESCRIPTION
Puts the published topology into force: writes server and service objects and their trust to Active
Directory, and permissions to the file shares. A published topology is not an enabled one until
this has run.

Before: the account may write in Active Directory and is local administrator of every file server
of the topology, where permissions are set.

Traps: read the report to its end, a warning about a file share comes back later as replication
that never finishes. If this fails before a move of the Central Management store, do not move.
Servers still need setup step 2 (Setup or Remove Components) to take up a new role.
.EXAMPLE
.\enable-topology.ps1
.FUNCTIONALITY
topology, enable, active directory, file share
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, Domain Admins
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: replication/get-status
Rollback: publish the earlier topology again and run this once more
#>
[CmdletBinding()]
param()

Enable-CsTopology
