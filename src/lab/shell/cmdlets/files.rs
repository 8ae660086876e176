//! Files on the simulated server: what the export cmdlets write, and looking at it.

use crate::lab::deployment;
use crate::lab::shell::call::{Call, Cmdlet, Result, Stop, plain};
use crate::lab::shell::filter::like;
use crate::lab::shell::format::default_lines;
use crate::lab::shell::value::{Object, Value, View};
use crate::lab::state::{Export, same};

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Export-CsConfiguration",
        "Microsoft.Rtc.Management.Xds.ExportConfigurationCmdlet",
        &[
            "FileName!@0 Force? LocalStore?",
            "AsBytes!? Force? LocalStore?",
        ],
        export,
    ),
    plain(
        "Export-CsLisConfiguration",
        "Microsoft.Rtc.Management.Lis.ExportLisConfigurationCmdlet",
        &["FileName!@0", "AsBytes!?"],
        export,
    ),
    plain(
        "Export-CsUserData",
        "Microsoft.Rtc.Management.UserData.ExportUserDataCmdlet",
        &[
            "FileName! PoolFqdn! ConfDirectoryFilter DomainController Force? LegacyFormat? UserFilter UserFileFilter",
            "FileName! Identity! ConfDirectoryFilter DomainController Force? LegacyFormat? UserFilter UserFileFilter",
        ],
        export,
    ),
    plain(
        "Export-CsRgsConfiguration",
        "Microsoft.Rtc.Rgs.Management.ExportRgsConfigurationCmdlet",
        &["Source! FileName! Owner Force? RemoveExportedConfiguration?"],
        export,
    ),
    plain(
        "Out-File",
        "Microsoft.PowerShell.Commands.OutFileCommand",
        &["FilePath!@0 Encoding@1 Append? Force? NoClobber? Width#"],
        out_file,
    ),
    plain(
        "Set-Content",
        "Microsoft.PowerShell.Commands.SetContentCommand",
        &["Path!@0 Value~@1 Encoding Force?"],
        out_file,
    ),
    plain(
        "Test-Path",
        "Microsoft.PowerShell.Commands.TestPathCommand",
        &["Path!@0 PathType", "LiteralPath! PathType"],
        test_path,
    ),
    plain(
        "Get-Item",
        "Microsoft.PowerShell.Commands.GetItemCommand",
        &["Path!@0 Force?", "LiteralPath! Force?"],
        get_item,
    ),
    plain(
        "Get-ChildItem",
        "Microsoft.PowerShell.Commands.GetChildItemCommand",
        &["Path@0 Filter@1 Recurse? Force? File? Directory?"],
        children,
    ),
];

fn export(call: &mut Call<'_, '_>) -> Result {
    let Some(file) = call.args.text("FileName") else {
        return Err(Stop::Unsupported(
            "csdeck lab: -AsBytes is not simulated; give -FileName".to_owned(),
        ));
    };
    if !file.to_ascii_lowercase().ends_with(".zip") && !call.signature.name.contains("UserData") {
        call.verbose(&format!(
            "The file \"{file}\" is a zip archive whatever its name says."
        ));
    }
    if file.contains(['<', '>', '|', '?', '*', '"']) {
        let message = format!("The file name \"{file}\" is not valid. Illegal characters in path.");
        return Err(call
            .failed(
                message,
                "InvalidArgument,ArgumentException",
                "ProcessRecord",
            )
            .into());
    }
    if call.signature.name == "Export-CsConfiguration" {
        let state = call.state()?;
        let cms = state.cms;
        if !state.databases.iter().any(|d| {
            same(&d.name, "xds")
                && same(&d.server, cms.sql_server())
                && same(&d.instance, cms.sql_instance())
        }) {
            let message = format!(
                "Cannot open database \"xds\" requested by the login. The login failed.\nLogin failed for user 'KESTREL\\fieldeng'. ({})",
                cms.store()
            );
            return Err(call
                .failed(
                    message,
                    "InvalidOperation,SqlConnectionException",
                    "ProcessRecord",
                )
                .into());
        }
    }
    // A configuration holds the topology; the rest of the archive is small.
    let bytes = match call.signature.name {
        "Export-CsConfiguration" => deployment::xml(call.state()?.cms).len() as i64 / 6,
        "Export-CsUserData" => 182_044,
        _ => 1_824,
    };
    write(call, &file, bytes)
}

