//! A kept poll, told as a report. One way for the newest poll and for those looked back on: so a
//! rewound report is the one that was given then.

use super::advice;
use super::crowd::Crowd;
use super::forecast;
use super::history::{Poll, RowState, Why};
use super::judge::{Cause, age};
use super::notes;
use super::options::Options;
use super::report::{Forecast, Report, RowReport};
use super::verdict::{RowVerdict, Verdict};
use super::words;

/// What stays the same in a whole watch.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub options: Options,
    pub crowd: Crowd,
}

/// The report of a poll.
pub(super) fn report(poll: &Poll, setup: &Setup) -> Report {
    let scene = &*poll.scene;
    let rows: Vec<RowReport> = scene.rows.all.iter().map(|row| tell(row, poll)).collect();
    let store = scene.store.as_ref().map(|store| {
        let mut store = (**store).clone();
        store.master_heartbeat = poll.master_heartbeat;
        store.agent_heartbeat = poll.agent_heartbeat;
        store
    });
    let mut report = Report {
        verdict: scene.verdict,
        reason: String::new(),
        advice: Vec::new(),
        sampled_at: poll.at,
        source: scene.source.to_string(),
        consecutive_true: poll.run,
        true_since: scene.run_since,
        store,
        skew: poll.skew,
        forecast: forecast_of(poll, setup),
        hopeless: None,
        scope: setup.options.scope.words(),
        notes: Vec::new(),
        rows,
    };
    report.reason = reason(&report, poll, setup);
    if let (true, Why::StoreDown(why)) = (scene.hopeless, &scene.why) {
        report.hopeless = Some(format!(
            "{why}: no package is made or delivered until the store is failed over or its \
             services run again"
        ));
    }
    if let (true, Some(now)) = (scene.fresh, poll.now) {
        report.advice = notes::first(&report, poll, setup, now);
        report.advice.extend(advice::for_rows(
            &report.rows,
            now,
            setup.options.clock_tolerance,
        ));
    }
    report.notes = notes::notes(&report, setup);
    report
}

fn tell(row: &RowState, poll: &Poll) -> RowReport {
    let fresh = poll.scene.fresh;
    let unknown = !fresh && !matches!(row.cause, Cause::Unexpected | Cause::Excluded);
    let last = row.status.as_ref().and_then(|s| s.last_status_report);
    RowReport {
        fqdn: row.fqdn().to_owned(),
        status: row.status.as_deref().cloned(),
        verdict: if unknown {
            RowVerdict::Unreachable
        } else {
            row.verdict
        },
        is_edge: row.who.is_edge,
        report_age: poll.now.zip(last).map(|(now, last)| age(now, last)),
        waited: poll
            .now
            .zip(row.from)
            .filter(|_| fresh)
            .map(|(now, from)| age(now, from)),
        overdue: fresh && row.overdue,
        role: row.who.role.clone(),
        site: row.who.site.clone(),
        pool: row.who.pool.clone(),
        excluded: row.who.excluded.clone(),
        changed: row.changed,
        took: row.took,
        cause: row.cause,
        stuck_before: row.stuck_before,
        losses: row.losses,
        fresh,
    }
}

fn forecast_of(poll: &Poll, setup: &Setup) -> Option<Forecast> {
    let scene = &*poll.scene;
    if scene.verdict != Verdict::Converging || !scene.fresh || scene.why != Why::Rows {
        return None;
    }
    let now = poll.now?;
    let guess = forecast::guess(&scene.rows.all, now, &setup.options.usual)?;
    let left = age(guess.end, now);
    Some(Forecast {
        at: poll.at.unwrap_or(now).checked_add(left).ok()?,
        left,
        last: guess.last.to_owned(),
        from_past_runs: guess.from_past_runs,
    })
}

fn reason(report: &Report, poll: &Poll, setup: &Setup) -> String {
    let options = &setup.options;
    let state = || advice::state_of(&report.rows);
    match &poll.scene.why {
        Why::NoData(text) => text.to_string(),
        Why::Rows => state(),
        Why::Counting => {
            let apart = if options.apart.is_zero() {
                String::new()
            } else {
                format!(", at least {} apart", words::span(options.apart))
            };
            format!("{}; poll {} of {}{apart}", state(), poll.run, options.polls)
        }
        Why::Nobody => format!("no replica is left to wait for; {}", state()),
        Why::StoreDown(why) => format!("{why}; {}", state()),
        Why::NoPackage => match options.since {
            Some(since) => format!("no package made since {since} yet; {}", state()),
            None => state(),
        },
        Why::NoChange => match options.since {
            Some(since) => {
                let ago = poll.at.or(poll.now).map(|at| age(at, since));
                format!(
                    "no change seen: no package made since {since}, {} ago; {}",
                    words::span(ago.unwrap_or_default()),
                    state()
                )
            }
            None => state(),
        },
    }
}
