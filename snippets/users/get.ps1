<#
.SYNOPSIS
Show one user with pool, line and policies
.DESCRIPTION
Shows everything the deployment knows about a user: registrar pool, SIP address, line, Enterprise
Voice and the policies that were granted. Save the output before a user is moved or disabled.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: only users that are enabled are found; for others use Get-CsAdUser. An empty policy means
that the one of site or deployment applies.
.PARAMETER Identity
SIP address, UPN, DOMAIN\name or display name, for instance sip:anna@kestrel.example. A display
name may hold * as wildcard. Required.
.EXAMPLE
.\get.ps1 -Identity sip:anna@kestrel.example

Before a move to cebsba01.kestrel.lan.
.FUNCTIONALITY
user, policy, pool
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [string]
    $Identity
)

Get-CsUser -Identity $Identity
