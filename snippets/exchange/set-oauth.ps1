<#
.SYNOPSIS
Tell the servers where Exchange autodiscover is
.DESCRIPTION
Sets the autodiscover address that the servers use to find Exchange for the unified contact store,
archiving and the like.

Before: note the present value with Get-CsOAuthConfiguration. The address answers from every front
end, and its certificate is trusted there.

Traps: it is the address for servers and ends in autodiscover.svc. Clients do not use it, they go
by the mail domain. There is only one collection of these settings, for the whole deployment.
.PARAMETER ExchangeAutodiscoverUrl
Address of the service, for example https://autodiscover.kestrel.lan/autodiscover/autodiscover.svc.
Required.
.EXAMPLE
.\set-oauth.ps1 -ExchangeAutodiscoverUrl https://autodiscover.kestrel.lan/autodiscover/autodiscover.svc

Once for the deployment.
.FUNCTIONALITY
exchange, oauth, autodiscover, integration
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: exchange/test-storage-connectivity
Rollback: run it again with the address noted before
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^https://[^\s<>]+$')]
    [string]
    $ExchangeAutodiscoverUrl
)

Set-CsOAuthConfiguration -Identity Global -ExchangeAutodiscoverUrl $ExchangeAutodiscoverUrl
