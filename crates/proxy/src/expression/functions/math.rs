//! Functions of numbers: the extension `math`.

use std::cmp::Ordering;

use super::{Arg, Call, Gives, Row, function};
use crate::expression::Fault;
use crate::expression::kind::Kind;
use crate::expression::value::Value;

pub(super) const TABLE: &[Row] = &[
    function("math.abs", &[Arg::Number], Gives::Same, abs),
    function("math.sign", &[Arg::Number], Gives::Same, sign),
    function("math.ceil", &[Arg::Double], Gives::Double, |args| {
        double(args, f64::ceil)
    }),
    function("math.floor", &[Arg::Double], Gives::Double, |args| {
        double(args, f64::floor)
    }),
    function("math.round", &[Arg::Double], Gives::Double, |args| {
        double(args, f64::round)
    }),
    function("math.trunc", &[Arg::Double], Gives::Double, |args| {
        double(args, f64::trunc)
    }),
    function("math.isInf", &[Arg::Double], Gives::Bool, |args| {
        test(args, f64::is_infinite)
    }),
    function("math.isNaN", &[Arg::Double], Gives::Bool, |args| {
        test(args, f64::is_nan)
    }),
    function("math.isFinite", &[Arg::Double], Gives::Bool, |args| {
        test(args, f64::is_finite)
    }),
    function("math.bitAnd", &[Arg::Int, Arg::Int], Gives::Int, |args| {
        bits(args, |a, b| a & b)
    }),
    function("math.bitOr", &[Arg::Int, Arg::Int], Gives::Int, |args| {
        bits(args, |a, b| a | b)
    }),
    function("math.bitXor", &[Arg::Int, Arg::Int], Gives::Int, |args| {
        bits(args, |a, b| a ^ b)
    }),
];

/// `math.least` and `math.greatest` take any number of numbers, or one list.
pub(super) fn of_any_number(name: &str, is_member: bool, kinds: &[Kind]) -> Option<(Call, Kind)> {
    let call: Call = match (name, is_member) {
        ("math.least", false) => |args| extreme(args, Ordering::Less),
        ("math.greatest", false) => |args| extreme(args, Ordering::Greater),
        _ => return None,
    };
    let kind = match kinds {
        [Kind::List(of)] if of.is_number() => (**of).clone(),
        [first, rest @ ..] if kinds.iter().all(Kind::is_number) => {
            rest.iter().fold(first.clone(), Kind::joined)
        }
        _ => return None,
    };
    Some((call, kind))
}

fn extreme<'e>(args: &[Value<'e>], wanted: Ordering) -> Result<Value<'e>, Fault> {
    let numbers = match args {
        [Value::List(items)] => items,
        numbers => numbers,
    };
    let mut numbers = numbers.iter();
    let mut best = numbers.next().ok_or(Fault::Index)?;
    for number in numbers {
        let order = number.order(best);
        if order.ok_or(Fault::Overload("a comparison"))? == wanted {
            best = number;
        }
    }
    Ok(best.clone())
}

fn abs<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    match args.first() {
        Some(Value::Int(value)) => value.checked_abs().map(Value::Int).ok_or(Fault::Overflow),
        Some(Value::Uint(value)) => Ok(Value::Uint(*value)),
        Some(Value::Double(value)) => Ok(Value::Double(value.abs())),
        _ => Err(Fault::Overload("math.abs")),
    }
}

fn sign<'e>(args: &[Value<'e>]) -> Result<Value<'e>, Fault> {
    match args.first() {
        Some(Value::Int(value)) => Ok(Value::Int(value.signum())),
        Some(Value::Uint(value)) => Ok(Value::Uint((*value).min(1))),
        Some(Value::Double(value)) if *value == 0.0 => Ok(Value::Double(0.0)),
        Some(Value::Double(value)) => Ok(Value::Double(value.signum())),
        _ => Err(Fault::Overload("math.sign")),
    }
}

fn double<'e>(args: &[Value<'_>], apply: fn(f64) -> f64) -> Result<Value<'e>, Fault> {
    match args {
        [Value::Double(value)] => Ok(Value::Double(apply(*value))),
        _ => Err(Fault::Overload("a function of numbers")),
    }
}

fn test<'e>(args: &[Value<'_>], holds: fn(f64) -> bool) -> Result<Value<'e>, Fault> {
    match args {
        [Value::Double(value)] => Ok(Value::Bool(holds(*value))),
        _ => Err(Fault::Overload("a function of numbers")),
    }
}

fn bits<'e>(args: &[Value<'_>], apply: fn(i64, i64) -> i64) -> Result<Value<'e>, Fault> {
    match args {
        [Value::Int(one), Value::Int(other)] => Ok(Value::Int(apply(*one, *other))),
        _ => Err(Fault::Overload("a function of numbers")),
    }
}
