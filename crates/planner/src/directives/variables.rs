//! Directives that set variables: `vars [matcher] [NAME VALUE] [{ NAME VALUE }]`, `fs [matcher] NAME`,
//! `root [matcher] FOLDER`, `log_name [matcher] NAME…`, `log_skip [matcher]` (formerly `skip_log`).

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Vars;
use serde_json::Value;

use crate::args::{Line, scalar, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;

pub(super) const VARS: Directive = Directive::handlers("vars", vars).adapts_only();
pub(super) const FS: Directive = Directive::handlers("fs", fs).adapts_only();
pub(super) const ROOT: Directive = Directive::handlers("root", root)
    .matcher_before_last()
    .adapts_only();
pub(super) const LOG_NAME: Directive = Directive::handlers("log_name", log_name).adapts_only();
pub(super) const LOG_SKIP: Directive = Directive::handlers("log_skip", log_skip).adapts_only();
pub(super) const SKIP_LOG: Directive = Directive::handlers("skip_log", log_skip).adapts_only();

fn vars(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut vars = Vars::default();
    match line.args {
        [] => {}
        [name, value] => {
            vars.0.insert(name.text.clone(), scalar(value));
        }
        [_] => return Err(errors::missing_argument(line.name, line.span(), "a value")),
        _ => line.at_most(2)?,
    }
    for inner in line.block.into_iter().flat_map(|block| &block.lines) {
        let inner = Line::from(inner);
        let read = inner.one("a value");
        if let Some(value) = lowering.keep(read) {
            vars.0.insert(inner.name.text.clone(), scalar(value));
        }
    }
    Ok(vec![Action::leaf(Handler::Vars(vars))])
}

fn fs(line: Line<'_>, _: &Scope<'_>, _: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let name = line.text("a file system")?;
    Ok(one("fs", Value::from(name)))
}

fn root(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let folder = super::rewrite::first_of_two(line, "a folder", lowering)?;
    Ok(one("root", Value::from(folder)))
}

fn log_name(line: Line<'_>, _: &Scope<'_>, _: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.no_block()?;
    let names = match texts(line.args) {
        // As Go writes a list that was never made.
        none if none.is_empty() => Value::Null,
        names => Value::from(names),
    };
    Ok(one("access_logger_names", names))
}

fn log_skip(line: Line<'_>, _: &Scope<'_>, _: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(0)?;
    if let Some(block) = line.block.filter(|block| !block.lines.is_empty()) {
        return Err(errors::unexpected_block(line.name, block));
    }
    Ok(one("log_skip", Value::Bool(true)))
}

fn one(name: &str, value: Value) -> Vec<Action> {
    let vars = Vars(std::iter::once((name.to_owned(), value)).collect());
    vec![Action::leaf(Handler::Vars(vars))]
}
