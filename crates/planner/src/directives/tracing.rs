//! `tracing [matcher] [{ span NAME; span_attributes { NAME VALUE } }]`: a span around what follows.
//! Caddy: `modules/caddyhttp/tracing/module.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Tracing;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};

/// Takes part in distributed tracing.
///
/// ```caddyfile
/// tracing {
///     span NAME
///     span_attributes { NAME VALUE }
/// }
/// ```
pub(super) const TRACING: Directive = Directive::handlers("tracing", lower).adapts_only();

const SUBDIRECTIVES: &[Sub<Tracing>] = &[
    Sub::new("span", span),
    Sub::new("span_attributes", span_attributes),
];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(0)?;
    let mut handler = Tracing::default();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut handler,
        lowering.diagnostics,
    );
    Ok(vec![Action::leaf(Handler::Tracing(handler))])
}

/// `span NAME`: the name of the span.
fn span(line: Line<'_>, handler: &mut Tracing, _: &mut Diagnostics) -> Read<()> {
    handler.span = line.text("a name")?;
    Ok(())
}

/// `span_attributes { NAME VALUE }`: what the span is marked with.
fn span_attributes(
    line: Line<'_>,
    handler: &mut Tracing,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    for attribute in line.block.into_iter().flat_map(|block| &block.lines) {
        let attribute = Line::from(attribute);
        let name = attribute.name;
        let value = attribute.text("a value");
        match value {
            Ok(value) => {
                handler.span_attributes.insert(name.text.clone(), value);
            }
            Err(found) => diagnostics.push(found.into()),
        }
    }
    Ok(())
}
