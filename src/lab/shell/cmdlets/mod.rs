//! The cmdlets of the lab.

mod database;
mod exchange;
mod files;
mod general;
mod layout;
mod management;
mod network;
mod pipe;
mod pools;
mod replication;
mod service;
mod services;
mod topology;
mod windows;

use super::call::Cmdlet;

/// All cmdlets, by room.
const ROOMS: [&[Cmdlet]; 13] = [
    database::CMDLETS,
    exchange::CMDLETS,
    files::CMDLETS,
    general::CMDLETS,
    layout::CMDLETS,
    management::CMDLETS,
    network::CMDLETS,
    pipe::CMDLETS,
    pools::CMDLETS,
    replication::CMDLETS,
    services::CMDLETS,
    topology::CMDLETS,
    windows::CMDLETS,
];

/// PowerShell's own short names for the cmdlets the lab has.
const ALIASES: [(&str, &str); 22] = [
    ("fl", "Format-List"),
    ("ft", "Format-Table"),
    ("select", "Select-Object"),
    ("where", "Where-Object"),
    ("?", "Where-Object"),
    ("foreach", "ForEach-Object"),
    ("%", "ForEach-Object"),
    ("sort", "Sort-Object"),
    ("measure", "Measure-Object"),
    ("sleep", "Start-Sleep"),
    ("echo", "Write-Output"),
    ("write", "Write-Output"),
    ("oh", "Out-Host"),
    ("gcm", "Get-Command"),
    ("gi", "Get-Item"),
    ("dir", "Get-ChildItem"),
    ("ls", "Get-ChildItem"),
    ("gci", "Get-ChildItem"),
    ("gsv", "Get-Service"),
    ("sasv", "Start-Service"),
    ("spsv", "Stop-Service"),
    ("tnc", "Test-NetConnection"),
];

/// The cmdlet with this name or alias, in any case.
pub fn find(name: &str) -> Option<&'static Cmdlet> {
    let full = ALIASES
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(name))
        .map_or(name, |(_, full)| full);
    all().find(|cmdlet| cmdlet.signature.name.eq_ignore_ascii_case(full))
}

/// Every cmdlet.
pub fn all() -> impl Iterator<Item = &'static Cmdlet> {
    ROOMS.into_iter().flatten()
}
