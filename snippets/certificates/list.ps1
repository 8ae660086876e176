<#
.SYNOPSIS
Show the certificates that the services of this server use
.DESCRIPTION
Shows each certificate that is assigned to a use on this server, with subject, alternative names,
issuer, end date and thumbprint.

Before: it runs in the own console of the server in question.

Traps: it shows assigned certificates, not everything in the machine store. A use without a row has
no certificate. The same certificate appears once for each of its uses.
.EXAMPLE
.\list.ps1

Before a certificate is renewed.
.FUNCTIONALITY
certificate, tls, lookup
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsCertificate
