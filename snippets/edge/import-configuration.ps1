<#
.SYNOPSIS
Import the first configuration into an Edge server
.DESCRIPTION
Reads an exported zip file into the local store of this machine. It replaces the first replication
of an Edge, which cannot come by itself.

Before: run edge/export-configuration inside after the last publish and copy the file here. The
local store (SQL instance RTCLOCAL) is installed. The shell is elevated and on the own console of
the Edge.

Traps: -LocalStore is written out here for a reason: without it the import goes to the Central
Management store and overwrites the whole deployment. What the local store held is replaced. There
is no -WhatIf. Afterwards run Enable-CsReplica, assign the certificates and start the services.
.PARAMETER FileName
Zip file that was exported inside, with its folder on this machine, for example C:\Temp\edge.zip.
It has no default on purpose. Required.
.EXAMPLE
.\import-configuration.ps1 -FileName C:\Temp\edge.zip

On the console of the new Edge.
.FUNCTIONALITY
edge, import, configuration, replication, local store
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
local administrator
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: Get-CsTopology -LocalStore shows the topology; after Enable-CsReplica and the start of the services replication/get-replica-status for the internal FQDN
Rollback: import an earlier zip file in the same way; once replication runs, it brings the present state by itself
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('\.zip$')]
    [string]
    $FileName
)

Import-CsConfiguration -FileName $FileName -LocalStore
