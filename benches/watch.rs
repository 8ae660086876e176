//! What a watch of a thousand replicas costs: `cargo bench --bench watch`.
//!
//! A publish in a deployment of 1,000 replicas, polled every second for ten minutes: the packages
//! are made in the first seconds, the reports come in over two minutes, and then nothing happens.
//! Measured are the time to judge a poll and what the 600 polls that can be looked back on take.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};
use csdeck::replication::{Expected, Observation, Options, ReplicaStatus, StoreStatus, Watcher};
use jiff::Timestamp;

const REPLICAS: i64 = 1_000;
const POLLS: i64 = 600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_760_421_600 + second).unwrap_or_default()
}

fn fqdn(n: i64) -> String {
    format!("sgfe{n:04}.kestrel.lan")
}

/// The answer of that second. Replica n gets its package in second n / 200 and reports between 10
/// and 130 seconds later.
fn answer(now: i64) -> Observation {
    let rows = (0..REPLICAS).map(|n| {
        let (made, takes) = (n / 200, 10 + n * 37 % 120);
        let (package, report) = match (made <= now, made + takes <= now) {
            (false, _) => (at(-3600), at(-3590)),
            (true, false) => (at(made), at(-3590)),
            (true, true) => (at(made), at(made + takes)),
        };
        ReplicaStatus {
            replica_fqdn: fqdn(n),
            up_to_date: report >= package,
            last_status_report: Some(report),
            last_update_creation: Some(package),
            product_version: Some("7.0.2046.0".into()),
        }
    });
    Observation {
        rows: rows.collect(),
        sampled_at: Some(at(now)),
        server_time: Some(at(now)),
        source: "sgfe0001.kestrel.lan".into(),
        store: Some(StoreStatus {
            active_master: Some(fqdn(1)),
            file_transfer_agents: vec![fqdn(1)],
            active_replicas: (0..REPLICAS).map(fqdn).collect(),
            master_heartbeat: Some(at(now - 6)),
            agent_heartbeat: Some(at(now - 4)),
            ..StoreStatus::default()
        }),
    }
}

fn watcher() -> Watcher {
    let expected = (0..REPLICAS).map(|n| Expected {
        fqdn: fqdn(n),
        site: Some("Singapore".into()),
        pool: Some("sgpool01.kestrel.lan".into()),
        ..Expected::default()
    });
    Watcher::new(Options {
        since: Some(at(0)),
        expected: Some(expected.collect()),
        ..Options::default()
    })
}

/// Resident memory of this process in KiB; none where the system does not say.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The ten minutes once, told in figures.
fn ten_minutes() {
    let mut watch = watcher();
    let (mut spent, mut worst) = (Duration::ZERO, Duration::ZERO);
    let (mut bytes, mut memory) = (Vec::new(), Vec::new());
    for now in 1..=POLLS {
        let answer = answer(now);
        let begun = Instant::now();
        black_box(watch.observe(answer));
        let took = begun.elapsed();
        spent += took;
        worst = worst.max(took);
        if now % 150 == 0 {
            bytes.push(watch.history_bytes());
            memory.push(resident().unwrap_or_default());
        }
    }
    println!(
        "{POLLS} polls of {REPLICAS} replicas: {:?} a poll, worst {worst:?}, {}",
        spent / u32::try_from(POLLS).unwrap_or(1),
        watch.latest().reason
    );
    println!("history after 150, 300, 450, 600 polls: {bytes:?} bytes");
    println!("resident memory then: {memory:?} KiB");
}

fn polls(c: &mut Criterion) {
    let quiet = answer(400);
    let mut watch = watcher();
    for now in 1..=300 {
        watch.observe(answer(now));
    }
    c.bench_function("a poll in which nothing happened", |b| {
        b.iter_batched(
            || quiet.clone(),
            |answer| black_box(watch.observe(answer).verdict),
            criterion::BatchSize::LargeInput,
        );
    });
    c.bench_function("a look back", |b| {
        b.iter(|| black_box(watch.rewind(200).map(|report| report.verdict)));
    });
    c.bench_function("the trails of 40 replicas over 60 polls", |b| {
        b.iter(|| {
            for n in 0..40 {
                black_box(watch.trail(&fqdn(n * 25), 60));
            }
        });
    });
    c.bench_function("from polls to converged, 150 polls", |b| {
        let answers: Vec<Observation> = (1..=150).map(answer).collect();
        b.iter_batched(
            || answers.clone(),
            |answers| {
                let mut watch = watcher();
                for answer in answers {
                    watch.observe(answer);
                }
                black_box(watch.latest().verdict)
            },
            criterion::BatchSize::PerIteration,
        );
    });
}

criterion_group!(
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = polls
);

fn main() {
    ten_minutes();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
