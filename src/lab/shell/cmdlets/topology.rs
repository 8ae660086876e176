//! The object cmdlets over the published topology.

use crate::lab::deployment::{self, Deployment, Service};
use crate::lab::shell::COMPUTER;
use crate::lab::shell::bind::parameters;
use crate::lab::shell::call::{Call, Cmdlet, Result, plain};
use crate::lab::shell::filter::like;
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::same;

use super::service::describe;

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Get-CsTopology",
        "Microsoft.Rtc.Management.Xds.GetTopologyCmdlet",
        &["AsXml? LocalStore?"],
        topology,
    ),
    plain(
        "Get-CsSite",
        "Microsoft.Rtc.Management.Xds.GetSiteCmdlet",
        &["Identity@0", "Filter"],
        site,
    ),
    plain(
        "Get-CsPool",
        "Microsoft.Rtc.Management.Xds.GetPoolCmdlet",
        &["Identity@0 Site", "Filter Site"],
        pool,
    ),
    plain(
        "Get-CsComputer",
        "Microsoft.Rtc.Management.Xds.GetComputerCmdlet",
        &["Identity@0 Pool Local?", "Filter Pool Local?"],
        computer,
    ),
    plain(
        "Get-CsService",
        "Microsoft.Rtc.Management.Xds.GetServiceCmdlet",
        SERVICE_SETS,
        service,
    ),
    plain(
        "Get-CsTrunk",
        "Microsoft.Rtc.Management.Xds.GetTrunkCmdlet",
        &["Identity@0 PoolFqdn", "Filter PoolFqdn"],
        trunk,
    ),
];

const SERVICE_SETS: &[&str] = &[
    "Identity@0 PoolFqdn",
    "Filter PoolFqdn",
    "ApplicationDatabase? PoolFqdn",
    "ApplicationServer? PoolFqdn",
    "ArchivingDatabase? PoolFqdn",
    "ArchivingServer? PoolFqdn",
    "CentralManagement? PoolFqdn",
    "CentralManagementDatabase? PoolFqdn",
    "ConferencingServer? PoolFqdn",
    "Director? PoolFqdn",
    "EdgeServer? PoolFqdn",
    "FileStore? PoolFqdn",
    "ManagementServer? PoolFqdn",
    "MediationServer? PoolFqdn",
    "MonitoringServer? PoolFqdn",
    "MonitoringDatabase? PoolFqdn",
    "ProvisionServer? PoolFqdn",
    "ProvisionDatabase? PoolFqdn",
    "PstnGateway? PoolFqdn",
    "Registrar? PoolFqdn",
    "TrustedApplicationPool? PoolFqdn",
    "UserDatabase? PoolFqdn",
    "UserServer? PoolFqdn",
    "WebServer? PoolFqdn",
    "BackupServer? PoolFqdn",
    "LegalInterceptServer? PoolFqdn",
    "PersistentChatComplianceDatabase? PoolFqdn",
    "PersistentChatDatabase? PoolFqdn",
    "PersistentChatServer? PoolFqdn",
    "WacServer? PoolFqdn",
    "VideoGateway? PoolFqdn",
    "VideoInteropServer? PoolFqdn",
];

fn deployment(call: &Call<'_, '_>) -> Result<Deployment> {
    Ok(Deployment::of(call.state()?.cms))
}

fn topology(call: &mut Call<'_, '_>) -> Result {
    let cms = call.state()?.cms;
    if call.args.on("AsXml") {
        return Ok(vec![
            Object::new()
                .shown(View::Text(deployment::xml(cms).trim_end().to_owned()))
                .into(),
        ]);
    }
    let deployment = Deployment::of(cms);
    let object = Object::new()
        .with(
            "InternalDomains",
            vec!["kestrel.example", "kestrel-marine.example"],
        )
        .with(
            "Sites",
            deployment
                .sites
                .iter()
                .map(|s| format!("Site:{}", s.name))
                .collect::<Vec<_>>(),
        )
        .with(
            "Clusters",
            deployment
                .pools
                .iter()
                .map(|p| p.fqdn.clone())
                .collect::<Vec<_>>(),
        )
        .with(
            "Machines",
            deployment
                .pools
                .iter()
                .flat_map(|p| p.machines.clone())
                .collect::<Vec<_>>(),
        )
        .with(
            "Services",
            deployment
                .services
                .iter()
                .map(Service::identity)
                .collect::<Vec<_>>(),
        );
    Ok(vec![object.into()])
}

/// Keeps what `-Identity` or `-Filter` names; an identity that nothing has is an error.
fn select(call: &mut Call<'_, '_>, all: Vec<Object>, prefix: &str) -> Result {
    if let Some(filter) = call.args.text("Filter") {
        let fits = |o: &Object| {
            let identity = o.get("Identity").map(Value::text).unwrap_or_default();
            like(&filter, &identity)
                || identity
                    .split_once(':')
                    .is_some_and(|(_, rest)| like(&filter, rest))
        };
        return Ok(all.into_iter().filter(fits).map(Value::from).collect());
    }
    let Some(wanted) = call.args.text("Identity") else {
        return Ok(all.into_iter().map(Value::from).collect());
    };
    let bare = wanted
        .strip_prefix("Service:")
        .unwrap_or(&wanted)
        .to_owned();
    let fits = |o: &Object| {
        let identity = o.get("Identity").map(Value::text).unwrap_or_default();
        same(&identity, &bare) || same(&identity, &format!("{prefix}{bare}"))
    };
    let found: Vec<Value> = all.into_iter().filter(fits).map(Value::from).collect();
    if found.is_empty() {
        let message = format!("Cannot find \"{wanted}\" because it does not exist.");
        let record = call
            .failed(
                message,
                "InvalidData,ManagementException",
                "IdentityNotFound",
            )
            .going_on();
        return Err(record.into());
    }
    Ok(found)
}

