//! What runs on the server to keep a host: a line that loads, and the script that it loads.
//!
//! `host.ps1` is written for Windows PowerShell 5.1, in the plainest words that do it. It was never
//! run on Windows: every construct in it is one of about_* of Windows PowerShell 5.1 or of the .NET
//! Framework's reference, and docs/host.md goes through it line by line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::execute::target::ShellProfile;

use super::super::shell::module;

const HOST: &str = include_str!("host.ps1");

/// What `-EncodedCommand` says: read the first line of standard input, run it as a script. The
/// console's host reads standard input itself only for a script that names `$input`.
pub const LOADER: &str = "$csdeckIn=New-Object IO.StreamReader([Console]::OpenStandardInput())\n\
& ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($csdeckIn.ReadLine()))))\n";

/// The host's script for a shell profile. The nonce marks its frames.
pub fn host(shell: ShellProfile, nonce: &str) -> String {
    HOST.replace('\r', "")
        .replace("<prelude>", module(shell).trim_end())
        .replace("<nonce>", nonce)
}

/// The nonce of a script that [`host`] made; `None` when it is none. Used by the lab's stand-in.
pub fn nonce_of(script: &str) -> Option<&str> {
    let (_, rest) = script.split_once("nonce='")?;
    let (nonce, _) = rest.split_once('\'')?;
    [
        ShellProfile::Lync,
        ShellProfile::Exchange,
        ShellProfile::Plain,
    ]
    .into_iter()
    .any(|shell| host(shell, nonce) == script)
    .then_some(nonce)
}

/// A request or the host's script as it goes to standard input: Base64 of UTF-8.
pub(super) fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

/// The reverse of [`encoded`]; `None` when it is not Base64 of UTF-8.
pub fn decoded(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()
}
