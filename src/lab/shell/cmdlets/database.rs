//! Databases: create, remove, compare with what is expected.

use crate::lab::deployment::Deployment;
use crate::lab::shell::COMPUTER;
use crate::lab::shell::call::{Call, Cmdlet, Result, Stop, changing};
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::{CONFIGURED, DATABASES, Database, databases_of, same};

pub const CMDLETS: &[Cmdlet] = &[
    changing(
        "Install-CsDatabase",
        "Microsoft.Rtc.Management.Deployment.InstallDatabaseCmdlet",
        &[
            "CentralManagementDatabase!? SqlServerFqdn! SqlInstanceName DatabasePaths* DatabasePathMap~ UseDefaultSqlPaths? Clean? Update? Collocated? Backup? NoReindex? SkipPrepareCheck? GlobalCatalog GlobalSettingsDomainController Force? Report",
            "DatabaseType! SqlServerFqdn! SqlInstanceName DatabasePaths* DatabasePathMap~ UseDefaultSqlPaths? Clean? Update? Collocated? NoReindex? SkipPrepareCheck? GlobalCatalog GlobalSettingsDomainController Force? Report",
            "ConfiguredDatabases!? SqlServerFqdn! ForInstance ForDefaultInstance? ExcludeCollocatedStores? DatabasePaths* DatabasePathMap~ UseDefaultSqlPaths? Clean? Update? NoReindex? SkipPrepareCheck? GlobalCatalog GlobalSettingsDomainController Force? Report",
            "LocalDatabases!? ForInstance ForDefaultInstance? DatabasePaths* DatabasePathMap~ UseDefaultSqlPaths? Clean? Update? NoReindex? SkipPrepareCheck? GlobalCatalog GlobalSettingsDomainController Force? Report",
        ],
        install,
    ),
    changing(
        "Uninstall-CsDatabase",
        "Microsoft.Rtc.Management.Deployment.UninstallDatabaseCmdlet",
        &[
            "CentralManagementDatabase!? SqlServerFqdn! SqlInstanceName Detach? Force? Report",
            "DatabaseType! SqlServerFqdn! SqlInstanceName Detach? Force? Report",
        ],
        uninstall,
    ),
    changing(
        "Test-CsDatabase",
        "Microsoft.Rtc.Management.Deployment.TestDatabaseCmdlet",
        &[
            "CentralManagementDatabase!? SqlServerFqdn SqlInstanceName Report",
            "ConfiguredDatabases!? SqlServerFqdn! Report",
            "DatabaseType! SqlServerFqdn! SqlInstanceName Report",
            "LocalService!? Report",
        ],
        test,
    ),
];

/// The values of `-DatabaseType` in the reference.
const TYPES: [&str; 13] = [
    "ActiveMonitoring",
    "Application",
    "Archiving",
    "CentralMgmt",
    "Edge",
    "Lyss",
    "Monitoring",
    "PersistentChat",
    "PersistentChatCompliance",
    "Provision",
    "Registrar",
    "SigninTelemetry",
    "User",
];

/// The databases of a server's own SQL Express instances.
const LOCAL: [(&str, &str); 3] = [
    ("rtclocal", "xds"),
    ("rtclocal", "rtc"),
    ("lynclocal", "lyss"),
];

/// Databases of one type on one instance.
#[derive(Clone)]
struct Wanted {
    kind: &'static str,
    server: String,
    instance: String,
}

impl Wanted {
    fn source(&self) -> String {
        if self.instance.is_empty() {
            self.server.clone()
        } else {
            format!("{}\\{}", self.server, self.instance)
        }
    }

    fn holds(&self, database: &Database) -> bool {
        same(&database.server, &self.server)
            && same(&database.instance, &self.instance)
            && same(&database.kind, self.kind)
    }
}

