<#
.SYNOPSIS
Fail the Central Management store over to the backup pool, planned
.DESCRIPTION
DESTRUCTIVE. Hands the Central Management store to the backup pool of its present pool. The cmdlet
first makes sure that all replication is done, then sets the old store to read-only and activates
the other one.

Before: pools are paired and both answer; every replica reports UpToDate in two polls a minute
apart and none has never reported; the -WhatIf text names the pool you mean.

Traps: work on a server of the pool that takes over. The store can only go to the database that
Topology Builder has set up for it as the backup. For a store that is down this form is of no use:
cms/fail-over-management-server-disaster.
.EXAMPLE
.\fail-over-management-server.ps1

Before work on the pool that holds the store.
.FUNCTIONALITY
cms, failover, planned, paired pools
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV, PAIR, UTD, WHATIF, TYPE
Verify: replication/get-store-status
Rollback: a second planned fail-over in the other direction; its -WhatIf text shows where it would go
#>
[CmdletBinding()]
param()

Invoke-CsManagementServerFailover
