//! Pools as a whole: Windows Fabric, readiness for an update, mirrored databases, the backup service.
//!
//! All of it follows from the services of the pool's front ends: what runs, and for how long. The
//! simulated deployment has no SQL mirror and no paired pool; its databases say so, and the backup
//! service answers as that of a pool whose partner takes everything.

use jiff::Timestamp;

use crate::lab::State;
use crate::lab::deployment::Deployment;
use crate::lab::shell::COMPUTER;
use crate::lab::shell::call::{Call, Cmdlet, Result, changing, plain};
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::{CONFIGURED, DATABASES, databases_of, same};
use crate::lab::timeline;

pub const CMDLETS: &[Cmdlet] = &[
    changing(
        "Get-CsPoolFabricState",
        "Microsoft.Rtc.Management.Hadr.GetCsPoolFabricStateCmdlet",
        &["PoolFqdn! HealthState ShowAll? OutputCsvFile ServiceName Force? Type QueryTimeout#"],
        fabric,
    ),
    plain(
        "Get-CsPoolUpgradeReadinessState",
        "Microsoft.Rtc.Management.Hadr.GetCsPoolUpgradeReadinessStateCmdlet",
        &["Force?"],
        readiness,
    ),
    plain(
        "Get-CsDatabaseMirrorState",
        "Microsoft.Rtc.Management.Deployment.GetDatabaseMirrorStateCmdlet",
        &["PoolFqdn! DatabaseType LocalStore? Report"],
        mirror,
    ),
    plain(
        "Get-CsBackupServiceStatus",
        "Microsoft.Rtc.Management.Hadr.GetCsBackupServiceStatusCmdlet",
        &["PoolFqdn! Category Force?"],
        backup,
    ),
];

/// Seconds after a front end's services started until its replicas are built.
const BUILDING: f64 = 20.0;

/// The services without which a front end holds no replicas.
const HOLDING: [&str; 2] = ["FABRICHOSTSVC", "RTCSRV"];

/// How many routing groups the lab shows of a pool.
const GROUPS: usize = 3;

/// A front end of a pool.
struct FrontEnd {
    fqdn: String,
    /// Its services run.
    up: bool,
    /// They run long enough for its replicas to be built.
    built: bool,
}

/// The front ends of the pool that was asked for.
fn front_ends(call: &Call<'_, '_>, asked: &str) -> Result<(String, Vec<FrontEnd>)> {
    let (state, now) = (call.state()?, call.now());
    let deployment = Deployment::of(state.cms);
    let pool = deployment
        .pools
        .iter()
        .find(|pool| same(&pool.fqdn, asked))
        .filter(|pool| {
            deployment
                .services_on(&pool.fqdn)
                .any(|s| s.role() == "UserServer")
        });
    let Some(pool) = pool else {
        let message =
            format!("Cannot find a pool \"{asked}\" that runs the Registrar and User Services.");
        return Err(call
            .failed(
                message,
                "InvalidOperation,DeploymentException",
                "ProcessRecord",
            )
            .into());
    };
    let machines = pool.machines.iter().map(|fqdn| {
        let up = HOLDING
            .iter()
            .all(|service| state.is_running(fqdn, service, now));
        FrontEnd {
            up,
            built: up && now >= timeline::after(started(&state, fqdn), BUILDING, state.speed),
            fqdn: fqdn.clone(),
        }
    });
    Ok((pool.fqdn.clone(), machines.collect()))
}

