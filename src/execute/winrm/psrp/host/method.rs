//! The host's methods by number (MS-PSRP 2.2.3.17).

use super::super::build::enumeration;
use crate::powershell::clixml::Value;

/// A method of the host that a server called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostMethod(pub u32);

/// The names, by number from 1.
const NAMES: [&str; 56] = [
    "GetName",
    "GetVersion",
    "GetInstanceId",
    "GetCurrentCulture",
    "GetCurrentUICulture",
    "SetShouldExit",
    "EnterNestedPrompt",
    "ExitNestedPrompt",
    "NotifyBeginApplication",
    "NotifyEndApplication",
    "ReadLine",
    "ReadLineAsSecureString",
    "Write1",
    "Write2",
    "WriteLine1",
    "WriteLine2",
    "WriteLine3",
    "WriteErrorLine",
    "WriteDebugLine",
    "WriteProgress",
    "WriteVerboseLine",
    "WriteWarningLine",
    "Prompt",
    "PromptForCredential1",
    "PromptForCredential2",
    "PromptForChoice",
    "GetForegroundColor",
    "SetForegroundColor",
    "GetBackgroundColor",
    "SetBackgroundColor",
    "GetCursorPosition",
    "SetCursorPosition",
    "GetWindowPosition",
    "SetWindowPosition",
    "GetCursorSize",
    "SetCursorSize",
    "GetBufferSize",
    "SetBufferSize",
    "GetWindowSize",
    "SetWindowSize",
    "GetWindowTitle",
    "SetWindowTitle",
    "GetMaxWindowSize",
    "GetMaxPhysicalWindowSize",
    "GetKeyAvailable",
    "ReadKey",
    "FlushInputBuffer",
    "SetBufferContents1",
    "SetBufferContents2",
    "GetBufferContents",
    "ScrollBufferContents",
    "PushRunspace",
    "PopRunspace",
    "GetIsRunspacePushed",
    "GetRunspace",
    "PromptForChoiceMultipleSelection",
];

impl HostMethod {
    /// Its name in the specification, or its number.
    pub fn name(self) -> String {
        usize::try_from(self.0)
            .ok()
            .and_then(|number| NAMES.get(number.checked_sub(1)?))
            .map_or_else(|| format!("method {}", self.0), |name| (*name).to_owned())
    }

    /// True for a method that returns nothing: the server does not wait, and an answer would be one
    /// too many.
    pub(super) fn is_void(self) -> bool {
        matches!(
            self.0,
            6..=10
                | 13..=22
                | 28
                | 30
                | 32
                | 34
                | 36
                | 38
                | 40
                | 42
                | 47
                | 48
                | 49
                | 51
                | 52
                | 53
        )
    }

    pub(super) fn value(self) -> Value {
        enumeration(
            "System.Management.Automation.Remoting.RemoteHostMethodId",
            &self.name(),
            i32::try_from(self.0).unwrap_or_default(),
        )
    }
}
