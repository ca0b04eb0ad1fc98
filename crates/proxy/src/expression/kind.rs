//! Kinds of values as far as they are known before a request is there, to find mistakes at build.

use std::fmt;

/// The kind of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Known only when a request is there.
    Any,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Duration,
    Timestamp,
    Type,
    List(Box<Self>),
    Map(Box<Self>, Box<Self>),
}

impl Kind {
    /// A list.
    pub(super) fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    /// Whether values of the two kinds may be of the same kind.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(one), Self::List(other)) => one.may_be(other),
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                key.may_be(other_key) && value.may_be(other_value)
            }
            (one, other) => one == other,
        }
    }

    /// The kind of values of either kind.
    pub(super) fn joined(self, other: &Self) -> Self {
        if self == *other { self } else { Self::Any }
    }

    /// What is in it.
    pub(super) fn element(&self) -> Option<Self> {
        match self {
            Self::Any => Some(Self::Any),
            Self::List(of) => Some((**of).clone()),
            Self::Map(key, _) => Some((**key).clone()),
            _ => None,
        }
    }

    /// Whether it can be added to and multiplied.
    pub(super) const fn is_number(&self) -> bool {
        matches!(self, Self::Any | Self::Int | Self::Uint | Self::Double)
    }

    /// Whether it has an order.
    pub(super) const fn is_ordered(&self) -> bool {
        matches!(
            self,
            Self::Any
                | Self::Bool
                | Self::Int
                | Self::Uint
                | Self::Double
                | Self::Text
                | Self::Bytes
                | Self::Duration
                | Self::Timestamp
        )
    }
}

/// As the language names it.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "dyn",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Duration => "duration",
            Self::Timestamp => "timestamp",
            Self::Type => "type",
            Self::List(of) => return write!(f, "list({of})"),
            Self::Map(key, value) => return write!(f, "map({key}, {value})"),
        })
    }
}
