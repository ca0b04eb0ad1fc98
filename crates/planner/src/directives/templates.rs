//! `templates [matcher] [{ mime TYPE…; between OPEN CLOSE; root FOLDER }]`: responses as templates.
//! Caddy: `modules/caddyhttp/templates/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Templates;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};

pub(super) const TEMPLATES: Directive = Directive::handlers("templates", lower).adapts_only();

const SUBDIRECTIVES: &[Sub<Templates>] = &[
    Sub::new("mime", mime),
    Sub::new("between", between),
    Sub::new("root", root),
    Sub::later("extensions"),
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    if let [first, .., last] | [first @ last] = line.args {
        let found = errors::no_effect(line.name, first.span.to(last.span));
        lowering.diagnostics.push(found.into());
    }
    let mut handler = Templates::default();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut handler,
        lowering.diagnostics,
    );
    Ok(vec![Action::leaf(Handler::Templates(Box::new(handler)))])
}

fn mime(line: Line<'_>, handler: &mut Templates, _: &mut Diagnostics) -> Read<()> {
    handler.mime_types = texts(line.some("a media type")?);
    Ok(())
}

fn between(line: Line<'_>, handler: &mut Templates, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    line.at_most(2)?;
    if line.args.len() < 2 {
        let what = "what begins and what ends an action";
        return Err(errors::missing_argument(line.name, line.span(), what));
    }
    handler.delimiters = texts(line.args);
    Ok(())
}

fn root(line: Line<'_>, handler: &mut Templates, _: &mut Diagnostics) -> Read<()> {
    handler.file_root = line.text("a folder")?;
    Ok(())
}
