//! Functions of lists: the extension `lists`.

use std::cmp::Ordering;

use super::{Arg, Gives, Row, function, member};
use crate::expression::Fault;
use crate::expression::value::Value;

pub(super) const TABLE: &[Row] = &[
    member(
        "slice",
        &[Arg::List, Arg::Int, Arg::Int],
        Gives::Same,
        slice,
    ),
    member("flatten", &[Arg::List], Gives::Any, flatten),
    member("flatten", &[Arg::List, Arg::Int], Gives::Any, flatten),
    member("distinct", &[Arg::List], Gives::Same, distinct),
    member("reverse", &[Arg::List], Gives::Same, reverse),
    member("sort", &[Arg::List], Gives::Same, sort),
    function("lists.range", &[Arg::Int], Gives::Ints, range),
];

/// `lists.range` makes no longer list than this: its argument may come from a request.
const LONGEST: i64 = 1 << 16;

/// How deep `flatten` goes.
const DEEPEST: i64 = 64;

type Made<'e> = Result<Value<'e>, Fault>;

fn parts<'e>(args: &[Value<'e>]) -> Result<(Vec<Value<'e>>, Vec<i64>), Fault> {
    let [Value::List(items), args @ ..] = args else {
        return Err(Fault::Overload("a function of lists"));
    };
    let numbers = args.iter().map(|arg| match arg {
        Value::Int(number) => Ok(*number),
        _ => Err(Fault::Overload("a function of lists")),
    });
    Ok((items.to_vec(), numbers.collect::<Result<_, _>>()?))
}

fn slice<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (items, numbers) = parts(args)?;
    let place = |at: usize| {
        numbers
            .get(at)
            .and_then(|number| usize::try_from(*number).ok())
    };
    let (Some(from), Some(to)) = (place(0), place(1)) else {
        return Err(Fault::Index);
    };
    let slice = items.get(from..to).ok_or(Fault::Index)?;
    Ok(Value::list(slice.to_vec()))
}

fn flatten<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (items, numbers) = parts(args)?;
    let mut flat = Vec::new();
    flatten_into(
        &mut flat,
        items,
        numbers.first().map_or(1, |depth| (*depth).min(DEEPEST)),
    );
    Ok(Value::list(flat))
}

fn flatten_into<'e>(flat: &mut Vec<Value<'e>>, items: Vec<Value<'e>>, depth: i64) {
    for item in items {
        match item {
            Value::List(inner) if depth > 0 => flatten_into(flat, inner.into_vec(), depth - 1),
            item => flat.push(item),
        }
    }
}

fn distinct<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (items, _) = parts(args)?;
    let mut kept: Vec<Value<'_>> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn reverse<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (mut items, _) = parts(args)?;
    items.reverse();
    Ok(Value::list(items))
}

fn sort<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (items, _) = parts(args)?;
    sorted(items.into_iter().map(|item| (item.clone(), item)).collect())
}

/// Items in the order of their keys.
pub(in crate::expression) fn sorted<'e>(
    mut keyed: Vec<(Value<'e>, Value<'e>)>,
) -> Result<Value<'e>, Fault> {
    if keyed
        .windows(2)
        .any(|pair| pair[0].0.order(&pair[1].0).is_none())
    {
        return Err(Fault::Overload("sort"));
    }
    keyed.sort_by(|(one, _), (other, _)| one.order(other).unwrap_or(Ordering::Equal));
    Ok(Value::list(
        keyed.into_iter().map(|(_, item)| item).collect(),
    ))
}

fn range<'e>(args: &[Value<'e>]) -> Made<'e> {
    match args.first() {
        Some(Value::Int(end)) if *end <= LONGEST => {
            Ok(Value::list((0..*end).map(Value::Int).collect()))
        }
        Some(Value::Int(_)) => Err(Fault::Overflow),
        _ => Err(Fault::Overload("lists.range")),
    }
}
