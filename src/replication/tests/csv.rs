use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{at, fixture, singapore};
use crate::replication::{Form, Note, ParseError, Parsed, Place, parse, parse_frames};

fn read(text: &str) -> Parsed {
    parse(text, &singapore()).unwrap()
}

fn refused(text: &str) -> ParseError {
    parse(text, &singapore()).unwrap_err()
}

const HEADING: &str = "UpToDate,ReplicaFqdn,LastStatusReport,LastUpdateCreation,ProductVersion";

#[test]
fn dates_of_any_culture_with_its_separator() {
    for (separator, report, package) in [
        (',', "10/14/2025 2:02:24 PM", "10/14/2025 2:02:02 PM"),
        (',', "14/10/2025 14:02:24", "14/10/2025 14:02:02"),
        (';', "14.10.2025 14:02:24", "14.10.2025 14:02:02"),
        (';', "14/10/2025 14:02:24", "14/10/2025 14:02:02"),
        (';', "2025-10-14 14:02:24", "2025-10-14 14:02:02"),
        (';', "14. 10. 2025 14:02:24", "14. 10. 2025 14:02:02"),
        (',', "2025/10/14 14:02:24", "2025/10/14 14:02:02"),
        (';', "14-10-2025 14:02:24", "14-10-2025 14:02:02"),
        (
            ',',
            "2025-10-14 \u{c624}\u{d6c4} 2:02:24",
            "2025-10-14 \u{c624}\u{d6c4} 2:02:02",
        ),
        ('\t', "14.10.2025 14:02:24", "14.10.2025 14:02:02"),
        ('|', "14.10.2025 14.02.24", "14.10.2025 14.02.02"),
    ] {
        for quote in ["\"", ""] {
            let line = |cells: [&str; 5]| {
                let cells = cells.map(|cell| format!("{quote}{cell}{quote}"));
                cells.join(&separator.to_string()) + "\r\n"
            };
            let names: Vec<&str> = HEADING.split(',').collect();
            let text = line(names.try_into().unwrap())
                + &line(["True", "fe01.kestrel.lan", report, package, "6.0.9319.0"]);
            let parsed = read(&text);
            assert_eq!(parsed.form, Form::Csv, "{text}");
            let row = &parsed.rows[0];
            assert_eq!(
                row.last_status_report,
                Some(at("2025-10-14T06:02:24Z")),
                "{text}"
            );
            assert_eq!(
                row.last_update_creation,
                Some(at("2025-10-14T06:02:02Z")),
                "{text}"
            );
            assert!(row.up_to_date);
        }
    }
}

#[test]
fn columns_in_any_order_with_others_between() {
    let text = "\"Site\";\"replicafqdn\";\"LastUpdateCreation\";\"LastStatusReport\";\"UpToDate\"\n\
        \"a \"\"b\"\"; c\";\"fe01.kestrel.lan\";\"14.10.2025 14:02:02\";;\"False\"\n";
    let parsed = read(text);
    let row = &parsed.rows[0];
    assert_eq!(
        (
            row.replica_fqdn.as_str(),
            row.up_to_date,
            row.last_status_report
        ),
        ("fe01.kestrel.lan", false, None)
    );
    assert_eq!(row.product_version, None);
}

