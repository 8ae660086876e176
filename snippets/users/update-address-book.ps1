<#
.SYNOPSIS
Make the address book servers synchronise now
.DESCRIPTION
Has the address book service take over the user data at once, instead of at its next interval,
which is five minutes as installed.

Traps: it only starts the work. Changes in Active Directory must have reached the user database
before. There is no -WhatIf.
.PARAMETER Fqdn
FQDN of one address book server, for example sgpool01.kestrel.lan. Left out, all of them
synchronise.
.EXAMPLE
.\update-address-book.ps1 -Fqdn sgpool01.kestrel.lan

Only the one of this pool.
.EXAMPLE
.\update-address-book.ps1

All of them.
.FUNCTIONALITY
users, address book, synchronise
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Test-CsAddressBookService -TargetFqdn POOL; a client gets the new file with its next download
Rollback: not needed: the address book is only made anew from the user data
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $Fqdn
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Fqdn')) { $optional.Fqdn = $Fqdn }
Update-CsAddressBook @optional
