//! Windows services of the simulated servers.

use crate::lab::deployment::Deployment;
use crate::lab::shell::COMPUTER;
use crate::lab::shell::call::{Call, Cmdlet, Result, Stop, changing, plain};
use crate::lab::shell::filter::like;
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::same;

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Get-CsWindowsService",
        "Microsoft.Rtc.Management.Deployment.GetWindowsServiceCmdlet",
        &["Name@0 ComputerName ExcludeActivityLevel? Report"],
        get_cs,
    ),
    changing(
        "Start-CsWindowsService",
        "Microsoft.Rtc.Management.Deployment.StartWindowsServiceCmdlet",
        &["Name@0 ComputerName NoWait? Force? Report"],
        |call| set_cs(call, true),
    ),
    changing(
        "Stop-CsWindowsService",
        "Microsoft.Rtc.Management.Deployment.StopWindowsServiceCmdlet",
        &[
            "Name@0 ComputerName Graceful? NoWait? Force? Report LeaveClsAgentRunning? LeaveWebServerRunning?",
        ],
        |call| set_cs(call, false),
    ),
    plain(
        "Get-Service",
        "Microsoft.PowerShell.Commands.GetServiceCommand",
        &["Name*@0 ComputerName*"],
        get,
    ),
    changing(
        "Start-Service",
        "Microsoft.PowerShell.Commands.StartServiceCommand",
        &["Name!*@0 PassThru?"],
        |call| set(call, &[true]),
    ),
    changing(
        "Stop-Service",
        "Microsoft.PowerShell.Commands.StopServiceCommand",
        &["Name!*@0 Force? NoWait? PassThru?"],
        |call| set(call, &[false]),
    ),
    changing(
        "Restart-Service",
        "Microsoft.PowerShell.Commands.RestartServiceCommand",
        &["Name!*@0 Force? PassThru?"],
        |call| set(call, &[false, true]),
    ),
];

