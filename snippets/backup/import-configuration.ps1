<#
.SYNOPSIS
Restore topology, policies and settings from a zip file
.DESCRIPTION
DESTRUCTIVE. Reads a file of cms/export-configuration into the Central Management store: topology,
policies and settings of the whole deployment become those of the file. With -LocalStore only the
local copy of this machine is written, which is how a new Edge Server gets its first package.

Before: export configuration and location data as they are NOW and copy both files away; know from
which day and which deployment the file is. The cmdlet has no -WhatIf.

After: topology/enable-topology, then watch the replicas until all of them are UpToDate. With
-LocalStore on an Edge: Enable-CsReplica, then start the services; from then on replication works
by itself.

Traps: without -LocalStore an Edge cannot run it, because it has no line to the store. Everything
that was changed after the export was taken is lost. Location data are in a file of their own and
do not come back with this one.
.PARAMETER FileName
Full path of the zip file, on this machine or a share, for instance C:\Backup\cs.zip. Required.
.PARAMETER LocalStore
Write the local copy of this machine instead of the Central Management store: for an Edge Server
or for a replica that cannot be reached. Left out: the central store is overwritten.
.EXAMPLE
.\import-configuration.ps1 -FileName C:\Backup\cs.zip

Restore the central store, at the console of a server with a line to it.
.EXAMPLE
.\import-configuration.ps1 -FileName C:\Install\cs.zip -LocalStore

First package of a new Edge such as sgedge01.kestrel.lan, at its own console.
.FUNCTIONALITY
restore, cms, configuration, import
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV, BKUP, TYPE
Verify: topology/enable-topology
Rollback: import the export that was made just before with this same snippet
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^([A-Za-z]:\\|\\\\)[^"<>|?*]+\.zip$')]
    [string]
    $FileName,

    [Parameter()]
    [switch]
    $LocalStore
)

$optional = @{}
if ($LocalStore) { $optional.LocalStore = $true }
Import-CsConfiguration -FileName $FileName @optional
