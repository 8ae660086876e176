<#
.SYNOPSIS
Back up the user data of a pool to a zip file
.DESCRIPTION
Writes the user data of one pool (contact lists and scheduled conferences among them) and its
conference directories to a zip file. It is the counterpart of backup/import-user-data and holds
user data only: topology and settings are exported by cms/export-configuration.

Before: the folder exists and has room; the account reaches the pool and SQL.

Traps: one user whose address has a slash or a backslash in it ends the export at that point with
an error about an invalid resource name, and the file is then incomplete. Copy the file off the
server before the change starts.
.PARAMETER PoolFqdn
FQDN of the pool that holds the users, for instance sgpool01.kestrel.lan. Required.
.PARAMETER FileName
Full path of the zip file to write, for instance C:\Backup\users.zip. Required.
.PARAMETER UserFilter
Address of one user without the sip: in front, for instance anna@kestrel.example. Left out: all
users of the pool.
.EXAMPLE
.\export-user-data.ps1 -PoolFqdn sgpool01.kestrel.lan -FileName C:\Backup\sgpool01-users.zip

Before work on the pool or its databases.
.EXAMPLE
.\export-user-data.ps1 -PoolFqdn sgpool01.kestrel.lan -FileName C:\Backup\anna.zip -UserFilter anna@kestrel.example

One user only.
.FUNCTIONALITY
backup, users, export
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the zip file exists, is not empty and holds DocItemSet.xml
Rollback: not needed, nothing is changed
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
Export-CsUserData -PoolFqdn $PoolFqdn -FileName $FileName @optional
