//! Matchers as functions: `path('/a*')`, `header({'F': 'v'})`. Their arguments are texts that are
//! known, but for placeholders in them. Caddy: `celMatcherStringListMacroExpander` and its like.

use evenkeel_plan::http::MatcherSet as Plan;
use evenkeel_plan::http::matchers::{AddressRanges, Regexp};

use super::Mistake;
use super::compile::Compiler;
use super::syntax::{Expr, Node, Operator};
use super::value::Value;
use crate::matchers::MatcherSet;

/// A key and its texts.
type Entry = (String, Vec<String>);

/// Compiles a call of a matcher; `None` if there is no matcher of this name.
pub(super) fn build_matcher(
    compiler: &mut Compiler<'_, '_>,
    expr: &Expr,
    name: &str,
    args: &[Expr],
) -> Option<Result<Box<MatcherSet>, Mistake>> {
    let plan = plan(compiler.name, name, args, expr.at)?;
    Some(plan.and_then(|plan| {
        let set = MatcherSet::build(&plan, compiler.cx);
        set.map(Box::new)
            .map_err(|error| Mistake::new(expr.at, error.message))
    }))
}

/// What stands for the call in a plan.
fn plan(group: &str, name: &str, args: &[Expr], at: usize) -> Option<Result<Plan, Mistake>> {
    let plan = Plan::default();
    Some(match name {
        "host" => texts(args, at).map(|host| Plan { host, ..plan }),
        "path" => texts(args, at).map(|path| Plan { path, ..plan }),
        "method" => texts(args, at).map(|method| Plan { method, ..plan }),
        "remote_ip" => texts(args, at).map(|ranges| Plan {
            remote_ip: Some(AddressRanges { ranges }),
            ..plan
        }),
        "client_ip" => texts(args, at).map(|ranges| Plan {
            client_ip: Some(AddressRanges { ranges }),
            ..plan
        }),
        "protocol" => one(args, at).map(|protocol| Plan {
            protocol: Some(protocol),
            ..plan
        }),
        "path_regexp" => texts(args, at).and_then(|texts| {
            let ([], regexp) = regexp(group, texts, at)?;
            let path_regexp = Some(regexp);
            Ok(Plan {
                path_regexp,
                ..plan
            })
        }),
        "header_regexp" => keyed_regexp(group, args, at).map(|entry| Plan {
            header_regexp: [entry].into_iter().collect(),
            ..plan
        }),
        "vars_regexp" => keyed_regexp(group, args, at).map(|entry| Plan {
            vars_regexp: [entry].into_iter().collect(),
            ..plan
        }),
        "header" => entries(args, at).map(|entries| Plan {
            header: entries
                .into_iter()
                .map(|(key, texts)| (key, Some(texts)))
                .collect(),
            ..plan
        }),
        "query" => entries(args, at).map(|entries| Plan {
            query: Some(entries.into_iter().collect()),
            ..plan
        }),
        "vars" => entries(args, at).map(|entries| Plan {
            vars: entries.into_iter().collect(),
            ..plan
        }),
        _ => return None,
    })
}

/// A text that is known but for placeholders, which a matcher fills in itself.
fn text(expr: &Expr) -> Result<String, Mistake> {
    match &expr.node {
        Node::Literal(Value::Text(text)) => Ok(text.clone().into_owned()),
        Node::Binary(Operator::Add, one, other) => Ok(text(one)? + &text(other)?),
        Node::Call(None, ph, args) if ph == "ph" => match args.as_slice() {
            [_, name] => Ok(format!("{{{}}}", text(name)?)),
            _ => Err(wrong_number(expr.at)),
        },
        _ => {
            let message = "matcher arguments must be string constants";
            Err(Mistake::new(expr.at, message))
        }
    }
}

/// One or more texts.
fn texts(args: &[Expr], at: usize) -> Result<Vec<String>, Mistake> {
    match args {
        [] => Err(wrong_number(at)),
        args => args.iter().map(text).collect(),
    }
}

fn one(args: &[Expr], at: usize) -> Result<String, Mistake> {
    match args {
        [only] => text(only),
        _ => Err(wrong_number(at)),
    }
}

/// The expression, with its own name or that of the matcher, and what stands in front of both.
fn regexp<const N: usize>(
    group: &str,
    texts: Vec<String>,
    at: usize,
) -> Result<([String; N], Regexp), Mistake> {
    let (name, rest) = match texts.len().checked_sub(N) {
        Some(1) => (group.to_owned(), texts),
        Some(2) => {
            let mut rest = texts;
            (rest.remove(0), rest)
        }
        _ => return Err(wrong_number(at)),
    };
    let mut rest = rest;
    let pattern = rest.pop().unwrap_or_default();
    let front = rest.try_into().map_err(|_| wrong_number(at))?;
    Ok((front, Regexp { name, pattern }))
}

fn keyed_regexp(group: &str, args: &[Expr], at: usize) -> Result<(String, Regexp), Mistake> {
    let ([key], regexp) = regexp(group, texts(args, at)?, at)?;
    Ok((key, regexp))
}

/// A map of texts to texts or lists of them.
fn entries(args: &[Expr], at: usize) -> Result<Vec<Entry>, Mistake> {
    let [
        Expr {
            node: Node::Map(entries),
            ..
        },
    ] = args
    else {
        return Err(Mistake::new(at, "the matcher takes one map"));
    };
    let entries = entries.iter().map(|(key, value)| {
        let values = match &value.node {
            Node::List(items) => items.iter().map(text).collect(),
            _ => text(value).map(|text| vec![text]),
        };
        Ok((text(key)?, values?))
    });
    entries.collect()
}

fn wrong_number(at: usize) -> Mistake {
    Mistake::new(at, "the matcher takes another number of arguments")
}
