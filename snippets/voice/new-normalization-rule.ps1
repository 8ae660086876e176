<#
.SYNOPSIS
Add a normalisation rule to a dial plan
.DESCRIPTION
Adds a rule to a dial plan: a number that matches the pattern is changed as the translation says,
as a rule into E.164.

Before: the dial plan of that scope exists (Get-CsDialPlan).

Traps: pattern and translation are .NET regular expressions. Without ^ and $ the pattern also finds
the middle of a longer number. The plus sign is written \+ in the pattern and + in the translation.
The first rule that fits wins: mind the priority. In PowerShell put single quotes around both, or
$1 is taken for a variable.
.PARAMETER Identity
Scope, slash, name of the rule: Global/SG-Local, Site:Singapore/SG-Local, or the name of a
user-level dial plan in front: SG-Users/SG-Local. Required.
.PARAMETER Pattern
What the dialled number must look like, for example ^([36]\d{7})$ for eight digits that begin with
3 or 6. Required.
.PARAMETER Translation
What becomes of it, for example +65$1. Required.
.PARAMETER Priority
Place in the order of the rules. Left out, the server picks it.
.PARAMETER IsInternalExtension
$true when the result is a number inside the organisation. Left out, it is $false.
.EXAMPLE
.\new-normalization-rule.ps1 -Identity SG-Users/SG-Local -Pattern '^([36]\d{7})$' -Translation '+65$1'

Local numbers of Singapore.
.EXAMPLE
.\new-normalization-rule.ps1 -Identity Global/Extensions -Pattern '^(\d{4})$' -Translation '+6561230000;ext=$1' -IsInternalExtension $true

Four digits as an extension.
.FUNCTIONALITY
voice, dial plan, normalisation, regex
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsVoiceAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsVoiceNormalizationRule -Identity SCOPE/NAME, then Test-CsVoiceNormalizationRule with a dialled number
Rollback: Remove-CsVoiceNormalizationRule -Identity SCOPE/NAME
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^/]+/[^/]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [string]
    $Pattern,

    [Parameter(Mandatory = $true)]
    [string]
    $Translation,

    [Parameter()]
    [int]
    $Priority,

    [Parameter()]
    [bool]
    $IsInternalExtension
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Priority')) { $optional.Priority = $Priority }
if ($PSBoundParameters.ContainsKey('IsInternalExtension')) { $optional.IsInternalExtension = $IsInternalExtension }
New-CsVoiceNormalizationRule -Identity $Identity -Pattern $Pattern -Translation $Translation @optional
