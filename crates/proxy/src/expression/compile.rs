//! From a tree to what is evaluated for each request: names resolved, kinds checked.

use regex::Regex;

use super::Mistake;
use super::arguments;
use super::functions::{self, Call};
use super::kind::Kind;
use super::macros::{self, Fold};
use super::operators;
use super::syntax::{Expr, Node, Operator};
use super::value::Value;
use crate::graph::BuildContext;
use crate::matchers::MatcherSet;
use crate::template::{Placeholder, Template};

/// A compiled expression.
pub(super) enum Code {
    Constant(Value<'static>),
    Placeholder(Placeholder),
    /// A matcher as a function.
    Matches(Box<MatcherSet>),
    /// A variable of a macro, counted from the outermost.
    Local(usize),
    List(Box<[Self]>),
    Map(Box<[(Self, Self)]>),
    Field(Box<Self>, Value<'static>),
    Has(Box<Self>, Value<'static>),
    Index(Box<[Self; 2]>),
    Not(Box<Self>),
    Negate(Box<Self>),
    Binary(Operator, Box<[Self; 2]>),
    Condition(Box<[Self; 3]>),
    Call(Call, Box<[Self]>),
    /// A regular expression that is known.
    Found(Box<Self>, Box<Regex>),
    Fold(Box<Fold>),
    /// A variable and what it is for.
    Bind(Box<[Self; 2]>),
}

/// A part of an expression with its kind.
pub(super) type Typed = (Code, Kind);

/// Compiles a condition; `name` is that of what regular expressions capture.
pub(super) fn compile(expr: &Expr, name: &str, cx: &mut BuildContext<'_>) -> Result<Code, Mistake> {
    let mut compiler = Compiler {
        name,
        cx,
        locals: Vec::new(),
    };
    match compiler.typed(expr)? {
        (code, Kind::Bool) => Ok(code),
        (_, kind) => Err(Mistake::new(
            expr.at,
            format!("a condition is true or false, this is of type {kind}"),
        )),
    }
}

/// What is needed while compiling.
pub(super) struct Compiler<'c, 'a> {
    pub(super) name: &'c str,
    pub(super) cx: &'c mut BuildContext<'a>,
    /// Variables of the macros around.
    locals: Vec<(String, Kind)>,
}

impl Compiler<'_, '_> {
    /// Compiles a part.
    pub(super) fn typed(&mut self, expr: &Expr) -> Result<Typed, Mistake> {
        match &expr.node {
            Node::Literal(value) => Ok(literal(value)),
            Node::Name(name) => self.named(name, expr.at),
            Node::List(items) => self.list(items),
            Node::Map(entries) => self.map(entries),
            Node::Select(of, field) => self.field(of, field),
            Node::Index(of, index) => self.index(of, index),
            Node::Call(target, name, args) => self.call(expr, target.as_deref(), name, args),
            Node::Not(inner) => {
                let code = self.of_kind(inner, &Kind::Bool)?;
                Ok((Code::Not(Box::new(code)), Kind::Bool))
            }
            Node::Negate(inner) => {
                let (code, kind) = self.typed(inner)?;
                if !matches!(kind, Kind::Any | Kind::Int | Kind::Double) {
                    return Err(no_overload(expr.at, "-_", &[&kind]));
                }
                Ok((Code::Negate(Box::new(code)), kind))
            }
            Node::Binary(operator, left, right) => {
                let (left, left_kind) = self.typed(left)?;
                let (right, right_kind) = self.typed(right)?;
                let Some(kind) = operators::kind(*operator, &left_kind, &right_kind) else {
                    let name = format!("_{}_", operator.text());
                    return Err(no_overload(expr.at, &name, &[&left_kind, &right_kind]));
                };
                Ok((Code::Binary(*operator, Box::new([left, right])), kind))
            }
            Node::Condition(condition, yes, no) => {
                let condition = self.of_kind(condition, &Kind::Bool)?;
                let (yes, kind) = self.typed(yes)?;
                let (no, other) = self.typed(no)?;
                if !kind.may_be(&other) {
                    return Err(no_overload(expr.at, "_?_:_", &[&Kind::Bool, &kind, &other]));
                }
                let code = Code::Condition(Box::new([condition, yes, no]));
                Ok((code, kind.joined(&other)))
            }
        }
    }

    /// Compiles a part that must be of a kind.
    pub(super) fn of_kind(&mut self, expr: &Expr, wanted: &Kind) -> Result<Code, Mistake> {
        let (code, kind) = self.typed(expr)?;
        if kind.may_be(wanted) {
            return Ok(code);
        }
        let message = format!("expected a value of type {wanted}, this is of type {kind}");
        Err(Mistake::new(expr.at, message))
    }

    /// Compiles parts within which a variable is known.
    pub(super) fn with_local<T>(
        &mut self,
        name: &str,
        kind: Kind,
        compile: impl FnOnce(&mut Self) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        self.locals.push((name.to_owned(), kind));
        let compiled = compile(self);
        self.locals.pop();
        compiled
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|(known, _)| known == name)
    }

    fn named(&self, name: &str, at: usize) -> Result<Typed, Mistake> {
        if let Some(place) = self.locals.iter().rposition(|(known, _)| known == name) {
            return Ok((Code::Local(place), self.locals[place].1.clone()));
        }
        let kind = functions::TYPES.iter().find(|known| **known == name);
        let kind = kind.ok_or_else(|| undeclared(name, at))?;
        Ok((Code::Constant(Value::Type(kind)), Kind::Type))
    }

    fn list(&mut self, items: &[Expr]) -> Result<Typed, Mistake> {
        let (mut codes, mut of) = (Vec::new(), None::<Kind>);
        for item in items {
            let (code, kind) = self.typed(item)?;
            of = Some(of.map_or_else(|| kind.clone(), |of| of.joined(&kind)));
            codes.push(code);
        }
        let code = match constants(codes) {
            Ok(values) => Code::Constant(Value::list(values)),
            Err(codes) => Code::List(codes.into()),
        };
        Ok((code, Kind::list(of.unwrap_or(Kind::Any))))
    }

    fn map(&mut self, entries: &[(Expr, Expr)]) -> Result<Typed, Mistake> {
        let (mut codes, mut of) = (Vec::new(), None::<(Kind, Kind)>);
        for (key, value) in entries {
            let (key, key_kind) = self.typed(key)?;
            let (value, value_kind) = self.typed(value)?;
            of = Some(match of {
                None => (key_kind, value_kind),
                Some((keys, values)) => (keys.joined(&key_kind), values.joined(&value_kind)),
            });
            codes.push((key, value));
        }
        let (keys, values) = of.unwrap_or((Kind::Any, Kind::Any));
        let kind = Kind::Map(Box::new(keys), Box::new(values));
        Ok((Code::Map(codes.into()), kind))
    }

    fn field(&mut self, of: &Expr, field: &str) -> Result<Typed, Mistake> {
        let (code, kind) = self.typed(of)?;
        let kind = match kind {
            Kind::Any => Kind::Any,
            Kind::Map(_, value) => *value,
            kind => {
                let message = format!("a value of type {kind} has no fields");
                return Err(Mistake::new(of.at, message));
            }
        };
        Ok((Code::Field(Box::new(code), Value::text(field)), kind))
    }

    fn index(&mut self, of: &Expr, index: &Expr) -> Result<Typed, Mistake> {
        let (code, kind) = self.typed(of)?;
        let (wanted, kind) = match kind {
            Kind::Any => (Kind::Any, Kind::Any),
            Kind::List(of) => (Kind::Int, *of),
            Kind::Map(key, value) => (*key, *value),
            kind => return Err(no_overload(of.at, "_[_]", &[&kind])),
        };
        let index = self.of_kind(index, &wanted)?;
        Ok((Code::Index(Box::new([code, index])), kind))
    }

    fn call(
        &mut self,
        expr: &Expr,
        target: Option<&Expr>,
        name: &str,
        args: &[Expr],
    ) -> Result<Typed, Mistake> {
        if let Some(done) = macros::expand(self, expr, target, name, args) {
            return done;
        }
        if target.is_none()
            && let Some(done) = arguments::build_matcher(self, expr, name, args)
        {
            return done.map(|set| (Code::Matches(set), Kind::Bool));
        }
        // `math.least(…)` is a function of that name, not one of a variable `math`.
        let space = match target.map(|target| &target.node) {
            Some(Node::Name(space)) if !self.is_local(space) => Some(space),
            _ => None,
        };
        let full = space.map_or_else(|| name.to_owned(), |space| format!("{space}.{name}"));
        let target = target.filter(|_| space.is_none());
        if target.is_some()
            && name == "matches"
            && let (
                [
                    Expr {
                        node: Node::Literal(Value::Text(pattern)),
                        at,
                    },
                ],
                Some(target),
            ) = (args, target)
        {
            return self.found(target, pattern, *at);
        }
        let (mut codes, mut kinds) = (Vec::new(), Vec::new());
        for expr in target.into_iter().chain(args) {
            let (code, kind) = self.typed(expr)?;
            codes.push(code);
            kinds.push(kind);
        }
        match functions::find(&full, target.is_some(), &kinds) {
            functions::Found::One(call, kind) => Ok((Code::Call(call, codes.into()), kind)),
            functions::Found::OtherKinds => {
                let kinds: Vec<_> = kinds.iter().collect();
                Err(no_overload(expr.at, &full, &kinds))
            }
            functions::Found::Nothing => Err(undeclared(&full, expr.at)),
        }
    }

    fn found(&mut self, target: &Expr, pattern: &str, at: usize) -> Result<Typed, Mistake> {
        let target = self.of_kind(target, &Kind::Text)?;
        let regex = functions::regex(pattern)
            .map_err(|error| Mistake::new(at, format!("bad regular expression: {error}")))?;
        Ok((Code::Found(Box::new(target), Box::new(regex)), Kind::Bool))
    }

    /// The placeholder of a name; always null if nobody knows it.
    pub(super) fn placeholder(&mut self, name: &str) -> Code {
        match Template::placeholder(name, self.cx) {
            crate::template::Resolved::Constant(text) => Code::Constant(Value::text(text)),
            crate::template::Resolved::Value(placeholder) => Code::Placeholder(placeholder),
            crate::template::Resolved::Unknown => Code::Constant(Value::Null),
        }
    }
}

fn literal(value: &Value<'static>) -> Typed {
    let kind = match value {
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Int,
        Value::Uint(_) => Kind::Uint,
        Value::Double(_) => Kind::Double,
        Value::Text(_) => Kind::Text,
        Value::Bytes(_) => Kind::Bytes,
        _ => Kind::Null,
    };
    (Code::Constant(value.clone()), kind)
}

/// The values, if all are known.
fn constants(codes: Vec<Code>) -> Result<Vec<Value<'static>>, Vec<Code>> {
    if !codes.iter().all(|code| matches!(code, Code::Constant(_))) {
        return Err(codes);
    }
    let values = codes.into_iter().filter_map(|code| match code {
        Code::Constant(value) => Some(value),
        _ => None,
    });
    Ok(values.collect())
}

fn undeclared(name: &str, at: usize) -> Mistake {
    Mistake::new(at, format!("undeclared reference to `{name}`"))
}

/// In the words of Caddy's library.
pub(super) fn no_overload(at: usize, name: &str, kinds: &[&Kind]) -> Mistake {
    let kinds: Vec<_> = kinds.iter().map(ToString::to_string).collect();
    let kinds = kinds.join(", ");
    let message = format!("found no matching overload for `{name}` applied to ({kinds})");
    Mistake::new(at, message)
}
