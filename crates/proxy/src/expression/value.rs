//! Values of the language, and how they compare.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Deref;
use std::time::Duration;

/// A value. What stands in the expression is borrowed from it.
#[derive(Clone, Debug)]
pub(super) enum Value<'e> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Cow<'e, str>),
    Bytes(Cow<'e, [u8]>),
    /// Whether it is negative, and how long.
    Duration(Span),
    /// Time since 1970, UTC.
    Timestamp(Duration),
    /// The name of a kind.
    Type(&'static str),
    List(Items<'e, Self>),
    /// Keys and values; few enough to be searched one by one.
    Map(Items<'e, (Self, Self)>),
}

/// A span of time in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span(pub(super) i64);

/// Several, of the expression or made for one request.
#[derive(Clone, Debug)]
pub(super) enum Items<'e, T> {
    Borrowed(&'e [T]),
    Owned(Vec<T>),
}

impl<T> Deref for Items<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Borrowed(items) => items,
            Self::Owned(items) => items,
        }
    }
}

impl<T: Clone> Items<'_, T> {
    /// To take apart.
    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::Borrowed(items) => items.to_vec(),
            Self::Owned(items) => items,
        }
    }
}

impl<'e> Value<'e> {
    /// The same, borrowed.
    pub(super) fn borrowed(&'e self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Cow::Borrowed(text)),
            Self::Bytes(bytes) => Self::Bytes(Cow::Borrowed(bytes)),
            Self::List(items) => Self::List(Items::Borrowed(items)),
            Self::Map(entries) => Self::Map(Items::Borrowed(entries)),
            plain => plain.clone(),
        }
    }

    /// A list that was made for this request.
    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::List(Items::Owned(items))
    }

    /// A text that was made for this request.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }

    /// The name of its kind.
    pub(super) const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Type(_) => "type",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        }
    }

    /// The value under a key of a map.
    pub(super) fn get(&self, key: &Value<'_>) -> Option<&Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        let found = entries.iter().find(|(known, _)| *known == *key);
        found.map(|(_, value)| value)
    }

    /// Which comes first, if the two can be put in order.
    pub(super) fn order(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
            (Self::Text(one), Value::Text(other)) => Some((**one).cmp(&**other)),
            (Self::Bytes(one), Value::Bytes(other)) => Some((**one).cmp(&**other)),
            (Self::Duration(one), Value::Duration(other)) => Some(one.cmp(other)),
            (Self::Timestamp(one), Value::Timestamp(other)) => Some(one.cmp(other)),
            _ => numbers(self, other),
        }
    }
}

/// Numbers of different kinds are one line. `None` if one is no number.
#[expect(
    clippy::cast_precision_loss,
    reason = "a whole number this great is compared with a fraction only"
)]
fn numbers(one: &Value<'_>, other: &Value<'_>) -> Option<Ordering> {
    let whole = |value: &Value<'_>| match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::Uint(value) => Some(i128::from(*value)),
        _ => None,
    };
    let double = |value: &Value<'_>| match value {
        Value::Double(value) => Some(*value),
        value => whole(value).map(|value| value as f64),
    };
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => double(one)?.partial_cmp(&double(other)?),
    }
}

/// Values of kinds that cannot be compared are different.
impl<'o> PartialEq<Value<'o>> for Value<'_> {
    fn eq(&self, other: &Value<'o>) -> bool {
        match (self, other) {
            (Self::Null, Value::Null) => true,
            (Self::Type(one), Value::Type(other)) => one == other,
            (Self::List(one), Value::List(other)) => {
                one.len() == other.len() && one.iter().zip(other.iter()).all(|(a, b)| a == b)
            }
            (Self::Map(one), Value::Map(entries)) => {
                let has = |(key, value): &(Value<'_>, Value<'_>)| {
                    other.get(key).is_some_and(|found| found == value)
                };
                one.len() == entries.len() && one.iter().all(has)
            }
            (one, other) => one.order(other) == Some(Ordering::Equal),
        }
    }
}
