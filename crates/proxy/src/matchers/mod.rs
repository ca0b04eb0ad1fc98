//! Conditions on a request, compiled once. Caddy: `modules/caddyhttp/matchers.go`.

mod addresses;
mod file;
pub(crate) mod header;
pub(crate) mod host;
mod method;
mod not_yet;
pub(crate) mod path;
mod patterns;
mod protocol;
mod query;
mod variables;

use evenkeel_plan::http::MatcherSet as Plan;

pub(crate) use file::MatchedFile;

pub(crate) use self::addresses::Addresses;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::expression::Expression;
use crate::graph::BuildContext;
use crate::regexp::Regexp;

/// Conditions that must all hold.
pub(crate) struct MatcherSet {
    matchers: Box<[Matcher]>,
}

/// Whether conditions hold; a failure of the request if that cannot be said. Boxed, so that it is
/// returned in registers.
pub(crate) type Judged = Result<bool, Box<ProxyError>>;

/// One condition.
enum Matcher {
    Host(host::Hosts),
    Path(path::Paths),
    Method(method::Methods),
    Header(header::Headers),
    Protocol(protocol::Protocol),
    Tls(bool),
    RemoteAddress(Addresses),
    ClientAddress(Addresses),
    Query(query::Query),
    Variables(variables::Values),
    PathPattern(Box<patterns::PathPattern>),
    FieldPatterns(patterns::FieldPatterns),
    VariablePatterns(variables::Patterns),
    File(Box<file::Files>),
    Expression(Box<Expression>),
    /// None of these sets holds.
    None(Box<[MatcherSet]>),
}

impl MatcherSet {
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        not_yet::build_refusal(plan, cx)?;
        let mut matchers = Vec::new();
        if !plan.method.is_empty() {
            matchers.push(Matcher::Method(method::Methods::build(&plan.method)));
        }
        if !plan.host.is_empty() {
            let hosts = cx.within("host", |cx| host::Hosts::build(&plan.host, cx))?;
            matchers.push(Matcher::Host(hosts));
        }
        if !plan.path.is_empty() {
            matchers.push(Matcher::Path(path::Paths::build(&plan.path, cx)));
        }
        if !plan.header.is_empty() {
            let headers = cx.within("header", |cx| header::Headers::build(&plan.header, cx))?;
            matchers.push(Matcher::Header(headers));
        }
        if let Some(protocol) = &plan.protocol {
            let protocol = cx.within("protocol", |cx| protocol::Protocol::build(protocol, cx))?;
            matchers.push(Matcher::Protocol(protocol));
        }
        build_connection(plan, &mut matchers, cx)?;
        build_texts(plan, &mut matchers, cx)?;
        if !plan.not.is_empty() {
            let sets = cx.all(plan.not.iter(), |cx, at, set| {
                cx.within(format_args!("not[{at}]"), |cx| Self::build(set, cx))
            })?;
            matchers.push(Matcher::None(sets));
        }
        Ok(Self {
            matchers: matchers.into(),
        })
    }

    /// Whether all conditions hold. Regular expressions note what they capture.
    pub(crate) fn matches<'g>(&'g self, exchange: &mut Exchange<'g>) -> Judged {
        for matcher in &self.matchers {
            if !matcher.matches(exchange)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether one of several sets holds.
    pub(crate) fn any<'g>(sets: &'g [Self], exchange: &mut Exchange<'g>) -> Judged {
        for set in sets {
            if set.matches(exchange)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an expression is among the conditions.
    pub(crate) fn has_expression(&self) -> bool {
        let mut matchers = self.matchers.iter();
        matchers.any(|matcher| matches!(matcher, Matcher::Expression(_)))
    }

    /// The hosts without which this set cannot hold, for the host index; `None` if it can hold for
    /// hosts that are not known at build.
    pub(crate) fn hosts(&self) -> Option<&[host::Pattern]> {
        self.matchers.iter().find_map(|matcher| match matcher {
            Matcher::Host(hosts) => hosts.patterns(),
            _ => None,
        })
    }
}

impl Matcher {
    fn matches<'g>(&'g self, exchange: &mut Exchange<'g>) -> Judged {
        let connection = &exchange.connection;
        Ok(match self {
            Self::Host(hosts) => hosts.matches(exchange),
            Self::Path(paths) => paths.matches(exchange),
            Self::Method(methods) => methods.matches(exchange.request.method()),
            Self::Header(headers) => headers.matches(exchange),
            Self::Protocol(protocol) => protocol.matches(exchange),
            Self::Tls(wanted) => connection.tls.is_some() && *wanted,
            Self::RemoteAddress(addresses) => addresses.contain(connection.peer.ip()),
            Self::ClientAddress(addresses) => addresses.contain(exchange.client.ip),
            Self::Query(query) => query.matches(exchange),
            Self::Variables(values) => values.matches(exchange),
            Self::PathPattern(pattern) => pattern.matches(exchange),
            Self::FieldPatterns(patterns) => patterns.matches(exchange),
            Self::VariablePatterns(patterns) => patterns.matches(exchange),
            Self::File(files) => files.matches(exchange)?,
            Self::Expression(expression) => expression.holds(exchange)?,
            Self::None(sets) => !MatcherSet::any(sets, exchange)?,
        })
    }
}

