<#
.SYNOPSIS
Enable a user and home the account on a pool
.DESCRIPTION
Gives an Active Directory account a SIP address and a home pool. Nobody can sign in before that.

Before: the account exists in Active Directory, the pool is in the published topology, and the
domain of the SIP address is a SIP domain of the deployment.

Traps: the SIP domain is not always the mail domain, and neither needs to be the Active Directory
domain. Policies, dial plan and number are not set here; new users start with those of their site
or the global ones.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of one user, for example
sip:anna.lim@kestrel.lan. A * is refused here, so that one run never strikes several users.
Required.
.PARAMETER RegistrarPool
FQDN of the pool the user will be homed on, for example sgpool01.kestrel.lan. Required.
.PARAMETER SipAddress
Address of the user with sip: in front, for example sip:anna.lim@kestrel.lan. Required.
.EXAMPLE
.\enable.ps1 -Identity KESTREL\anna.lim -RegistrarPool sgpool01.kestrel.lan -SipAddress sip:anna.lim@kestrel.lan

A new colleague on the pool in Singapore.
.FUNCTIONALITY
users, enable, sip address, pool
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: users/get-pool-info
Rollback: Disable-CsUser -Identity USER; it also removes contacts, policies and scheduled conferences of the user, so only for a fresh mistake
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $RegistrarPool,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^sip:[^\s@:;<>]+@[^\s@:;<>]+$')]
    [string]
    $SipAddress
)

Enable-CsUser -Identity $Identity -RegistrarPool $RegistrarPool -SipAddress $SipAddress
