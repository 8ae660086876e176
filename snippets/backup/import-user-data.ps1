<#
.SYNOPSIS
Restore the user data of a pool from a zip file
.DESCRIPTION
DESTRUCTIVE. Reads a file of backup/export-user-data into a pool. What the pool holds now for the
users and conference directories in the file can be overwritten by it.

Before: export the user data of the pool as they are now. Plan for an outage: the Front End
service is stopped on every front end of the pool before the import and started on all of them
together afterwards, otherwise the imported data do not come into effect. The cmdlet has no
-WhatIf.

Traps: what users changed after the export was taken can be lost. The file must have been written
by Export-CsUserData: an export of the configuration also has a DocItemSet.xml in it and is
something else. Restrict it to one user with -UserFilter when only one is damaged.
.PARAMETER PoolFqdn
FQDN of the pool the data go to, for instance sgpool01.kestrel.lan. Required.
.PARAMETER FileName
Full path of the zip file, for instance C:\Backup\users.zip. Required.
.PARAMETER UserFilter
Address of one user without the sip: in front, for instance anna@kestrel.example. Left out: every
user in the file.
.EXAMPLE
.\import-user-data.ps1 -PoolFqdn sgpool01.kestrel.lan -FileName C:\Backup\sgpool01-users.zip

After the user database had to be created anew.
.EXAMPLE
.\import-user-data.ps1 -PoolFqdn sgpool01.kestrel.lan -FileName C:\Backup\sgpool01-users.zip -UserFilter anna@kestrel.example

Bring back one user.
.FUNCTIONALITY
restore, users, import
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV, TYPE
Verify: Get-CsUserPoolInfo -Identity USER, then sign in as a user of the file and look at the contact list
Rollback: import the export that was made just before with this same snippet
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $PoolFqdn,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^([A-Za-z]:\\|\\\\)[^"<>|?*]+\.zip$')]
    [string]
    $FileName,

    [Parameter()]
    [ValidatePattern('^[^\s@<>:]+@[^\s@<>]+$')]
    [string]
    $UserFilter
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('UserFilter')) { $optional.UserFilter = $UserFilter }
Import-CsUserData -PoolFqdn $PoolFqdn -FileName $FileName @optional
