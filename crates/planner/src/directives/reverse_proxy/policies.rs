//! The selection policies behind `lb_policy` and `fallback`. Caddy: `selectionpolicies.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, shorten};
use evenkeel_plan::http::handlers::reverse_proxy::{CookiePolicy, SelectionPolicy};
use evenkeel_plan::value::{Count, Duration};

use crate::args::{Line, count, integer};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{Known, Support};

/// All policies Caddy knows and ours, and whether they can be followed.
const POLICIES: &[(&str, Support)] = &[
    ("random", Support::Works),
    ("round_robin", Support::Works),
    ("least_conn", Support::Works),
    ("least_latency", Support::Ours),
    ("first", Support::Works),
    ("ip_hash", Support::Works),
    ("client_ip_hash", Support::Works),
    ("cookie", Support::Works),
    ("header", Support::Works),
    ("query", Support::Works),
    ("random_choose", Support::Works),
    ("uri_hash", Support::Works),
    ("weighted_round_robin", Support::Works),
];

/// A `fallback` in more others than this is a mistake or an attack.
const MOST_NESTED: usize = 20;

/// The block of a policy.
#[derive(Default)]
struct Options {
    depth: usize,
    fallback: Option<SelectionPolicy>,
    max_age: Duration,
}

/// The options of the policies `query` and `header`.
const FALLBACK: &[Sub<Options>] = &[
    Sub::once("fallback", fallback).on_twice("fallback selection policy already specified"),
    Sub::others("unrecognized option '$value'"),
];

/// The options of the policy `cookie`.
const COOKIE: &[Sub<Options>] = &[
    Sub::once("fallback", fallback).on_twice("fallback selection policy already specified"),
    Sub::new("max_age", max_age).on_value("invalid duration: $value"),
    Sub::others("unrecognized option '$value'"),
];

/// The policies, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    let word = |&(name, support): &(&'static str, Support)| Known { name, support };
    POLICIES.iter().map(word).collect()
}

/// `lb_policy NAME …`, or `fallback NAME …` within `depth` others.
pub(super) fn read(
    line: Line<'_>,
    diagnostics: &mut Diagnostics,
    depth: usize,
) -> Read<SelectionPolicy> {
    if depth > MOST_NESTED {
        let message = format!("more than {MOST_NESTED} `fallback` in each other");
        return Err(errors::bad_value(line.name, message, "one too many"));
    }
    let name = line.first("a policy")?;
    let line = Line {
        name,
        ..line.skip_first()
    };
    let mut options = Options {
        depth,
        ..Options::default()
    };
    match name.text.as_str() {
        "query" | "header" => read_block(name, line.block, FALLBACK, &mut options, diagnostics),
        "cookie" => read_block(name, line.block, COOKIE, &mut options, diagnostics),
        _ => {}
    }
    let fallback = options.fallback.map(Box::new);
    Ok(match name.text.as_str() {
        "random" => bare(line, diagnostics, SelectionPolicy::Random {})?,
        "round_robin" => bare(line, diagnostics, SelectionPolicy::RoundRobin {})?,
        "least_conn" => bare(line, diagnostics, SelectionPolicy::LeastConn {})?,
        "least_latency" => bare(line, diagnostics, SelectionPolicy::LeastLatency {})?,
        "first" => bare(line, diagnostics, SelectionPolicy::First {})?,
        "ip_hash" => bare(line, diagnostics, SelectionPolicy::IpHash {})?,
        "client_ip_hash" => bare(line, diagnostics, SelectionPolicy::ClientIpHash {})?,
        "uri_hash" => bare(line, diagnostics, SelectionPolicy::UriHash {})?,
        "random_choose" => SelectionPolicy::RandomChoose {
            choose: choice(line.keep_only(1, diagnostics), diagnostics)?,
        },
        "weighted_round_robin" => SelectionPolicy::WeightedRoundRobin {
            weights: weights(line, diagnostics)?,
        },
        "query" => SelectionPolicy::Query {
            key: only(line, "a parameter", diagnostics)?,
            fallback,
        },
        "header" => SelectionPolicy::Header {
            field: only(line, "a field", diagnostics)?,
            fallback,
        },
        "cookie" => {
            line.at_most(2)?;
            let text = |index: usize| line.args.get(index).map(|word| word.text.clone());
            SelectionPolicy::Cookie(CookiePolicy {
                name: text(0).unwrap_or_default(),
                secret: text(1).unwrap_or_default(),
                max_age: options.max_age,
                fallback,
            })
        }
        _ => {
            let (id, names) = ("unknown-policy", POLICIES.iter().map(|row| row.0));
            return Err(errors::unknown_value(id, "selection policy", name, names));
        }
    })
}

/// A policy without words; what its block says has no effect.
fn bare(
    line: Line<'_>,
    diagnostics: &mut Diagnostics,
    policy: SelectionPolicy,
) -> Read<SelectionPolicy> {
    line.at_most(0)?;
    line.without_block(diagnostics);
    Ok(policy)
}

fn choice(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Count> {
    let word = line.first("a number of upstreams")?;
    count(word, diagnostics)
        .map_err(|found| found.value_says("invalid choice value '$value': $why"))
}

/// One word, whatever the block says and the line goes on with.
fn only(line: Line<'_>, what: &str, diagnostics: &mut Diagnostics) -> Read<String> {
    let word = line.first(what)?;
    let words = Line {
        block: None,
        ..line
    };
    words.keep_only(1, diagnostics);
    Ok(word.text.clone())
}

fn weights(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Vec<i64>> {
    let bad = "invalid weight value '$value': $why";
    let weight = |word: &Word| match integer(word).map_err(|found| found.value_says(bad))? {
        ..0 => {
            let message = format!("the weight {} is negative", shorten(&word.text));
            let why = "write 0 to leave an upstream out";
            let negative = "invalid weight value '$value': weight should be non-negative";
            Err(errors::bad_value(word, message, why).value_says(negative))
        }
        weight => count(word, diagnostics).map(|_| weight),
    };
    line.some("a weight")?.iter().map(weight).collect()
}

/// `fallback NAME …`.
fn fallback(line: Line<'_>, options: &mut Options, diagnostics: &mut Diagnostics) -> Read<()> {
    options.fallback = Some(read(line, diagnostics, options.depth + 1)?);
    Ok(())
}

/// `max_age DURATION`, at least a nanosecond.
fn max_age(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a duration")?;
    let age = line.signed_duration()?;
    if age.positive().is_none() {
        let message = "`max_age` must be above zero";
        let found = errors::bad_value(word, message, "leave it out for a cookie of the session");
        let says = "invalid duration: $value, max_age should be non-zero and positive";
        return Err(found.value_says(says));
    }
    options.max_age = age;
    Ok(())
}
