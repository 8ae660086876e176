<#
.SYNOPSIS
Show the certificates that the services of this server use
.DESCRIPTION
Lists the certificates that are assigned to services on the machine it runs on. Run it after a
certificate was assigned, and before a service restart.

Before: an elevated shell on the server's own console.

Traps: it says what is assigned, not that the other side accepts it: a TLS handshake to the port
of the service is the proof. The cmdlet is mainly there for the certificate wizard;
Get-CsCertificate is the better choice for plain details.
.PARAMETER Report
Full path of a report file, for instance C:\Logs\Certificates.html. A file of this name is
overwritten. Left out: no place is given to the cmdlet.
.EXAMPLE
.\certificates.ps1

On sgfe01.kestrel.lan, after a new certificate was assigned.
.EXAMPLE
.\certificates.ps1 -Report C:\Logs\Certificates.html

With a report to keep.
.FUNCTIONALITY
test, certificate, tls
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
Test-CsCertificateConfiguration @optional
