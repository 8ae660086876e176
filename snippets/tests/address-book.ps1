<#
.SYNOPSIS
Test whether a pool hands out its address book
.DESCRIPTION
Asks the address book web service of a pool for the place of the address book files. Good after a
move of the file share and after a change of web services or their certificate.

Before: the pool has test users (Get-CsHealthMonitoringConfiguration shows them). Without them the
test fails, because it does not know whom to sign in.

Traps: the answer is a location. That the files behind it are there and current is not tested. An
address of a person instead of a test user wants that person's credential as well, which this form
does not pass.
.PARAMETER TargetFqdn
FQDN of the pool to test, for instance sgpool01.kestrel.lan; a survivable branch appliance is a
pool as well. Required.
.PARAMETER UserSipAddress
SIP address of the user to sign in, for instance sip:test1@kestrel.example. Left out: a test user
of the pool.
.PARAMETER External
Test the way that external users take. Left out: the internal one.
.PARAMETER RegistrarPort
SIP port of the registrar, for instance 5061. Left out: 5061.
.EXAMPLE
.\address-book.ps1 -TargetFqdn sgpool01.kestrel.lan

After the file share was moved.
.FUNCTIONALITY
test, health, address book, web services
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
    [switch]
    $External,

    [Parameter()]
    [ValidateRange(1, 65535)]
    [int]
    $RegistrarPort
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('UserSipAddress')) { $optional.UserSipAddress = $UserSipAddress }
if ($External) { $optional.External = $true }
if ($PSBoundParameters.ContainsKey('RegistrarPort')) { $optional.RegistrarPort = $RegistrarPort }
Test-CsAddressBookService -TargetFqdn $TargetFqdn @optional
