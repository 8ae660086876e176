//! Spans of time as they are typed.

use std::time::Duration;

use jiff::SignedDuration;

/// Reads `500ms`, `5s`, `2m`, `1h30m`, or ISO 8601 (`PT5S`); a bare number is seconds. Above zero.
///
/// # Errors
/// What is wrong with the text, for people.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wanted = || format!("{text:?} is not a span of time such as 500ms, 5s, 2m or 1h30m");
    let span = match text.trim().parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(seconds.into()),
        // A P can mean nothing else than ISO 8601.
        Err(_) => text.trim().parse().map_err(|_| wanted())?,
    };
    if span <= SignedDuration::ZERO {
        return Err("must be longer than 0".into());
    }
    Duration::try_from(span).map_err(|_| wanted())
}

/// The same for the comparison of points in time; a span too long for it is the longest there is.
pub fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(parse("7"), Ok(Duration::from_secs(7)));
        for bad in ["", "0", "0s", "-5s", "5 parsecs", "soon"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,24}") {
            let _ = parse(&text);
        }
    }
}
