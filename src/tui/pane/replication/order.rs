//! The order of the rows: who is waited for comes first.

use std::cmp::Reverse;

use crate::replication::{Report, RowReport, RowVerdict, fqdn_key};

/// How far from good a verdict is; the worst is 0.
fn rank(row: &RowReport) -> u8 {
    match row.verdict {
        RowVerdict::Stuck => 0,
        RowVerdict::NeverReported => 1,
        RowVerdict::Missing => 2,
        RowVerdict::Unreachable => 3,
        RowVerdict::Lagging => 4,
        RowVerdict::Waiting => 5,
        RowVerdict::Orphan => 6,
        RowVerdict::UpToDate => 7,
        RowVerdict::Excluded => 8,
    }
}

/// Puts indices of the report's rows in order: who is past the limit, then the worst verdict, then
/// who is waited for longest, then the name. Rows that are alike keep their places from poll to
/// poll.
pub fn laggards_first(report: &Report, rows: &mut [usize]) {
    rows.sort_by_cached_key(|n| {
        let row = &report.rows[*n];
        (
            !row.overdue,
            rank(row),
            Reverse(row.waited),
            fqdn_key(&row.fqdn),
        )
    });
}