/// A service: short name, display name, what ActivityLevel says.
type Service = (&'static str, &'static str, &'static str);

const BASE: &[Service] = &[
    (
        "REPLICA",
        "Skype for Business Server Replica Replicator Agent",
        "",
    ),
    (
        "RTCCLSAGT",
        "Skype for Business Server Centralized Logging Service Agent",
        "",
    ),
];
const CENTRAL: &[Service] = &[
    (
        "MASTER",
        "Skype for Business Server Master Replicator Agent",
        "",
    ),
    ("FTA", "Skype for Business Server File Transfer Agent", ""),
];
const FRONT_END: &[Service] = &[
    ("W3SVC", "World Wide Web Publishing Service", ""),
    ("FABRICHOSTSVC", "Windows Fabric Host Service", ""),
    (
        "RTCATS",
        "Skype for Business Server Audio Test Service",
        "Concurrent Conferences=0,Number Of Users=0",
    ),
    (
        "RTCDATAMCU",
        "Skype for Business Server Web Conferencing",
        "Concurrent Conferences=2,Number Of Users=11",
    ),
    (
        "RTCAVMCU",
        "Skype for Business Server Audio/Video Conferencing",
        "Concurrent Conferences=2,Number Of Users=11",
    ),
    (
        "RTCIMMCU",
        "Skype for Business Server IM Conferencing",
        "Concurrent Conferences=3,Number Of Users=14",
    ),
    (
        "RTCASMCU",
        "Skype for Business Server Application Sharing",
        "Concurrent Conferences=1,Number Of Users=6",
    ),
    (
        "RTCMEETINGMCU",
        "Skype for Business Server Web Conferencing Compatibility",
        "",
    ),
    (
        "RTCSRV",
        "Skype for Business Server Front-End",
        "Incoming Requests per Second=4,Messages In Server=0,Incoming Messages Timed out=0",
    ),
];
const MEDIATION: &[Service] = &[(
    "RTCMEDSRV",
    "Skype for Business Server Mediation",
    "Current Outbound Calls=3,Current Inbound Calls=2",
)];
const DIRECTOR: &[Service] = &[
    ("W3SVC", "World Wide Web Publishing Service", ""),
    (
        "RTCSRV",
        "Skype for Business Server Front-End",
        "Incoming Requests per Second=1,Messages In Server=0,Incoming Messages Timed out=0",
    ),
];
const EDGE: &[Service] = &[
    (
        "RTCSRV",
        "Skype for Business Server Access Edge",
        "Active Federation Connections=2",
    ),
    (
        "RTCDATAPROXY",
        "Skype for Business Server Web Conferencing Edge",
        "",
    ),
    (
        "RTCMEDIARELAY",
        "Skype for Business Server Audio/Video Edge",
        "",
    ),
    (
        "RTCMRAUTH",
        "Skype for Business Server Audio/Video Authentication",
        "",
    ),
];
/// The SQL Server Express that holds a replica's copy: Windows lists it, the product does not.
const LOCAL_STORE: Service = ("MSSQL$RTCLOCAL", "SQL Server (RTCLOCAL)", "");
const EXCHANGE: &[Service] = &[
    ("MSExchangeUM", "Microsoft Exchange Unified Messaging", ""),
    (
        "MSExchangeUMCR",
        "Microsoft Exchange Unified Messaging Call Router",
        "",
    ),
];

/// The services of one computer, `None` when the topology does not know it.
fn services_of(call: &Call<'_, '_>, computer: &str) -> Result<Option<Vec<Service>>> {
    let state = call.state()?;
    let cms = state.cms;
    let deployment = Deployment::of(cms);
    let Some(pool) = deployment.pool_of(computer) else {
        return Ok(None);
    };
    if state.is_bare(computer) {
        return Ok(Some(Vec::new()));
    }
    let is = |name: &str| same(pool, name);
    let mut all = Vec::new();
    if is(cms.pool()) {
        all.extend(CENTRAL);
    }
    all.extend(BASE);
    if is("sgpool01.kestrel.lan") || is("mnlse01.kestrel.lan") {
        all.extend(FRONT_END);
    }
    if is("sgmed01.kestrel.lan") || is("mnlse01.kestrel.lan") || is("cebsba01.kestrel.lan") {
        all.extend(MEDIATION);
    }
    if is("sgdir01.kestrel.lan") || is("cebsba01.kestrel.lan") {
        all.extend(DIRECTOR);
    }
    if is("sgedge.kestrel.lan") {
        all.extend(EDGE);
    }
    Ok(Some(all))
}

/// The computer that was asked for, and its services.
fn of_asked(call: &Call<'_, '_>) -> Result<(String, Vec<Service>)> {
    let computer = call
        .args
        .text("ComputerName")
        .unwrap_or_else(|| COMPUTER.to_owned());
    match services_of(call, &computer)? {
        Some(services) => Ok((computer, services)),
        None => Err(out_of_reach(call, &computer)),
    }
}

fn out_of_reach(call: &Call<'_, '_>, computer: &str) -> Stop {
    let message = format!(
        "Cannot open Service Control Manager on computer \"{computer}\". This operation might require other privileges."
    );
    call.failed(
        message,
        "InvalidOperation,InvalidOperationException",
        "ProcessRecord",
    )
    .into()
}

fn get_cs(call: &mut Call<'_, '_>) -> Result {
    let (computer, services) = of_asked(call)?;
    let (state, now) = (call.state()?, call.now());
    let wanted = call.args.text("Name");
    let shown: Vec<Service> = services
        .into_iter()
        .filter(|(name, ..)| wanted.as_deref().is_none_or(|w| same(w, name)))
        .collect();
    if let (Some(name), true) = (&wanted, shown.is_empty()) {
        return Err(no_service(call, name, &computer));
    }
    let quiet = call.args.on("ExcludeActivityLevel");
    let row = |(name, _, activity): &Service| -> Value {
        let running = state.is_running(&computer, name, now);
        Object::new()
            .with("Status", if running { "Running" } else { "Stopped" })
            .with("Name", *name)
            .with(
                "ActivityLevel",
                if running && !quiet { *activity } else { "" },
            )
            .shown(View::Table(&[
                ("Status", 8),
                ("Name", 15),
                ("ActivityLevel", 0),
            ]))
            .into()
    };
    Ok(shown.iter().map(row).collect())
}

fn no_service(call: &Call<'_, '_>, name: &str, computer: &str) -> Stop {
    let message = format!(
        "Cannot find any Skype for Business Server service with the name \"{name}\" on \"{computer}\"."
    );
    call.failed(
        message,
        "ObjectNotFound,ItemNotFoundException",
        "ProcessRecord",
    )
    .into()
}

fn set_cs(call: &mut Call<'_, '_>, running: bool) -> Result {
    let (computer, services) = of_asked(call)?;
    let wanted = call.args.text("Name");
    let keep_agent = call.args.on("LeaveClsAgentRunning");
    let keep_web = call.args.on("LeaveWebServerRunning");
    let chosen: Vec<&str> = services
        .iter()
        .map(|(name, ..)| *name)
        .filter(|name| wanted.as_deref().is_none_or(|w| same(w, name)))
        .filter(|name| {
            wanted.is_some()
                || !(keep_agent && *name == "RTCCLSAGT" || keep_web && *name == "W3SVC")
        })
        .collect();
    if let (Some(name), true) = (&wanted, chosen.is_empty()) {
        return Err(no_service(call, name, &computer));
    }
    let now = call.now();
    for name in chosen {
        if call.should(&format!("{name} on {computer}"))? {
            call.update(|state| {
                if state.is_running(&computer, name, now) != running {
                    state.set_service(&computer, name, running, now);
                }
                Ok(())
            })?;
        }
    }
    Ok(Vec::new())
}

/// Windows' own cmdlets see the session's computer; the Exchange services are there too, so that
/// the notes on unified messaging can be followed in one session.
fn local(call: &Call<'_, '_>) -> Result<Vec<Service>> {
    let mut all = windows(call, COMPUTER)?.unwrap_or_default();
    all.extend(EXCHANGE);
    Ok(all)
}

/// What Windows lists on a computer, `None` when there is no such computer.
fn windows(call: &Call<'_, '_>, computer: &str) -> Result<Option<Vec<Service>>> {
    let replicates = call.state()?.replica(computer).is_ok();
    let mut services = services_of(call, computer)?;
    if let Some(all) = services
        .as_mut()
        .filter(|all| replicates && !all.is_empty())
    {
        all.push(LOCAL_STORE);
    }
    Ok(services)
}

fn matching(all: &[Service], pattern: &str) -> Vec<Service> {
    all.iter()
        .filter(|(name, display, _)| like(pattern, name) || like(pattern, display))
        .copied()
        .collect()
}

fn get(call: &mut Call<'_, '_>) -> Result {
    let computer = call
        .args
        .list("ComputerName")
        .pop()
        .unwrap_or_else(|| COMPUTER.to_owned());
    let all = if same(&computer, COMPUTER) {
        local(call)?
    } else if let Some(services) = windows(call, &computer)? {
        services
    } else {
        return Err(out_of_reach(call, &computer));
    };
    let (state, now) = (call.state()?, call.now());
    let mut names = call.args.list("Name");
    if names.is_empty() {
        names.push("*".to_owned());
    }
    let mut rows = Vec::new();
    for name in names {
        let found = matching(&all, &name);
        if found.is_empty() && !name.contains(['*', '?']) {
            let record = missing(call, &name);
            call.report(record)?;
        }
        for (service, display, _) in found {
            let running = state.is_running(&computer, service, now);
            rows.push(
                Object::new()
                    .with("Status", if running { "Running" } else { "Stopped" })
                    .with("Name", service)
                    .with("DisplayName", display)
                    .shown(View::Table(&[
                        ("Status", 8),
                        ("Name", 18),
                        ("DisplayName", 0),
                    ]))
                    .into(),
            );
        }
    }
    Ok(rows)
}

fn missing(call: &Call<'_, '_>, name: &str) -> crate::lab::shell::error::ErrorRecord {
    let mut record = call.failed(
        format!("Cannot find any service with service name '{name}'."),
        "ObjectNotFound,ServiceCommandException",
        "NoServiceFoundForGivenName",
    );
    record.category = record.category.replace("(:)", &format!("({name}:String)"));
    record.going_on()
}

/// Puts services through these states, one after the other.
fn set(call: &mut Call<'_, '_>, states: &[bool]) -> Result {
    let all = local(call)?;
    let now = call.now();
    for name in call.args.list("Name") {
        let found = matching(&all, &name);
        if found.is_empty() {
            let record = missing(call, &name);
            call.report(record)?;
        }
        for (service, display, _) in found {
            if !call.should(&format!("{display} ({service})"))? {
                continue;
            }
            call.update(|state| {
                for running in states {
                    state.set_service(COMPUTER, service, *running, now);
                }
                Ok(())
            })?;
        }
    }
    Ok(Vec::new())
}
