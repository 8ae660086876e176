//! Points in time as they are typed into the pane.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Reads `22:14` and `22:14:30` (the last such time before `now`, in the zone), how long before
/// `now` (`5m`), `now`, a local date and time, or RFC 3339.
///
/// # Errors
/// What is wanted, for people.
pub fn when(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let wanted = || format!("{text:?} is not a time: 22:14, 22:14:30, 5m (ago), 2025-10-14T22:14");
    if text.eq_ignore_ascii_case("now") {
        return Ok(now);
    }
    if let Some(time) = clock(text) {
        let today = now.to_zoned(zone.clone()).date();
        for date in [Some(today), today.checked_sub(1.day()).ok()] {
            let at = date.and_then(|date| date.to_datetime(time).to_zoned(zone.clone()).ok());
            if let Some(at) = at.map(|at| at.timestamp()).filter(|at| *at <= now) {
                return Ok(at);
            }
        }
        return Err(wanted());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    // A text with an offset that did not parse above must not be read without it.
    let offset = text
        .split_once(['T', 't', ' '])
        .is_some_and(|(_, time)| time.contains(['+', '-', 'Z', 'z', '[']));
    if let Some(local) = text.parse::<DateTime>().ok().filter(|_| !offset) {
        let at = local.to_zoned(zone.clone()).map_err(|_| wanted())?;
        return Ok(at.timestamp());
    }
    match text.parse::<SignedDuration>() {
        Ok(ago) if ago >= SignedDuration::ZERO => now.checked_sub(ago).map_err(|_| wanted()),
        _ => Err(wanted()),
    }
}

/// `22:14` or `22:14:30`, and nothing else.
fn clock(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let mut number = || -> Option<Option<i8>> {
        let Some(part) = parts.next() else {
            return Some(None);
        };
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        Some(Some(digits.then(|| part.parse().ok()).flatten()?))
    };
    let (hour, minute, second) = (number()??, number()??, number()?);
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second.unwrap_or(0), 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, String> {
        let now = "2025-10-14T06:30:00Z".parse().expect("a time");
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        when(text, now, &zone).map(|at| at.to_string())
    }

    #[test]
    fn times_of_day_are_the_last_ones_before_now() {
        // It is 14:30 there.
        for (text, at) in [
            ("14:14", "2025-10-14T06:14:00Z"),
            ("14:14:30", "2025-10-14T06:14:30Z"),
            ("14:30", "2025-10-14T06:30:00Z"),
            ("22:14", "2025-10-13T14:14:00Z"),
            (" 9:05 ", "2025-10-14T01:05:00Z"),
            ("5m", "2025-10-14T06:25:00Z"),
            ("now", "2025-10-14T06:30:00Z"),
            ("2025-10-14T14:00", "2025-10-14T06:00:00Z"),
            ("2025-10-14T14:00:00+02:00", "2025-10-14T12:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(at), "{text}");
        }
        for bad in [
            "", "25:00", "12:60", "1:2:3:4", "-5m", "soon", ":", "12:", "+1:00",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,24}") {
            let _ = read(&text);
        }

        #[test]
        fn a_time_of_day_is_within_the_day_before_now(h in 0u8..24, m in 0u8..60) {
            let now: Timestamp = "2025-10-14T06:30:00Z".parse().expect("a time");
            let at = when(&format!("{h:02}:{m:02}"), now, &TimeZone::UTC).expect("a time");
            let ago = now.duration_since(at);
            prop_assert!(ago >= SignedDuration::ZERO && ago < SignedDuration::from_hours(24));
        }
    }
}
