//! Functions of texts: the standard ones, and the extension `strings`. Places count characters.

use super::{Arg, Gives, Row, function, member, regex};
use crate::expression::Fault;
use crate::expression::value::Value;

pub(super) const TABLE: &[Row] = &[
    member("contains", &[Arg::Text, Arg::Text], Gives::Bool, contains),
    member(
        "startsWith",
        &[Arg::Text, Arg::Text],
        Gives::Bool,
        starts_with,
    ),
    member("endsWith", &[Arg::Text, Arg::Text], Gives::Bool, ends_with),
    member("matches", &[Arg::Text, Arg::Text], Gives::Bool, matches),
    function("matches", &[Arg::Text, Arg::Text], Gives::Bool, matches),
    member("charAt", &[Arg::Text, Arg::Int], Gives::Text, char_at),
    member("indexOf", &[Arg::Text, Arg::Text], Gives::Int, index_of),
    member(
        "indexOf",
        &[Arg::Text, Arg::Text, Arg::Int],
        Gives::Int,
        index_of,
    ),
    member(
        "lastIndexOf",
        &[Arg::Text, Arg::Text],
        Gives::Int,
        last_index_of,
    ),
    member(
        "lastIndexOf",
        &[Arg::Text, Arg::Text, Arg::Int],
        Gives::Int,
        last_index_of,
    ),
    member("join", &[Arg::List], Gives::Text, join),
    member("join", &[Arg::List, Arg::Text], Gives::Text, join),
    member("lowerAscii", &[Arg::Text], Gives::Text, lower),
    member("upperAscii", &[Arg::Text], Gives::Text, upper),
    member(
        "replace",
        &[Arg::Text, Arg::Text, Arg::Text],
        Gives::Text,
        replace,
    ),
    member(
        "replace",
        &[Arg::Text, Arg::Text, Arg::Text, Arg::Int],
        Gives::Text,
        replace,
    ),
    member("reverse", &[Arg::Text], Gives::Text, reverse),
    member("split", &[Arg::Text, Arg::Text], Gives::Texts, split),
    member(
        "split",
        &[Arg::Text, Arg::Text, Arg::Int],
        Gives::Texts,
        split,
    ),
    member("substring", &[Arg::Text, Arg::Int], Gives::Text, substring),
    member(
        "substring",
        &[Arg::Text, Arg::Int, Arg::Int],
        Gives::Text,
        substring,
    ),
    member("trim", &[Arg::Text], Gives::Text, trim),
    function("strings.quote", &[Arg::Text], Gives::Text, quote),
];

type Made<'e> = Result<Value<'e>, Fault>;

fn text<'a>(args: &'a [Value<'_>], at: usize) -> Result<&'a str, Fault> {
    match args.get(at) {
        Some(Value::Text(text)) => Ok(text),
        _ => Err(Fault::Overload("a function of texts")),
    }
}

/// A number that may be left out.
fn number(args: &[Value<'_>], at: usize) -> Result<Option<i64>, Fault> {
    match args.get(at) {
        None => Ok(None),
        Some(Value::Int(number)) => Ok(Some(*number)),
        Some(_) => Err(Fault::Overload("a function of texts")),
    }
}

fn contains<'e>(args: &[Value<'e>]) -> Made<'e> {
    Ok(Value::Bool(text(args, 0)?.contains(text(args, 1)?)))
}

fn starts_with<'e>(args: &[Value<'e>]) -> Made<'e> {
    Ok(Value::Bool(text(args, 0)?.starts_with(text(args, 1)?)))
}

fn ends_with<'e>(args: &[Value<'e>]) -> Made<'e> {
    Ok(Value::Bool(text(args, 0)?.ends_with(text(args, 1)?)))
}

/// An expression that is known was compiled at build; this one is not.
fn matches<'e>(args: &[Value<'e>]) -> Made<'e> {
    let regex = regex(text(args, 1)?).map_err(Box::new)?;
    Ok(Value::Bool(regex.is_match(text(args, 0)?)))
}

fn char_at<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (text, at) = (text(args, 0)?, place(number(args, 1)?.unwrap_or(0))?);
    match text.chars().nth(at) {
        Some(found) => Ok(Value::text(found)),
        None if at == text.chars().count() => Ok(Value::text("")),
        None => Err(Fault::Index),
    }
}

fn place(at: i64) -> Result<usize, Fault> {
    usize::try_from(at).map_err(|_| Fault::Index)
}

fn count(number: usize) -> Made<'static> {
    i64::try_from(number)
        .map(Value::Int)
        .map_err(|_| Fault::Overflow)
}

