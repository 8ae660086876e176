use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{at, singapore};
use crate::replication::{DateOrder, Note, ParseError, Parsed, parse};

fn read(text: &str) -> Parsed {
    parse(text, &singapore()).unwrap()
}

/// One row with the given JSON for the report.
fn with_report(report: &str) -> Result<Option<Timestamp>, ParseError> {
    let json = format!(
        r#"[{{"UpToDate":true,"ReplicaFqdn":"a.b","LastStatusReport":{report},"LastUpdateCreation":"\/Date(1760421722300)\/"}}]"#
    );
    parse(&json, &singapore()).map(|parsed| parsed.rows[0].last_status_report)
}

#[test]
fn json_dates_in_all_their_clothes() {
    let then = Some(at("2025-10-14T06:02:02.3Z"));
    for report in [
        r#""\/Date(1760421722300)\/""#,
        r#""\/Date(1760421722300+0800)\/""#,
        r#""\/Date(1760421722300-0500)\/""#,
        r#""2025-10-14T14:02:02.3000000+08:00""#,
        r#""2025-10-14T06:02:02.3Z""#,
        r#""2025-10-14T14:02:02.3""#,
        r#"{"value":"\/Date(1760421722300)\/","DisplayHint":2,"DateTime":"Dienstag, 14. Oktober"}"#,
        r#"{"value":"2025-10-14T14:02:02.3+08:00","DisplayHint":2,"DateTime":"x"}"#,
    ] {
        assert_eq!(with_report(report).unwrap(), then, "{report}");
    }
    for never in [
        "null",
        r#""""#,
        r#""\/Date(-62135596800000)\/""#,
        r#""\/Date(-62135625600000+0800)\/""#,
        r#""0001-01-01T00:00:00""#,
        r#""1/1/0001 12:00:00 AM""#,
    ] {
        assert_eq!(with_report(never).unwrap(), None, "{never}");
    }
    for bad in [
        "1",
        "true",
        "[]",
        "{}",
        r#""soon""#,
        r#""\/Date(x)\/""#,
        r#""\/Date(99999999999999999999)\/""#,
        r#""\/Date(1760421722300+08)\/""#,
        r#""2025-10-14T14:02:02.3+99:00""#,
        r#""2025-13-14T14:02:02""#,
        r#""14/10/2568 14:02:02""#,
    ] {
        assert!(with_report(bad).is_err(), "{bad}");
    }
}

/// A list of one row with these two dates.
fn list(report: &str, package: &str) -> String {
    format!(
        "UpToDate           : True\r\nReplicaFqdn        : a.b\r\nLastStatusReport   : {report}\r\n\
         LastUpdateCreation : {package}\r\nProductVersion     : \r\n"
    )
}

