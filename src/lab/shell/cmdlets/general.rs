//! The few general cmdlets that scripts around Lync need.

use std::time::Duration;

use crate::execute::{Event, Progress};
use crate::lab::shell::call::{Call, Cmdlet, Result, Stop, plain};
use crate::lab::shell::filter::like;
use crate::lab::shell::value::{Object, Value, View, long_date, net_date};
use crate::lab::state::same;

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Get-Date",
        "Microsoft.PowerShell.Commands.GetDateCommand",
        &["Format UFormat DisplayHint"],
        date,
    ),
    plain(
        "Start-Sleep",
        "Microsoft.PowerShell.Commands.StartSleepCommand",
        &["Seconds!#@0", "Milliseconds!#"],
        sleep,
    ),
    Cmdlet {
        raw: true,
        ..plain(
            "Write-Output",
            "Microsoft.PowerShell.Commands.WriteOutputCommand",
            &[],
            write_output,
        )
    },
    plain(
        "Read-Host",
        "Microsoft.PowerShell.Commands.ReadHostCommand",
        &["Prompt~@0 AsSecureString?"],
        read_host,
    ),
    plain(
        "Write-Host",
        "Microsoft.PowerShell.Commands.WriteHostCommand",
        &["Object~@0 NoNewline? ForegroundColor BackgroundColor Separator~"],
        write_host,
    ),
    plain(
        "Write-Warning",
        "Microsoft.PowerShell.Commands.WriteWarningCommand",
        &["Message!@0"],
        write_warning,
    ),
    plain(
        "Write-Verbose",
        "Microsoft.PowerShell.Commands.WriteVerboseCommand",
        &["Message!@0"],
        write_verbose,
    ),
    plain(
        "Write-Error",
        "Microsoft.PowerShell.Commands.WriteErrorException",
        &["Message!@0"],
        write_error,
    ),
    plain(
        "Write-Progress",
        "Microsoft.PowerShell.Commands.WriteProgressCommand",
        &[
            "Activity!@0 Status@1 Id#@2 PercentComplete# SecondsRemaining# CurrentOperation ParentId# Completed? SourceId#",
        ],
        write_progress,
    ),
    plain(
        "Get-Command",
        "Microsoft.PowerShell.Commands.GetCommandCommand",
        &["Name*@0 Module* Noun* Verb*"],
        get_command,
    ),
    plain(
        "Import-Module",
        "Microsoft.PowerShell.Commands.ImportModuleCommand",
        &["Name!*@0 Force? Global? DisableNameChecking? PassThru?"],
        import_module,
    ),
    plain(
        "Get-Module",
        "Microsoft.PowerShell.Commands.GetModuleCommand",
        &["Name*@0 ListAvailable? All?"],
        get_module,
    ),
    plain(
        "Add-PSSnapin",
        "Microsoft.PowerShell.Commands.AddPSSnapinCommand",
        &["Name!*@0 PassThru?"],
        |_| Ok(Vec::new()),
    ),
    plain("hostname", "hostname", &[], |_| {
        Ok(vec![Value::from("SGFE01")])
    }),
    plain("whoami", "whoami", &[], |_| {
        Ok(vec![Value::from("kestrel\\fieldeng")])
    }),
];

fn date(call: &mut Call<'_, '_>) -> Result {
    let now = call.now();
    if let Some(format) = call.args.text("Format") {
        return Ok(vec![Value::Text(net_date(now, &format, false))]);
    }
    if call.args.value("UFormat").is_some() {
        return Err(Stop::Unsupported(
            "csdeck lab: -UFormat is not simulated; use -Format".to_owned(),
        ));
    }
    // What Windows PowerShell adds to a date that Get-Date gives, seen when it becomes JSON.
    let object = Object::new()
        .with("value", now)
        .with("DisplayHint", 2_i64)
        .with("DateTime", long_date(now))
        .shown(View::Text(long_date(now)));
    Ok(vec![object.into()])
}

/// The longest real wait, in seconds.
const LONGEST: f64 = 600.0;

/// Really waits, as much shorter as the lab is faster than real time.
fn sleep(call: &mut Call<'_, '_>) -> Result {
    let seconds = match (call.args.int("Seconds"), call.args.int("Milliseconds")) {
        (Some(seconds), _) => seconds as f64,
        (_, Some(milliseconds)) => milliseconds as f64 / 1000.0,
        _ => 0.0,
    };
    if seconds < 0.0 {
        let message = format!(
            "Cannot validate argument on parameter 'Seconds'. The {seconds} argument is less than the minimum allowed range of 0. Supply an argument that is greater than or equal to 0 and then try the command again."
        );
        return Err(call
            .failed(
                message,
                "InvalidData,ParameterBindingValidationException",
                "ParameterArgumentValidationError",
            )
            .into());
    }
    let speed = call.state()?.speed;
    let wait = (seconds / speed).clamp(0.0, LONGEST);
    call.wait(Duration::try_from_secs_f64(wait).unwrap_or_default())?;
    Ok(Vec::new())
}

fn write_output(call: &mut Call<'_, '_>) -> Result {
    use crate::lab::shell::bind::Given;
    let mut out = call.input.take().unwrap_or_default();
    for given in call.given {
        match given {
            Given::Value(value, _) => out.extend(value.clone().unroll()),
            Given::Parameter(name, Some(value)) if like("inputobject", name) => {
                out.extend(value.clone().unroll())
            }
            Given::Parameter(name, _) if like("inputobject", name) || like("noenumerate", name) => {
            }
            Given::Parameter(name, _) => {
                let message =
                    format!("A parameter cannot be found that matches parameter name '{name}'.");
                return Err(call
                    .failed(
                        message,
                        "InvalidArgument,ParameterBindingException",
                        "NamedParameterNotFound",
                    )
                    .into());
            }
        }
    }
    Ok(out)
}

