<#
.SYNOPSIS
Test services, firewall ports and groups of this server
.DESCRIPTION
Checks the machine it runs on: whether the services of its roles are there and activated, whether
the firewall ports are open, and whether the domain groups are in the right local groups.

Before: an elevated shell on the server's own console.

Traps: only this one machine is tested, never its pool. Add -Verbose in a shell of your own to see
the single steps.
.PARAMETER Report
Full path of a report file, for instance C:\Logs\Computer.html. A file of this name is
overwritten. Left out: no place is given to the cmdlet.
.EXAMPLE
.\computer.ps1

On sgfe01.kestrel.lan, after setup step 2 or a cumulative update.
.EXAMPLE
.\computer.ps1 -Report C:\Logs\Computer.html

With a report to keep.
.FUNCTIONALITY
test, health, services, firewall
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^([A-Za-z]:\\|\\\\)[^"<>|?*]+$')]
    [string]
    $Report
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Report')) { $optional.Report = $Report }
Test-CsComputer @optional
