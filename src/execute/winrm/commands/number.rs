//! Numbers as Windows PowerShell types them (language specification 2.3.5.1; about_Numeric_Literals).

use crate::powershell::clixml::{Body, Object, Value};

/// The value of a number as written, when it is one: `5` is an Int32, `5000000000` an Int64, `1.5` a
/// Double, `5l` an Int64, `1.5d` a Decimal, `0x10` is 16, `2KB` is 2048.
pub fn number(written: &str) -> Option<Value> {
    let lower = written.to_ascii_lowercase();
    let (negative, rest) = match lower.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, lower.strip_prefix('+').unwrap_or(&lower)),
    };
    if !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let (rest, factor) = multiplier(rest);
    if let Some(hex) = rest.strip_prefix("0x") {
        return hexadecimal(hex, negative, factor);
    }
    let (digits, suffix) = match rest.strip_suffix(['l', 'd']) {
        Some(digits) => (digits, rest.chars().next_back()),
        None => (rest, None),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    match (suffix, plain) {
        (Some('d'), _) => decimal(digits, negative, factor),
        (Some(_), true) => signed(digits, negative, factor)?
            .try_into()
            .ok()
            .map(Value::I64),
        // A broken number with an l is rounded; nobody means that.
        (Some(_), false) => None,
        (None, true) => Some(whole(digits, negative, factor)),
        (None, false) => real(digits, negative, factor),
    }
}

/// The value with the text that it was written with, where that says more: bound to a string
/// parameter, `007` stays `007`. PowerShell sends it the same way.
pub fn as_written(value: Value, written: &str) -> Value {
    let same = match &value {
        Value::I32(n) => n.to_string() == written,
        Value::I64(n) => n.to_string() == written,
        _ => false,
    };
    match same {
        true => value,
        false => Value::Object(Box::new(Object {
            to_string: Some(written.to_owned()),
            body: Body::Primitive(value),
            ..Object::default()
        })),
    }
}

fn multiplier(written: &str) -> (&str, i128) {
    for (word, power) in [("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40), ("pb", 50)] {
        if let Some(rest) = written.strip_suffix(word) {
            return (rest, 1 << power);
        }
    }
    (written, 1)
}

/// The digits of a Decimal at most.
const DECIMAL: i128 = 79_228_162_514_264_337_593_543_950_335;

fn signed(digits: &str, negative: bool, factor: i128) -> Option<i128> {
    let number: i128 = digits.parse().ok()?;
    let number = number.checked_mul(factor)?;
    Some(if negative { -number } else { number })
}

fn narrowest(number: i128) -> Option<Value> {
    if let Ok(number) = i32::try_from(number) {
        return Some(Value::I32(number));
    }
    if let Ok(number) = i64::try_from(number) {
        return Some(Value::I64(number));
    }
    (number.abs() <= DECIMAL).then(|| Value::Decimal(number.to_string()))
}

fn whole(digits: &str, negative: bool, factor: i128) -> Value {
    signed(digits, negative, factor)
        .and_then(narrowest)
        .unwrap_or_else(|| {
            let number = digits.parse().unwrap_or(f64::INFINITY) * factor as f64;
            Value::Double(if negative { -number } else { number })
        })
}

/// Eight digits are the bits of an Int32, sixteen those of an Int64.
fn hexadecimal(written: &str, negative: bool, factor: i128) -> Option<Value> {
    let (hex, long) = match written.strip_suffix('l') {
        Some(hex) => (hex, true),
        None => (written, false),
    };
    if hex.is_empty() || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let number: i128 = match (u32::from_str_radix(hex, 16), u64::from_str_radix(hex, 16)) {
        (Ok(bits), _) => i128::from(bits.cast_signed()),
        (_, Ok(bits)) => i128::from(bits.cast_signed()),
        _ => return None,
    };
    let number = number.checked_mul(factor)?;
    let number = if negative { -number } else { number };
    match long {
        true => number.try_into().ok().map(Value::I64),
        false => narrowest(number).filter(|n| !matches!(n, Value::Decimal(_))),
    }
}

fn is_real(digits: &str) -> bool {
    let (mantissa, exponent) = match digits.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let all = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && all(e)
    });
    exponent && all(before) && all(behind) && !(before.is_empty() && behind.is_empty())
}

fn real(digits: &str, negative: bool, factor: i128) -> Option<Value> {
    let number: f64 = is_real(digits).then(|| digits.parse().ok()).flatten()?;
    let number = number * factor as f64;
    number
        .is_finite()
        .then_some(Value::Double(if negative { -number } else { number }))
}

fn decimal(digits: &str, negative: bool, factor: i128) -> Option<Value> {
    let fits = is_real(digits) && !digits.contains('e') && digits.len() <= 28;
    let sign = if negative { "-" } else { "" };
    match factor {
        1 if fits => {
            let digits = digits.strip_suffix('.').unwrap_or(digits);
            let zero = if digits.starts_with('.') { "0" } else { "" };
            Some(Value::Decimal(format!("{sign}{zero}{digits}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_have_the_types_of_the_language() {
        for (written, value) in [
            ("5", Value::I32(5)),
            ("-5", Value::I32(-5)),
            ("+5", Value::I32(5)),
            ("007", Value::I32(7)),
            ("2147483647", Value::I32(i32::MAX)),
            ("2147483648", Value::I64(2_147_483_648)),
            ("-2147483648", Value::I32(i32::MIN)),
            (
                "9223372036854775808",
                Value::Decimal("9223372036854775808".into()),
            ),
            ("1e3", Value::Double(1000.0)),
            ("1.5", Value::Double(1.5)),
            (".5", Value::Double(0.5)),
            ("5L", Value::I64(5)),
            ("1.50d", Value::Decimal("1.50".into())),
            (".5D", Value::Decimal("0.5".into())),
            ("0x10", Value::I32(16)),
            ("0xFFFFFFFF", Value::I32(-1)),
            ("0x1FFFFFFFF", Value::I64(0x1_FFFF_FFFF)),
            ("2KB", Value::I32(2048)),
            ("2gb", Value::I64(2_147_483_648)),
            ("1.5MB", Value::Double(1_572_864.0)),
        ] {
            assert_eq!(number(written), Some(value), "{written}");
        }
        for written in [
            "",
            "-",
            "x",
            "0x",
            "1.2.3",
            "1e",
            "5u",
            "1.5l",
            "kb",
            "5kbl",
            ".",
            "e5",
            "0xFFFFFFFFFFFFFFFFF",
        ] {
            assert_eq!(number(written), None, "{written}");
        }
    }

    #[test]
    fn what_the_digits_do_not_say_goes_along() {
        assert_eq!(as_written(Value::I32(7), "7"), Value::I32(7));
        let Value::Object(object) = as_written(Value::I32(7), "007") else {
            panic!("an object");
        };
        assert_eq!(object.to_string.as_deref(), Some("007"));
        assert_eq!(object.body, Body::Primitive(Value::I32(7)));
    }

    proptest! {
        #[test]
        fn a_whole_number_is_the_narrowest_that_holds_it(n in any::<i64>()) {
            let expected = i32::try_from(n).map_or(Value::I64(n), Value::I32);
            prop_assert_eq!(number(&n.to_string()), Some(expected));
        }

        #[test]
        fn nothing_panics(text in "[-+0-9a-fxXlLdDkKmMgGbB.]{0,40}") {
            let _ = number(&text);
        }
    }
}
