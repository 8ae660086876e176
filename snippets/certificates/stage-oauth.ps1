<#
.SYNOPSIS
Stage the next certificate for signing between servers (OAuth)
.DESCRIPTION
Puts a new OAuthTokenIssuer certificate in place beside the present one, for the whole deployment.
It takes over at the date and time given; until then the present one signs. Replication carries it
to all servers.

Before: the certificate is in the machine store of this server with its private key, has a key of
at least 2048 bits, is in date and trusted; replication is healthy.

Traps: run it once, on one front end, not on each. -Roll without a date fails, so the date must be
given. Choose it late enough for replication to reach every server, and before the end date of the
present certificate.
.PARAMETER Thumbprint
Thumbprint of the certificate, 40 hexadecimal digits without blanks:
3F2A9C0D5E7B1846A0C2D4E6F8091B3D5F7A9C0E. It must be given.
.PARAMETER EffectiveDate
Date and time from which the new certificate signs: 2025-10-14T14:00:00. It must be given.
.EXAMPLE
.\stage-oauth.ps1 -Thumbprint 3F2A9C0D5E7B1846A0C2D4E6F8091B3D5F7A9C0E -EffectiveDate 2025-10-14T14:00:00

Change over on an afternoon, well before the present certificate ends.
.FUNCTIONALITY
certificate, oauth, roll, stage
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV, CERT
Verify: certificates/list shows the certificate for OAuthTokenIssuer; replication/get-status
Rollback: stage the earlier certificate again, by its thumbprint, while it is in date
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[0-9A-Fa-f]{40}$')]
    [string]
    $Thumbprint,

    [Parameter(Mandatory = $true)]
    [datetime]
    $EffectiveDate
)

Set-CsCertificate -Identity Global -Type OAuthTokenIssuer -Thumbprint $Thumbprint -Roll -EffectiveDate $EffectiveDate
