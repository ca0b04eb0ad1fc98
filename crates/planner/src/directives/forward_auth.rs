//! `forward_auth [matcher] UPSTREAM… { uri URI, copy_headers …, and what reverse_proxy has }`: asks
//! a gateway whether a request may pass. Caddy: `reverseproxy/forwardauth/caddyfile.go`.

use std::collections::BTreeMap;

use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::handlers::{
    HeaderOps, Headers, ResponseHandler, ResponseMatcher, Rewrite, Vars,
};
use evenkeel_plan::http::{Handler, MatcherSet};
use evenkeel_plan::value::StatusPattern;

use super::reverse_proxy::responses::TracedResponse;
use super::reverse_proxy::{self, Proxy};
use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Finding, Read};
use crate::matchers::Scope;
use crate::names::canonical_header;
use crate::routes::{Action, TracedRoute};
use crate::subdirective::{Sub, read_own_lines};
use crate::vocabulary::{self, Known};

/// Asks another service whether a request may pass: `reverse_proxy` for a question of its own.
///
/// ```caddyfile
/// forward_auth [MATCHER] UPSTREAM… {
///     uri URI
///     copy_headers FIELD…|FIELD>NEW_NAME…
///     …options of reverse_proxy
/// }
/// ```
///
/// An answer of 2xx lets the request pass, with the named fields of the answer added to it; any other
/// answer goes to the client.
pub(super) const FORWARD_AUTH: Directive = Directive::handlers("forward_auth", lower);

const SUBDIRECTIVES: &[Sub<Gateway>] = &[
    Sub::new("uri", uri),
    Sub::new("copy_headers", copy_headers),
    Sub::others("unrecognized subdirective $value").reads_on(),
];

/// What `reverse_proxy` does not have.
#[derive(Default)]
struct Gateway {
    uri: String,
    /// Fields of the gateway's response, and what the request gets them as.
    copied: BTreeMap<String, String>,
}

/// The subdirectives that `reverse_proxy` does not have, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut gateway = Gateway::default();
    let found_before = lowering.diagnostics.len();
    let found = &mut *lowering.diagnostics;
    let rest = read_own_lines(line.block, SUBDIRECTIVES, &mut gateway, found);
    if gateway.uri.is_empty() && lowering.diagnostics.len() == found_before {
        let what = "the option `uri`";
        let says = "the 'uri' subdirective is required, at :0";
        return Err(errors::missing_argument(line, what)
            .caddy_text(says)
            .sealed());
    }
    let mut proxy = Proxy::default();
    proxy.handler.rewrite = Some(Rewrite {
        method: "GET".to_owned(),
        uri: gateway.uri,
        ..Rewrite::default()
    });
    for (field, value) in [
        ("X-Forwarded-Method", "{http.request.method}"),
        ("X-Forwarded-Uri", "{http.request.uri}"),
    ] {
        let values = vec![value.to_owned()];
        proxy.up.set.insert(field.to_owned(), values);
    }
    let good = ResponseMatcher {
        status_code: vec![StatusPattern(2)],
        ..ResponseMatcher::default()
    };
    proxy.responses.push(TracedResponse {
        handler: ResponseHandler {
            matcher: Some(good),
            ..ResponseHandler::default()
        },
        routes: routes(&gateway.copied, line.span()),
    });
    let line = Line {
        block: rest.as_ref(),
        ..line
    };
    Ok(vec![reverse_proxy::read(line, proxy, scope, lowering)?])
}

/// What is done before a request passes. The first route does nothing; but without any route the
/// response would be passed on.
fn routes(copied: &BTreeMap<String, String>, span: Span) -> Vec<TracedRoute> {
    let nothing = Action::leaf(Handler::Vars(Vars::default()));
    let mut routes = vec![TracedRoute::of(nothing, span)];
    for (from, to) in copied {
        let to = canonical_header(to);
        let value = format!("{{http.reverse_proxy.header.{}}}", canonical_header(from));
        let mut delete = HeaderOps::default();
        delete.delete.push(to.clone());
        routes.push(TracedRoute::of(request(delete), span));
        let mut set = HeaderOps::default();
        set.set.insert(to, vec![value.clone()]);
        let mut empty = MatcherSet::default();
        empty.vars.insert(value, vec![String::new()]);
        routes.push(TracedRoute {
            matcher_sets: vec![MatcherSet {
                not: vec![empty],
                ..MatcherSet::default()
            }],
            ..TracedRoute::of(request(set), span)
        });
    }
    routes
}

fn request(ops: HeaderOps) -> Action {
    Action::leaf(Handler::Headers(Box::new(Headers {
        request: Some(ops),
        response: None,
    })))
}

/// `uri URI`.
fn uri(line: Line<'_>, gateway: &mut Gateway, _: &mut Diagnostics) -> Read<()> {
    let uri = line.text("a URI")?;
    if !gateway.uri.is_empty() {
        let says = format!("cannot re-declare uri: {uri}");
        return Err(errors::given_before(line).caddy(says).sealed());
    }
    gateway.uri = uri;
    Ok(())
}

/// `copy_headers FIELD…`, or a block of fields; `FROM>TO` gives it another name.
fn copy_headers(line: Line<'_>, gateway: &mut Gateway, _: &mut Diagnostics) -> Read<()> {
    let inner = line.block.map_or(&[][..], |block| &block.lines);
    if let Some(block) = line.block.filter(|block| block.lines.is_empty()) {
        let found = errors::unexpected_block(line.name, block);
        let says = "unexpected token '{', expecting argument";
        return Err(found.caddy(says).sealed());
    }
    for line in inner {
        Line::from(line)
            .no_block()
            .map_err(Finding::unknown_to_caddy)?;
    }
    let inner = inner.iter();
    let inner = inner.flat_map(|line| std::iter::once(&line.name).chain(&line.args));
    for word in line.args.iter().chain(inner) {
        let mut parts = word.text.split('>');
        let from = parts.next().unwrap_or_default();
        let to = parts.next().unwrap_or(from);
        gateway.copied.insert(from.to_owned(), to.to_owned());
    }
    if gateway.copied.is_empty() {
        return Err(errors::missing_argument(line, "a field"));
    }
    Ok(())
}