/// When the last of the services was started; long ago when none was touched.
fn started(state: &State, computer: &str) -> Timestamp {
    state
        .services
        .iter()
        .filter(|change| change.running && same(&change.computer, computer))
        .filter(|change| HOLDING.iter().any(|service| same(service, &change.service)))
        .map(|change| change.at)
        .max()
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn pool_asked(call: &Call<'_, '_>) -> Result<(String, Vec<FrontEnd>)> {
    let asked = call.args.text("PoolFqdn").unwrap_or_default();
    front_ends(call, &asked)
}

/// Text for reading, as the real cmdlet's answer is.
fn fabric(call: &mut Call<'_, '_>) -> Result {
    let (pool, machines) = pool_asked(call)?;
    let active = machines.iter().filter(|m| m.up).count();
    let mut lines = vec![format!(
        "Pool {pool}: {} front ends, {active} active",
        machines.len()
    )];
    for group in 0..GROUPS {
        // Every group has its primary on another machine; the first that is there takes its place.
        let turned = (0..machines.len()).map(|n| &machines[(group + n) % machines.len()]);
        let built: Vec<&str> = turned
            .clone()
            .filter(|m| m.built)
            .map(|m| m.fqdn.as_str())
            .collect();
        let missing: Vec<&str> = turned
            .filter(|m| !m.built)
            .map(|m| m.fqdn.as_str())
            .collect();
        let quorum = built.len() * 2 > machines.len();
        let mut line = format!("Routing group {}: ", group + 1);
        match built.split_first() {
            Some((primary, secondaries)) if quorum => {
                line.push_str(&format!("primary {primary}"));
                if !secondaries.is_empty() {
                    line.push_str(&format!(", secondary {}", secondaries.join(", ")));
                }
            }
            _ => line.push_str("no primary, quorum loss"),
        }
        if !missing.is_empty() {
            line.push_str(&format!("; missing replica on {}", missing.join(", ")));
        }
        lines.push(line);
    }
    Ok(lines.into_iter().map(Value::from).collect())
}

fn readiness(call: &mut Call<'_, '_>) -> Result {
    let state = call.state()?;
    let own = Deployment::of(state.cms)
        .pool_of(COMPUTER)
        .map(str::to_owned);
    let (pool, machines) = front_ends(call, own.as_deref().unwrap_or(COMPUTER))?;
    let active = machines.iter().filter(|m| m.up).count();
    let built = machines.iter().filter(|m| m.built).count();
    let word = match () {
        () if built == machines.len() => "Ready",
        () if active * 2 > machines.len() => "Busy",
        () => "InsufficientActiveFrontEnds",
    };
    let domains: Vec<Value> = machines
        .iter()
        .enumerate()
        .map(|(n, machine)| {
            Object::new()
                .with("UpgradeDomain", format!("UpgradeDomain{}", n + 1))
                .with("ReadyForUpgrade", word == "Ready")
                .with("Frontends", machine.fqdn.as_str())
                .into()
        })
        .collect();
    Ok(vec![
        Object::new()
            .with("PoolFqdn", pool)
            .with("PoolUpgradeState", word)
            .with("TotalFrontends", machines.len() as i64)
            .with("TotalActiveFrontends", active as i64)
            .with("UpgradeDomains", domains)
            .shown(View::List)
            .into(),
    ])
}

fn mirror(call: &mut Call<'_, '_>) -> Result {
    let (pool, _) = pool_asked(call)?;
    let wanted = call.args.text("DatabaseType");
    let server = match same(&pool, "mnlse01.kestrel.lan") {
        true => "mnlse01.kestrel.lan",
        false => "sgsql01.kestrel.lan",
    };
    let cms = call.state()?.cms;
    let mut kinds: Vec<&str> = CONFIGURED
        .iter()
        .filter(|(_, on, _)| same(on, server))
        .map(|(kind, ..)| *kind)
        .collect();
    if same(cms.pool(), &pool) {
        kinds.push(DATABASES[0].0);
    }
    let none = "DatabaseInaccessibleOrMirroringNotEnabled";
    let rows = kinds
        .into_iter()
        .filter(|kind| wanted.as_deref().is_none_or(|w| same(w, kind)))
        .flat_map(|kind| databases_of(kind).iter().copied())
        .map(|database| {
            Object::new()
                .with("DatabaseName", database)
                .with("StateOnPrimary", none)
                .with("StateOnMirror", none)
                .with("MirroringStatusOnPrimary", "")
                .with("MirroringStatusOnMirror", "")
                .shown(View::List)
                .into()
        });
    Ok(rows.collect())
}

fn backup(call: &mut Call<'_, '_>) -> Result {
    let (pool, machines) = pool_asked(call)?;
    let category = call.args.text("Category");
    let is_master = same(call.state()?.cms.pool(), &pool);
    let steady = match (
        machines.iter().any(|m| m.up),
        machines.iter().any(|m| m.built),
    ) {
        (_, true) => "SteadyState",
        (true, false) => "NotInitialized",
        (false, false) => "ErrorState",
    };
    let import = if machines.iter().any(|m| m.up) {
        "NormalState"
    } else {
        "ErrorState"
    };
    let modules: Vec<Value> = [
        ("UserServices.PresenceFocus", "UserData", steady),
        ("ConfServices.DataConf", "UserData", steady),
        (
            "CentralMgmt.CMSMaster",
            "CMS",
            if is_master { steady } else { "NotInitialized" },
        ),
    ]
    .into_iter()
    .filter(|(_, of, _)| category.as_deref().is_none_or(|c| same(c, of)))
    .map(|(identity, _, export)| {
        Object::new()
            .with("Identity", identity)
            .with("ExportStatus", export)
            .with("ImportStatus", import)
            .into()
    })
    .collect();
    Ok(vec![
        Object::new()
            .with("PoolFqdn", pool)
            .with("BackupModules", modules)
            .shown(View::List)
            .into(),
    ])
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::execute::Event;
    use crate::lab::clock::Clock;
    use crate::lab::shell::{Options, Shell};
    use crate::lab::{Lab, Scenario};

    struct At(Timestamp);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            self.0
        }

        fn wait(&self, _: std::time::Duration, _: &dyn Fn() -> bool) -> bool {
            true
        }
    }

    #[test]
    fn a_pool_says_what_its_services_make_of_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let lab = Lab::open(dir.path()).expect("opens");
        let start: Timestamp = "2026-03-04T10:00:00Z".parse().expect("a time");
        lab.reset(Scenario::Default, 1.0, start).expect("reset");
        let ask = |text: &str, seconds: i64| {
            let clock = At(start + SignedDuration::from_secs(seconds));
            let mut said = String::new();
            let mut sink = |event: Event| match event {
                Event::Output(line) => said.push_str(&format!("{line}\n")),
                Event::Object(object) => said.push_str(&format!("{}\n", object.value)),
                Event::Error(error) => said.push_str(&format!("error: {}\n", error.text)),
                _ => {}
            };
            Shell::new(&lab, &clock, Options::WARM).run(text, &mut sink, &|| false);
            said
        };
        let fabric = "Get-CsPoolFabricState -PoolFqdn sgpool01.kestrel.lan";
        let ready = "Get-CsPoolUpgradeReadinessState | Select-Object PoolUpgradeState";
        let backup = "Get-CsBackupServiceStatus -PoolFqdn sgpool01.kestrel.lan | Select-Object -ExpandProperty BackupModules";
        let said = ask(fabric, 1);
        assert!(
            said.contains("3 active") && !said.contains("missing"),
            "{said}"
        );
        assert!(ask(ready, 1).contains("Ready"));
        assert_eq!(ask(backup, 1).matches("SteadyState").count(), 3);
        ask("Stop-CsWindowsService -ComputerName sgfe02.kestrel.lan", 2);
        let said = ask(fabric, 3);
        assert!(
            said.contains("2 active") && said.contains("missing replica on sgfe02.kestrel.lan"),
            "{said}"
        );
        assert!(ask(ready, 3).contains("Busy"));
        ask("Stop-CsWindowsService -ComputerName sgfe03.kestrel.lan", 4);
        assert!(ask(fabric, 5).contains("quorum loss"));
        assert!(ask(ready, 5).contains("InsufficientActiveFrontEnds"));
        ask("Start-CsWindowsService -ComputerName sgfe02.kestrel.lan", 6);
        ask("Start-CsWindowsService -ComputerName sgfe03.kestrel.lan", 6);
        assert!(ask(ready, 7).contains("Busy"));
        assert!(ask(ready, 27).contains("Ready"));
        assert!(!ask(fabric, 27).contains("missing"));
        let mirror = ask(
            "Get-CsDatabaseMirrorState -PoolFqdn sgpool01.kestrel.lan",
            30,
        );
        assert!(
            mirror.contains("rtcxds")
                && mirror.contains("DatabaseInaccessibleOrMirroringNotEnabled"),
            "{mirror}"
        );
        let other = ask(
            "Get-CsBackupServiceStatus -PoolFqdn mnlse01.kestrel.lan | Select-Object -ExpandProperty BackupModules",
            30,
        );
        assert!(other.contains("NotInitialized"), "{other}");
        assert!(
            ask(
                "Get-CsBackupServiceStatus -PoolFqdn sgsql01.kestrel.lan",
                30
            )
            .contains("error: ")
        );
    }
}
