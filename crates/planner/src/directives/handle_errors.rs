//! `handle_errors [STATUS…] { directives }`: what answers when a route fails. A status is a code or
//! a class (`5xx`). Caddy: `parseHandleErrors` in `httpcaddyfile/builtins.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_plan::http::MatcherSet;
use evenkeel_plan::http::matchers::Expression;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, go};
use crate::matchers::Scope;
use crate::routes::{Action, TracedRoute};
use crate::site::Site;

use super::handle;

/// Answers requests that failed, in a site.
///
/// ```caddyfile
/// handle_errors [STATUS…] {
///     …directives
/// }
/// ```
///
/// Statuses may be classes (`5xx`). Placeholders such as `{err.status_code}` and `{err.message}` say
/// what happened.
pub(super) const HANDLE_ERRORS: Directive = Directive::site("handle_errors", lower);

fn lower(
    line: Line<'_>,
    site: &mut Site,
    scope: &Scope<'_>,
    lowering: &mut Lowering<'_>,
) -> Read<()> {
    let condition = condition(line.args)?;
    let routes = handle::routes_of_block(line, scope, lowering);
    site.errors.push(TracedRoute {
        matcher_sets: condition.into_iter().collect(),
        ..TracedRoute::of(Action::Subroute(routes), line.span())
    });
    Ok(())
}

/// Classes as ranges, in the order written, and then the codes as a list.
fn condition(words: &[Word]) -> Read<Option<MatcherSet>> {
    let (mut terms, mut codes): (Vec<_>, Vec<&str>) = (Vec::new(), Vec::new());
    for word in words {
        match (word.text.len(), word.text.strip_suffix("xx")) {
            (3, Some(class)) => {
                whole_number(class, word)?;
                let range = format!("{STATUS} >= {class}00 && {STATUS} <= {class}99");
                terms.push(range);
            }
            (3, None) => {
                codes.push(whole_number(&word.text, word)?);
            }
            _ => {
                let caddy = format!("bad status value '{}'", word.text);
                return Err(errors::bad_status(word).caddy(caddy));
            }
        }
    }
    if !codes.is_empty() {
        terms.push(format!("{STATUS} in [{}]", codes.join(", ")));
    }
    Ok((!terms.is_empty()).then(|| MatcherSet {
        expression: Some(Expression::Plain(terms.join(" || "))),
        ..MatcherSet::default()
    }))
}

/// The digits are written as they are.
fn whole_number<'t>(digits: &'t str, word: &Word) -> Read<&'t str> {
    let number: Result<i32, _> = digits.parse();
    number.map(|_| digits).map_err(|_| {
        let why = go::number("Atoi", digits);
        errors::bad_status(word).caddy(format!("bad status value '{digits}': {why}"))
    })
}

const STATUS: &str = "{http.error.status_code}";
