<#
.SYNOPSIS
Set what is archived and how long it is kept
.DESCRIPTION
Changes the global archiving settings: what is archived and whether old records are deleted. Only
what you fill in changes; the rest stays.

Before: the archiving store is in the published topology; in Lync Server 2010 also an Archiving
server. Note the present values with Get-CsArchivingConfiguration. Ask who has a duty to keep the
records.

Traps: with purging on, records older than the number of days are deleted for good. Settings of a
site win over the global ones. This alone archives nobody: archiving policies say whose
conversations are archived. If archiving failures are set to block, messages stop while the store
is down.
.PARAMETER EnableArchiving
None, ImOnly (instant messages) or ImAndWebConf (with conferences). Left out, it stays as it is.
.PARAMETER EnablePurging
$true deletes old records by itself, $false keeps them. It has no default on purpose. Left out, it
stays as it is.
.PARAMETER KeepArchivingDataForDays
Days to keep records when purging is on, 1 to 2562, for example 365. Left out, it stays as it is
(14 as installed).
.EXAMPLE
.\set-configuration.ps1 -EnableArchiving ImOnly

Archive messages, leave retention as it is.
.EXAMPLE
.\set-configuration.ps1 -EnablePurging $true -KeepArchivingDataForDays 365

Keep a year.
.FUNCTIONALITY
archiving, retention, compliance
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsArchivingAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsArchivingConfiguration -Identity Global shows the values
Rollback: run it again with the values noted before; what has been purged comes back only from a SQL backup
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidateSet('None', 'ImOnly', 'ImAndWebConf')]
    [string]
    $EnableArchiving,

    [Parameter()]
    [bool]
    $EnablePurging,

    [Parameter()]
    [ValidateRange(1, 2562)]
    [int]
    $KeepArchivingDataForDays
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('EnableArchiving')) { $optional.EnableArchiving = $EnableArchiving }
if ($PSBoundParameters.ContainsKey('EnablePurging')) { $optional.EnablePurging = $EnablePurging }
if ($PSBoundParameters.ContainsKey('KeepArchivingDataForDays')) { $optional.KeepArchivingDataForDays = $KeepArchivingDataForDays }
Set-CsArchivingConfiguration -Identity Global @optional
