<#
.SYNOPSIS
Test that a front end can write to an Exchange mailbox
.DESCRIPTION
Has the storage service of one front end log on to Exchange and write a test item to the mailbox of
a user. It proves server-to-server trust, autodiscover and EWS in one go.

Before: exchange/new-partner-application and exchange/set-oauth have been run, and Exchange has its
half.

Traps: it leaves a test item in the mailbox unless -DeleteItem is given. Access denied usually
means that the account is not in RTC Local User Administrators; membership of
RTCUniversalUserAdmins gives it.
.PARAMETER SipUri
SIP address of the user whose mailbox takes the test item, for example sip:anna.lim@kestrel.lan.
Required.
.PARAMETER HostNameStorageService
FQDN of the front end whose storage service is tested, for example sgfe01.kestrel.lan. Needed with
the binding NetTCP that is used here. Required.
.PARAMETER DeleteItem
Delete the test item at the end. Left out, the item may stay in the mailbox.
.EXAMPLE
.\test-storage-connectivity.ps1 -SipUri sip:anna.lim@kestrel.lan -HostNameStorageService sgfe01.kestrel.lan -DeleteItem

Leave nothing behind.
.FUNCTIONALITY
exchange, oauth, storage, archiving, test
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the answer says that the test passed; otherwise it names the step that failed
Rollback: delete the test item in the mailbox, if -DeleteItem was not given
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^sip:[^\s@:;<>]+@[^\s@:;<>]+$')]
    [string]
    $SipUri,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $HostNameStorageService,

    [Parameter()]
    [switch]
    $DeleteItem
)

$optional = @{}
if ($DeleteItem) { $optional.DeleteItem = $true }
Test-CsExStorageConnectivity -SipUri $SipUri -Binding NetTCP -HostNameStorageService $HostNameStorageService @optional
