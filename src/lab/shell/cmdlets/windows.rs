//! What Windows itself tells of the simulated servers: event log, shares, certificates, clock.

use jiff::Timestamp;

use crate::lab::State;
use crate::lab::deployment::Deployment;
use crate::lab::shell::COMPUTER;
use crate::lab::shell::call::{Call, Cmdlet, Result, plain};
use crate::lab::shell::error::ErrorRecord;
use crate::lab::shell::filter::like;
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::same;
use crate::lab::timeline;

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Get-WinEvent",
        "Microsoft.PowerShell.Commands.GetWinEventCommand",
        &[
            "LogName@0 MaxEvents# ComputerName",
            "FilterHashtable!~ MaxEvents# ComputerName",
        ],
        events,
    ),
    plain("Get-SmbShare", "Get-SmbShare", &["Name*@0"], shares),
    plain(
        "Get-CimInstance",
        "Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand",
        &["ClassName!@0 ComputerName"],
        instance,
    ),
];

/// The event log of the product.
const LOG: &str = "Lync Server";

/// Seconds since the file transfer agent last logged what it cannot deliver: it tries all the time.
const LAST_TRY: f64 = -20.0;

/// The events of the file transfer agent on the session's computer; those of another computer are
/// not simulated and there are none.
fn events(call: &mut Call<'_, '_>) -> Result {
    let filter = call.args.value("FilterHashtable").cloned();
    let of = |name: &str| filter.as_ref().map_or(Value::Null, |f| f.property(name));
    let log = call
        .args
        .text("LogName")
        .unwrap_or_else(|| of("LogName").text());
    let computer = call
        .args
        .text("ComputerName")
        .unwrap_or_else(|| COMPUTER.to_owned());
    if !same(&log, LOG) {
        let message =
            format!("There is not an event log on the {computer} computer that matches \"{log}\".");
        return Err(missing(call, message, "NoMatchingLogsFound").into());
    }
    let numbers =
        |name: &str| -> Vec<String> { of(name).unroll().iter().map(Value::text).collect() };
    let (ids, levels) = (numbers("Id"), numbers("Level"));
    let fits = |event: &(i64, i64, String)| {
        (ids.is_empty() || ids.contains(&event.0.to_string()))
            && (levels.is_empty() || levels.contains(&event.1.to_string()))
    };
    let (state, now) = (call.state()?, call.now());
    let logged = timeline::after(now, LAST_TRY, 1.0);
    let most = call
        .args
        .int("MaxEvents")
        .and_then(|n| usize::try_from(n).ok());
    let here = same(&computer, COMPUTER) && same(state.cms.master(), COMPUTER);
    let found: Vec<Value> = undelivered(&state, logged)
        .into_iter()
        .filter(|event| here && fits(event))
        .take(most.unwrap_or(usize::MAX))
        .map(|(id, level, message)| {
            Object::new()
                .with("TimeCreated", logged)
                .with("Id", id)
                .with(
                    "LevelDisplayName",
                    if level == 2 { "Error" } else { "Warning" },
                )
                .with("ProviderName", "LS File Transfer Agent Service")
                .with("LogName", LOG)
                .with("MachineName", COMPUTER)
                .with("Message", message)
                .shown(View::Table(&[
                    ("TimeCreated", 22),
                    ("Id", 8),
                    ("LevelDisplayName", 16),
                    ("Message", 0),
                ]))
                .into()
        })
        .collect();
    if found.is_empty() {
        let message = "No events were found that match the specified selection criteria.";
        let record = missing(call, message.to_owned(), "NoMatchingEventsFound");
        call.report(record.going_on())?;
    }
    Ok(found)
}

/// Id, level and message. The agent names all replicas that it cannot serve in one event.
fn undelivered(state: &State, at: Timestamp) -> Vec<(i64, i64, String)> {
    let runs = |service| state.is_running(state.cms.master(), service, at);
    let closed: Vec<&str> = state
        .held()
        .filter(|held| state.stuck.iter().any(|s| same(s, held)))
        .collect();
    if closed.is_empty() || !runs("FTA") || !runs("MASTER") {
        return Vec::new();
    }
    let failures: Vec<String> = closed
        .iter()
        .map(|fqdn| format!("{fqdn}: Https destination unavailable."))
        .collect();
    vec![(
        1017,
        2,
        format!(
            "File transfer failed for some replica machines. Skype for Business Server 2015, File Transfer Agent will continuously attempt to replicate to these machines. While this condition persists, configuration changes will not be delivered to these replica machines.\nReplica file transfer failures:\n{}\nCause: Possible issues with transferring files to the replicas listed above.\nResolution:\nCheck the accessibility of file shares or https web services listed above.",
            failures.join("\n")
        ),
    )]
}