#[test]
fn dates_of_many_cultures() {
    let noon = at("2025-10-14T06:02:24Z");
    for text in [
        "10/14/2025 2:02:24 PM",
        "10/14/2025 2:02:24\u{202f}PM",
        "14/10/2025 2:02:24 pm",
        "14/10/2025 14:02:24",
        "14/10/2025 2:02:24 p. m.",
        "14.10.2025 14:02:24",
        "14. 10. 2025 14:02:24",
        "14.10.2025 14.02.24",
        "14.10.2025 г. 14:02:24 ч.",
        "14-10-2025 14:02:24",
        "2025-10-14 14:02:24",
        "2025/10/14 14:02:24",
        "2025/10/14 下午 02:02:24",
        "2025-10-14 오후 2:02:24",
        "2025. 10. 14. 14:02:24",
        "2025-10-14T14:02:24.0000000+08:00",
    ] {
        let parsed =
            parse(&list(text, text), &singapore()).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(parsed.rows[0].last_status_report, Some(noon), "{text}");
    }
    let midnight = read(&list("10/14/2025 12:00:00 AM", "10/14/2025 12:00:00 PM"));
    assert_eq!(
        midnight.rows[0].last_status_report,
        Some(at("2025-10-13T16:00:00Z"))
    );
    assert_eq!(
        midnight.rows[0].last_update_creation,
        Some(at("2025-10-14T04:00:00Z"))
    );
    for bad in [
        "14.10.25 14:02:24",
        "14/10/2025",
        "14/10/2025 14:02",
        "14/10/2025 14:2:24",
        "14/10-2025 14:02:24",
        "14/10/2025 14:02:24 PM",
        "14/10/2025 14:02:24 o'clock",
        "31/04/2025 14:02:24",
        "Dienstag, 14. Oktober 2025 14:02:24",
    ] {
        assert!(
            parse(&list(bad, "14/10/2025 14:02:24"), &singapore()).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn the_order_of_day_and_month_is_decided_over_the_whole_text() {
    let report = |text: &str| {
        let parsed = read(text);
        (
            parsed.rows[0].last_status_report.unwrap().to_string(),
            parsed.notes,
        )
    };
    let zone = Note::LocalTimes {
        zone: "UTC+08".into(),
    };
    // The other date settles it.
    let (day_first, notes) = report(&list("03/04/2025 14:00:00", "25/03/2025 14:00:00"));
    assert_eq!(
        (day_first.as_str(), notes),
        ("2025-04-03T06:00:00Z", vec![zone.clone()])
    );
    let (month_first, notes) = report(&list("3/4/2025 2:00:00 PM", "2/25/2025 2:00:00 PM"));
    assert_eq!(
        (month_first.as_str(), notes),
        ("2025-03-04T06:00:00Z", vec![zone.clone()])
    );
    // AM/PM also stands in day-first cultures (Singapore), where a part above 12 wins.
    let (day_first, _) = report(&list("03/04/2025 2:00:00 PM", "25/03/2025 2:00:00 PM"));
    assert_eq!(day_first, "2025-04-03T06:00:00Z");
    // Dots mean day first.
    let (dots, notes) = report(&list("03.04.2025 14:00:00", "02.04.2025 14:00:00"));
    assert_eq!(
        (dots.as_str(), notes),
        ("2025-04-03T06:00:00Z", vec![zone.clone()])
    );
    // Guesses are noted, and order does not matter when both parts are equal.
    let guess = |assumed| vec![Note::AmbiguousDateOrder { assumed }, zone.clone()];
    let (american, notes) = report(&list("3/4/2025 2:00:00 PM", "3/4/2025 1:00:00 PM"));
    assert_eq!(
        (american.as_str(), notes),
        ("2025-03-04T06:00:00Z", guess(DateOrder::MonthFirst))
    );
    let (rest, notes) = report(&list("03/04/2025 14:00:00", "03/04/2025 13:00:00"));
    assert_eq!(
        (rest.as_str(), notes),
        ("2025-04-03T06:00:00Z", guess(DateOrder::DayFirst))
    );
    assert_eq!(
        report(&list("10/10/2025 14:00:00", "10/10/2025 13:00:00")).1,
        [zone]
    );
    // Contradictions are refused.
    let error = parse(
        &list("14/10/2025 14:00:00", "10/14/2025 14:00:00"),
        &singapore(),
    );
    assert!(
        matches!(error, Err(ParseError::MixedDateOrder { .. })),
        "{error:?}"
    );
    let error = parse(
        &list("10/14/2025 2:02:24 PM", "10/14/2025 2:02:24"),
        &singapore(),
    );
    assert!(
        matches!(error, Err(ParseError::MixedClock { .. })),
        "{error:?}"
    );
}

#[test]
fn a_doubled_hour_is_noted() {
    let rule = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let parsed = parse(&list("26.10.2025 02:30:00", "26.10.2025 04:30:00"), &rule).unwrap();
    assert_eq!(
        parsed.rows[0].last_status_report,
        Some(at("2025-10-26T00:30:00Z"))
    );
    assert!(matches!(
        parsed.notes.as_slice(),
        [Note::LocalTimes { .. }, Note::ClockChange { .. }]
    ));
}
