//! How text reaches a PowerShell host, the same for a process on this machine and one behind SSH.
//!
//! The host is started with a short, fixed set-up script ([`bootstrap`]) in `-EncodedCommand`
//! and reads the user's text from standard input to its end. So the text crosses byte for byte,
//! neither cmd.exe's limit of 8,191 characters nor any quoting of a login shell touches it, and
//! nothing of it shows in the server's process list.

pub use crate::powershell::encoded::{decode, encode};

use super::target::ShellProfile;

const CONSOLE: &str = "$ProgressPreference='SilentlyContinue'\n\
try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}\n";

const LYNC: &str = "if(!(Get-Module SkypeForBusiness,Lync)){\
Import-Module SkypeForBusiness -ErrorAction SilentlyContinue\n\
if(!(Get-Module SkypeForBusiness)){Import-Module Lync}}\n";

const EXCHANGE: &str = "if(!(Get-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn -ErrorAction SilentlyContinue)){\
Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn}\n";

/// Strings go out as they are: `Out-String` would wrap a long line of JSON. Objects are held back
/// until the next string or the end, since a table needs all its rows, and are set in 200 columns,
/// which no list of names breaks and a table does not fill with blanks.
const RUN: &str = "$csdeckText=(New-Object IO.StreamReader([Console]::OpenStandardInput(),\
(New-Object Text.UTF8Encoding $false))).ReadToEnd()\n\
$csdeckHold=New-Object Collections.ArrayList\n\
function csdeckShow{if($csdeckHold.Count){$csdeckHold.ToArray()|Out-String -Stream -Width 200|\
ForEach-Object{[Console]::Out.WriteLine($_)};$csdeckHold.Clear()}}\n\
$csdeckFailed=$false\n\
try{& ([scriptblock]::Create($csdeckText))|ForEach-Object{if($_ -is [string]){csdeckShow;\
[Console]::Out.WriteLine($_)}elseif($null -ne $_){[void]$csdeckHold.Add($_)}};$csdeckFailed=!$?}\
catch{csdeckShow;[Console]::Error.WriteLine(($_|Out-String).TrimEnd());$csdeckFailed=$true}\n\
csdeckShow\n\
if($LASTEXITCODE){[Console]::Out.WriteLine('WARNING: the last program ended with exit code '+$LASTEXITCODE)}\n\
if($csdeckFailed){exit 1}\n";

/// What loads the cmdlets of this shell profile; empty when nothing does.
pub(super) fn module(shell: ShellProfile) -> &'static str {
    match shell {
        ShellProfile::Lync => LYNC,
        ShellProfile::Exchange => EXCHANGE,
        ShellProfile::Plain => "",
    }
}

/// What runs in front of the text for this shell profile, as the user is told before a run.
pub fn prelude(shell: ShellProfile) -> String {
    format!("{CONSOLE}{}", module(shell))
}

/// What [`module`] does, in a few words; empty when it does nothing.
pub(super) fn module_in_words(shell: ShellProfile) -> &'static str {
    match shell {
        ShellProfile::Lync => "loads the module SkypeForBusiness, or Lync",
        ShellProfile::Exchange => "loads the snap-in of the Exchange Management Shell",
        ShellProfile::Plain => "",
    }
}

/// The whole set-up script: [`prelude`], then read the text from standard input and run it.
pub fn bootstrap(shell: ShellProfile) -> String {
    format!("{}{RUN}", prelude(shell))
}

/// True when a decoded `-EncodedCommand` is one of csdeck's own set-up scripts: the text to run
/// then comes on standard input. Used by the lab's stand-in for PowerShell.
pub fn is_bootstrap(script: &str) -> bool {
    script.ends_with(RUN)
}

/// The arguments after the program's name, for a process that runs one text.
pub fn arguments(shell: ShellProfile) -> Vec<String> {
    arguments_for(&bootstrap(shell))
}

/// The arguments after the program's name, for a process that begins with this script.
pub fn arguments_for(script: &str) -> Vec<String> {
    let mut args: Vec<String> = [
        "-NoLogo",
        "-NoProfile",
        "-NonInteractive",
        "-OutputFormat",
        "Text",
        "-EncodedCommand",
    ]
    .map(String::from)
    .to_vec();
    args.push(encode(script));
    args
}

/// The command line for a login shell. Only characters that cmd.exe, PowerShell and POSIX shells
/// all leave alone occur in it, apart from those of `program`.
pub fn command_line(program: &str, script: &str) -> String {
    format!("{program} {}", arguments_for(script).join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_up_survives_encoding_and_is_recognised() {
        for shell in [
            ShellProfile::Lync,
            ShellProfile::Exchange,
            ShellProfile::Plain,
        ] {
            let args = arguments(shell);
            let script = decode(args.last().map_or("", String::as_str));
            assert_eq!(script.as_deref(), Some(bootstrap(shell).as_str()));
            assert!(script.is_some_and(|s| is_bootstrap(&s)));
        }
        assert!(!is_bootstrap("Get-CsPool"));
    }

    #[test]
    fn the_set_up_is_powershell_itself() {
        for shell in [
            ShellProfile::Lync,
            ShellProfile::Exchange,
            ShellProfile::Plain,
        ] {
            assert!(crate::powershell::parse(&bootstrap(shell)).is_ok());
        }
    }

    #[test]
    fn the_command_line_fits_cmd_exe() {
        // cmd.exe takes 8,191 characters; leave room for a long path to the program.
        for shell in [
            ShellProfile::Lync,
            ShellProfile::Exchange,
            ShellProfile::Plain,
        ] {
            assert!(command_line("powershell", &bootstrap(shell)).len() < 7000);
        }
    }
}
