//! Operators: which kinds they take, and what they do.

use std::cmp::Ordering;
use std::time::Duration;

use super::Fault;
use super::kind::Kind;
use super::syntax::Operator;
use super::value::{Span, Value};

/// The kind of the result; `None` if the operator does not take these kinds.
pub(super) fn kind(operator: Operator, left: &Kind, right: &Kind) -> Option<Kind> {
    match operator {
        Operator::Or | Operator::And => {
            let fits = left.may_be(&Kind::Bool) && right.may_be(&Kind::Bool);
            fits.then_some(Kind::Bool)
        }
        Operator::Equal | Operator::Unequal => {
            let fits = left.may_be(right) || *left == Kind::Null || *right == Kind::Null;
            fits.then_some(Kind::Bool)
        }
        Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
            let numbers = left.is_number() && right.is_number();
            let fits = numbers || (left.may_be(right) && left.is_ordered());
            fits.then_some(Kind::Bool)
        }
        Operator::In => {
            let of = right.element()?;
            left.may_be(&of).then_some(Kind::Bool)
        }
        Operator::Add => match (left, right) {
            (Kind::Any, other) | (other, Kind::Any) => Some(other.clone()),
            (Kind::Timestamp, Kind::Duration) | (Kind::Duration, Kind::Timestamp) => {
                Some(Kind::Timestamp)
            }
            (Kind::List(one), Kind::List(other)) => Some(Kind::list((**one).clone().joined(other))),
            (one, other) => {
                let adds =
                    one.is_number() || matches!(one, Kind::Text | Kind::Bytes | Kind::Duration);
                (adds && one == other).then(|| one.clone())
            }
        },
        Operator::Subtract => match (left, right) {
            (Kind::Timestamp, Kind::Duration) => Some(Kind::Timestamp),
            (Kind::Timestamp, Kind::Timestamp) | (Kind::Duration, Kind::Duration) => {
                Some(Kind::Duration)
            }
            (one, other) => arithmetic(one, other),
        },
        Operator::Multiply | Operator::Divide => arithmetic(left, right),
        Operator::Remainder => arithmetic(left, right).filter(|kind| *kind != Kind::Double),
    }
}

fn arithmetic(left: &Kind, right: &Kind) -> Option<Kind> {
    let fits = left.is_number() && right.is_number() && left.may_be(right);
    fits.then(|| {
        if *left == Kind::Any {
            right.clone()
        } else {
            left.clone()
        }
    })
}

/// Applies an operator, but for `||` and `&&`.
pub(super) fn apply<'e>(
    operator: Operator,
    left: Value<'e>,
    right: Value<'e>,
) -> Result<Value<'e>, Fault> {
    let ordered = |holds: fn(Ordering) -> bool| {
        let order = left.order(&right);
        let order = order.ok_or(Fault::Overload("a comparison"))?;
        Ok(Value::Bool(holds(order)))
    };
    match operator {
        Operator::Equal => Ok(Value::Bool(left == right)),
        Operator::Unequal => Ok(Value::Bool(left != right)),
        Operator::Less => ordered(Ordering::is_lt),
        Operator::AtMost => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::AtLeast => ordered(Ordering::is_ge),
        Operator::In => match &right {
            Value::List(items) => Ok(Value::Bool(items.contains(&left))),
            Value::Map(_) => Ok(Value::Bool(right.get(&left).is_some())),
            _ => Err(Fault::Overload("in")),
        },
        Operator::Add => add(left, right),
        _ => calculate(operator, &left, &right),
    }
}

fn add<'e>(left: Value<'e>, right: Value<'e>) -> Result<Value<'e>, Fault> {
    match (left, right) {
        (Value::Text(one), Value::Text(other)) => Ok(Value::text(one.into_owned() + &other)),
        (Value::Bytes(one), Value::Bytes(other)) => {
            Ok(Value::Bytes([&*one, &*other].concat().into()))
        }
        (Value::List(one), Value::List(other)) => {
            let mut items = one.into_vec();
            items.extend(other.into_vec());
            Ok(Value::list(items))
        }
        (one, other) => calculate(Operator::Add, &one, &other),
    }
}

/// Arithmetic of two integers of the same type, which never wraps around.
macro_rules! integers {
    ($operator:expr, $one:expr, $other:expr) => {
        match $operator {
            Operator::Divide | Operator::Remainder if $other == 0 => Err(Fault::DivisionByZero),
            Operator::Add => $one.checked_add($other).ok_or(Fault::Overflow),
            Operator::Subtract => $one.checked_sub($other).ok_or(Fault::Overflow),
            Operator::Multiply => $one.checked_mul($other).ok_or(Fault::Overflow),
            Operator::Divide => $one.checked_div($other).ok_or(Fault::Overflow),
            Operator::Remainder => $one.checked_rem($other).ok_or(Fault::Overflow),
            _ => Err(Fault::Overflow),
        }
    };
}

fn calculate<'e>(
    operator: Operator,
    left: &Value<'e>,
    right: &Value<'e>,
) -> Result<Value<'e>, Fault> {
    match (left, right) {
        (Value::Int(one), Value::Int(other)) => integers!(operator, *one, *other).map(Value::Int),
        (Value::Uint(one), Value::Uint(other)) => {
            integers!(operator, *one, *other).map(Value::Uint)
        }
        (Value::Double(one), Value::Double(other)) => match operator {
            Operator::Add => Ok(Value::Double(one + other)),
            Operator::Subtract => Ok(Value::Double(one - other)),
            Operator::Multiply => Ok(Value::Double(one * other)),
            Operator::Divide => Ok(Value::Double(one / other)),
            _ => Err(Fault::Overload("%")),
        },
        _ => times(operator, left, right),
    }
}

/// Moments and spans of time.
fn times<'e>(operator: Operator, left: &Value<'e>, right: &Value<'e>) -> Result<Value<'e>, Fault> {
    let moved = |moment: Duration, span: i64| {
        let by = Duration::from_nanos(span.unsigned_abs());
        let moved = if span < 0 {
            moment.checked_sub(by)
        } else {
            moment.checked_add(by)
        };
        moved.map(Value::Timestamp).ok_or(Fault::Overflow)
    };
    let span = |span: Option<i64>| {
        let span = span.ok_or(Fault::Overflow)?;
        Ok(Value::Duration(Span(span)))
    };
    match (operator, left, right) {
        (Operator::Add, Value::Duration(one), Value::Duration(other)) => {
            span(one.0.checked_add(other.0))
        }
        (Operator::Subtract, Value::Duration(one), Value::Duration(other)) => {
            span(one.0.checked_sub(other.0))
        }
        (Operator::Add, Value::Timestamp(moment), Value::Duration(by))
        | (Operator::Add, Value::Duration(by), Value::Timestamp(moment)) => moved(*moment, by.0),
        (Operator::Subtract, Value::Timestamp(moment), Value::Duration(by)) => {
            moved(*moment, by.0.saturating_neg())
        }
        (Operator::Subtract, Value::Timestamp(one), Value::Timestamp(other)) => {
            let nanos = |moment: &Duration| i64::try_from(moment.as_nanos()).ok();
            span(
                nanos(one)
                    .zip(nanos(other))
                    .and_then(|(one, other)| one.checked_sub(other)),
            )
        }
        _ => Err(Fault::Overload("an operator")),
    }
}