fn missing(call: &Call<'_, '_>, message: String, id: &str) -> ErrorRecord {
    call.failed(message, "ObjectNotFound,Exception", id)
}

/// The share of a replica, as a path names it: whether it is there; `None` for any other path. An
/// Edge has the folder and shares it with nobody.
pub fn share_is_there(state: &State, path: &str) -> Option<bool> {
    let rest = path.strip_prefix(r"\\")?.trim_end_matches('\\');
    let (computer, share) = rest.split_once('\\')?;
    if !same(share, "xds-replica") {
        return None;
    }
    let deployment = Deployment::of(state.cms);
    let (fqdn, _) = deployment.machine(computer)?;
    let is_edge = deployment
        .pool_of(fqdn)
        .is_some_and(|p| same(p, "sgedge.kestrel.lan"));
    Some(state.replica(fqdn).is_ok() && !is_edge && !state.is_bare(fqdn))
}

/// The shares of the session's computer.
fn shares(call: &mut Call<'_, '_>) -> Result {
    let mut names = call.args.list("Name");
    if names.is_empty() {
        names.push("*".to_owned());
    }
    let all = [
        ("C$", r"C:\", "Default share"),
        ("xds-replica", r"C:\RtcReplicaRoot\xds-replica", ""),
    ];
    let found = all
        .iter()
        .filter(|(name, ..)| names.iter().any(|n| like(n, name)));
    Ok(found
        .map(|(name, path, description)| {
            Object::new()
                .with("Name", *name)
                .with("ScopeName", "*")
                .with("Path", *path)
                .with("Description", *description)
                .into()
        })
        .collect())
}

/// The one class that the checks ask for: the operating system, with its clock.
fn instance(call: &mut Call<'_, '_>) -> Result {
    let class = call.args.text("ClassName").unwrap_or_default();
    let computer = call
        .args
        .text("ComputerName")
        .unwrap_or_else(|| COMPUTER.to_owned());
    if !same(&class, "Win32_OperatingSystem") {
        return Err(call
            .failed(
                "Invalid class ",
                "MetadataError,CimException",
                "HRESULT 0x80041010",
            )
            .into());
    }
    let deployment = Deployment::of(call.state()?.cms);
    let Some((fqdn, _)) = deployment.machine(&computer) else {
        let message = format!(
            "WinRM cannot process the request. The following error occurred while using Kerberos authentication: Cannot find the computer {computer}. Verify that the computer exists on the network and that the name provided is spelled correctly."
        );
        return Err(call
            .failed(message, "NotSpecified,CimException", "HRESULT 0x80070035")
            .into());
    };
    let host = fqdn.split('.').next().unwrap_or(fqdn).to_uppercase();
    let object = Object::new()
        .with("Caption", "Microsoft Windows Server 2019 Standard")
        .with("CSName", host)
        .with("LocalDateTime", call.now())
        .shown(View::List);
    Ok(vec![object.into()])
}

/// The certificates under `Cert:\LocalMachine`, `None` for a path that is elsewhere.
pub fn certificates(path: &str, now: Timestamp) -> Option<Vec<Value>> {
    let lower = path.trim_end_matches('\\').to_ascii_lowercase();
    let store = lower.strip_prefix(r"cert:\localmachine\")?.to_owned();
    const ROOT: &str = "CN=Kestrel Root CA, DC=kestrel, DC=lan";
    let all: &[(&str, &str, &str, bool)] = match store.as_str() {
        "my" => &[(
            "CN=sgpool01.kestrel.lan, O=Kestrel, C=SG",
            ROOT,
            "5D1C8A7730F24BE96A41C2980E57D3B1F6A0924C",
            true,
        )],
        "root" => &[
            (
                ROOT,
                ROOT,
                "9B0F6E2217C84D53A1E6F078C3B25D94417A8E60",
                false,
            ),
            (
                "CN=Kestrel Offline Root CA, O=Kestrel, C=SG",
                "CN=Kestrel Offline Root CA, O=Kestrel, C=SG",
                "27E4B8D06A1C93F5520D7E4BA9861F3C04D5E2B7",
                false,
            ),
        ],
        _ => &[],
    };
    const YEAR: f64 = 365.0 * 86_400.0;
    Some(
        all.iter()
            .map(|(subject, issuer, thumbprint, key)| {
                Object::new()
                    .with("Thumbprint", *thumbprint)
                    .with("Subject", *subject)
                    .with("Issuer", *issuer)
                    .with("NotBefore", timeline::after(now, -YEAR, 1.0))
                    .with("NotAfter", timeline::after(now, YEAR, 1.0))
                    .with("HasPrivateKey", *key)
                    .shown(View::Table(&[("Thumbprint", 42), ("Subject", 0)]))
                    .into()
            })
            .collect(),
    )
}
