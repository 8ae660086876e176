<#
.SYNOPSIS
Put the roles that the topology gives this server into force
.DESCRIPTION
Enables new or changed services and roles on the machine it runs on, as the topology describes
them. Also needed after a change of the simple URLs.

Before: the topology is published and enabled, and the change has reached this server; the shell is
elevated; the account is local administrator and the machine is a member of the domain.

Traps: it works on the machine it runs on and on no other. The software of a new role must be there
already: setup step 2 (Setup or Remove Components) installs it. Start the services afterwards.
.EXAMPLE
.\enable-computer.ps1

On every front end after the simple URLs have been changed.
.FUNCTIONALITY
topology, enable, server, simple url
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: services/list
Rollback: publish and enable the earlier topology, then run this again
#>
[CmdletBinding()]
param()

Enable-CsComputer
