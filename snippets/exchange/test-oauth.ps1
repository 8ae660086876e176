<#
.SYNOPSIS
Test server-to-server log-on (OAuth) from Exchange to EWS
.DESCRIPTION
Has Exchange get a token and use it on a web service address, for a mailbox if one is named.

Before: the partner application exists on the Exchange side; for others than SharePoint, Lync and
Skype for Business it is made with Configure-EnterprisePartnerApplication.ps1.

Traps: it tests the direction from Exchange outward. For the way from the front ends to Exchange
use exchange/test-storage-connectivity.
.PARAMETER TargetUri
Address of the web service, for example https://exmb01.kestrel.lan/ews/. Required.
.PARAMETER Mailbox
Mailbox to test with: alias, address or UPN, for example anna.lim@kestrel.lan. Left out, the test
runs without one.
.EXAMPLE
.\test-oauth.ps1 -TargetUri https://exmb01.kestrel.lan/ews/ -Mailbox anna.lim@kestrel.lan

With the mailbox of a user.
.FUNCTIONALITY
exchange, oauth, ews, test
.COMPONENT
E2013, E2016, E2019, ESE
.ROLE
Organization Management
.NOTES
RunsOn: exchange-shell
Gates: none
Verify: ResultType is Success
Rollback: none: it only reads
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^https://[^\s<>]+$')]
    [string]
    $TargetUri,

    [Parameter()]
    [ValidatePattern('^[^*]+$')]
    [string]
    $Mailbox
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Mailbox')) { $optional.Mailbox = $Mailbox }
Test-OAuthConnectivity -Service EWS -TargetUri $TargetUri @optional
