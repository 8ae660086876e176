<#
.SYNOPSIS
Back up the location data (E9-1-1) to a zip file
.DESCRIPTION
Exports the database lis of the Central Management store: addresses, subnets, switches, ports and
wireless access points known to the location information service. Together with the export of the
configuration it makes the backup that a move or a rebuild of the store needs.

Traps: the export of the configuration does not contain this data, and moving a lost store from
backup takes both files. The file is written on the machine where the cmdlet runs, so copy it away
from there. Do not give it the name of the configuration export.
.PARAMETER FileName
Zip file to write, with its folder, as seen from the machine where the cmdlet runs. The folder must
exist.
.EXAMPLE
.\export-lis-configuration.ps1 -FileName C:\Backup\cs-lis.zip
.FUNCTIONALITY
cms, backup, lis, location
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

Export-CsLisConfiguration -FileName $FileName
