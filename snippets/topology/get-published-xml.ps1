<#
.SYNOPSIS
Show the published topology as XML
.DESCRIPTION
Returns the topology of the Central Management store as an XML document: sites, pools, machines,
services and what they depend on.

Before: the account may read the store.

Traps: this is not the format of Topology Builder (.tbxml), and simple URLs are not in it. A
published topology is not yet an enabled one. The object is XML, not text: use ToString() to save
it. From a remote session the read of the store may fail as ANONYMOUS LOGON (double hop).
.EXAMPLE
.\get-published-xml.ps1

Look at it.
.EXAMPLE
(.\get-published-xml.ps1).ToString() | Set-Content -Path C:\Backup\topology.xml -Encoding UTF8

Keep a copy before a change.
.FUNCTIONALITY
topology, xml, backup
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the document holds your sites and pools
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsTopology -AsXml
