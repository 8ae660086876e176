//! Ports and names, as the session's computer sees them.

use crate::lab::deployment::Deployment;
use crate::lab::shell::call::{Call, Cmdlet, Result, plain};
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::same;

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Test-NetConnection",
        "Test-NetConnection",
        &[
            "ComputerName@0 Port# InformationLevel CommonTCPPort",
            "ComputerName@0 TraceRoute? InformationLevel",
        ],
        test_connection,
    ),
    plain(
        "Resolve-DnsName",
        "Microsoft.DnsClient.Commands.ResolveDnsName",
        &["Name!@0 Type@1 Server* DnsOnly? NoHostsFile? QuickTimeout?"],
        resolve,
    ),
];

/// A TCP probe from the session's computer. Stuck Edge servers are stuck because 4443 is closed;
/// a server that was never set up still has Windows' own ports.
fn test_connection(call: &mut Call<'_, '_>) -> Result {
    let computer = call
        .args
        .text("ComputerName")
        .unwrap_or_else(|| "internetbeacon.msedge.net".to_owned());
    let state = call.state()?;
    let deployment = Deployment::of(state.cms);
    let machine = deployment.machine(&computer);
    let full = machine.as_ref().map_or(computer.as_str(), |(fqdn, _)| fqdn);
    let pool = deployment.pool_of(full);
    let port = call.args.int("Port");
    let listens = port.is_some_and(|port| {
        let mut services = deployment.services_on(pool.unwrap_or_default());
        port == 445
            || port == 135
            || !state.is_bare(full) && services.any(|s| s.ports.iter().any(|p| p.port == port))
    });
    let held = state.stuck.iter().any(|s| same(s, full)) && state.held().any(|h| same(h, full));
    let open = pool.is_some() && listens && !(held && (port == Some(4443) || port == Some(445)));
    if let (Some(port), false) = (port, open) {
        call.warn(&format!("TCP connect to ({computer} : {port}) failed"));
    }
    let mut object = Object::new().with("ComputerName", computer).with(
        "RemoteAddress",
        machine.as_ref().map(|(_, address)| address.clone()),
    );
    if port.is_some() {
        object = object.with("RemotePort", port);
    }
    object = object
        .with("SourceAddress", "10.20.10.11")
        .with("NameResolutionSucceeded", pool.is_some())
        .with("PingSucceeded", pool.is_some());
    if port.is_some() {
        object = object.with("TcpTestSucceeded", open);
    }
    if call
        .args
        .text("InformationLevel")
        .is_some_and(|l| same(&l, "Quiet"))
    {
        let reached = if port.is_some() { open } else { pool.is_some() };
        return Ok(vec![Value::Bool(reached)]);
    }
    // What the list does not show is there for who asks for it.
    let shown = object.shown(View::List);
    Ok(vec![shown.into()])
}

fn resolve(call: &mut Call<'_, '_>) -> Result {
    let name = call.args.text("Name").unwrap_or_default();
    let state = call.state()?;
    let deployment = Deployment::of(state.cms);
    let row = |(fqdn, address): (&str, String)| -> Value {
        Object::new()
            .with("Name", fqdn)
            .with("Type", "A")
            .with("TTL", 1200_i64)
            .with("Section", "Answer")
            .with("IPAddress", address)
            .shown(View::Table(&[
                ("Name", 46),
                ("Type", 6),
                ("TTL", 5),
                ("Section", 10),
                ("IPAddress", 0),
            ]))
            .into()
    };
    let pools = deployment.pools.iter().filter(|p| same(&p.fqdn, &name));
    let machines = pools.flat_map(|p| &p.machines);
    let found: Vec<Value> = match deployment.machine(&name) {
        Some(machine) => vec![row(machine)],
        None => machines
            .filter_map(|m| Some(row(deployment.machine(m)?)))
            .collect(),
    };
    if !found.is_empty() {
        return Ok(found);
    }
    let mut record = call.failed(
        format!("{name} : DNS name does not exist"),
        "ResourceUnavailable,Win32Exception",
        "DNS_ERROR_RCODE_NAME_ERROR",
    );
    record.command = String::from("Resolve-DnsName");
    record.category = record.category.replace("(:)", &format!("({name}:String)"));
    Err(record.going_on().into())
}
