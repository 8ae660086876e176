<#
.SYNOPSIS
Test the replica of the configuration on this server
.DESCRIPTION
Tests what the local replica needs: the services REPLICA and RTCCLSAGT, the firewall rules, and the
groups in Active Directory and on the machine.

Before: the shell is elevated and it is the own console of the server in question.

Traps: the cmdlet cannot test another machine. It does not test whether packages arrive: that is
the row of the machine in replication/get-replica-status.
.EXAMPLE
.\test-replica.ps1

On a server whose row stays False.
.FUNCTIONALITY
replication, test, local
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: the test reports success; with -Verbose the cmdlet names its report file
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Test-CsReplica