fn identities<'a>(services: impl Iterator<Item = &'a Service>) -> Vec<String> {
    services.map(Service::identity).collect()
}

fn site(call: &mut Call<'_, '_>) -> Result {
    let deployment = deployment(call)?;
    let all = deployment.sites.iter().map(|site| {
        let services = || deployment.services.iter().filter(|s| s.key.0 == site.id);
        let pools = deployment
            .pools
            .iter()
            .filter(|p| p.key.0 == site.id)
            .map(|p| p.fqdn.clone());
        let federation = services()
            .find(|s| s.role() == "EdgeServer")
            .map(Service::identity);
        Object::new()
            .with("Identity", format!("Site:{}", site.name))
            .with("SiteId", site.id.parse::<i64>().unwrap_or(0))
            .with("Services", identities(services()))
            .with("Pools", pools.collect::<Vec<_>>())
            .with("FederationRoute", federation)
            .with("XmppFederationRoute", Value::Null)
            .with("DefaultPersistentChatPool", Value::Null)
            .with("Description", Value::Null)
            .with("DisplayName", site.name.as_str())
            .with(
                "SiteType",
                if site.parent.is_some() {
                    "BranchSite"
                } else {
                    "CentralSite"
                },
            )
            .with(
                "ParentSite",
                site.parent
                    .as_deref()
                    .map(|id| deployment.site_identity(id)),
            )
    });
    let all = all.collect();
    select(call, all, "Site:")
}

fn pool(call: &mut Call<'_, '_>) -> Result {
    let deployment = deployment(call)?;
    let wanted_site = call.args.text("Site");
    let mut all = Vec::new();
    for pool in &deployment.pools {
        let site = deployment.site_identity(&pool.key.0);
        let in_site = |w: &String| {
            same(w, &site) || site.split_once(':').is_some_and(|(_, name)| same(w, name))
        };
        if !wanted_site.as_ref().is_none_or(in_site) {
            continue;
        }
        all.push(
            Object::new()
                .with("Identity", pool.fqdn.as_str())
                .with("Services", identities(deployment.services_on(&pool.fqdn)))
                .with("Computers", pool.machines.clone())
                .with("Fqdn", pool.fqdn.as_str())
                .with("BackupPoolFqdn", Value::Null)
                .with("Site", site),
        );
    }
    select(call, all, "")
}

fn computer(call: &mut Call<'_, '_>) -> Result {
    let deployment = deployment(call)?;
    let wanted_pool = call.args.text("Pool");
    let local = call.args.on("Local");
    let mut all = Vec::new();
    for pool in deployment
        .pools
        .iter()
        .filter(|p| wanted_pool.as_deref().is_none_or(|w| same(w, &p.fqdn)))
    {
        for machine in pool.machines.iter().filter(|m| !local || same(m, COMPUTER)) {
            all.push(
                Object::new()
                    .with("Identity", machine.as_str())
                    .with("Pool", pool.fqdn.as_str())
                    .with("Fqdn", machine.as_str())
                    .shown(View::List),
            );
        }
    }
    select(call, all, "")
}

fn service(call: &mut Call<'_, '_>) -> Result {
    let deployment = deployment(call)?;
    let role = SERVICE_SETS
        .iter()
        .flat_map(|set| parameters(set))
        .map(|p| p.name)
        .find(|name| {
            call.args.given(name) == Some(true)
                && !matches!(*name, "Identity" | "Filter" | "PoolFqdn")
        });
    let wanted_pool = call.args.text("PoolFqdn");
    let has_users = |pool: &str| {
        deployment
            .services_on(pool)
            .any(|s| s.key.1 == "UserServices")
    };
    let has_mediation = |pool: &str| {
        deployment
            .services_on(pool)
            .any(|s| s.key.1 == "MediationServer")
    };
    let fits = |s: &&Service| {
        let by_role = match role {
            None => true,
            // A Director is a Registrar without users of its own, a branch appliance has trunks too.
            Some("Director") => {
                s.role() == "Registrar" && !has_users(&s.pool) && !has_mediation(&s.pool)
            }
            Some(role) => same(role, s.role()),
        };
        by_role && wanted_pool.as_deref().is_none_or(|w| same(w, &s.pool))
    };
    let all = deployment
        .services
        .iter()
        .filter(fits)
        .map(|s| describe(&deployment, s))
        .collect();
    select(call, all, "")
}

fn trunk(call: &mut Call<'_, '_>) -> Result {
    let deployment = deployment(call)?;
    let wanted_pool = call.args.text("PoolFqdn");
    let trunks = deployment
        .services
        .iter()
        .filter(|s| s.role() == "PstnGateway");
    let trunks = trunks.filter(|s| wanted_pool.as_deref().is_none_or(|w| same(w, &s.pool)));
    let all = trunks.map(|s| describe(&deployment, s)).collect();
    select(call, all, "PstnGateway:")
}
