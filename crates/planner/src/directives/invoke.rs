//! `invoke [matcher] NAME`: the routes that `&(NAME) { … }` defines. Caddy: `parseInvoke`.

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Invoke;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Wording};
use crate::matchers::Scope;
use crate::routes::Action;

/// Runs a named route, which is written as `&(NAME) { … }` beside the sites.
///
/// ```caddyfile
/// invoke [MATCHER] NAME
/// ```
///
/// Unlike an `import` it is one copy, however many sites invoke it.
pub(super) const INVOKE: Directive = Directive::handlers("invoke", lower)
    .says(Wording::USUAL.block("unexpected token '{', expecting argument"));

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let word = line.first("the name of a route")?;
    line.at_most(1)?;
    line.no_block_as_word()?;
    let name = word.text.clone();
    if !lowering.named_routes.contains(&name) {
        let names = lowering.named_routes.iter().map(String::as_str);
        return Err(errors::undefined_route(word, names));
    }
    lowering.invoked.insert(name.clone());
    Ok(vec![Action::leaf(Handler::Invoke(Invoke { name }))])
}
