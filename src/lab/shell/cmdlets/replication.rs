//! The replication of the Central Management store.

use jiff::Timestamp;

use crate::lab::State;
use crate::lab::shell::COMPUTER;
use crate::lab::shell::call::{Call, Cmdlet, Result, Stop, plain};
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::timeline::{self, REPLICAS, ReplicaStatus};

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Get-CsManagementStoreReplicationStatus",
        "Microsoft.Rtc.Management.Xds.GetReplicaStatusCmdlet",
        &["ReplicaFqdn@0 CentralManagementStoreStatus?"],
        status,
    ),
    plain(
        "Invoke-CsManagementStoreReplication",
        "Microsoft.Rtc.Management.Xds.InvokeReplicationCmdlet",
        &["ReplicaFqdn@0 Force?"],
        invoke,
    ),
    plain(
        "Test-CsReplica",
        "Microsoft.Rtc.Management.Deployment.TestReplicaCmdlet",
        &["Report"],
        test_replica,
    ),
];

fn status(call: &mut Call<'_, '_>) -> Result {
    let state = call.state()?;
    let now = call.now();
    if call.args.on("CentralManagementStoreStatus") {
        return Ok(vec![store_status(&state, now)]);
    }
    let rows = timeline::rows(&state, now);
    let Some(wanted) = call.args.text("ReplicaFqdn") else {
        return Ok(rows.iter().map(row).collect());
    };
    match rows
        .iter()
        .find(|r| r.replica_fqdn.eq_ignore_ascii_case(&wanted))
    {
        Some(found) => Ok(vec![row(found)]),
        None => Err(unknown(call, &wanted)),
    }
}

fn unknown(call: &Call<'_, '_>, name: &str) -> Stop {
    let message = format!("Cannot find replica \"{name}\" in the Central Management store.");
    call.failed(
        message,
        "InvalidArgument,ArgumentException",
        "ProcessRecord",
    )
    .going_on()
    .into()
}

fn row(status: &ReplicaStatus) -> Value {
    Object::new()
        .with("UpToDate", status.up_to_date)
        .with("ReplicaFqdn", status.replica_fqdn)
        .with("LastStatusReport", status.last_status_report)
        .with("LastUpdateCreation", status.last_update_creation)
        .with("ProductVersion", status.product_version)
        .into()
}

fn store_status(state: &State, now: Timestamp) -> Value {
    let master = state.cms.master();
    let active = |service: &str| state.is_running(master, service, now);
    let heartbeat = |on: bool, seconds: f64| on.then(|| timeline::after(now, -seconds, 1.0));
    let agents: Vec<&str> = if active("FTA") {
        vec![master]
    } else {
        Vec::new()
    };
    let mut replicas: Vec<&str> = REPLICAS.iter().map(|r| r.fqdn).collect();
    replicas.sort_unstable();
    Object::new()
        .with("ActiveMasterFqdn", active("MASTER").then_some(master))
        .with(
            "ActiveMasterLastHeartbeat",
            heartbeat(active("MASTER"), 6.0),
        )
        .with("ActiveFileTransferAgents", agents)
        .with(
            "ActiveFileTransferAgentLastHeartbeat",
            heartbeat(active("FTA"), 4.0),
        )
        .with("ActiveReplicas", replicas)
        .with("DeletedReplicas", Vec::<Value>::new())
        .shown(View::List)
        .into()
}

fn invoke(call: &mut Call<'_, '_>) -> Result {
    let now = call.now();
    let wanted = call.args.text("ReplicaFqdn");
    let known = match &wanted {
        None => None,
        Some(name) => match REPLICAS.iter().find(|r| r.fqdn.eq_ignore_ascii_case(name)) {
            Some(replica) => Some(replica.fqdn.to_owned()),
            None => return Err(unknown(call, name)),
        },
    };
    call.update(|state| {
        state.force(known, now);
        Ok(Vec::new())
    })
}

fn test_replica(call: &mut Call<'_, '_>) -> Result {
    let state = call.state()?;
    let now = call.now();
    for service in ["REPLICA", "RTCCLSAGT"] {
        if !state.is_running(COMPUTER, service, now) {
            let record = call.failed(
                format!("Service \"{service}\" is not running."),
                "InvalidOperation,InvalidOperationException",
                "ProcessRecord",
            );
            call.report(record)?;
        }
    }
    Ok(Vec::new())
}
