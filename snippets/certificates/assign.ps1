<#
.SYNOPSIS
Assign a certificate to one or several uses on this server
.DESCRIPTION
Gives a certificate of the machine store to one or several uses on this server, in place of the one
that had them.

Before: the certificate is in the machine store with its private key, is in date, and its chain is
trusted; the names that clients and servers dial are in it; note the thumbprint of the certificate
that is replaced (certificates/list).

Traps: a thumbprint copied from the certificate console carries blanks and sometimes an invisible
character at its start, both are refused here. The internal certificate of an Edge must carry the
internal FQDN of its pool, otherwise replication to it stops. The certificate for signing between
servers (OAuthTokenIssuer) is one for the whole deployment and is not assigned server by server:
certificates/stage-oauth.
.PARAMETER Type
Use of the certificate, one or several: Default, WebServicesInternal and WebServicesExternal for a
front end; Internal for the inside of an Edge; AccessEdgeExternal, DataEdgeExternal and
AudioVideoAuthentication for its outside. At least one must be given, there is no default on
purpose.
.PARAMETER Thumbprint
Thumbprint of the certificate, 40 hexadecimal digits without blanks:
3F2A9C0D5E7B1846A0C2D4E6F8091B3D5F7A9C0E. It must be given.
.EXAMPLE
.\assign.ps1 -Type Default,WebServicesInternal,WebServicesExternal -Thumbprint 3F2A9C0D5E7B1846A0C2D4E6F8091B3D5F7A9C0E

All uses of a front end.
.EXAMPLE
.\assign.ps1 -Type Internal -Thumbprint 3F2A9C0D5E7B1846A0C2D4E6F8091B3D5F7A9C0E

The inside of an Edge.
.FUNCTIONALITY
certificate, assign, tls
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV, CERT
Verify: certificates/list
Rollback: assign the earlier certificate again, by the thumbprint that was noted
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidateSet('AccessEdgeExternal', 'AudioVideoAuthentication', 'DataEdgeExternal', 'Default',
        'External', 'Internal', 'iPhoneAPNService', 'iPadAPNService', 'MPNService',
        'WebServicesExternal', 'WebServicesInternal', 'WsFedTokenTransfer')]
    [string[]]
    $Type,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[0-9A-Fa-f]{40}$')]
    [string]
    $Thumbprint
)

Set-CsCertificate -Type $Type -Thumbprint $Thumbprint
