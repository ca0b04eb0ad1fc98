//! An expression as it is written, taken apart.

use super::value::Value;

/// A part of an expression, and where it begins.
#[derive(Debug)]
pub(super) struct Expr {
    /// Bytes before it.
    pub(super) at: usize,
    pub(super) node: Node,
}

#[derive(Debug)]
pub(super) enum Node {
    Literal(Value<'static>),
    Name(String),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// `a.b`
    Select(Box<Expr>, String),
    /// `a[b]`
    Index(Box<Expr>, Box<Expr>),
    /// `f(a)`, or `x.f(a)`.
    Call(Option<Box<Expr>>, String, Vec<Expr>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `a ? b : c`
    Condition(Box<Expr>, Box<Expr>, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    /// How it is written, and how strongly it binds.
    const TABLE: &[(&str, Self, u8)] = &[
        ("||", Self::Or, 1),
        ("&&", Self::And, 2),
        ("==", Self::Equal, 3),
        ("!=", Self::Unequal, 3),
        ("<", Self::Less, 3),
        ("<=", Self::AtMost, 3),
        (">", Self::Greater, 3),
        (">=", Self::AtLeast, 3),
        ("in", Self::In, 3),
        ("+", Self::Add, 4),
        ("-", Self::Subtract, 4),
        ("*", Self::Multiply, 5),
        ("/", Self::Divide, 5),
        ("%", Self::Remainder, 5),
    ];

    /// The operator that is written so, and how strongly it binds.
    pub(super) fn written(text: &str) -> Option<(Self, u8)> {
        let found = Self::TABLE.iter().find(|(known, ..)| *known == text);
        found.map(|&(_, operator, strength)| (operator, strength))
    }

    /// How it is written.
    pub(super) fn text(self) -> &'static str {
        let found = Self::TABLE.iter().find(|(_, known, _)| *known == self);
        found.map_or("", |(text, ..)| text)
    }
}
