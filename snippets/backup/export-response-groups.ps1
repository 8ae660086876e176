<#
.SYNOPSIS
Back up the Response Group configuration of a pool to a zip file
.DESCRIPTION
Writes workflows, queues, agent groups, holiday sets, business hours, audio files and service
settings of one Response Group application to a zip file. Needed before a pool is replaced and for
the day on which it is lost.

Before: the folder exists, and no file of this name is in it.

Traps: an existing file is not overwritten, the command fails instead. Response Groups of Lync
Server 2010 cannot be exported this way. The export leaves the groups where they are.
.PARAMETER Source
Identity of the application server whose groups are exported, for instance
ApplicationServer:sgpool01.kestrel.lan. Get-CsService -ApplicationServer lists them. Required.
.PARAMETER FileName
Full path of the zip file to write, for instance C:\Backup\rgs.zip. Required.
.EXAMPLE
.\export-response-groups.ps1 -Source ApplicationServer:sgpool01.kestrel.lan -FileName C:\Backup\sgpool01-rgs.zip

Before a migration to another pool.
.FUNCTIONALITY
backup, response groups, rgs, export
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the zip file exists and is not empty
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^(service:)?ApplicationServer:[^\s\\/:,;|<>*?]+$')]
    [string]
    $Source,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^([A-Za-z]:\\|\\\\)[^"<>|?*]+\.zip$')]
    [string]
    $FileName
)

Export-CsRgsConfiguration -Source $Source -FileName $FileName
