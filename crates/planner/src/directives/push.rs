//! `push [matcher] [RESOURCE] [{ [GET|HEAD] RESOURCE; headers { … } }]`: sends resources before they
//! are asked for. Caddy: `modules/caddyhttp/push/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{Push, PushedResource, ResponseHeaderOps};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;

use super::header;

/// Accepted for files that have it; clients no longer support HTTP/2 server push.
///
/// ```caddyfile
/// push [MATCHER] [RESOURCE] {
///     [METHOD] RESOURCE
///     headers { … }
/// }
/// ```
pub(super) const PUSH: Directive = Directive::handlers("push", lower);

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut push = Push::default();
    let mut ops = ResponseHeaderOps::default();
    if let Some(word) = line.args.first() {
        push.resources.push(resource("", &word.text));
    }
    // Behind a second word Caddy does not look for a block.
    let line = match line.args {
        [_, _, ..] => line.keep_only(1, lowering.diagnostics),
        _ => line,
    };
    for inner in line.block.into_iter().flat_map(|block| &block.lines) {
        let inner = Line::from(inner);
        if inner.name.text == "headers" {
            lowering.keep(inner.at_most(0));
            for field in inner.block.into_iter().flat_map(|block| &block.lines) {
                let read = header_line(Line::from(field), &mut ops, lowering.diagnostics);
                lowering.keep(read);
            }
            continue;
        }
        let read = read_resources(inner, &mut push);
        lowering.keep(read);
    }
    if ops != ResponseHeaderOps::default() {
        push.headers = Some(header::request_ops(ops));
    }
    Ok(vec![Action::leaf(Handler::Push(Box::new(push)))])
}

/// `[GET|HEAD] RESOURCE…`; the method is that of the first.
fn read_resources(line: Line<'_>, push: &mut Push) -> Read<()> {
    let (first, rest) = match line.name.text.as_str() {
        method @ ("GET" | "HEAD") => {
            let target = line.first("a resource")?;
            (resource(method, &target.text), line.skip_first())
        }
        target => (resource("", target), line),
    };
    line.no_block()?;
    push.resources.push(first);
    let rest = rest.args.iter().map(|word| resource("", &word.text));
    push.resources.extend(rest);
    Ok(())
}

fn resource(method: &str, target: &str) -> PushedResource {
    PushedResource {
        method: method.to_owned(),
        target: target.to_owned(),
    }
}

/// The field is the name of the line.
fn header_line(
    line: Line<'_>,
    ops: &mut ResponseHeaderOps,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.no_block()?;
    header::field_operation(line.name, &line.name.text, line.args, ops, diagnostics)
}
