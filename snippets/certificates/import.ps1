<#
.SYNOPSIS
Import a certificate file into the machine store of this server
.DESCRIPTION
Imports a certificate from a file, so that it can be assigned to a use (certificates/assign). For
the answer of a CA to an offline request, and for a PFX file with its key from another server.

Before: the file is on this server; the chain of its CA is trusted here; the shell is elevated, in
the own console.

Traps: the answer of a CA is without its key unless the request was made on this server. An
imported certificate does nothing until it is assigned. The cmdlet takes the password as plain
text: -AskPassword asks for it when the command runs, so that it is not part of the command, but it
shows on the screen while it is typed and needs a session that can ask.
.PARAMETER Path
Certificate file with its full path, for instance C:\Certs\sgedge02-ext.pfx. It must be given.
.PARAMETER AskPassword
Ask for the password of the file when the command runs. For a PFX file; left off, no password is
passed.
.PARAMETER PrivateKeyExportable
$true lets the Network Service account read the private key, which the services need. $false keeps
that off. Left out, it is $true.
.EXAMPLE
.\import.ps1 -Path C:\Certs\sgedge02-ext.pfx -AskPassword

A certificate with its key; the password is asked for.
.EXAMPLE
.\import.ps1 -Path C:\Certs\sgfe01.cer

The answer to a request made on this server.
.FUNCTIONALITY
certificate, import, pfx, tls
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: certificates/assign accepts its thumbprint, certificates/list shows it after that
Rollback: delete the certificate from the machine store while it is not assigned
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^([A-Za-z]:\\|\\\\).*\.(pfx|p12|cer|crt|p7b)$')]
    [string]
    $Path,

    [Parameter()]
    [switch]
    $AskPassword,

    [Parameter()]
    [bool]
    $PrivateKeyExportable = $true
)

$optional = @{}
if ($AskPassword) { $optional.Password = (Read-Host 'Password of the file') }
Import-CsCertificate -Path $Path -PrivateKeyExportable $PrivateKeyExportable @optional