/// What the arguments name, whether or not it exists.
fn wanted(call: &Call<'_, '_>) -> Result<Vec<Wanted>> {
    let cms = call.state()?.cms;
    let instance = call.args.text("SqlInstanceName").unwrap_or_default();
    let Some(server) = call.args.text("SqlServerFqdn") else {
        let (server, instance) = (cms.sql_server().to_owned(), cms.sql_instance().to_owned());
        return Ok(vec![Wanted {
            kind: "CentralMgmt",
            server,
            instance,
        }]);
    };
    let server = sql_server(call, &server)?;
    if call.args.on("ConfiguredDatabases") {
        let only = call.args.text("ForInstance");
        let of_server = CONFIGURED.iter().filter(|(_, s, i)| {
            same(s, &server)
                && only.as_deref().is_none_or(|o| same(o, i))
                && !call.args.on("ForDefaultInstance")
        });
        return Ok(of_server
            .map(|(kind, server, instance)| Wanted {
                kind,
                server: (*server).to_owned(),
                instance: (*instance).to_owned(),
            })
            .collect());
    }
    if call.args.on("CentralManagementDatabase") {
        return Ok(vec![Wanted {
            kind: "CentralMgmt",
            server,
            instance,
        }]);
    }
    let given = call.args.text("DatabaseType").unwrap_or_default();
    let Some(kind) = TYPES.iter().find(|t| same(t, &given)) else {
        return Err(unknown_type(call, &given));
    };
    let Some((kind, _)) = DATABASES.iter().find(|(k, _)| same(k, kind)) else {
        let message = format!(
            "Command execution failed: The topology has no \"{kind}\" store on \"{server}\"."
        );
        return Err(call
            .failed(
                message,
                "InvalidOperation,DeploymentException",
                "ProcessRecord",
            )
            .into());
    };
    Ok(vec![Wanted {
        kind,
        server,
        instance,
    }])
}

fn unknown_type(call: &Call<'_, '_>, given: &str) -> Stop {
    let message = format!(
        "Cannot bind parameter 'DatabaseType'. Cannot convert value \"{given}\" to type \"Microsoft.Rtc.Management.Deployment.DatabaseNameType\". Error: \"Unable to match the identifier name {given} to a valid enumerator name. Specify one of the following enumerator names and try again: {}\"",
        TYPES.join(", ")
    );
    call.failed(
        message,
        "InvalidArgument,ParameterBindingException",
        "CannotConvertArgumentNoMessage",
    )
    .into()
}

/// The server's name in lower case, when the topology has SQL Server on it.
fn sql_server(call: &Call<'_, '_>, name: &str) -> Result<String> {
    let deployment = Deployment::of(call.state()?.cms);
    let lower = name.to_ascii_lowercase();
    if CONFIGURED.iter().any(|(_, server, _)| *server == lower) {
        return Ok(lower);
    }
    let message = if deployment.knows(&lower) {
        "Command execution failed: A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not accessible. Verify that the instance name is correct and that SQL Server is configured to allow remote connections. (provider: SQL Network Interfaces, error: 26 - Error Locating Server/Instance Specified)".to_owned()
    } else {
        format!(
            "Command execution failed: The SQL Server \"{name}\" is not defined in the topology. Publish a topology with this SQL Server, or correct its name."
        )
    };
    Err(call
        .failed(
            message,
            "InvalidOperation,SqlConnectionException",
            "ProcessRecord",
        )
        .into())
}

fn install(call: &mut Call<'_, '_>) -> Result {
    if call.args.on("Clean") && call.args.on("Update") {
        let message = "The parameters Clean and Update cannot be used together.";
        return Err(call
            .failed(
                message,
                "InvalidArgument,ArgumentException",
                "ProcessRecord",
            )
            .into());
    }
    let paths = call.args.list("DatabasePaths");
    if let Some(bad) = paths.iter().find(|p| !is_folder(p)) {
        let message = format!(
            "The path \"{bad}\" is not valid. Give a folder on the SQL Server, such as E:\\CSData, and one value for each folder."
        );
        return Err(call
            .failed(
                message,
                "InvalidArgument,ArgumentException",
                "ProcessRecord",
            )
            .into());
    }
    if call.args.on("LocalDatabases") {
        call.should(&format!("{COMPUTER}\\rtclocal"))?;
        return Ok(Vec::new());
    }
    for one in wanted(call)? {
        if !call.should(&format!("{} databases on {}", one.kind, one.source()))? {
            continue;
        }
        install_one(call, &one, &paths)?;
    }
    Ok(Vec::new())
}

fn is_folder(path: &str) -> bool {
    let path = path.trim();
    let mut letters = path.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.next() == Some(':')
        && letters.next() == Some('\\');
    (drive || path.starts_with(r"\\")) && !path.contains([',', '"', '<', '>', '|', '?', '*'])
}

