<#
.SYNOPSIS
Show which Central Management store Active Directory points to
.DESCRIPTION
Reads the service connection point of the Central Management store from Active Directory: what
every machine without an override finds. It must name the same SQL server and instance as
cms/get-management-connection.

Traps: after a move a domain controller that has not replicated yet still gives the old answer.
Lync Server 2010 prints a bare text, later versions print BackEndServer and MirrorBackEndServer.
.EXAMPLE
.\get-configuration-store-location.ps1
.FUNCTIONALITY
cms, lookup, active directory
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the answer names the store of cms/get-management-connection
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsConfigurationStoreLocation
