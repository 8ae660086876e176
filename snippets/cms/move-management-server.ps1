<#
.SYNOPSIS
Move the Central Management server to the pool of this machine
.DESCRIPTION
DESTRUCTIVE. Makes the pool that this machine belongs to the new home of the Central Management
store: the old store becomes read-only, its content is copied, the service connection point in
Active Directory is changed, and the computers that must be set up again are listed.

Before, in this order: export configuration and location data; see every replica UpToDate; create
the databases for the new store (database/install-cms-database); run Enable-CsTopology. If
Enable-CsTopology fails, stop: moving after that leaves the deployment without a working store.

After: run setup step 2 (Setup or Remove Components) on the listed computers, the new pool first;
then REBOOT the new Central Management servers. They have just joined the group
RTCUniversalConfigReplicator, and a restart of the services alone does not give them the new
membership. Then see both lookups name the new SQL server and all replicas turn True.

Traps: run it elevated on a front end of the NEW pool, in that server's own console; it refuses a
remote session. It shows current and proposed state and asks: a session that cannot answer gets an
error instead of a move. Before a move to a Standard Edition server, run "Prepare first Standard
Edition server" there.
.EXAMPLE
.\move-management-server.ps1

On a front end of the pool that takes over.
.FUNCTIONALITY
cms, move, migration
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV, SQL, BKUP, UTD, TOPO, WHATIF
Verify: cms/get-management-connection
Rollback: run it on a front end of the old pool, as long as the old databases have not been removed
#>
[CmdletBinding()]
param()

Move-CsManagementServer
