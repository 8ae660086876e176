<#
.SYNOPSIS
Restore a lost Central Management store from backup files
.DESCRIPTION
DESTRUCTIVE. Makes the pool of this machine the home of the Central Management store although the
old store cannot be reached, and fills the new one from exported files. Everything changed since
the export is lost. While the old store still answers use cms/move-management-server.

Before: the old store is really gone and will not come back by itself; the files of
cms/export-configuration and cms/export-lis-configuration are on this machine; the databases of the
new store exist (database/install-cms-database); the account is sysadmin on the SQL instance; the
Front End service is installed and running here. On a Standard Edition server run "Prepare first
Standard Edition server" first.

After: run setup step 2 (Setup or Remove Components) on the computers that are listed, the new pool
first; then REBOOT the new Central Management servers, because they have just joined
RTCUniversalConfigReplicator.

Traps: run it elevated on a front end of the pool that takes over, in the own console; it refuses a
remote session. It always carries -Force, because the old store cannot be set to read-only. Where
pools are paired use cms/fail-over-management-server-disaster, which works with the copy in the
backup pool instead of an old file.
.PARAMETER ConfigurationFileName
Zip file of the exported configuration with its full path, as seen from this machine:
C:\Backup\cs-config.zip. It must be given.
.PARAMETER LisConfigurationFileName
Zip file of the exported location data (E9-1-1) with its full path: C:\Backup\cs-lis.zip. Left out,
no location data are restored.
.EXAMPLE
.\move-management-server-disaster.ps1 -ConfigurationFileName C:\Backup\cs-config.zip -LisConfigurationFileName C:\Backup\cs-lis.zip

On a front end of the pool that takes over.
.FUNCTIONALITY
cms, move, disaster, restore
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV, SQL, TYPE
Verify: cms/get-management-connection
Rollback: none: what has changed since the export is lost; a store that works again is moved on with cms/move-management-server
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^([A-Za-z]:\\|\\\\).*\.zip$')]
    [string]
    $ConfigurationFileName,

    [Parameter()]
    [ValidatePattern('^([A-Za-z]:\\|\\\\).*\.zip$')]
    [string]
    $LisConfigurationFileName
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('LisConfigurationFileName')) { $optional.LisConfigurationFileName = $LisConfigurationFileName }
Move-CsManagementServer -ConfigurationFileName $ConfigurationFileName @optional -Force
