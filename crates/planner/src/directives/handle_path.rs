//! `handle_path PATH { directives }`: `handle` for a path, which is taken off the front of the
//! request's. Caddy: `parseHandlePath` in `modules/caddyhttp/rewrite/caddyfile.go`.

use evenkeel_plan::http::handlers::Rewrite;
use evenkeel_plan::http::{Handler, MatcherSet};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::{Action, TracedRoute};

use super::handle;

/// The same as `handle`, with the prefix of its path taken off.
///
/// ```caddyfile
/// handle_path PATH {
///     …directives
/// }
/// ```
pub(super) const HANDLE_PATH: Directive = Directive::routes("handle_path", lower);

fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<TracedRoute>> {
    let path = line.first("a path")?;
    if !path.text.starts_with('/') {
        let message = format!("`{}` is not a path", path.text);
        let found = errors::bad_value(path, message, "must begin with `/`");
        return Err(found.caddy(format!(
            "path matcher must begin with '/', got {}",
            path.text
        )));
    }
    line.at_most(1)?;
    let prefix = path.text.strip_suffix("/*");
    let prefix = prefix.or_else(|| path.text.strip_suffix('*'));
    let strip = Rewrite {
        strip_path_prefix: prefix.unwrap_or(&path.text).to_owned(),
        ..Rewrite::default()
    };
    let strip = Action::leaf(Handler::Rewrite(Box::new(strip)));
    let mut routes = vec![TracedRoute::of(strip, line.span())];
    routes.extend(handle::routes_of_block(line, scope, lowering));
    let condition = MatcherSet {
        path: vec![path.text.clone()],
        ..MatcherSet::default()
    };
    Ok(vec![TracedRoute {
        matcher_sets: vec![condition],
        ..TracedRoute::of(Action::Subroute(routes), line.span())
    }])
}
