//! `FIELD FILTER …` in `format filter`: what becomes of one field. Caddy: `modules/logging/filters.go`.

use std::collections::BTreeMap;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::logging::{ActionKind, CookieAction, Filter, QueryAction, Replacement};

use super::places::Places;
use crate::args::{self, Line};
use crate::errors::{self, Finding, Read, Wording};
use crate::subdirective::{Sub, read_block};

const FILTERS: [&str; 10] = [
    "cookie",
    "delete",
    "hash",
    "ip_mask",
    "multi_regexp",
    "query",
    "regexp",
    "rename",
    "replace",
    "set_cookie",
];

/// The filters of one encoder.
#[derive(Default)]
pub(super) struct Filters {
    fields: BTreeMap<String, (Filter, Span)>,
    /// They add up, unlike all others, and win over them.
    regexps: BTreeMap<String, (Vec<Replacement>, Span)>,
}

impl Filters {
    /// Takes the line of one field.
    pub(super) fn add(&mut self, line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
        let filter = line.first("a filter")?;
        let field = &line.name.text;
        let span = line.span();
        let rest = Line {
            name: filter,
            ..line.skip_first()
        };
        match read(rest, diagnostics)? {
            Filter::Regexp(replacement) => {
                let all = self.regexps.entry(field.clone());
                let (all, _) = all.or_insert((Vec::new(), span));
                all.push(replacement);
                if all.len() > 1 && all.iter().any(|one| one.regexp.is_empty()) {
                    let message = format!("an expression for the field `{field}` is empty");
                    let why = "each of several must look for something";
                    return Err(errors::bad_value(line.name, message, why));
                }
            }
            filter => {
                let before = self.fields.get(field).map(|(_, span)| *span);
                let before = self.regexps.get(field).map(|(_, span)| *span).or(before);
                if let Some(before) = before {
                    let message = format!("the field `{field}` has a filter already");
                    let found = errors::conflict(message, span, Some(before));
                    let says = if self.regexps.contains_key(field) {
                        format!(
                            "cannot mix regexp filters with other filter types for field {field}"
                        )
                    } else {
                        format!(
                            "field {field} already has a filter; multiple non-regexp filters per \
                             field are not supported"
                        )
                    };
                    let help = "only `regexp` may be given several times";
                    return Err(found.help(help).caddy(says));
                }
                self.fields.insert(field.clone(), (filter, span));
            }
        }
        Ok(())
    }

    /// One filter a field.
    pub(super) fn finish(self, places: &mut Places) -> BTreeMap<String, Filter> {
        let mut fields = self.fields;
        for (field, (operations, span)) in self.regexps {
            let filter = match <[Replacement; 1]>::try_from(operations) {
                Ok([only]) => Filter::Regexp(only),
                Err(operations) => Filter::MultiRegexp { operations },
            };
            fields.insert(field, (filter, span));
        }
        let mark = |(field, (filter, span)): (String, (Filter, Span))| {
            places.mark(format!("fields.{field}"), span);
            (field, filter)
        };
        fields.into_iter().map(mark).collect()
    }
}

/// One filter; `line` begins with its name.
fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Filter> {
    let text = |index: usize| line.args.get(index).map(|word| word.text.clone());
    let text = |index: usize| text(index).unwrap_or_default();
    let (filter, taken) = match line.name.text.as_str() {
        "delete" => (Filter::Delete {}, 0),
        "hash" => (Filter::Hash {}, 0),
        "replace" => (Filter::Replace { value: text(0) }, 1),
        "rename" => (Filter::Rename { name: text(0) }, 1),
        "regexp" => {
            let (regexp, value) = (text(0), text(1));
            (Filter::Regexp(Replacement { regexp, value }), 2)
        }
        "ip_mask" => return ip_mask(line, diagnostics),
        "query" => return Ok(query(line, diagnostics)),
        "cookie" => {
            let actions = cookies(line, diagnostics);
            return Ok(Filter::Cookie { actions });
        }
        "set_cookie" => {
            let actions = cookies(line, diagnostics);
            return Ok(Filter::SetCookie { actions });
        }
        "multi_regexp" => return multi_regexp(line, diagnostics),
        _ => {
            let (id, names) = ("unknown-filter", FILTERS.into_iter());
            return Err(errors::unknown_value(id, "log filter", line.name, names));
        }
    };
    let rest = line.args.get(taken).map(|word| word.span);
    let block = line.block.map(|block| block.span);
    if let Some(span) = rest.or(block) {
        let found = errors::no_effect(line.name, span).at_first_character();
        diagnostics.push(found.into());
    }
    Ok(filter)
}

/// The bits that are kept of IPv4 and of IPv6.
#[derive(Default)]
struct Mask {
    ipv4: i64,
    ipv6: i64,
}

const MASK: &[Sub<Mask>] = &[
    Sub::new("ipv4", bits).on_value("error parsing $value: $why"),
    Sub::new("ipv6", bits).on_value("error parsing $value: $why"),
];

