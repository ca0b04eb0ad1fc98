//! `copy_response_headers [matcher] { include FIELD…, exclude FIELD… }`: takes over header fields of
//! an upstream's response, in `handle_response`. Caddy: `reverseproxy/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::CopyResponseHeaders;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{Read, Wording};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

/// Takes header fields over from the response of the upstream, in a `handle_response` of
/// `reverse_proxy`.
///
/// ```caddyfile
/// copy_response_headers [MATCHER] {
///     include FIELD…
///     exclude FIELD…
/// }
/// ```
///
/// Without a block all fields are taken over.
pub(super) const COPY_RESPONSE_HEADERS: Directive =
    Directive::handlers("copy_response_headers", lower).says(Wording::USUAL.counts_all());

const SUBDIRECTIVES: &[Sub<CopyResponseHeaders>] = &[
    Sub::new("include", include),
    Sub::new("exclude", exclude),
    Sub::others("unrecognized subdirective '$value'"),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(0)?;
    let mut handler = CopyResponseHeaders::default();
    let found = &mut *lowering.diagnostics;
    read_block(line.name, line.block, SUBDIRECTIVES, &mut handler, found);
    Ok(vec![Action::leaf(Handler::CopyResponseHeaders(handler))])
}

/// `include FIELD…`.
fn include(line: Line<'_>, handler: &mut CopyResponseHeaders, _: &mut Diagnostics) -> Read<()> {
    handler.include.extend(fields(line)?);
    Ok(())
}

/// `exclude FIELD…`.
fn exclude(line: Line<'_>, handler: &mut CopyResponseHeaders, _: &mut Diagnostics) -> Read<()> {
    handler.exclude.extend(fields(line)?);
    Ok(())
}

/// Any number of fields.
fn fields(line: Line<'_>) -> Read<Vec<String>> {
    line.no_block()?;
    Ok(texts(line.args))
}
