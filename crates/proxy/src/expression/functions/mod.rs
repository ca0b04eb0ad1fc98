//! Functions of the language: one row each. The standard library of CEL, and the extensions that
//! Caddy adds: strings, lists and math.

mod convert;
mod lists;
mod math;
mod moments;
mod strings;

use regex::{Regex, RegexBuilder};

use super::Fault;
use super::kind::Kind;
use super::value::Value;

pub(super) use convert::span;
pub(super) use lists::sorted;

/// Carries out a call.
pub(super) type Call = for<'e> fn(&[Value<'e>]) -> Result<Value<'e>, Fault>;

/// Names of types that stand for themselves.
pub(super) const TYPES: &[&str] = &[
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
    "google.protobuf.Duration",
    "google.protobuf.Timestamp",
];

/// A compiled regular expression may take this many bytes.
const REGEX_SIZE: usize = 1 << 20;

/// Compiles a regular expression.
pub(super) fn regex(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&crate::regexp::translate(pattern))
        .size_limit(REGEX_SIZE)
        .build()
}

/// Which kind an argument has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arg {
    Any,
    Bool,
    Int,
    Double,
    Number,
    Text,
    /// Text or bytes.
    Chars,
    Duration,
    Timestamp,
    /// A moment or a span of time.
    Time,
    List,
    /// Text, bytes, a list or a map.
    Sized,
}

/// Which kind the result has.
#[derive(Clone, Copy, Debug)]
enum Gives {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Duration,
    Timestamp,
    Type,
    Texts,
    Ints,
    Any,
    /// That of the first argument.
    Same,
}

/// A function; `x.f(a)` has `x` as its first argument.
struct Row {
    name: &'static str,
    is_member: bool,
    args: &'static [Arg],
    gives: Gives,
    call: Call,
}

/// What a name and kinds stand for.
pub(super) enum Found {
    One(Call, Kind),
    /// There are functions of this name, of other kinds.
    OtherKinds,
    Nothing,
}

/// Looks a function up.
pub(super) fn find(name: &str, is_member: bool, kinds: &[Kind]) -> Found {
    let tables = [
        convert::TABLE,
        strings::TABLE,
        lists::TABLE,
        math::TABLE,
        moments::TABLE,
    ];
    let mut known = false;
    for row in tables.into_iter().flatten() {
        if row.name != name || row.is_member != is_member {
            continue;
        }
        known = true;
        let fits = row.args.len() == kinds.len()
            && row
                .args
                .iter()
                .zip(kinds)
                .all(|(arg, kind)| arg.takes(kind));
        if fits {
            return Found::One(row.call, row.gives.kind(kinds));
        }
    }
    if let Some((call, kind)) = math::of_any_number(name, is_member, kinds) {
        return Found::One(call, kind);
    }
    if known {
        Found::OtherKinds
    } else {
        Found::Nothing
    }
}

impl Arg {
    fn takes(self, kind: &Kind) -> bool {
        *kind == Kind::Any
            || match self {
                Self::Any => true,
                Self::Bool => *kind == Kind::Bool,
                Self::Int => *kind == Kind::Int,
                Self::Double => *kind == Kind::Double,
                Self::Number => kind.is_number(),
                Self::Text => *kind == Kind::Text,
                Self::Chars => matches!(kind, Kind::Text | Kind::Bytes),
                Self::Duration => *kind == Kind::Duration,
                Self::Timestamp => *kind == Kind::Timestamp,
                Self::Time => matches!(kind, Kind::Duration | Kind::Timestamp),
                Self::List => matches!(kind, Kind::List(_)),
                Self::Sized => matches!(
                    kind,
                    Kind::Text | Kind::Bytes | Kind::List(_) | Kind::Map(..)
                ),
            }
    }
}

impl Gives {
    fn kind(self, args: &[Kind]) -> Kind {
        match self {
            Self::Bool => Kind::Bool,
            Self::Int => Kind::Int,
            Self::Uint => Kind::Uint,
            Self::Double => Kind::Double,
            Self::Text => Kind::Text,
            Self::Bytes => Kind::Bytes,
            Self::Duration => Kind::Duration,
            Self::Timestamp => Kind::Timestamp,
            Self::Type => Kind::Type,
            Self::Texts => Kind::list(Kind::Text),
            Self::Ints => Kind::list(Kind::Int),
            Self::Any => Kind::Any,
            Self::Same => args.first().cloned().unwrap_or(Kind::Any),
        }
    }
}

/// A row of a function.
const fn function(name: &'static str, args: &'static [Arg], gives: Gives, call: Call) -> Row {
    Row {
        name,
        is_member: false,
        args,
        gives,
        call,
    }
}

/// A row of a function that is called on its first argument.
const fn member(name: &'static str, args: &'static [Arg], gives: Gives, call: Call) -> Row {
    Row {
        name,
        is_member: true,
        args,
        gives,
        call,
    }
}
