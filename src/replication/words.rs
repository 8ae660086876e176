//! Spans of time in words.

use jiff::SignedDuration;

/// A span in its two largest units: `42 s`, `9 min 57 s`, `2 h 5 min`, `3 d 2 h`. A second unit
/// of zero is left out; a span below zero (clocks that differ) reads `0 s`.
pub fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (large, large_unit, small, small_unit) = match seconds {
        0..60 => return format!("{seconds} s"),
        60..3_600 => (seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => (seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => (seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    };
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::span;
    use jiff::SignedDuration;

    #[test]
    fn two_units_at_most() {
        let text = |s| span(SignedDuration::from_secs(s));
        assert_eq!(text(-5), "0 s");
        assert_eq!(text(42), "42 s");
        assert_eq!(text(60), "1 min");
        assert_eq!(text(597), "9 min 57 s");
        assert_eq!(text(7_500), "2 h 5 min");
        assert_eq!(text(266_500), "3 d 2 h");
        assert_eq!(text(86_400), "1 d");
    }
}