/// Asks whoever runs the command, as the function of this name in `host.ps1` does. A secret answer
/// becomes a secure string, of which the lab keeps the length alone.
fn read_host(call: &mut Call<'_, '_>) -> Result {
    let Some(ask) = call.ask else {
        return Err(call.cannot_ask().into());
    };
    let prompt = call.args.value("Prompt").map(Value::text);
    let prompt = prompt.unwrap_or_default();
    let secret = call.args.on("AsSecureString");
    match ask(&prompt, secret) {
        _ if (call.port.cancelled)() => Err(Stop::Cancelled),
        None => Err(call
            .failed(
                format!("nobody answered: {prompt}"),
                "OperationStopped,RuntimeException",
                &format!("nobody answered: {prompt}"),
            )
            .into()),
        Some(answer) if secret => {
            let length = answer.expose().encode_utf16().count();
            let string = Object::new()
                .with("Length", i64::try_from(length).unwrap_or_default())
                .shown(View::Text("System.Security.SecureString".into()));
            Ok(vec![string.into()])
        }
        Some(answer) => Ok(vec![Value::from(answer.expose())]),
    }
}

fn write_host(call: &mut Call<'_, '_>) -> Result {
    let text = call
        .args
        .value("Object")
        .map(Value::text)
        .unwrap_or_default();
    call.host(&text);
    Ok(Vec::new())
}

fn write_warning(call: &mut Call<'_, '_>) -> Result {
    let text = call.args.text("Message").unwrap_or_default();
    call.warn(&text);
    Ok(Vec::new())
}

fn write_verbose(call: &mut Call<'_, '_>) -> Result {
    let text = call.args.text("Message").unwrap_or_default();
    call.verbose(&text);
    Ok(Vec::new())
}

fn write_error(call: &mut Call<'_, '_>) -> Result {
    let mut record = call.failed(
        call.args.text("Message").unwrap_or_default(),
        "NotSpecified,WriteErrorException",
        "Error",
    );
    record.id = "Microsoft.PowerShell.Commands.WriteErrorException".to_owned();
    call.report(record)?;
    Ok(Vec::new())
}

fn write_progress(call: &mut Call<'_, '_>) -> Result {
    let text = |name: &str| call.args.text(name).unwrap_or_default();
    let number = |name: &str| call.args.int(name);
    let progress = Progress {
        id: number("Id").and_then(|n| n.try_into().ok()).unwrap_or(0),
        parent: number("ParentId").and_then(Progress::parent_of),
        activity: text("Activity"),
        // PowerShell's own default.
        status: call
            .args
            .text("Status")
            .unwrap_or_else(|| "Processing".to_owned()),
        operation: text("CurrentOperation"),
        percent: number("PercentComplete").and_then(Progress::percent_of),
        seconds_left: number("SecondsRemaining").and_then(Progress::seconds_of),
        done: call.args.on("Completed"),
    };
    (call.port.sink)(Event::Progress(Box::new(progress)));
    Ok(Vec::new())
}

fn get_command(call: &mut Call<'_, '_>) -> Result {
    let mut patterns = call.args.list("Name");
    patterns.extend(call.args.list("Noun").iter().map(|n| format!("*-{n}")));
    patterns.extend(call.args.list("Verb").iter().map(|v| format!("{v}-*")));
    let mut names: Vec<&str> = super::all().map(|c| c.signature.name).collect();
    names.sort_unstable_by_key(|n| n.to_ascii_lowercase());
    let mut rows = Vec::new();
    for name in names
        .iter()
        .filter(|n| patterns.is_empty() || patterns.iter().any(|p| like(p, n)))
    {
        let module = if name.contains("-Cs") {
            "SkypeForBusiness"
        } else {
            ""
        };
        rows.push(
            Object::new()
                .with("CommandType", "Cmdlet")
                .with("Name", *name)
                .with("Source", module)
                .shown(View::Table(&[
                    ("CommandType", 15),
                    ("Name", 50),
                    ("Source", 0),
                ]))
                .into(),
        );
    }
    for pattern in patterns
        .iter()
        .filter(|p| !p.contains(['*', '?']) && !names.iter().any(|n| same(n, p)))
    {
        let mut record = crate::lab::shell::error::ErrorRecord::not_found(pattern);
        record.command = "Get-Command".to_owned();
        call.report(record.going_on())?;
    }
    Ok(rows)
}

const MODULES: [&str; 2] = ["SkypeForBusiness", "Microsoft.PowerShell.Utility"];

fn import_module(call: &mut Call<'_, '_>) -> Result {
    for name in call.args.list("Name") {
        if !MODULES.iter().any(|m| same(m, &name)) {
            let message = format!(
                "The specified module '{name}' was not loaded because no valid module file was found in any module directory."
            );
            let record = call
                .failed(
                    message,
                    "ResourceUnavailable,FileNotFoundException",
                    "Modules_ModuleNotFound",
                )
                .going_on();
            call.report(record)?;
        }
    }
    Ok(Vec::new())
}

fn get_module(call: &mut Call<'_, '_>) -> Result {
    let wanted = call.args.list("Name");
    let found = MODULES
        .iter()
        .filter(|m| wanted.is_empty() || wanted.iter().any(|w| like(w, m)));
    let row = |name: &&str| -> Value {
        Object::new()
            .with("ModuleType", "Script")
            .with("Version", "7.0.0.0")
            .with("Name", *name)
            .shown(View::Table(&[
                ("ModuleType", 10),
                ("Version", 10),
                ("Name", 0),
            ]))
            .into()
    };
    Ok(found.map(row).collect())
}
