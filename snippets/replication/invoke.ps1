<#
.SYNOPSIS
Force a full replication to one replica or to all
.DESCRIPTION
Clears the stored status and sends the whole configuration again, to one machine or, with no name
given, to every replica. For a replica that is behind although the way to it works.

Traps: rows go False first, also those of healthy machines, and turn True after two or three
minutes: that is not a failure. The cmdlet has no -WhatIf. It does not help a replica that cannot be
reached (Edge: TCP 4443; internal server or SBA: TCP 445) and it only adds load where the store
itself is down.
.PARAMETER ReplicaFqdn
FQDN of the machine, the internal one for an Edge. Leave it unset for all replicas.
.EXAMPLE
.\invoke.ps1 -ReplicaFqdn sgedge02.kestrel.lan

One replica.
.EXAMPLE
.\invoke.ps1

All replicas.
.FUNCTIONALITY
replication, force
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: remote-ok
Gates: none
Verify: replication/get-status
Rollback: not needed, the same configuration is sent again
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $ReplicaFqdn
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('ReplicaFqdn')) { $optional.ReplicaFqdn = $ReplicaFqdn }
Invoke-CsManagementStoreReplication @optional
