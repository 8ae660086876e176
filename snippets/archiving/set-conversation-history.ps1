<#
.SYNOPSIS
Switch conversation history in the mailbox on or off
.DESCRIPTION
Sets in the global client policy whether clients save every message session to the folder
Conversation History of the user. This is for the user and not archiving: the user may delete it,
and the mailbox policy decides how long it is kept.

Before: EWS of Exchange is reachable for the clients (exchange/get-ews-urls).

Traps: users with a client policy of their site or of their own do not see the change. With $false
users can still save by hand. It says nothing about archiving (archiving/set-configuration); both
together are no duplicate by mistake. The history that servers write is another setting (from Skype
for Business Server 2015 on).
.PARAMETER EnableIMAutoArchiving
$true saves by itself, $false does not. Left alone it is $true.
.EXAMPLE
.\set-conversation-history.ps1 -EnableIMAutoArchiving $true

On for all under the global policy.
.EXAMPLE
.\set-conversation-history.ps1 -EnableIMAutoArchiving $false

Off.
.FUNCTIONALITY
archiving, conversation history, client policy
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsClientPolicy -Identity Global shows EnableIMAutoArchiving
Rollback: run it again with the other value
#>
[CmdletBinding()]
param(
    [Parameter()]
    [bool]
    $EnableIMAutoArchiving = $true
)

Set-CsClientPolicy -Identity Global -EnableIMAutoArchiving $EnableIMAutoArchiving
