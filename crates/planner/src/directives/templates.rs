//! `templates [matcher] [{ mime TYPE…; between OPEN CLOSE; root FOLDER; extensions { … } }]`.
//! Caddy: `modules/caddyhttp/templates/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Templates;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_lines};

/// Takes the body of a response for a template of Go's and answers with what it makes.
///
/// ```caddyfile
/// templates [MATCHER] {
///     mime TYPE…
///     between OPEN CLOSE
///     root FOLDER
/// }
/// ```
pub(super) const TEMPLATES: Directive = Directive::handlers("templates", lower).adapts_only();

const SUBDIRECTIVES: &[Sub<Templates>] = &[
    Sub::new("mime", mime),
    Sub::new("between", between),
    Sub::new("root", root),
    Sub::new("extensions", extensions),
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut handler = Templates::default();
    if line.args.is_empty() {
        // Caddy passes over words it does not know.
        let known = || SUBDIRECTIVES.iter().map(|row| row.name);
        let unknown =
            |word: &_| errors::unknown_subdirective(line.name, word, known()).into_warning();
        let diagnostics = &mut *lowering.diagnostics;
        read_lines(
            line.block,
            SUBDIRECTIVES,
            &mut handler,
            diagnostics,
            &unknown,
        );
    } else {
        line.keep_only(0, lowering.diagnostics);
    }
    Ok(vec![Action::leaf(Handler::Templates(Box::new(handler)))])
}

/// `mime TYPE…`: the media types that are templates.
fn mime(line: Line<'_>, handler: &mut Templates, diagnostics: &mut Diagnostics) -> Read<()> {
    let line = line.without_block(diagnostics);
    handler.mime_types = texts(line.some("a media type")?);
    Ok(())
}

/// `between OPEN CLOSE`: what begins and ends an action.
fn between(line: Line<'_>, handler: &mut Templates, diagnostics: &mut Diagnostics) -> Read<()> {
    line.at_most(2)?;
    if line.args.len() < 2 {
        return Err(errors::missing_argument(
            line,
            "what begins and what ends an action",
        ));
    }
    let line = line.without_block(diagnostics);
    handler.delimiters = texts(line.args);
    Ok(())
}

/// `root FOLDER`: where included files are.
fn root(line: Line<'_>, handler: &mut Templates, diagnostics: &mut Diagnostics) -> Read<()> {
    handler.file_root = line.keep_only(1, diagnostics).text("a folder")?;
    Ok(())
}

/// `extensions { MODULE … }`, of which Caddy has none of its own.
fn extensions(line: Line<'_>, _: &mut Templates, diagnostics: &mut Diagnostics) -> Read<()> {
    line.at_most(0)?;
    let unknown = |word: &_| {
        let what = ("extension", "http.handlers.templates.functions");
        errors::unknown_module("unknown-extension", what, word, &[])
    };
    read_lines::<()>(line.block, &[], &mut (), diagnostics, &unknown);
    Ok(())
}
