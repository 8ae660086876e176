//! Dates and time spans of the wire in the forms that people and JSON know.

use jiff::SignedDuration;
use jiff::civil::DateTime;

/// A date with what is known of its zone.
struct Stamp {
    when: DateTime,
    /// Seconds east of Greenwich; `None` when the date has no zone.
    offset: Option<i64>,
}

/// Reads an xs:dateTime as .NET writes it.
fn stamp(text: &str) -> Option<Stamp> {
    let (when, offset) = if let Some(when) = text.strip_suffix(['Z', 'z']) {
        (when, Some(0))
    } else {
        let zone = text
            .len()
            .checked_sub(6)
            .and_then(|at| text.split_at_checked(at));
        match zone {
            Some((when, zone)) if zone.starts_with(['+', '-']) && when.contains('T') => {
                (when, Some(offset(zone)?))
            }
            _ => (text, None),
        }
    };
    // jiff reads more forms than xs:dateTime has.
    if when.as_bytes().get(10) != Some(&b'T') || when.contains(['[', 'Z', '+']) {
        return None;
    }
    Some(Stamp {
        when: when.parse().ok()?,
        offset,
    })
}

/// `+01:00` in seconds.
fn offset(zone: &str) -> Option<i64> {
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let digits = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse::<i64>().ok(),
        false => None,
    };
    let seconds = digits(hours)? * 3600 + digits(minutes)? * 60;
    Some(if zone.starts_with('-') {
        -seconds
    } else {
        seconds
    })
}

/// ISO 8601 in UTC with seven digits of a second, .NET's format `o`. A date without a zone stays
/// without one; what is no date stays as it is.
pub(super) fn iso(text: &str) -> String {
    let Some(stamp) = stamp(text) else {
        return text.to_owned();
    };
    let Some(when) = stamp
        .when
        .checked_sub(SignedDuration::from_secs(stamp.offset.unwrap_or(0)))
        .ok()
    else {
        return text.to_owned();
    };
    let zone = if stamp.offset.is_some() { "Z" } else { "" };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}{zone}",
        when.year(),
        when.month(),
        when.day(),
        when.hour(),
        when.minute(),
        when.second(),
        when.subsec_nanosecond() / 100
    )
}

/// The date as PowerShell puts one into a string: `MM/dd/yyyy HH:mm:ss`, the clock of the sender.
pub(super) fn invariant(text: &str) -> String {
    match stamp(text) {
        Some(Stamp { when, .. }) => format!(
            "{:02}/{:02}/{:04} {:02}:{:02}:{:02}",
            when.month(),
            when.day(),
            when.year(),
            when.hour(),
            when.minute(),
            when.second()
        ),
        None => text.to_owned(),
    }
}

/// Ticks (100 ns) of a second and a day.
const SECOND: i128 = 10_000_000;
const DAY: i128 = 86_400 * SECOND;

/// An xs:duration as .NET writes a time span: `[-][d.]hh:mm:ss[.fffffff]`. What is none stays.
pub(super) fn span(text: &str) -> String {
    let Some(ticks) = ticks(text) else {
        return text.to_owned();
    };
    let sign = if text.starts_with('-') && ticks > 0 {
        "-"
    } else {
        ""
    };
    let days = match ticks / DAY {
        0 => String::new(),
        days => format!("{days}."),
    };
    let seconds = ticks % DAY / SECOND;
    let fraction = match ticks % SECOND {
        0 => String::new(),
        fraction => format!(".{fraction:07}"),
    };
    format!(
        "{sign}{days}{:02}:{:02}:{:02}{fraction}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The length of an xs:duration, without its sign. .NET takes a year for 365 days, a month for 30.
fn ticks(text: &str) -> Option<i128> {
    let mut rest = text.strip_prefix('-').unwrap_or(text).strip_prefix('P')?;
    let mut total = 0_i128;
    let mut in_time = false;
    while !rest.is_empty() {
        if !in_time && let Some(time) = rest.strip_prefix('T') {
            in_time = true;
            rest = time;
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let unit = tail.chars().next()?;
        let one = match (in_time, unit) {
            (false, 'Y') => 365 * DAY,
            (false, 'M') => 30 * DAY,
            (false, 'D') => DAY,
            (true, 'H') => 3600 * SECOND,
            (true, 'M') => 60 * SECOND,
            (true, 'S') => SECOND,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if !fraction.is_empty() && unit != 'S' {
            return None;
        }
        let whole: u64 = whole.parse().ok()?;
        total += i128::from(whole).checked_mul(one)?;
        if !fraction.is_empty() {
            let digits: String = fraction.chars().chain("0000000".chars()).take(7).collect();
            total += digits.parse::<i128>().ok()?;
        }
        rest = &tail[unit.len_utf8()..];
    }
    // TimeSpan holds 64 bits.
    (total <= i128::from(i64::MAX) + 1).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_utc_when_their_zone_is_known() {
        assert_eq!(iso("2026-11-24T14:57:54Z"), "2026-11-24T14:57:54.0000000Z");
        assert_eq!(
            iso("2026-01-01T00:30:00.1234567+01:00"),
            "2025-12-31T23:30:00.1234567Z"
        );
        assert_eq!(
            iso("2026-11-24T14:57:54.5-05:30"),
            "2026-11-24T20:27:54.5000000Z"
        );
        assert_eq!(iso("2026-11-24T14:57:54"), "2026-11-24T14:57:54.0000000");
        assert_eq!(
            iso("9999-12-31T23:59:59.9999999Z"),
            "9999-12-31T23:59:59.9999999Z"
        );
        assert_eq!(
            iso("9999-12-31T23:59:59.9999999"),
            "9999-12-31T23:59:59.9999999"
        );
        assert_eq!(iso("0001-01-01T00:00:00"), "0001-01-01T00:00:00.0000000");
    }

    #[test]
    fn what_is_no_date_stays() {
        for text in [
            "",
            "soon",
            "2026-13-01T00:00:00",
            "2026-11-24",
            "é-+01:00",
            "T+aa:00",
        ] {
            assert_eq!(iso(text), text);
            assert_eq!(invariant(text), text);
        }
        assert_eq!(
            invariant("2026-11-24T14:57:54.5-05:30"),
            "11/24/2026 14:57:54"
        );
    }

    #[test]
    fn time_spans() {
        assert_eq!(span("PT0S"), "00:00:00");
        assert_eq!(span("PT9.0269026S"), "00:00:09.0269026");
        assert_eq!(span("-P1DT2H3M4.5S"), "-1.02:03:04.5000000");
        assert_eq!(
            span("P10675199DT2H48M5.4775807S"),
            "10675199.02:48:05.4775807"
        );
        assert_eq!(span("PT90M"), "01:30:00");
        for text in [
            "",
            "P1X",
            "PT1.5H",
            "P99999999999999999999D",
            "1:00",
            "PT-1S",
        ] {
            assert_eq!(span(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "([-PTZDHMSY:.+0-9é]){0,30}") {
            iso(&text);
            invariant(&text);
            span(&text);
        }
    }
}
