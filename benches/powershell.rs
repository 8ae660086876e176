//! How long reading and checking PowerShell takes: `cargo bench --bench powershell`.
//!
//! A script of 10,000 lines stands for the longest that people keep. Shorter ones of the same make
//! stand beside it: time per line that grows with the length is a fault.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use csdeck::{cmdlet, powershell};

/// Lengths in lines; the last is the one that counts.
const LINES: [usize; 3] = [2_500, 5_000, 10_000];

const COMMAND: &str =
    "Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe01.kestrel.lan' | Format-List";

/// Thirty lines as they stand in real scripts: pipelines, loops, conditions, splatting, functions,
/// strings of every kind. `NN` stands for a number, so that no two copies are the same.
const PART: &str = r#"# Users of pool NN that still lack a number; asked for every Monday.
$poolNN = 'poolNN.kestrel.lan'
$usersNN = Get-CsUser -Filter { EnterpriseVoiceEnabled -eq $true } -ResultSize 50
foreach ($user in $usersNN) {
    if ($user.LineUri) { Write-Verbose "has a line: $($user.SipAddress)" }
    else {
        Set-CsUser -Identity $user.Identity -LineUri "tel:+65612NN" -WhatIf
        Grant-CsVoicePolicy -Identity $user.Identity -PolicyName 'Harbour'
    }
}
$optionalNN = @{ SqlServerFqdn = 'sqlNN.kestrel.lan'; Verbose = $true }
if ($poolNN) { $optionalNN.DatabasePaths = 'E:\CsLog', 'F:\CsData' }
Install-CsDatabase -ConfiguredDatabases @optionalNN -Confirm:$false
Get-CsManagementStoreReplicationStatus |
    Where-Object { -not $_.UpToDate } |
    Sort-Object ReplicaFqdn |
    Format-Table ReplicaFqdn, UpToDate, LastStatusReport -AutoSize
function Get-PoolStateNN {
    param([string] $Fqdn, [int] $Tries = 3)
    for ($i = 0; $i -lt $Tries; $i++) {
        $state = Get-CsPoolUpgradeReadinessState -ErrorAction SilentlyContinue
        if ($state.State -eq 'Ready') { return "$Fqdn is ready" }
        Start-Sleep -Seconds (5 * $i + NN % 3)
    }
}
New-CsVoiceRoute -Identity 'RouteNN' -NumberPattern '^\+65(\d{8})$' -Priority 1
Get-CsWindowsService | Where-Object { $_.Status -ne 'Running' } | Format-List
$reportNN = [pscustomobject]@{ Pool = $poolNN; Users = @($usersNN).Count }
$reportNN | Export-Csv -Path "C:\Reports\poolNN.csv" -NoTypeInformation
try { Invoke-CsManagementStoreReplication -ReplicaFqdn $poolNN } catch { throw }
"#;

/// A script of that many lines, or a few more.
fn script(lines: usize) -> String {
    let part_lines = PART.lines().count();
    let mut text = String::new();
    for n in 0..lines.div_ceil(part_lines) {
        text.push_str(&PART.replace("NN", &n.to_string()));
    }
    text
}

fn long_scripts(criterion: &mut Criterion) {
    let scripts = LINES.map(|lines| (lines, script(lines)));
    for (lines, text) in &scripts {
        // A script that is refused would be refused fast.
        let parsed = powershell::parse(text).map(|script| script.commands.len());
        println!(
            "{lines} lines: {} bytes, commands: {parsed:?}, findings: {}",
            text.len(),
            cmdlet::check(text, None).len()
        );
    }
    for (what, run) in [
        (
            "parse",
            (|text| drop(black_box(powershell::parse(text)))) as fn(&str),
        ),
        ("check", |text| drop(black_box(cmdlet::check(text, None)))),
        ("judge", |text| drop(black_box(cmdlet::judge(text)))),
    ] {
        let mut group = criterion.benchmark_group(what);
        group
            .sample_size(10)
            .measurement_time(Duration::from_secs(5));
        for (lines, text) in &scripts {
            group.throughput(Throughput::Elements(*lines as u64));
            group.bench_with_input(BenchmarkId::from_parameter(lines), text, |bench, text| {
                bench.iter(|| run(black_box(text)));
            });
        }
        group.finish();
    }
}

fn one_command(criterion: &mut Criterion) {
    criterion.bench_function("load the catalogue", |bench| bench.iter(cmdlet::load));
    criterion.bench_function("check one command", |bench| {
        bench.iter(|| cmdlet::check(black_box(COMMAND), None));
    });
    // Every name of the catalogue is looked at for one that was meant.
    criterion.bench_function("check one unknown command", |bench| {
        bench.iter(|| cmdlet::check(black_box("Get-CsPoolUpgradeState -Identity 'a'"), None));
    });
    let damaged =
        "Install-CsDatabase –CentralManagementDatabase UseDefaultSQL Paths -SqlServerFQDN –clean";
    criterion.bench_function("repair and fill one command", |bench| {
        bench.iter(|| cmdlet::repair::fill(&cmdlet::repair::repair(black_box(damaged)).text));
    });
    criterion.bench_function("parse one command", |bench| {
        bench.iter(|| powershell::parse(black_box(COMMAND)));
    });
}

/// What a user waits for once: the catalogue is read at the first check of a process.
fn first_check() {
    let start = Instant::now();
    let findings = cmdlet::check(black_box(COMMAND), None);
    println!(
        "first check of the process, with the catalogue: {:?}, {} findings",
        start.elapsed(),
        findings.len()
    );
}

criterion_group!(benches, long_scripts, one_command);

fn main() {
    first_check();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
