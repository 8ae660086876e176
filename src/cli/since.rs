//! Points in time as they are typed.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A point in time as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// Exactly then.
    At(Timestamp),
    /// This long before the command began; zero for `now`.
    Ago(SignedDuration),
}

/// Reads RFC 3339, a local date and time without an offset, `now`, or how long ago (`2m`).
pub(super) fn since(text: &str) -> Result<Since, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("now") {
        return Ok(Since::Ago(SignedDuration::ZERO));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Since::At(at));
    }
    // A text with an offset that did not parse above must not be read without it.
    let local = text.parse::<DateTime>().ok().filter(|_| !has_offset(text));
    if let Some(at) = local {
        let at = at
            .to_zoned(TimeZone::system())
            .map_err(|e| format!("{text:?}: {e}"))?;
        return Ok(Since::At(at.timestamp()));
    }
    match text.parse::<SignedDuration>() {
        Ok(ago) if ago >= SignedDuration::ZERO => Ok(Since::Ago(ago)),
        _ => Err(format!(
            "{text:?} is not a time: wanted 2025-10-14T14:00:00+08:00, a local 2025-10-14T14:00, now, or how long ago, such as 2m"
        )),
    }
}

fn has_offset(text: &str) -> bool {
    let time = text
        .split_once(['T', 't', ' '])
        .map_or("", |(_, time)| time);
    time.contains(['+', '-', 'Z', 'z', '['])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_in_time() {
        let at = Since::At("2025-10-14T06:02:00Z".parse().expect("time"));
        assert_eq!(since("2025-10-14T14:02:00+08:00"), Ok(at));
        assert_eq!(since("2025-10-14 06:02:00Z"), Ok(at));
        assert_eq!(since("now"), Ok(Since::Ago(SignedDuration::ZERO)));
        assert_eq!(since("2m"), Ok(Since::Ago(SignedDuration::from_mins(2))));
        assert!(matches!(since("2025-10-14T14:02"), Ok(Since::At(_))));
        for bad in [
            "",
            "-2m",
            "yesterday",
            "2025-13-01T00:00:00Z",
            "2025-10-14T14:02:00+99:00",
        ] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,24}") {
            let _ = since(&text);
        }
    }
}