fn install_one(call: &mut Call<'_, '_>, one: &Wanted, paths: &[String]) -> Result<()> {
    let (clean, now) = (call.args.on("Clean"), call.now());
    call.verbose(&format!(
        "Creating database service entry for \"{}\".",
        one.source()
    ));
    let live = |state: &crate::lab::State| {
        one.kind == "CentralMgmt"
            && same(&one.server, state.cms.sql_server())
            && same(&one.instance, state.cms.sql_instance())
    };
    let created = call.update(|state| {
        if clean {
            let wipes_live = live(state) && state.databases.iter().any(|d| one.holds(d));
            state.databases.retain(|d| !one.holds(d));
            if wipes_live {
                // An empty store has nothing for the master to replicate.
                let master = state.cms.master().to_owned();
                state.set_service(&master, "MASTER", false, now);
            }
        }
        let mut created = Vec::new();
        for name in databases_of(one.kind) {
            let exists = state
                .databases
                .iter()
                .any(|d| one.holds(d) && same(&d.name, name));
            if !exists {
                created.push(*name);
                state.databases.push(Database {
                    server: one.server.clone(),
                    instance: one.instance.clone(),
                    name: (*name).to_owned(),
                    kind: one.kind.to_owned(),
                    paths: paths.to_vec(),
                });
            }
        }
        Ok(created)
    })?;
    for name in databases_of(one.kind) {
        let what = if created.contains(name) {
            "created"
        } else {
            "exists and was left alone"
        };
        call.verbose(&format!(
            "Database \"{name}\" on \"{}\" {what}.",
            one.source()
        ));
    }
    let in_topology = one.kind == "CentralMgmt"
        || CONFIGURED
            .iter()
            .any(|(k, s, i)| *k == one.kind && same(s, &one.server) && same(i, &one.instance));
    if !in_topology {
        call.warn(&format!(
            "The published topology has no {} store on {}.",
            one.kind,
            one.source()
        ));
    }
    Ok(())
}

fn uninstall(call: &mut Call<'_, '_>) -> Result {
    let now = call.now();
    for one in wanted(call)? {
        let state = call.state()?;
        if !state.databases.iter().any(|d| one.holds(d)) {
            let message = format!(
                "Command execution failed: Cannot find a \"{}\" database on \"{}\".",
                one.kind,
                one.source()
            );
            return Err(call
                .failed(
                    message,
                    "InvalidOperation,SqlConnectionException",
                    "ProcessRecord",
                )
                .into());
        }
        let live = one.kind == "CentralMgmt"
            && same(&one.server, state.cms.sql_server())
            && same(&one.instance, state.cms.sql_instance());
        if live && !call.args.on("Force") {
            let message = format!(
                "Command execution failed: The Central Management Store on \"{}\" is in use: the service connection point in Active Directory names it. Move the Central Management Server first.",
                one.source()
            );
            return Err(call
                .failed(
                    message,
                    "InvalidOperation,InvalidOperationException",
                    "ProcessRecord",
                )
                .into());
        }
        if !call.should(&format!("{} databases on {}", one.kind, one.source()))? {
            continue;
        }
        call.update(|state| {
            state.databases.retain(|d| !one.holds(d));
            if live {
                let master = state.cms.master().to_owned();
                state.set_service(&master, "MASTER", false, now);
            }
            Ok(())
        })?;
        for name in databases_of(one.kind) {
            call.verbose(&format!(
                "Database \"{name}\" was removed from \"{}\".",
                one.source()
            ));
        }
    }
    Ok(Vec::new())
}

fn test(call: &mut Call<'_, '_>) -> Result {
    if call.args.on("LocalService") {
        return Ok(LOCAL
            .iter()
            .map(|(instance, name)| version_row(COMPUTER, instance, name, true))
            .collect());
    }
    let state = call.state()?;
    let mut rows = Vec::new();
    for one in wanted(call)? {
        for name in databases_of(one.kind) {
            let installed = state
                .databases
                .iter()
                .any(|d| one.holds(d) && same(&d.name, name));
            rows.push(version_row(&one.server, &one.instance, name, installed));
        }
    }
    Ok(rows)
}

/// Expected and installed version, of one S15 build.
fn version_row(server: &str, instance: &str, name: &str, installed: bool) -> Value {
    let expected = match name {
        "xds" => "10.15.2",
        "lis" => "3.1.1",
        "rtc" => "125.41.3",
        "rtcxds" => "15.13.1",
        "rtcshared" => "5.0.1",
        "rtcab" => "62.42.2",
        "rgsconfig" | "rgsdyn" => "13.18.0",
        "cpsdyn" => "1.1.2",
        "LcsCDR" => "39.85.3",
        "QoEMetrics" => "62.93.3",
        "LcsLog" => "24.42.3",
        "lyss" => "12.44.1",
        _ => "1.0.0",
    };
    let source = if instance.is_empty() {
        server.to_owned()
    } else {
        format!("{server}\\{instance}")
    };
    let alert = (!installed).then(|| format!("Cannot open database \"{name}\" on \"{source}\"."));
    Object::new()
        .with("SqlServerFqdn", server)
        .with("SqlInstanceName", instance)
        .with("DatabaseName", name)
        .with("DataSource", Value::Null)
        .with("SQLServerVersion", Value::Null)
        .with("ExpectedVersion", expected)
        .with("InstalledVersion", installed.then_some(expected))
        .with("Succeed", installed)
        .with("Alert", alert)
        .shown(View::List)
        .into()
}
