<#
.SYNOPSIS
List the users with Enterprise Voice
.DESCRIPTION
A table of all users that are enabled for Enterprise Voice, with address, line and pool. Good for
counting before a migration, and for finding lines given twice.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: on a big directory it takes its time: narrow it with an OU.
.PARAMETER OU
Distinguished name of an organisational unit, for instance OU=Staff,DC=kestrel,DC=lan; units below
it are included. Left out: the whole forest.
.EXAMPLE
.\list-enterprise-voice.ps1

All of them, for instance before sgpool01.kestrel.lan is replaced.
.EXAMPLE
.\list-enterprise-voice.ps1 -OU 'OU=Cebu,DC=kestrel,DC=lan'

One branch, before its appliance cebsba01.kestrel.lan takes over.
.FUNCTIONALITY
user, enterprise voice, line
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^(OU|CN)=.+,DC=.+$')]
    [string]
    $OU
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('OU')) { $optional.OU = $OU }
Get-CsUser -Filter 'EnterpriseVoiceEnabled -eq $true' @optional | Format-Table SipAddress, LineURI, RegistrarPool, EnterpriseVoiceEnabled -AutoSize
