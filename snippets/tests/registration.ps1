<#
.SYNOPSIS
Test whether a user can sign in to a pool
.DESCRIPTION
Signs a user in to the registrar of a pool and out again. The first test after any work on front
ends, certificates or a survivable branch appliance.

Before: the pool has test users (Get-CsHealthMonitoringConfiguration shows them). Without them the
test fails, because it does not know whom to sign in.

Traps: an address of a person instead of a test user wants that person's credential as well, which
this form does not pass. The test proves the way from the machine it runs on, not from a client.
.PARAMETER TargetFqdn
FQDN of the pool to test, for instance sgpool01.kestrel.lan; a survivable branch appliance is a
pool as well. Required.
.PARAMETER UserSipAddress
SIP address of the user to sign in, for instance sip:test1@kestrel.example. Left out: a test user
of the pool.
.PARAMETER RegistrarPort
SIP port of the registrar, for instance 5061. Left out: 5061.
.EXAMPLE
.\registration.ps1 -TargetFqdn sgpool01.kestrel.lan

With a test user of the pool.
.EXAMPLE
.\registration.ps1 -TargetFqdn cebsba01.kestrel.lan -UserSipAddress sip:test1@kestrel.example

On a survivable branch appliance.
.FUNCTIONALITY
test, health, sign-in, registrar
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: Result is Success; an error names the step that failed
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $TargetFqdn,

    [Parameter()]
    [ValidatePattern('^sip:[^\s@<>:]+@[^\s@<>]+$')]
    [string]
    $UserSipAddress,

    [Parameter()]
    [ValidateRange(1, 65535)]
    [int]
    $RegistrarPort
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('UserSipAddress')) { $optional.UserSipAddress = $UserSipAddress }
if ($PSBoundParameters.ContainsKey('RegistrarPort')) { $optional.RegistrarPort = $RegistrarPort }
Test-CsRegistration -TargetFqdn $TargetFqdn @optional
