<#
.SYNOPSIS
Collect traces of centralised logging from pools or servers
.DESCRIPTION
Searches the trace files of all servers named and brings the result into one text, on screen or in
a file.

Before: the service RTCCLSAGT runs on every server that is to take part, and TCP 50001 to 50003
are open from this machine to them.

Traps: times are those of this machine's time zone. With only a start, thirty minutes from there
on are searched; with only an end, the thirty minutes before it; give both for more. Criteria are
joined by OR unless -MatchAll is set.
.PARAMETER Pools
FQDNs of pools, for instance sgpool01.kestrel.lan. Left out: not narrowed to pools.
.PARAMETER Computers
FQDNs of single servers, for instance sgfe01.kestrel.lan. Left out: not narrowed to computers.
.PARAMETER StartTime
Begin of the time to search, local time, for instance 2025-10-14T14:00:00. Left out: 30 minutes
before the end.
.PARAMETER EndTime
End of the time to search, local time, for instance 2025-10-14T14:30:00. Left out: 30 minutes
after the start; with no start either, the present moment.
.PARAMETER Uri
SIP or tel address to search for, for instance sip:anna@kestrel.example. Left out: any.
.PARAMETER CallId
Call-ID of a SIP dialogue to search for. Left out: any.
.PARAMETER Phone
Phone number in E.164, without wildcards, for instance +6561234567. Left out: any.
.PARAMETER MatchAll
An entry must meet all criteria. Left out: one of them is enough.
.PARAMETER LogLevel
The least serious entries to return; more serious ones come along. For instance Warning. Left out:
the level is not restricted.
.PARAMETER OutputFilePath
Full path of the text file to write, for instance C:\Logs\call.txt. Left out: the result goes to
the screen.
.EXAMPLE
.\search.ps1 -Pools sgpool01.kestrel.lan -StartTime 2025-10-14T14:00:00 -EndTime 2025-10-14T14:20:00 -OutputFilePath C:\Logs\call.txt

Everything of twenty minutes, into a file.
.EXAMPLE
.\search.ps1 -Pools sgpool01.kestrel.lan -Uri sip:anna@kestrel.example

What one user did lately.
.FUNCTIONALITY
logging, cls, trace, search, troubleshooting
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: none: it only reads; no entries at all usually means wrong times or no scenario running
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string[]]
    $Pools,

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string[]]
    $Computers,

    [Parameter()]
    [datetime]
    $StartTime,

    [Parameter()]
    [datetime]
    $EndTime,

    [Parameter()]
    [string]
    $Uri,

    [Parameter()]
    [string]
    $CallId,

    [Parameter()]
    [ValidatePattern('^\+?[0-9]+$')]
    [string]
    $Phone,

    [Parameter()]
    [switch]
    $MatchAll,

    [Parameter()]
    [ValidateSet('Fatal', 'Error', 'Warning', 'Info', 'Verbose', 'Debug', 'All')]
    [string]
    $LogLevel,

    [Parameter()]
    [ValidatePattern('^([A-Za-z]:\\|\\\\)[^"<>|?*]+$')]
    [string]
    $OutputFilePath
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Pools')) { $optional.Pools = $Pools }
if ($PSBoundParameters.ContainsKey('Computers')) { $optional.Computers = $Computers }
if ($PSBoundParameters.ContainsKey('StartTime')) { $optional.StartTime = $StartTime }
if ($PSBoundParameters.ContainsKey('EndTime')) { $optional.EndTime = $EndTime }
if ($PSBoundParameters.ContainsKey('Uri')) { $optional.Uri = $Uri }
if ($PSBoundParameters.ContainsKey('CallId')) { $optional.CallId = $CallId }
if ($PSBoundParameters.ContainsKey('Phone')) { $optional.Phone = $Phone }
if ($MatchAll) { $optional.MatchAll = $true }
if ($PSBoundParameters.ContainsKey('LogLevel')) { $optional.LogLevel = $LogLevel }
if ($PSBoundParameters.ContainsKey('OutputFilePath')) { $optional.OutputFilePath = $OutputFilePath }
Search-CsClsLogging @optional
