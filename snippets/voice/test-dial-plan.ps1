<#
.SYNOPSIS
Test what a dial plan makes of a dialled number
.DESCRIPTION
Shows the number that comes out of a dial plan and the normalization rule that made it. No call is
made. Run it before and after a change of rules, with one number of every kind that users dial.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: no output means that no rule fits the number. When several rules fit, the one with the
lowest priority value wins. Whether the resulting number finds a route is another question.
.PARAMETER Identity
Identity of the dial plan, for instance site:Singapore, or SG-Users for a user plan. Required.
.PARAMETER DialedNumber
The digits as the user dials them, for instance 61234567. Required.
.EXAMPLE
.\test-dial-plan.ps1 -Identity site:Singapore -DialedNumber 61234567

A local number, as dialled by a user of sgpool01.kestrel.lan.
.FUNCTIONALITY
voice, dial plan, test, normalization
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: none: it only reads; compare the number with the one that the route wants
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*?]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[+]?[0-9*#]+$')]
    [string]
    $DialedNumber
)

Get-CsDialPlan -Identity $Identity | Test-CsDialPlan -DialedNumber $DialedNumber | Format-List
