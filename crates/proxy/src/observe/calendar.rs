//! Moments and spans of time as logs and placeholders show them. All in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment taken apart (UTC, proleptic Gregorian). Moments before 1970 count as 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub(crate) unix_seconds: u64,
    pub(crate) nanos: u32,
    pub(crate) year: u64,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Calendar {
    /// Takes a moment apart.
    pub(crate) fn of(moment: SystemTime) -> Self {
        let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (year, month, day) = civil(since.as_secs() / 86400);
        Self {
            unix_seconds: since.as_secs(),
            nanos: since.subsec_nanos(),
            year,
            month,
            day,
        }
    }

    const fn clock(self) -> (u64, u64, u64) {
        let second = self.unix_seconds % 86400;
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// `2026-11-24 13:41:09.0711 +0000 UTC`. Caddy: Go's `time.Time.String`.
    pub(crate) fn go(self) -> String {
        let (hour, minute, second) = self.clock();
        let fraction = format!("{:09}", self.nanos);
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        format!(
            "{:04}-{:02}-{:02} {hour:02}:{minute:02}:{second:02}{dot}{fraction} +0000 UTC",
            self.year, self.month, self.day,
        )
    }

    /// `24/Nov/2026:13:41:09 +0000`, as Apache's log has it.
    pub(crate) fn common_log(self) -> String {
        let (hour, minute, second) = self.clock();
        let month = MONTHS[usize::from(self.month) - 1];
        let (day, year) = (self.day, self.year);
        format!("{day:02}/{month}/{year:04}:{hour:02}:{minute:02}:{second:02} +0000")
    }

    /// `2026/11/24 13:41:09.071`, as Caddy's console log has it.
    pub(crate) fn wall_millis(self) -> String {
        let (hour, minute, second) = self.clock();
        let (month, day, millis) = (self.month, self.day, self.nanos / 1_000_000);
        format!(
            "{:04}/{month:02}/{day:02} {hour:02}:{minute:02}:{second:02}.{millis:03}",
            self.year
        )
    }
}

/// The date of a day counted from 1970-01-01. The year is taken to start in March, so that the
/// leap day is its last, and 400 years are one cycle of 146097 days.
fn civil(days: u64) -> (u64, u8, u8) {
    let shifted = days + 719_468; // since 0000-03-01
    let (cycle, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = cycle * 400 + year + u64::from(month <= 2);
    let small = |number: u64| u8::try_from(number).expect("a month or day is below 32");
    (year, small(month), small(day))
}

/// `1h2m3.5s`, `126.798µs`. Caddy: Go's `time.Duration.String`.
pub(crate) fn go_duration(span: Duration) -> String {
    let nanos = span.as_nanos();
    match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}µs", decimal(nanos, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", decimal(nanos, 1_000_000)),
        _ => {
            let (minutes, rest) = (span.as_secs() / 60, nanos % 60_000_000_000);
            let seconds = decimal(rest, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// `value / unit` without trailing zeros.
fn decimal(value: u128, unit: u128) -> String {
    let (whole, mut fraction, mut scale) = (value / unit, value % unit, unit);
    if fraction == 0 {
        return whole.to_string();
    }
    while fraction % 10 == 0 {
        fraction /= 10;
        scale /= 10;
    }
    let width = scale.ilog10() as usize;
    format!("{whole}.{fraction:0width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_moment_in_each_notation() {
        let moment = Calendar::of(UNIX_EPOCH + Duration::new(1_795_527_669, 71_195_600));
        assert_eq!(moment.go(), "2026-11-24 13:41:09.0711956 +0000 UTC");
        assert_eq!(moment.common_log(), "24/Nov/2026:13:41:09 +0000");
        assert_eq!(moment.wall_millis(), "2026/11/24 13:41:09.071");
    }

    #[test]
    fn finds_the_date_of_odd_days() {
        let table = [
            (0, (1970, 1, 1)),
            (59, (1970, 3, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (19_782, (2024, 2, 29)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
            (20_819, (2027, 1, 1)),
        ];
        for (days, date) in table {
            assert_eq!(civil(days), date, "{days}");
        }
    }

    #[test]
    fn shows_spans_as_go_does() {
        let table = [
            (0, "0s"),
            (999, "999ns"),
            (126_798, "126.798µs"),
            (1_500_000, "1.5ms"),
            (1_000_000_000, "1s"),
            (90_050_000_000, "1m30.05s"),
            (3_600_000_000_000, "1h0m0s"),
        ];
        for (nanos, expected) in table {
            assert_eq!(go_duration(Duration::from_nanos(nanos)), expected);
        }
    }
}
