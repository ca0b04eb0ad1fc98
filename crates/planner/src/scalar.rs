//! What `vars`, `map` and `append` make of a word: a number, a truth value or a text. Caddy:
//! `ScalarVal` in `caddyfile/dispenser.go`, which reads numbers as Go's `strconv` does.

use evenkeel_caddyfile::ast::{Quote, Word};
use evenkeel_diagnostics::shorten;
use serde_json::Value;

use crate::errors::{self, Read};

/// A quoted word is a text; any other is a number or a truth value if it looks like one.
///
/// # Errors
///
/// `inf` and `nan` are numbers that JSON does not have.
pub(crate) fn scalar(word: &Word) -> Read<Value> {
    let text = word.text.as_str();
    if word.quote != Quote::Bare {
        return Ok(Value::from(text));
    }
    if is_no_json_number(text) {
        let message = format!("`{}` is a number that JSON does not have", shorten(text));
        let found = errors::bad_value(word, message, "cannot be written");
        return Err(found.help("put it into quotes if it is a text"));
    }
    Ok(match text {
        "t" | "T" | "TRUE" | "true" | "True" => Value::Bool(true),
        "f" | "F" | "FALSE" | "false" | "False" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::from(text)),
    })
}

/// `inf`, `infinity` and `nan`, in any case. Go takes no sign in front of `nan`.
fn is_no_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_infinite = ["inf", "infinity"]
        .iter()
        .any(|name| unsigned.eq_ignore_ascii_case(name));
    is_infinite || text.eq_ignore_ascii_case("nan")
}

fn number(text: &str) -> Option<Value> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(Value::from(number));
    }
    let is_numeric = |b: u8| b.is_ascii_hexdigit() || b"+-._xXpP".contains(&b);
    if !text.bytes().all(is_numeric) || !has_good_underscores(text) {
        return None;
    }
    let digits = text.replace('_', "");
    let number = hexadecimal(&digits).or_else(|| digits.parse().ok())?;
    number.is_finite().then(|| float(number))
}

/// An underscore may stand between digits, and behind `0x`.
fn has_good_underscores(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |index: Option<usize>| {
        let byte = index.and_then(|index| bytes.get(index));
        byte.is_some_and(|byte| byte.is_ascii_hexdigit() || b"xX".contains(byte))
    };
    text.match_indices('_')
        .all(|(index, _)| is_digit(index.checked_sub(1)) && is_digit(index.checked_add(1)))
}

/// `0x1.8p3`: the exponent, of two, must be there.
fn hexadecimal(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned
        .strip_prefix("0x")
        .or_else(|| unsigned.strip_prefix("0X"))?;
    let (digits, exponent) = digits.split_once(['p', 'P'])?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut number = 0.0;
    for digit in whole.chars().chain(fraction.chars()) {
        number = number * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let shift = fraction.len().checked_mul(4)?;
    let exponent = exponent
        .parse::<i32>()
        .ok()?
        .checked_sub(shift.try_into().ok()?)?;
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    Some(sign * number * 2_f64.powi(exponent))
}

/// Go writes a float without a fraction as a whole number.
fn float(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it has no fraction and is in the range of exact whole numbers"
    )]
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Value::from(number as i64);
    }
    Value::from(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (text, value) in [
            ("1", json!(1)),
            ("+1", json!(1)),
            ("1_000", json!(1000)),
            ("1.5e3", json!(1500)),
            (".5", json!(0.5)),
            ("0x1p3", json!(8)),
            ("-0X.8p1", json!(-1)),
            ("0x_1p-1", json!(0.5)),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_go_does_not_take_for_a_number_is_none() {
        for text in [
            "", "0x10", "0b1", "1__0", "_1", "1e400", "0xp1", "e", "1e", "-", ".",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_json_does_not_have_are_noticed() {
        for text in ["inf", "-Inf", "+INFINITY", "NaN"] {
            assert!(is_no_json_number(text), "{text}");
        }
        for text in ["-nan", "infinite", "info", ""] {
            assert!(!is_no_json_number(text), "{text}");
        }
    }
}
