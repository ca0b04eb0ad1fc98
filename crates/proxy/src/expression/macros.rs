//! Macros: what looks like a call, but is compiled with a variable of its own.

use super::Mistake;
use super::compile::{Code, Compiler, Typed};
use super::kind::Kind;
use super::syntax::{Expr, Node};
use super::value::Value;

/// Goes through a list, or through the keys of a map.
pub(super) struct Fold {
    pub(super) over: Code,
    pub(super) into: Into,
    /// Which items `map` with three arguments takes.
    pub(super) filter: Option<Code>,
    pub(super) body: Code,
}

/// What becomes of the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    All,
    Exists,
    ExistsOne,
    Mapped,
    Filtered,
    Sorted,
}

/// Names of macros of a list, and how many arguments they have at most.
const FOLDS: &[(&str, Into, usize)] = &[
    ("all", Into::All, 2),
    ("exists", Into::Exists, 2),
    ("exists_one", Into::ExistsOne, 2),
    ("existsOne", Into::ExistsOne, 2),
    ("map", Into::Mapped, 3),
    ("filter", Into::Filtered, 2),
    ("sortBy", Into::Sorted, 2),
];

/// Compiles a call if it is one of a macro.
pub(super) fn expand(
    compiler: &mut Compiler<'_, '_>,
    expr: &Expr,
    target: Option<&Expr>,
    name: &str,
    args: &[Expr],
) -> Option<Result<Typed, Mistake>> {
    match (target, name, args) {
        (
            None,
            "ph",
            [
                _,
                Expr {
                    node: Node::Literal(Value::Text(name)),
                    ..
                },
            ],
        ) => Some(Ok((compiler.placeholder(name), Kind::Any))),
        (None, "has", [arg]) => Some(has(compiler, arg)),
        (
            Some(Expr {
                node: Node::Name(space),
                ..
            }),
            "bind",
            [
                Expr {
                    node: Node::Name(name),
                    ..
                },
                value,
                body,
            ],
        ) if space == "cel" => Some(bind(compiler, name, value, body)),
        (
            Some(target),
            name,
            [
                Expr {
                    node: Node::Name(item),
                    ..
                },
                bodies @ ..,
            ],
        ) => {
            let found = FOLDS.iter().find(|(known, _, arguments)| {
                *known == name && (2..=*arguments).contains(&args.len())
            });
            let (_, into, _) = found?;
            Some(fold(compiler, (expr, target), *into, (item, bodies)))
        }
        _ => None,
    }
}

fn has(compiler: &mut Compiler<'_, '_>, arg: &Expr) -> Result<Typed, Mistake> {
    let Node::Select(of, field) = &arg.node else {
        return Err(Mistake::new(arg.at, "`has` takes a field: `has(a.b)`"));
    };
    let (code, kind) = compiler.typed(of)?;
    if !matches!(kind, Kind::Any | Kind::Map(..)) {
        let message = format!("a value of type {kind} has no fields");
        return Err(Mistake::new(of.at, message));
    }
    let code = Code::Has(Box::new(code), Value::text(field.as_str()));
    Ok((code, Kind::Bool))
}

fn bind(
    compiler: &mut Compiler<'_, '_>,
    name: &str,
    value: &Expr,
    body: &Expr,
) -> Result<Typed, Mistake> {
    let (value, kind) = compiler.typed(value)?;
    let (body, kind) = compiler.with_local(name, kind, |compiler| compiler.typed(body))?;
    Ok((Code::Bind(Box::new([value, body])), kind))
}

fn fold(
    compiler: &mut Compiler<'_, '_>,
    (expr, target): (&Expr, &Expr),
    into: Into,
    (item, bodies): (&str, &[Expr]),
) -> Result<Typed, Mistake> {
    let (over, kind) = compiler.typed(target)?;
    let Some(of) = kind.element() else {
        let message = format!("a value of type {kind} has no items");
        return Err(Mistake::new(expr.at, message));
    };
    let is_condition = !matches!(into, Into::Mapped | Into::Sorted);
    let (filter, (body, body_kind)) = compiler.with_local(item, of, |compiler| {
        let (filter, body) = match bodies {
            [body] => (None, body),
            [filter, body, ..] => (Some(compiler.of_kind(filter, &Kind::Bool)?), body),
            [] => return Err(Mistake::new(expr.at, "an argument is missing")),
        };
        let body = if is_condition {
            (compiler.of_kind(body, &Kind::Bool)?, Kind::Bool)
        } else {
            compiler.typed(body)?
        };
        Ok((filter, body))
    })?;
    let result = match into {
        Into::All | Into::Exists | Into::ExistsOne => Kind::Bool,
        Into::Mapped => Kind::list(body_kind),
        Into::Filtered | Into::Sorted => kind,
    };
    let fold = Fold {
        over,
        into,
        filter,
        body,
    };
    Ok((Code::Fold(Box::new(fold)), result))
}