/// Conditions on the connection.
fn build_connection(
    plan: &Plan,
    matchers: &mut Vec<Matcher>,
    cx: &mut BuildContext<'_>,
) -> Result<(), BuildError> {
    if let Some(tls) = &plan.tls {
        // Early data is never taken: whoever asks has completed the handshake.
        matchers.push(Matcher::Tls(tls.handshake_complete != Some(false)));
    }
    if let Some(ranges) = &plan.remote_ip {
        let addresses = cx.within("remote_ip", |cx| Addresses::build(ranges, cx))?;
        matchers.push(Matcher::RemoteAddress(addresses));
    }
    if let Some(ranges) = &plan.client_ip {
        let addresses = cx.within("client_ip", |cx| Addresses::build(ranges, cx))?;
        matchers.push(Matcher::ClientAddress(addresses));
    }
    Ok(())
}

/// Conditions on texts, regular expressions last: they cost the most.
fn build_texts(
    plan: &Plan,
    matchers: &mut Vec<Matcher>,
    cx: &mut BuildContext<'_>,
) -> Result<(), BuildError> {
    if let Some(query) = &plan.query {
        matchers.push(Matcher::Query(query::Query::build(query, cx)));
    }
    if !plan.vars.is_empty() {
        let values = variables::Values::build(&plan.vars, cx);
        matchers.push(Matcher::Variables(values));
    }
    if let Some(regexp) = &plan.path_regexp {
        let regexp = cx.within("path_regexp", |cx| Regexp::build(regexp, cx))?;
        let pattern = Box::new(patterns::PathPattern(regexp));
        matchers.push(Matcher::PathPattern(pattern));
    }
    if !plan.header_regexp.is_empty() {
        let built = cx.within("header_regexp", |cx| {
            patterns::FieldPatterns::build(&plan.header_regexp, cx)
        })?;
        matchers.push(Matcher::FieldPatterns(built));
    }
    if !plan.vars_regexp.is_empty() {
        let built = cx.within("vars_regexp", |cx| {
            variables::Patterns::build(&plan.vars_regexp, cx)
        })?;
        matchers.push(Matcher::VariablePatterns(built));
    }
    if let Some(file) = &plan.file {
        let files = cx.within("file", |cx| file::Files::build(file, cx))?;
        matchers.push(Matcher::File(Box::new(files)));
    }
    if let Some(expression) = &plan.expression {
        let built = cx.within("expression", |cx| Expression::build(expression, cx))?;
        matchers.push(Matcher::Expression(Box::new(built)));
    }
    Ok(())
}
