<#
.SYNOPSIS
Create the replica of the configuration on this server again
.DESCRIPTION
Creates or repairs the share of the local replica with its permissions, the rights of the service
and the local groups.

Before: the shell is elevated and it is the own console of the server in question. For a replica
that is stuck for good, stop the service REPLICA first.

After: force a replication with replication/invoke for this machine. On an Edge, import the
configuration into the local store first: its first package has to be carried there by hand.

Traps: it works on the machine it runs on and on no other. A replica that is behind because TCP 445
or, for an Edge, TCP 4443 is closed does not get better by it.
.EXAMPLE
.\enable-replica.ps1

On the server itself, as the last resort for its replica.
.FUNCTIONALITY
replication, replica, repair, local
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: replication/get-replica-status
Rollback: not needed: share, rights and groups are those every replica has
#>
[CmdletBinding()]
param()

Enable-CsReplica
