//! How Go words the errors of its own library, which Caddy passes on.

use evenkeel_plan::value::DurationError;

use crate::sizes;

/// A text as `%q` and `strconv.Quote` write it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

/// Why `strconv.Atoi` (or another `function` of it) refuses a text.
pub(crate) fn number(function: &str, text: &str) -> String {
    let digits = text.trim_start_matches(['+', '-']);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_signed = digits.len() < text.len();
    let why = if is_number && !(is_signed && function == "ParseUint") {
        "value out of range"
    } else {
        "invalid syntax"
    };
    format!("strconv.{function}: parsing {}: {why}", quoted(text))
}

/// Why `time.ParseDuration` refuses a text.
pub(crate) fn duration(text: &str, error: DurationError) -> String {
    let shown = quoted(text);
    match error {
        DurationError::MissingUnit => format!("time: missing unit in duration {shown}"),
        DurationError::UnknownUnit => {
            let number = |char: char| char.is_ascii_digit() || matches!(char, '.' | '+' | '-');
            let unit = text.trim_start_matches(number);
            let unit = unit.split(number).next().unwrap_or_default();
            format!("time: unknown unit {} in duration {shown}", quoted(unit))
        }
        DurationError::NotANumber | DurationError::OutOfRange => {
            format!("time: invalid duration {shown}")
        }
    }
}

/// A number of nanoseconds as Go prints a `time.Duration`.
pub(crate) fn nanoseconds(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let size = nanos.unsigned_abs();
    let fraction = |unit: u64| {
        let (whole, rest, digits) = (size / unit, size % unit, unit.ilog10() as usize);
        let text = format!("{whole}.{rest:0digits$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let (minutes, seconds) = (size / 60_000_000_000, size % 60_000_000_000);
    match size {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{size}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", fraction(1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", fraction(1_000_000)),
        1_000_000_000..60_000_000_000 => format!("{sign}{}s", fraction(1_000_000_000)),
        _ => {
            let seconds = nanoseconds(seconds.cast_signed());
            match (minutes / 60, minutes % 60) {
                (0, minutes) => format!("{sign}{minutes}m{seconds}"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}"),
            }
        }
    }
}

/// Why `strconv.ParseFloat` refuses a text.
pub(crate) fn float(text: &str) -> String {
    format!(
        "strconv.ParseFloat: parsing {}: invalid syntax",
        quoted(text)
    )
}

/// Why go-humanize's `ParseBytes` refuses a text.
pub(crate) fn size(text: &str) -> String {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let (digits, unit) = text.split_at(text.find(|c| !is_number(c)).unwrap_or(text.len()));
    let digits = digits.replace(',', "");
    if digits.parse::<f64>().is_err() {
        return float(&digits);
    }
    let unit = unit.trim().to_lowercase();
    if sizes::is_unit(&unit) {
        return format!("too large: {text}");
    }
    format!("unhandled size name: {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_those_of_go() {
        for (nanos, text) in [
            (0, "0s"),
            (-5, "-5ns"),
            (1_500, "1.5µs"),
            (20_000_000, "20ms"),
            (1_050_000_000, "1.05s"),
            (-90 * 60_000_000_000, "-1h30m0s"),
            (61_000_000_000, "1m1s"),
        ] {
            assert_eq!(nanoseconds(nanos), text);
        }
    }

    #[test]
    fn errors_read_as_those_of_go() {
        assert_eq!(
            number("Atoi", "a\"b"),
            "strconv.Atoi: parsing \"a\\\"b\": invalid syntax"
        );
        assert_eq!(
            number("ParseUint", "70000"),
            "strconv.ParseUint: parsing \"70000\": value out of range"
        );
        assert_eq!(
            number("ParseUint", "-1"),
            "strconv.ParseUint: parsing \"-1\": invalid syntax"
        );
        assert_eq!(
            duration("5", DurationError::MissingUnit),
            "time: missing unit in duration \"5\""
        );
        assert_eq!(
            duration("5x", DurationError::UnknownUnit),
            "time: unknown unit \"x\" in duration \"5x\""
        );
    }
}
