<#
.SYNOPSIS
Export the configuration for a new Edge server
.DESCRIPTION
Writes topology, policies and settings to a zip file that is carried to an Edge server for its
first start. An Edge has no line to SQL and so cannot fetch its first configuration by itself;
after that, replication brings it.

Before: the Edge is in the topology and the topology is published.

Traps: the zip lands on the machine where the cmdlet runs. Export after the last publish: an Edge
that is not in the zip cannot be set up from it. The file holds the configuration of the whole
deployment; remove it from the Edge afterwards. From a remote session the read of the store may
fail as ANONYMOUS LOGON (double hop).
.PARAMETER FileName
Zip file to write, with its folder, for example C:\Temp\edge.zip. The folder must exist. Required.
.EXAMPLE
.\export-configuration.ps1 -FileName C:\Temp\edge.zip

On a front end, before the setup of an Edge.
.FUNCTIONALITY
edge, export, configuration, replication
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the zip file exists and is not empty; on the Edge go on with edge/import-configuration
Rollback: none: it only reads; delete the file when it is no longer wanted
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('\.zip$')]
    [string]
    $FileName
)

Export-CsConfiguration -FileName $FileName
