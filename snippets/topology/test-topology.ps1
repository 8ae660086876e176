<#
.SYNOPSIS
Test services and permissions of the whole topology
.DESCRIPTION
Checks for the whole deployment that the services are active and that services and groups have the
permissions they need.

Before: the topology is published and enabled.

Traps: it looks at the deployment as a whole and says little of one machine, which is what
Test-CsComputer is for. From a remote session the read of the store may fail as ANONYMOUS LOGON
(double hop).
.EXAMPLE
.\test-topology.ps1

After topology/enable-topology.
.FUNCTIONALITY
topology, test, permissions
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the test reports success; with -Verbose it tells each step
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Test-CsTopology