fn index_of<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (text, wanted) = (text(args, 0)?, text(args, 1)?);
    let from = byte_of(text, place(number(args, 2)?.unwrap_or(0))?)?;
    match text[from..].find(wanted) {
        Some(at) => count(text[..from + at].chars().count()),
        None => Ok(Value::Int(-1)),
    }
}

fn last_index_of<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (text, wanted) = (text(args, 0)?, text(args, 1)?);
    let end = match number(args, 2)? {
        None => text.len(),
        // The last place at which it may begin.
        Some(last) => (byte_of(text, place(last)?)? + wanted.len()).min(text.len()),
    };
    let searched = text.get(..end).ok_or(Fault::Index)?;
    match searched.rfind(wanted) {
        Some(at) => count(text[..at].chars().count()),
        None => Ok(Value::Int(-1)),
    }
}

/// Where a character begins; the end counts as one.
fn byte_of(text: &str, at: usize) -> Result<usize, Fault> {
    let starts = text.char_indices().map(|(byte, _)| byte);
    let mut starts = starts.chain([text.len()]);
    starts.nth(at).ok_or(Fault::Index)
}

fn join<'e>(args: &[Value<'e>]) -> Made<'e> {
    let Some(Value::List(items)) = args.first() else {
        return Err(Fault::Overload("join"));
    };
    let between = if args.len() > 1 { text(args, 1)? } else { "" };
    let texts: Result<Vec<&str>, Fault> = (0..items.len()).map(|at| text(items, at)).collect();
    Ok(Value::text(texts?.join(between)))
}

fn lower<'e>(args: &[Value<'e>]) -> Made<'e> {
    Ok(Value::text(text(args, 0)?.to_ascii_lowercase()))
}

fn upper<'e>(args: &[Value<'e>]) -> Made<'e> {
    Ok(Value::text(text(args, 0)?.to_ascii_uppercase()))
}

fn replace<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (text, old, new) = (text(args, 0)?, text(args, 1)?, text(args, 2)?);
    let limit = number(args, 3)?.and_then(|limit| usize::try_from(limit).ok());
    Ok(Value::text(match limit {
        None => text.replace(old, new),
        Some(limit) => text.replacen(old, new, limit),
    }))
}

fn reverse<'e>(args: &[Value<'e>]) -> Made<'e> {
    Ok(Value::text(
        text(args, 0)?.chars().rev().collect::<String>(),
    ))
}

fn split<'e>(args: &[Value<'e>]) -> Made<'e> {
    let (text, by) = (text(args, 0)?, text(args, 1)?);
    let limit = number(args, 2)?.and_then(|limit| usize::try_from(limit).ok());
    let parts: Vec<_> = if by.is_empty() {
        // Between any two characters, and not at the ends.
        let limit = limit.unwrap_or(usize::MAX);
        let whole = text.char_indices().map(|(at, _)| at).skip(1);
        let mut cuts: Vec<_> = whole.take(limit.saturating_sub(1)).collect();
        cuts.push(text.len());
        let mut from = 0;
        let parts = cuts
            .into_iter()
            .map(|to| &text[std::mem::replace(&mut from, to)..to]);
        parts.take(limit).map(Value::text).collect()
    } else {
        match limit {
            None => text.split(by).map(Value::text).collect(),
            Some(limit) => text.splitn(limit, by).map(Value::text).collect(),
        }
    };
    Ok(Value::list(parts))
}

fn substring<'e>(args: &[Value<'e>]) -> Made<'e> {
    let text = text(args, 0)?;
    let from = byte_of(text, place(number(args, 1)?.unwrap_or(0))?)?;
    let to = match number(args, 2)? {
        None => text.len(),
        Some(to) => byte_of(text, place(to)?)?,
    };
    text.get(from..to).map(Value::text).ok_or(Fault::Index)
}

fn trim<'e>(args: &[Value<'e>]) -> Made<'e> {
    Ok(Value::text(text(args, 0)?.trim()))
}

fn quote<'e>(args: &[Value<'e>]) -> Made<'e> {
    let mut quoted = String::from("\"");
    for letter in text(args, 0)?.chars() {
        let escape = match letter {
            '\x07' => "\\a",
            '\x08' => "\\b",
            '\x0c' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\x0b' => "\\v",
            '\\' => "\\\\",
            '"' => "\\\"",
            other => {
                quoted.push(other);
                continue;
            }
        };
        quoted.push_str(escape);
    }
    quoted.push('"');
    Ok(Value::text(quoted))
}
