//! Parts of moments and spans of time. Moments are in UTC.

use std::time::{Duration, UNIX_EPOCH};

use super::{Arg, Gives, Row, member};
use crate::expression::Fault;
use crate::expression::value::Value;
use crate::observe::Calendar;

pub(super) const TABLE: &[Row] = &[
    member("getFullYear", &[Arg::Timestamp], Gives::Int, |args| {
        part(args, Part::Year)
    }),
    member("getMonth", &[Arg::Timestamp], Gives::Int, |args| {
        part(args, Part::Month)
    }),
    member("getDate", &[Arg::Timestamp], Gives::Int, |args| {
        part(args, Part::Date)
    }),
    member("getDayOfMonth", &[Arg::Timestamp], Gives::Int, |args| {
        part(args, Part::Day)
    }),
    member("getDayOfWeek", &[Arg::Timestamp], Gives::Int, |args| {
        part(args, Part::Weekday)
    }),
    member("getDayOfYear", &[Arg::Timestamp], Gives::Int, |args| {
        part(args, Part::YearDay)
    }),
    member("getHours", &[Arg::Time], Gives::Int, |args| {
        part(args, Part::Hours)
    }),
    member("getMinutes", &[Arg::Time], Gives::Int, |args| {
        part(args, Part::Minutes)
    }),
    member("getSeconds", &[Arg::Time], Gives::Int, |args| {
        part(args, Part::Seconds)
    }),
    member("getMilliseconds", &[Arg::Time], Gives::Int, |args| {
        part(args, Part::Millis)
    }),
];

#[derive(Clone, Copy)]
enum Part {
    Year,
    /// From 0.
    Month,
    /// From 1.
    Date,
    /// From 0.
    Day,
    /// From 0, which is Sunday.
    Weekday,
    /// From 0.
    YearDay,
    Hours,
    Minutes,
    Seconds,
    Millis,
}

fn part<'e>(args: &[Value<'_>], part: Part) -> Result<Value<'e>, Fault> {
    match args {
        [Value::Timestamp(since)] => of_moment(*since, part),
        [Value::Duration(span)] => Ok(Value::Int(match part {
            Part::Hours => span.0 / 3_600_000_000_000,
            Part::Minutes => span.0 / 60_000_000_000,
            Part::Seconds => span.0 / 1_000_000_000,
            Part::Millis => span.0 / 1_000_000,
            _ => return Err(Fault::Overload("a part of a span of time")),
        })),
        _ => Err(Fault::Overload("a part of a moment")),
    }
}

fn of_moment<'e>(since: Duration, part: Part) -> Result<Value<'e>, Fault> {
    let (seconds, days) = (since.as_secs(), since.as_secs() / 86400);
    let moment = UNIX_EPOCH.checked_add(since).ok_or(Fault::Overflow)?;
    let calendar = Calendar::of(moment);
    let number = match part {
        Part::Year => calendar.year,
        Part::Month => u64::from(calendar.month) - 1,
        Part::Date => u64::from(calendar.day),
        Part::Day => u64::from(calendar.day) - 1,
        // 1 January 1970 was a Thursday.
        Part::Weekday => (days + 4) % 7,
        Part::YearDay => {
            let months = 1..u64::from(calendar.month);
            let before: u64 = months.map(|month| days_of(calendar.year, month)).sum();
            before + u64::from(calendar.day) - 1
        }
        Part::Hours => seconds % 86400 / 3600,
        Part::Minutes => seconds % 3600 / 60,
        Part::Seconds => seconds % 60,
        Part::Millis => u64::from(since.subsec_millis()),
    };
    i64::try_from(number)
        .map(Value::Int)
        .map_err(|_| Fault::Overflow)
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + is_leap(year) as u64,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Reads a moment from 1970 on (RFC 3339 section 5.6).
pub(super) fn parse(text: &str) -> Option<Duration> {
    let number = |from: usize, to: usize| -> Option<u64> {
        let digits = text.get(from..to)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    };
    let sign = |at: usize, signs: &[u8]| signs.contains(text.as_bytes().get(at)?).then_some(());
    sign(4, b"-").and(sign(7, b"-")).and(sign(10, b"Tt "))?;
    sign(13, b":").and(sign(16, b":"))?;
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let fits = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    let rest = text.get(19..).filter(|_| fits)?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (fraction, zone) = rest.split_at(zone_at);
    let nanos = match fraction.strip_prefix('.') {
        None if fraction.is_empty() => 0,
        None => return None,
        Some(digits) => format!("{digits:0<9}").get(..9)?.parse().ok()?,
    };
    let days: u64 = (1970..year)
        .map(|year| 365 + u64::from(is_leap(year)))
        .sum::<u64>()
        + (1..month).map(|month| days_of(year, month)).sum::<u64>()
        + day
        - 1;
    let local = i64::try_from(days * 86400 + hour * 3600 + minute * 60 + second).ok()?;
    let seconds = u64::try_from(local - offset(zone)?).ok()?;
    Some(Duration::new(seconds, nanos))
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let seconds = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
    Some(if zone.starts_with('-') {
        -seconds
    } else {
        seconds
    })
}

/// Prints a moment (RFC 3339 section 5.6).
pub(super) fn rfc3339(since: Duration) -> String {
    let Some(moment) = UNIX_EPOCH.checked_add(since) else {
        return String::new();
    };
    let (calendar, second) = (Calendar::of(moment), since.as_secs() % 86400);
    let fraction = format!("{:09}", since.subsec_nanos());
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{dot}{fraction}Z",
        calendar.year,
        calendar.month,
        calendar.day,
        second / 3600,
        second / 60 % 60,
        second % 60,
    )
}
