<#
.SYNOPSIS
Show base build and licence of this server
.DESCRIPTION
Returns one sentence with the product's base build and the kind of licence (evaluation, volume or
none needed) of the machine it runs on.

Base builds: Lync Server 2010 4.0.7577, 2013 5.0.8308, Skype for Business Server 2015 6.0.9319,
2019 7.0.2046.

Before: run it at the console of the server in question.

Traps: a cumulative update does not change the answer. From Skype for Business Server 2015 on
Get-CsServerPatchVersion shows the update level; before that, look at the installed programs.
.EXAMPLE
.\get-server-version.ps1

At the console of sgfe01.kestrel.lan.
.FUNCTIONALITY
version, licence, build, server
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: local-console
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsServerVersion
