//! Faults of WS-Management: what the server would not do, and why.

use std::fmt;

/// A fault (WSManFault of MS-WSMV; the numbers are those of winerror.h and wsmerror.h).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// The number of `WSManFault`; 0 when there is none.
    pub code: u32,
    /// The SOAP subcode without its prefix: `TimedOut`, `AccessDenied`, ...
    pub subcode: String,
    /// The server's words.
    pub reason: String,
    /// What the part behind WS-Management says, when it says something of its own.
    pub detail: String,
}

/// What a fault means to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing happened in the time the request was held: ask again.
    NothingYet,
    /// The shell or the pipeline is not there any more.
    Gone,
    /// The request was ended from outside (the pipeline was closed under it).
    Aborted,
    /// The account may not do this.
    Denied,
    /// The account has too many shells, or too many requests at a time.
    Quota,
    /// The session configuration is not there, or is closed to the account.
    NoConfiguration,
    /// The shell is disconnected: it must be reconnected first.
    Disconnected,
    /// The shell never was disconnected.
    Connected,
    /// The shell is another client's now.
    Taken,
    /// The server is too busy or shuts down.
    Busy,
    /// Anything else.
    Other,
}

impl Fault {
    /// What the fault means.
    pub fn meaning(&self) -> Meaning {
        match self.code {
            // ERROR_WSMAN_OPERATION_TIMEDOUT
            0x8033_8029 => Meaning::NothingYet,
            // ERROR_WSMAN_INVALID_SELECTORS (no such shell or command), _COMMAND_TERMINATED,
            // _CLIENT_SESSION_UNUSABLE
            0x8033_805B | 0x8033_81CC | 0x8033_81FA => Meaning::Gone,
            // ERROR_OPERATION_ABORTED
            995 => Meaning::Aborted,
            // ERROR_ACCESS_DENIED, ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED,
            // _SERVICE_REMOTE_ACCESS_DISABLED, _REMOTE_CONNECTION_NOT_ALLOWED
            5 | 0x8033_81AC | 0x8033_81DD | 0x8033_81E3 => Meaning::Denied,
            // ERROR_WSMAN_QUOTA_*: of the user, the system, the plug-in
            0x8033_81A5..=0x8033_81A8 | 0x8033_81AB | 0x8033_81E4..=0x8033_81EA => Meaning::Quota,
            // ERROR_WSMAN_RESOURCE_NOT_FOUND
            0x8033_8000 => Meaning::NoConfiguration,
            // ERROR_WINRS_SHELL_DISCONNECTED, ERROR_WSMAN_SERVICE_STREAM_DISCONNECTED
            0x8033_81C4 | 0x8033_81DE => Meaning::Disconnected,
            // ERROR_WINRS_SHELL_CONNECTED_TO_DIFFERENT_CLIENT, ERROR_WINRS_SHELL_CLIENTSESSIONID_MISMATCH
            0x8033_81CD | 0x8033_81C6 => Meaning::Taken,
            // ERROR_WINRS_SHELL_RECONNECT_OPERATION_NOT_VALID
            0x8033_81D0 => Meaning::Connected,
            // ERROR_WSMAN_SHELL_NOT_INITIALIZED (the service shuts down)
            0x8033_816E => Meaning::Busy,
            _ if self.subcode == "TimedOut" => Meaning::NothingYet,
            _ if self.subcode == "AccessDenied" => Meaning::Denied,
            _ if self.subcode == "QuotaLimit" => Meaning::Quota,
            _ => Meaning::Other,
        }
    }

    /// What to look at, when the fault's own words leave it open.
    pub fn advice(&self) -> &'static str {
        match self.meaning() {
            Meaning::Denied => {
                "The account must be in the group Remote Management Users or Administrators there, or hold an RBAC role at OcsPowershell"
            }
            Meaning::Quota => {
                "Too many sessions of this account are open on the server: close some (Get-PSSession, Remove-PSSession), or raise MaxShellsPerUser"
            }
            Meaning::NoConfiguration => {
                "The session configuration is not there: look at the address and `configuration` of the target, and at Get-PSSessionConfiguration on the server"
            }
            Meaning::Taken => "Another client attached itself to the session",
            Meaning::Gone => "The server closed the session; run it again for a new one",
            Meaning::Busy => "The server is busy or restarts: wait and try again",
            _ => "",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = if self.detail.is_empty() {
            self.reason.trim()
        } else {
            self.detail.trim()
        };
        match (words, self.code) {
            ("", 0) => f.write_str("the server refused without saying why"),
            ("", code) => write!(f, "the server refused with code {code} ({code:#010x})"),
            (words, 0) => f.write_str(words),
            (words, code) => write!(f, "{words} (code {code})"),
        }
    }
}
