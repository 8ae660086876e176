<#
.SYNOPSIS
Back up topology, policies and settings to a zip file
.DESCRIPTION
Exports the content of the Central Management store: topology, policies and configuration of the
whole deployment. Take it before every change of the topology and before a move of the store.

Traps: location data (E9-1-1) is not in it, export that as well. Neither users' contact lists nor
conferences are in it. The file is written on the machine where the cmdlet runs, so copy it away
from there. From a remote session the read of the store may fail as ANONYMOUS LOGON (double hop).
A backup counts only when the file is there and is not empty.
.PARAMETER FileName
Zip file to write, with its folder, as seen from the machine where the cmdlet runs. The folder must
exist.
.EXAMPLE
.\export-configuration.ps1 -FileName C:\Backup\cs-config.zip
.FUNCTIONALITY
cms, backup, configuration, topology
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the zip file exists, is not empty and has been copied to another machine
Rollback: not needed, nothing is changed; delete the file when it is no longer wanted
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('\.zip$')]
    [string]
    $FileName
)

Export-CsConfiguration -FileName $FileName
