//! Where the Central Management store is, publishing, and moving it.

use crate::lab::shell::COMPUTER;
use crate::lab::shell::call::{Call, Cmdlet, Result, changing, plain};
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::{Cms, same};
use crate::lab::timeline;

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Get-CsManagementConnection",
        "Microsoft.Rtc.Management.Xds.GetManagementConnectionCmdlet",
        &[],
        connection,
    ),
    plain(
        "Get-CsConfigurationStoreLocation",
        "Microsoft.Rtc.Management.Xds.GetConfigurationStoreLocationCmdlet",
        &["GlobalSettingsDomainController Report"],
        location,
    ),
    changing(
        "Enable-CsTopology",
        "Microsoft.Rtc.Management.Deployment.EnableTopologyCmdlet",
        &["GlobalCatalog GlobalSettingsDomainController SkipPrepareCheck? Report Force?"],
        enable,
    ),
    changing(
        "Publish-CsTopology",
        "Microsoft.Rtc.Management.Xds.PublishTopologyCmdlet",
        &[
            "FileName!@0 BackupFileName GlobalCatalog GlobalSettingsDomainController Force? Report",
            "Document!~ BackupFileName GlobalCatalog GlobalSettingsDomainController Force? Report",
            "FinalizeUninstall!? BackupFileName GlobalCatalog GlobalSettingsDomainController Force? Report",
        ],
        publish,
    ),
    changing(
        "Move-CsManagementServer",
        "Microsoft.Rtc.Management.Deployment.MoveManagementServerCmdlet",
        &["ConfigurationFileName LisConfigurationFileName TargetFqdn Force? Report"],
        move_server,
    ),
];

fn connection(call: &mut Call<'_, '_>) -> Result {
    let cms = call.state()?.cms;
    let object = Object::new()
        .with("StoreProvider", "Sql")
        .with(
            "Connection",
            format!(
                "Data Source={};Initial Catalog=xds;Integrated Security=True",
                cms.store()
            ),
        )
        .with("ReadOnly", false)
        .with("SqlServer", cms.sql_server())
        .with("SqlInstance", cms.sql_instance())
        .with("MirrorSqlServer", Value::Null)
        .with("MirrorSqlInstance", Value::Null);
    Ok(vec![object.into()])
}

fn location(call: &mut Call<'_, '_>) -> Result {
    let store = call.state()?.cms.store();
    let object = Object::new()
        .with("BackEndServer", store)
        .with("MirrorBackEndServer", Value::Null);
    Ok(vec![object.shown(View::List).into()])
}

fn enable(call: &mut Call<'_, '_>) -> Result {
    if !call.should("Active Directory and the computers of the published topology")? {
        return Ok(Vec::new());
    }
    record_publish(call)
}

fn publish(call: &mut Call<'_, '_>) -> Result {
    let file = call.args.text("FileName");
    if let Some(name) = &file
        && name.to_ascii_lowercase().ends_with(".tbxml")
    {
        let message = format!(
            "The document \"{name}\" is not valid: the root element TopologyBuilder was not expected. Publish-CsTopology takes the XML that Get-CsTopology -AsXml gives; a .tbxml file is published by Topology Builder."
        );
        return Err(call
            .failed(message, "InvalidData,XmlException", "ProcessRecord")
            .into());
    }
    if !call.should(&file.unwrap_or_else(|| "the topology document".to_owned()))? {
        return Ok(Vec::new());
    }
    record_publish(call)
}

fn record_publish(call: &Call<'_, '_>) -> Result {
    let (now, by) = (call.now(), call.signature.name);
    call.update(|state| {
        state.publish(by, now);
        Ok(Vec::new())
    })
}

/// The pool that holds the session's computer.
const TARGET: Cms = Cms::Enterprise;

fn move_server(call: &mut Call<'_, '_>) -> Result {
    let state = call.state()?;
    let now = call.now();
    let current = state.cms;
    if let Some(target) = call.args.text("TargetFqdn")
        && !same(&target, TARGET.pool())
        && !same(&target, COMPUTER)
    {
        let message = format!(
            "\"{target}\" is not the pool that contains this computer. Run the cmdlet on a computer of the pool that the Central Management Server moves to."
        );
        return Err(call
            .failed(
                message,
                "InvalidArgument,ArgumentException",
                "ProcessRecord",
            )
            .into());
    }
    if current == TARGET {
        let message = format!(
            "The Central Management Server is already in the pool that contains this computer: \"{}\".",
            TARGET.pool()
        );
        return Err(call
            .failed(
                message,
                "InvalidOperation,InvalidOperationException",
                "ProcessRecord",
            )
            .into());
    }
    let has_store = state.databases.iter().any(|d| {
        same(&d.server, TARGET.sql_server())
            && same(&d.instance, TARGET.sql_instance())
            && same(&d.name, "xds")
    });
    if !has_store {
        let message = format!(
            "Cannot find the Central Management Store database \"xds\" on \"{}\". Run Install-CsDatabase -CentralManagementDatabase for that instance first.",
            TARGET.store()
        );
        return Err(call
            .failed(
                message,
                "InvalidOperation,SqlConnectionException",
                "ProcessRecord",
            )
            .into());
    }
    if !timeline::master_is_active(&state, now) && !call.args.on("Force") {
        let message = format!(
            "The Central Management Server in pool \"{}\" cannot be contacted. Use the Force parameter with configuration backup files to move it without its data.",
            current.pool()
        );
        return Err(call
            .failed(
                message,
                "InvalidOperation,InvalidOperationException",
                "ProcessRecord",
            )
            .into());
    }
    call.host(&format!(
        "This cmdlet moves Central Management Server to the pool that contains this computer.\n\nCurrent State:\n{}\n\nProposed State:\n{}\n",
        place(current),
        place(TARGET)
    ));
    if call.args.on("WhatIf") {
        call.should(TARGET.pool())?;
        return Ok(Vec::new());
    }
    let told = call.args.on("Force") || call.args.given("Confirm") == Some(false);
    if !told {
        call.host("Do you want to move the Central Management Server in the current topology?");
        return Err(call.cannot_ask().into());
    }
    call.update(|state| {
        if state.cms != current {
            return Err(crate::lab::shell::call::Stop::Unsupported(
                "csdeck lab: somebody else moved the Central Management Server just now".to_owned(),
            ));
        }
        state.cms = TARGET;
        state.publish("Move-CsManagementServer", now);
        Ok(())
    })?;
    call.warn(&format!("Run local setup (Enable-CsComputer) on these computers, then restart them: sgfe01.kestrel.lan, sgfe02.kestrel.lan, sgfe03.kestrel.lan, {}.", current.master()));
    Ok(Vec::new())
}

fn place(cms: Cms) -> String {
    format!(
        "Central Management Server Pool: \"{}\"\nCentral Management File Store: \"{}\"\nCentral Management Store: \"{store}\"\nCentral Management Store SCP: \"{store}\"",
        cms.pool(),
        cms.file_store(),
        store = cms.store()
    )
}
