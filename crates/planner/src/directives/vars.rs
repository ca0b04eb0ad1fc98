//! `vars`: sets variables. Caddy: `modules/caddyhttp/vars.go`.

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Vars;
use serde_json::Value;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::scalar::scalar;

/// Sets variables, which placeholders `{vars.NAME}` and the matcher `vars` read.
///
/// ```caddyfile
/// vars [MATCHER] NAME VALUE
/// vars [MATCHER] {
///     NAME VALUE
/// }
/// ```
pub(super) const VARS: Directive = Directive::handlers("vars", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut vars = Vars::default();
    match line.args {
        [] => {}
        [name, value] => {
            vars.0.insert(name.text.clone(), scalar(value)?);
        }
        [_] => return Err(errors::missing_argument(line, "a value")),
        _ => line.at_most(2)?,
    }
    for inner in line.block.into_iter().flat_map(|block| &block.lines) {
        let inner = Line::from(inner);
        let read = value(inner);
        if let Some(value) = lowering.keep(read) {
            vars.0.insert(inner.name.text.clone(), value);
        }
    }
    Ok(vec![Action::leaf(Handler::Vars(vars))])
}

fn value(line: Line<'_>) -> Read<Value> {
    let word = line.first("a value")?;
    line.at_most(1)?;
    line.no_block_as_word()?;
    scalar(word)
}

/// A handler that sets one variable: what several directives become.
pub(super) fn one(name: &str, value: Value) -> Vec<Action> {
    let vars = Vars(std::iter::once((name.to_owned(), value)).collect());
    vec![Action::leaf(Handler::Vars(vars))]
}
