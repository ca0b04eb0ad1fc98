//! Durations in Go's notation, with Caddy's `d` for 24 hours. JSON carries integer nanoseconds
//! and accepts the text form. Caddy: `ParseDuration` in `caddy.go`.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A signed span of time with nanosecond resolution, as Go's `time.Duration`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

/// Why a text is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// A number without a unit, such as `5`.
    #[error("the unit is missing")]
    MissingUnit,
    /// A unit that does not exist, such as `5x`.
    #[error("the unit is not known")]
    UnknownUnit,
    /// Not a number where one must stand.
    #[error("it is not a number with a unit")]
    NotANumber,
    /// More than about 292 years.
    #[error("it is out of range")]
    OutOfRange,
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A duration of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// A duration of `millis` milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1_000_000)
    }

    /// A duration of `secs` seconds.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000_000_000)
    }

    /// In nanoseconds.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Whether it is zero, which in most of Caddy's options means "not set".
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it lies before zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// As the standard library's type; a negative one becomes zero.
    pub fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_nanos(u64::try_from(self.0).unwrap_or(0))
    }

    /// `None` when zero or negative, that is when the option is off.
    pub fn positive(self) -> Option<std::time::Duration> {
        (self.0 > 0).then(|| self.to_std())
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let (negative, mut rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == "0" {
            return Ok(Self::ZERO);
        }
        if rest.is_empty() {
            return Err(DurationError::NotANumber);
        }
        let mut total: u128 = 0;
        while !rest.is_empty() {
            let (nanos, tail) = component(rest)?;
            total += nanos;
            if total > i64::MAX.unsigned_abs().into() {
                return Err(DurationError::OutOfRange);
            }
            rest = tail;
        }
        let nanos = i64::try_from(total).map_err(|_| DurationError::OutOfRange)?;
        Ok(Self(if negative { -nanos } else { nanos }))
    }
}

/// Reads `1.5h` off the front.
fn component(text: &str) -> Result<(u128, &str), DurationError> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(DurationError::NotANumber);
    }
    let end = rest
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    let scale = unit_nanos(unit)?;
    let whole: u128 = match whole {
        "" => 0,
        digits => digits
            .parse::<u64>()
            .map_err(|_| DurationError::OutOfRange)?
            .into(),
    };
    Ok((whole * scale + fraction_nanos(fraction, scale), rest))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}

fn fraction_nanos(digits: &str, scale: u128) -> u128 {
    let (mut value, mut divisor) = (0, 1);
    // 24 h has 14 digits of nanoseconds; what lies behind them is less than one.
    for digit in digits.bytes().take(15) {
        value = value * 10 + u128::from(digit - b'0');
        divisor *= 10;
    }
    value * scale / divisor
}

fn unit_nanos(unit: &str) -> Result<u128, DurationError> {
    Ok(match unit {
        "" => return Err(DurationError::MissingUnit),
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return Err(DurationError::UnknownUnit),
    })
}

/// For people: `1m 30s`, whole units only where they are whole.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative() {
            f.write_str("-")?;
        }
        let magnitude = std::time::Duration::from_nanos(self.0.unsigned_abs());
        humantime::format_duration(magnitude).fmt(f)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Duration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as \"10s\", or integer nanoseconds")
            }

            fn visit_i64<E: serde::de::Error>(self, nanos: i64) -> Result<Duration, E> {
                Ok(Duration(nanos))
            }

            fn visit_u64<E: serde::de::Error>(self, nanos: u64) -> Result<Duration, E> {
                i64::try_from(nanos).map(Duration).map_err(E::custom)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Duration, E> {
                text.parse()
                    .map_err(|e| E::custom(format_args!("invalid duration `{text}`: {e}")))
            }
        }
        deserializer.deserialize_any(Text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(text: &str) -> Result<i64, DurationError> {
        text.parse::<Duration>().map(Duration::as_nanos)
    }

    #[test]
    fn reads_gos_notation_and_days() {
        let table = [
            ("0", 0),
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1d12h", 129_600_000_000_000),
            ("-1s", -1_000_000_000),
            ("+2us", 2_000),
            ("3µs", 3_000),
            ("1.000000001s", 1_000_000_001),
        ];
        for (text, expected) in table {
            assert_eq!(nanos(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let table = [
            ("5", DurationError::MissingUnit),
            ("5x", DurationError::UnknownUnit),
            ("", DurationError::NotANumber),
            ("-", DurationError::NotANumber),
            ("s", DurationError::NotANumber),
            ("1s2", DurationError::MissingUnit),
            ("999999999d", DurationError::OutOfRange),
            ("99999999999999999999999s", DurationError::OutOfRange),
        ];
        for (text, expected) in table {
            assert_eq!(nanos(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn json_is_nanoseconds_and_accepts_text() -> Result<(), serde_json::Error> {
        assert_eq!(
            serde_json::to_string(&Duration::from_secs(2))?,
            "2000000000"
        );
        assert_eq!(
            serde_json::from_str::<Duration>("\"2s\"")?,
            Duration::from_secs(2)
        );
        assert_eq!(
            serde_json::from_str::<Duration>("5")?,
            Duration::from_nanos(5)
        );
        assert!(serde_json::from_str::<Duration>("\"5\"").is_err());
        Ok(())
    }
}
