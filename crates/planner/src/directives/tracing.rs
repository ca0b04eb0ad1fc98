//! `tracing [matcher] [{ span NAME; span_attributes { NAME VALUE } }]`: a span around what follows.
//! Caddy: `modules/caddyhttp/tracing/module.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Tracing;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_lines};

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
    let names = || SUBDIRECTIVES.iter().map(|row| row.name);
    let unknown = |word: &Word| {
        let found = errors::unknown_subdirective(line.name, word, names());
        found.ended_after(word).sealed()
    };
    let found = &mut *lowering.diagnostics;
    read_lines(line.block, SUBDIRECTIVES, &mut handler, found, &unknown);
    Ok(vec![Action::leaf(Handler::Tracing(handler))])
}

/// `span NAME`: the name of the span.
fn span(line: Line<'_>, handler: &mut Tracing, _: &mut Diagnostics) -> Read<()> {
    let name = line.first("a name")?;
    line.at_most(1)?;
    line.no_block_as_word()?;
    handler.span.clone_from(&name.text);
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
        match attribute_value(attribute) {
            Ok(value) => {
                handler.span_attributes.insert(name.text.clone(), value);
            }
            Err(found) => diagnostics.push(found.into()),
        }
    }
    Ok(())
}

fn attribute_value(line: Line<'_>) -> Read<String> {
    let value = line.first("a value")?;
    line.at_most(1)?;
    line.no_block_as_word()?;
    Ok(value.text.clone())
}