/// `ipv4 BITS`, `ipv6 BITS`.
fn bits(line: Line<'_>, mask: &mut Mask, _: &mut Diagnostics) -> Read<()> {
    let bits = args::integer(line.one("a number of bits")?)?;
    match line.name.text.as_str() {
        "ipv4" => mask.ipv4 = bits,
        _ => mask.ipv6 = bits,
    }
    Ok(())
}

/// `ip_mask [IPV4 [IPV6]] { ipv4 BITS; ipv6 BITS }`.
fn ip_mask(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Filter> {
    line.at_most(2)
        .map_err(|found| found.worded(&Wording::USUAL.many("too many arguments")))?;
    let bad = |found: Finding| found.value_says("error parsing $value: $why");
    let bits = |index: usize| {
        line.args
            .get(index)
            .map_or(Ok(0), args::integer)
            .map_err(bad)
    };
    let mut mask = Mask {
        ipv4: bits(0)?,
        ipv6: bits(1)?,
    };
    read_block(line.name, line.block, MASK, &mut mask, diagnostics);
    Ok(Filter::IpMask {
        ipv4_cidr: mask.ipv4,
        ipv6_cidr: mask.ipv6,
    })
}

/// What is done, with what, and what replaces it.
type Action = (ActionKind, String, String);

const ACTIONS: &[Sub<Vec<Action>>] = &[
    Sub::new("replace", replace),
    Sub::new("hash", hash),
    Sub::new("delete", delete),
];

/// `replace NAME VALUE`.
fn replace(line: Line<'_>, actions: &mut Vec<Action>, _: &mut Diagnostics) -> Read<()> {
    let [name, value] = two(line)?;
    actions.push((ActionKind::Replace, name.text.clone(), value.text.clone()));
    Ok(())
}

/// `hash NAME`.
fn hash(line: Line<'_>, actions: &mut Vec<Action>, _: &mut Diagnostics) -> Read<()> {
    actions.push((ActionKind::Hash, line.text("a name")?, String::new()));
    Ok(())
}

/// `delete NAME`.
fn delete(line: Line<'_>, actions: &mut Vec<Action>, _: &mut Diagnostics) -> Read<()> {
    actions.push((ActionKind::Delete, line.text("a name")?, String::new()));
    Ok(())
}

fn query(line: Line<'_>, diagnostics: &mut Diagnostics) -> Filter {
    let action = |(kind, parameter, value)| QueryAction {
        kind,
        parameter,
        value,
    };
    let actions: Vec<_> = lines(line, ACTIONS, diagnostics)
        .into_iter()
        .map(action)
        .collect();
    Filter::Query {
        actions: Some(actions).filter(|actions| !actions.is_empty()),
    }
}

fn cookies(line: Line<'_>, diagnostics: &mut Diagnostics) -> Option<Vec<CookieAction>> {
    let action = |(kind, name, value)| CookieAction { kind, name, value };
    let actions = lines(line, ACTIONS, diagnostics).into_iter();
    Some(actions.map(action).collect()).filter(|actions: &Vec<_>| !actions.is_empty())
}

const OPERATIONS: &[Sub<Vec<Replacement>>] = &[Sub::new("regexp", operation)];

/// `regexp EXPRESSION REPLACEMENT`.
fn operation(line: Line<'_>, operations: &mut Vec<Replacement>, _: &mut Diagnostics) -> Read<()> {
    let [regexp, value] = two(line)?;
    if regexp.text.is_empty() {
        let message = "the expression is empty";
        let found = errors::bad_value(regexp, message, "nothing to look for");
        return Err(found.value_says("regexp pattern cannot be empty"));
    }
    operations.push(Replacement {
        regexp: regexp.text.clone(),
        value: value.text.clone(),
    });
    Ok(())
}

/// `multi_regexp { regexp EXPRESSION REPLACEMENT … }`.
fn multi_regexp(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Filter> {
    let had_errors = diagnostics.has_errors();
    let operations = lines(line, OPERATIONS, diagnostics);
    if operations.is_empty() && diagnostics.has_errors() == had_errors {
        let what = "a block with `regexp EXPRESSION REPLACEMENT`";
        let says = "multi_regexp filter requires at least one regexp operation";
        let found = errors::missing_argument(line, what);
        return Err(found.worded(&Wording::USUAL.few(says)));
    }
    Ok(Filter::MultiRegexp { operations })
}

/// The lines of the block, unless there is something in front of it: Caddy then passes over it.
fn lines<T>(line: Line<'_>, table: &[Sub<Vec<T>>], diagnostics: &mut Diagnostics) -> Vec<T> {
    let mut values = Vec::new();
    match line.args.first() {
        Some(rest) => diagnostics.push(errors::no_effect(line.name, rest.span).into()),
        None => read_block(line.name, line.block, table, &mut values, diagnostics),
    }
    values
}

fn two(line: Line<'_>) -> Read<[&Word; 2]> {
    line.no_block()?;
    line.at_most(2)?;
    if let [first, second, ..] = line.args {
        return Ok([first, second]);
    }
    let what = "what to look for and what replaces it";
    Err(errors::missing_argument(line, what))
}
