<#
.SYNOPSIS
Create a secured SIP dial plan for Lync or Skype for Business
.DESCRIPTION
Creates a UM dial plan of the kind that Lync and Skype for Business need: SIP URIs, signalling and
media encrypted. As installed, Exchange makes a UM mailbox policy for it too.

Before: number of digits and country code are agreed, since mailboxes depend on them.

Traps: the plan alone does nothing: servers must be added to it (exchange/set-um-service-mode,
exchange/set-um-call-router-mode), ExchUCUtil.ps1 run on Exchange and OcsUmUtil.exe on the Lync
side. Secured needs a startup mode of TLS or Dual and a certificate. Exchange 2019 has no Unified
Messaging.
.PARAMETER Name
Name of the dial plan, up to 64 characters, for example SG-UM. Required.
.PARAMETER NumberOfDigitsInExtension
Digits of an extension, 1 to 20. Left alone it is 4.
.PARAMETER CountryOrRegionCode
Country code without plus, for example 65. Required.
.EXAMPLE
.\new-um-dial-plan.ps1 -Name SG-UM -NumberOfDigitsInExtension 4 -CountryOrRegionCode 65

Four digits, Singapore.
.FUNCTIONALITY
exchange, um, dial plan
.COMPONENT
E2010, E2013, E2016
.ROLE
Organization Management, UM Management
.NOTES
RunsOn: exchange-shell
Gates: none
Verify: Get-UMDialPlan -Identity NAME shows URIType SipName and VoIPSecurity Secured
Rollback: remove its UM mailbox policy, then Remove-UMDialPlan -Identity NAME; no server and no UM IP gateway may still refer to it
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*]{1,64}$')]
    [string]
    $Name,

    [Parameter()]
    [ValidateRange(1, 20)]
    [int]
    $NumberOfDigitsInExtension = 4,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[0-9]{1,4}$')]
    [string]
    $CountryOrRegionCode
)

New-UMDialPlan -Name $Name -URIType SipName -VoIPSecurity Secured -NumberOfDigitsInExtension $NumberOfDigitsInExtension -CountryOrRegionCode $CountryOrRegionCode
