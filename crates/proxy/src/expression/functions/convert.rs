//! Conversions, sizes and types.

use std::borrow::Cow;
use std::time::Duration;

use super::{Arg, Gives, Row, function, member, moments};
use crate::expression::Fault;
use crate::expression::value::{Span, Value};

pub(super) const TABLE: &[Row] = &[
    function("size", &[Arg::Sized], Gives::Int, size),
    member("size", &[Arg::Sized], Gives::Int, size),
    function("type", &[Arg::Any], Gives::Type, type_of),
    function("dyn", &[Arg::Any], Gives::Any, only),
    function("bool", &[Arg::Bool], Gives::Bool, bool),
    function("bool", &[Arg::Text], Gives::Bool, bool),
    function("int", &[Arg::Number], Gives::Int, int),
    function("int", &[Arg::Text], Gives::Int, int),
    function("int", &[Arg::Timestamp], Gives::Int, int),
    function("uint", &[Arg::Number], Gives::Uint, uint),
    function("uint", &[Arg::Text], Gives::Uint, uint),
    function("double", &[Arg::Number], Gives::Double, double),
    function("double", &[Arg::Text], Gives::Double, double),
    function("string", &[Arg::Number], Gives::Text, string),
    function("string", &[Arg::Bool], Gives::Text, string),
    function("string", &[Arg::Chars], Gives::Text, string),
    function("string", &[Arg::Time], Gives::Text, string),
    function("bytes", &[Arg::Chars], Gives::Bytes, bytes),
    function("duration", &[Arg::Text], Gives::Duration, duration),
    function("duration", &[Arg::Duration], Gives::Duration, only),
    function("timestamp", &[Arg::Text], Gives::Timestamp, timestamp),
    function("timestamp", &[Arg::Int], Gives::Timestamp, timestamp),
    function("timestamp", &[Arg::Timestamp], Gives::Timestamp, only),
];

fn only<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    args.first().cloned().ok_or(Fault::Overload("a call"))
}

fn size<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    let size = match only(args)? {
        Value::Text(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => return Err(Fault::Overload("size")),
    };
    i64::try_from(size)
        .map(Value::Int)
        .map_err(|_| Fault::Overflow)
}

fn type_of<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    Ok(Value::Type(only(args)?.type_name()))
}

fn bool<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    match only(args)? {
        Value::Bool(value) => Ok(Value::Bool(value)),
        Value::Text(text) => match &*text {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Value::Bool(true)),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Value::Bool(false)),
            _ => Err(Fault::Conversion(text.into_owned())),
        },
        _ => Err(Fault::Overload("bool")),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is looked at before"
)]
fn int<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    Ok(Value::Int(match only(args)? {
        Value::Int(value) => value,
        Value::Uint(value) => i64::try_from(value).map_err(|_| Fault::Overflow)?,
        Value::Double(value) if (-9.2e18..9.2e18).contains(&value) => value as i64,
        Value::Double(_) => return Err(Fault::Overflow),
        Value::Timestamp(since) => i64::try_from(since.as_secs()).map_err(|_| Fault::Overflow)?,
        Value::Text(text) => parse(&text)?,
        _ => return Err(Fault::Overload("int")),
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is looked at before"
)]
fn uint<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    Ok(Value::Uint(match only(args)? {
        Value::Uint(value) => value,
        Value::Int(value) => u64::try_from(value).map_err(|_| Fault::Overflow)?,
        Value::Double(value) if (0.0..1.8e19).contains(&value) => value as u64,
        Value::Double(_) => return Err(Fault::Overflow),
        Value::Text(text) => parse(&text)?,
        _ => return Err(Fault::Overload("uint")),
    }))
}

#[expect(clippy::cast_precision_loss, reason = "that is what is asked for")]
fn double<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    Ok(Value::Double(match only(args)? {
        Value::Double(value) => value,
        Value::Int(value) => value as f64,
        Value::Uint(value) => value as f64,
        Value::Text(text) => parse(&text)?,
        _ => return Err(Fault::Overload("double")),
    }))
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, Fault> {
    text.parse().map_err(|_| Fault::Conversion(text.to_owned()))
}

fn string<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    Ok(match only(args)? {
        Value::Text(text) => Value::Text(text),
        Value::Bool(value) => Value::text(value.to_string()),
        Value::Int(value) => Value::text(value.to_string()),
        Value::Uint(value) => Value::text(value.to_string()),
        Value::Double(value) => Value::text(value.to_string()),
        Value::Bytes(bytes) => {
            let text = String::from_utf8(bytes.into_owned());
            Value::text(text.map_err(|_| Fault::Conversion("bytes".to_owned()))?)
        }
        Value::Duration(span) => {
            let sign = if span.0 < 0 { "-" } else { "" };
            let span = Duration::from_nanos(span.0.unsigned_abs());
            Value::text(format!("{sign}{}s", span.as_secs_f64()))
        }
        Value::Timestamp(since) => Value::text(moments::rfc3339(since)),
        _ => return Err(Fault::Overload("string")),
    })
}

fn bytes<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    Ok(match only(args)? {
        Value::Bytes(bytes) => Value::Bytes(bytes),
        Value::Text(text) => Value::Bytes(Cow::Owned(text.into_owned().into_bytes())),
        _ => return Err(Fault::Overload("bytes")),
    })
}

fn duration<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    let Value::Text(text) = only(args)? else {
        return Err(Fault::Overload("duration"));
    };
    let span = span(&text).ok_or_else(|| Fault::Conversion(text.into_owned()))?;
    Ok(Value::Duration(Span(span)))
}

fn timestamp<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    let since = match only(args)? {
        Value::Text(text) => {
            moments::parse(&text).ok_or_else(|| Fault::Conversion(text.into_owned()))?
        }
        Value::Int(seconds) => {
            Duration::from_secs(u64::try_from(seconds).map_err(|_| Fault::Overflow)?)
        }
        _ => return Err(Fault::Overload("timestamp")),
    };
    Ok(Value::Timestamp(since))
}

/// Nanoseconds of a span in Go's notation (`-1h2.5m`).
pub(in crate::expression) fn span(text: &str) -> Option<i64> {
    const UNITS: [(&str, f64); 8] = [
        ("ns", 1.0),
        ("us", 1e3),
        ("µs", 1e3),
        ("μs", 1e3),
        ("ms", 1e6),
        ("s", 1e9),
        ("m", 60e9),
        ("h", 3600e9),
    ];
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut nanos = 0.0;
    while !rest.is_empty() || nanos == 0.0 {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.');
        let unit = &rest[..end.unwrap_or(rest.len())];
        nanos += number * UNITS.iter().find(|(name, _)| *name == unit)?.1;
        rest = &rest[unit.len()..];
        if rest.is_empty() {
            break;
        }
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is looked at before"
    )]
    let nanos = (nanos < 9.2e18).then_some(nanos as i64)?;
    Some(if is_negative { -nanos } else { nanos })
}
