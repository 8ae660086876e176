<#
.SYNOPSIS
Publish a topology from an XML file
.DESCRIPTION
DESTRUCTIVE. Writes a topology that topology/get-published-xml has returned back to the Central
Management store, in place of the one that is published there. For going back to an earlier state;
new designs are published in Topology Builder.

Before: export configuration and location data and copy both away; keep the present topology with
topology/get-published-xml; the -WhatIf text is the one you expect.

After: run topology/enable-topology, because a published topology is not an enabled one; set the
simple URLs again (Set-CsSimpleUrlConfiguration) and run topology/enable-computer; then setup step
2 on every server that gains or loses a role.

Traps: only the XML of Get-CsTopology -AsXml is accepted, a .tbxml file is not. Simple URLs are not
in it and are missing afterwards. From a remote session it may fail as ANONYMOUS LOGON (double
hop).
.PARAMETER FileName
XML file with its full path, for instance C:\Backup\topology.xml. It must be given.
.PARAMETER BackupFileName
File into which the topology that is replaced is saved, with its full path:
C:\Backup\topology-before.xml. Left out, the cmdlet saves it in the folder %TEMP% under a name with
date and time.
.EXAMPLE
.\publish-topology.ps1 -FileName C:\Backup\topology.xml -BackupFileName C:\Backup\topology-before.xml

Back to the topology of yesterday.
.FUNCTIONALITY
topology, publish, restore
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV, BKUP, WHATIF, TYPE
Verify: topology/enable-topology succeeds, then replication/get-status
Rollback: publish the XML that was kept before, then topology/enable-topology
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^([A-Za-z]:\\|\\\\).*\.xml$')]
    [string]
    $FileName,

    [Parameter()]
    [ValidatePattern('^([A-Za-z]:\\|\\\\)')]
    [string]
    $BackupFileName
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('BackupFileName')) { $optional.BackupFileName = $BackupFileName }
Publish-CsTopology -FileName $FileName @optional