#[test]
fn what_is_torn_or_lacks_a_column_is_refused_with_its_line() {
    let row = "True,fe01.kestrel.lan,14.10.2025 14:02:24,14.10.2025 14:02:02,6.0";
    let line = |error: &ParseError| match error {
        ParseError::Unrecognised { line, .. } => *line,
        other => panic!("{other:?}"),
    };
    assert_eq!(line(&refused(&format!("{HEADING}\n{row}\n{row},more"))), 3);
    assert_eq!(
        line(&refused(&format!("{HEADING}\nTrue,fe01.kestrel.lan"))),
        2
    );
    assert_eq!(line(&refused(&format!("{HEADING}\n\"True,{row}"))), 2);
    assert_eq!(line(&refused(&format!("{HEADING}\nTr\"ue,{row}"))), 2);
    assert_eq!(
        line(&refused(&format!("{HEADING}\n{row}\nAccess is denied."))),
        3
    );
    assert_eq!(
        line(&refused(&format!("UpToDate,{HEADING}\nTrue,{row}"))),
        1
    );
    assert!(matches!(
        refused("UpToDate,ReplicaFqdn,LastStatusReport\nTrue,a.b,"),
        ParseError::MissingProperty {
            place: Place::Line(1),
            property: "LastUpdateCreation"
        }
    ));
    assert!(matches!(
        refused(&format!(
            "{HEADING}\n{}",
            row.replace("fe01.kestrel.lan", "fe01.kest...")
        )),
        ParseError::Truncated {
            place: Place::Line(2),
            ..
        }
    ));
    assert!(matches!(
        refused(&format!(
            "{HEADING}\n{}",
            row.replace("14.10.2025 14:02:02", "")
        )),
        ParseError::MissingProperty { .. }
    ));
    assert!(matches!(
        refused(&format!("{HEADING}\n{}", row.replace("14:02:02", "14:02"))),
        ParseError::Value { .. }
    ));
}

#[test]
fn several_answers_in_one_file() {
    let one = fixture("05.convertto-csv.ps51.csv");
    let rows = one.lines().skip(2).collect::<Vec<_>>().join("\r\n");
    // A heading again, and a file that -Append made longer.
    for text in [one.repeat(2), format!("{one}{rows}\r\n")] {
        let frames = parse_frames(&text, &singapore()).unwrap();
        let sizes: Vec<usize> = frames.iter().map(|frame| frame.rows.len()).collect();
        assert_eq!(sizes, [9, 9]);
    }
    let nothing = read("#TYPE Microsoft.Rtc.Management.Xds.ReplicaState\n");
    assert_eq!((nothing.form, nothing.rows.len()), (Form::Csv, 0));
}

#[test]
fn csv_in_a_console_paste() {
    let text = format!(
        "PS C:\\> Get-CsManagementStoreReplicationStatus | ConvertTo-Csv\r\nVERBOSE: asking\r\n\
         WARNING: old\r\n{}\r\nPS C:\\>",
        fixture("05.convertto-csv.ps51.csv")
    );
    let parsed = parse(&text, &TimeZone::UTC).unwrap();
    assert_eq!(parsed.rows.len(), 9);
    assert!(
        parsed.notes.contains(&Note::SkippedLines { count: 3 }),
        "{:?}",
        parsed.notes
    );
    assert!(
        parsed.notes.contains(&Note::Warning {
            line: 3,
            text: "old".into()
        }),
        "{:?}",
        parsed.notes
    );
}

proptest! {
    /// A file cut anywhere is refused, or its rows are the first of the whole file's.
    #[test]
    fn csv_cut_anywhere_is_a_true_beginning_or_refused(cut in 0_usize..1200, which in 0_usize..4) {
        let name = [
            "05.convertto-csv.ps51.csv",
            "05.export-csv.de-DE.csv",
            "05.remoting.ps51.csv",
            "05.as-needed.ps7.csv",
        ][which];
        let text = fixture(name);
        let whole = read(&text);
        if let Ok(part) = parse(&text[..cut.min(text.len())], &singapore()) {
            prop_assert!(part.rows.len() <= whole.rows.len());
            for (ours, model) in part.rows.iter().zip(&whole.rows) {
                // No verdict rests on the version, the last cell of a line without quotes.
                prop_assert_eq!(&ours.replica_fqdn, &model.replica_fqdn);
                prop_assert_eq!(ours.up_to_date, model.up_to_date);
                prop_assert_eq!(ours.last_status_report, model.last_status_report);
                prop_assert_eq!(ours.last_update_creation, model.last_update_creation);
            }
        }
    }

    /// Whatever stands in a cell of ours or of others, reading ends in rows or an error.
    #[test]
    fn any_cells_are_read_or_refused(cells in proptest::collection::vec("\\PC{0,12}|\"{0,3}", 0..9)) {
        let text = format!("{HEADING}\n{}\n", cells.join(","));
        if let Ok(parsed) = parse(&text, &singapore()) {
            prop_assert!(parsed.rows.len() <= 1);
        }
    }
}
