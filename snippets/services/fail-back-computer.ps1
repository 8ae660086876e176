<#
.SYNOPSIS
Take a front end back into its pool after services/fail-over-computer
.DESCRIPTION
Marks a front end as available again, enables its services and starts them. The pool then gives it
users once more.

Before: the work on the server is done; the account is administrator on every server of the pool.

Traps: the name must be the one that was given when the server was failed over. It waits for up to
an hour; if it has not succeeded by then it fails, and the services are neither enabled nor
started.
.PARAMETER ComputerName
FQDN of the front end, for instance sgfe01.kestrel.lan, as it was given to
services/fail-over-computer. It must be given.
.EXAMPLE
.\fail-back-computer.ps1 -ComputerName sgfe01.kestrel.lan

After the update of this front end.
.FUNCTIONALITY
services, front end, failback, maintenance
.COMPONENT
S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: services/list
Rollback: services/fail-over-computer
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $ComputerName
)

Invoke-CsComputerFailBack -ComputerName $ComputerName