fn write(call: &Call<'_, '_>, file: &str, bytes: i64) -> Result {
    let (at, by) = (call.now(), call.signature.name.to_owned());
    call.update(|state| {
        state.exports.retain(|e| !same(&e.file, file));
        state.exports.push(Export {
            at,
            file: file.to_owned(),
            by,
            bytes,
        });
        Ok(Vec::new())
    })
}

fn out_file(call: &mut Call<'_, '_>) -> Result {
    let file = call
        .args
        .text("FilePath")
        .or_else(|| call.args.text("Path"))
        .unwrap_or_default();
    let mut values = call.input.take().unwrap_or_default();
    values.extend(call.args.value("Value").cloned());
    let bytes: usize = default_lines(&values, call.widths)
        .iter()
        .map(|line| line.len() + 2)
        .sum();
    write(call, &file, bytes as i64)
}

fn path(call: &Call<'_, '_>) -> String {
    call.args
        .text("Path")
        .or_else(|| call.args.text("LiteralPath"))
        .unwrap_or_default()
}

fn test_path(call: &mut Call<'_, '_>) -> Result {
    let path = path(call);
    let state = call.state()?;
    if let Some(there) = super::windows::share_is_there(&state, &path) {
        return Ok(vec![Value::Bool(there)]);
    }
    let file = state.exports.iter().any(|e| like(&path, &e.file));
    let folder = state
        .exports
        .iter()
        .any(|e| folder_of(&e.file).is_some_and(|f| same(f, path.trim_end_matches('\\'))));
    let exists = match call
        .args
        .text("PathType")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "leaf" => file,
        "container" => folder,
        _ => file || folder,
    };
    Ok(vec![Value::Bool(exists)])
}

fn folder_of(file: &str) -> Option<&str> {
    file.rfind('\\').map(|at| &file[..at])
}

fn item(export: &Export) -> Value {
    let name = export
        .file
        .rsplit('\\')
        .next()
        .unwrap_or(&export.file)
        .to_owned();
    Object::new()
        .with("Mode", "-a----")
        .with("LastWriteTime", export.at)
        .with("Length", export.bytes)
        .with("Name", name)
        .with("FullName", export.file.as_str())
        .shown(View::Table(&[
            ("Mode", 13),
            ("LastWriteTime", 24),
            ("Length", 14),
            ("Name", 0),
        ]))
        .into()
}

fn get_item(call: &mut Call<'_, '_>) -> Result {
    let path = path(call);
    let state = call.state()?;
    let found: Vec<Value> = state
        .exports
        .iter()
        .filter(|e| like(&path, &e.file))
        .map(item)
        .collect();
    if found.is_empty() {
        return Err(not_found(call, &path));
    }
    Ok(found)
}

fn children(call: &mut Call<'_, '_>) -> Result {
    let state = call.state()?;
    let path = call.args.text("Path").unwrap_or_else(|| "*".to_owned());
    if let Some(certificates) = super::windows::certificates(&path, call.now()) {
        return Ok(certificates);
    }
    let folder = path.trim_end_matches('\\');
    let filter = call.args.text("Filter").unwrap_or_else(|| "*".to_owned());
    let inside = |e: &&Export| {
        let name = e.file.rsplit('\\').next().unwrap_or(&e.file);
        (like(&path, &e.file) || folder_of(&e.file).is_some_and(|f| same(f, folder)))
            && like(&filter, name)
    };
    let found: Vec<Value> = state.exports.iter().filter(inside).map(item).collect();
    if found.is_empty()
        && !path.contains(['*', '?'])
        && !state
            .exports
            .iter()
            .any(|e| folder_of(&e.file).is_some_and(|f| same(f, folder)))
    {
        return Err(not_found(call, &path));
    }
    Ok(found)
}

fn not_found(call: &Call<'_, '_>, path: &str) -> Stop {
    let mut record = call.failed(
        format!("Cannot find path '{path}' because it does not exist."),
        "ObjectNotFound,ItemNotFoundException",
        "PathNotFound",
    );
    record.category = record.category.replace(
        "(:)",
        &format!("({}:String)", crate::lab::shell::error::shortened(path)),
    );
    record.going_on().into()
}
