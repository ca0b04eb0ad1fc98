//! `map [matcher] SOURCE DESTINATION… { [~]INPUT OUTPUT…; default OUTPUT… }`: values that depend on
//! another. `-` stands for no value. Caddy: `modules/caddyhttp/map/caddyfile.go`.

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{Map, Mapping};
use serde_json::Value;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Says as _};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::scalar::scalar;
use crate::shorthand;

/// Sets variables by the value of another.
///
/// ```caddyfile
/// map [MATCHER] SOURCE {DESTINATION}… {
///     INPUT OUTPUT…
///     ~REGEXP OUTPUT…
///     default OUTPUT…
/// }
/// ```
///
/// The first row that fits counts. `-` stands for no value, for which the default then holds.
pub(super) const MAP: Directive = Directive::handlers("map", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let source = line.first("a source")?.text.clone();
    let destinations = line.skip_first();
    destinations
        .first("a destination")
        .says("missing destination argument(s)")?;
    for word in destinations.args {
        if let Some(name) = shorthand::name_of(&word.text) {
            let message = format!("`{}` always has a value of its own", word.text);
            let why = "a placeholder that is free is expected";
            let found = errors::bad_value(word, message, why);
            return Err(found.caddy(format!(
                "destination {{{name}}} conflicts with a Caddyfile placeholder shorthand"
            )));
        }
    }
    let mut map = Map {
        source,
        destinations: texts(destinations.args),
        ..Map::default()
    };
    let mut has_defaults = false;
    for row in line.block.into_iter().flat_map(|block| &block.lines) {
        let row = Line::from(row);
        let read = row
            .no_block()
            .and_then(|()| read_row(row, &mut map, &mut has_defaults));
        lowering.keep(read);
    }
    Ok(vec![Action::leaf(Handler::Map(Box::new(map)))])
}

fn read_row(line: Line<'_>, map: &mut Map, has_defaults: &mut bool) -> Read<()> {
    let width = map.destinations.len();
    if line.name.text == "default" {
        if std::mem::replace(has_defaults, true) {
            let message = "the defaults are given twice";
            let found = errors::conflict(message, line.name.span, None);
            return Err(found.caddy("defaults already defined"));
        }
        map.defaults = texts(line.args);
        if map.defaults.len() < width {
            map.defaults.resize(width, String::new());
        }
        return Ok(());
    }
    line.at_most(width).says("too many outputs")?;
    let mut outputs: Vec<Value> = Vec::with_capacity(width);
    for word in line.args {
        outputs.push(match word.text.as_str() {
            "-" => Value::Null,
            _ => scalar(word)?,
        });
    }
    outputs.resize(width, Value::Null);
    let mut mapping = Mapping {
        outputs,
        ..Mapping::default()
    };
    match line.name.text.strip_prefix('~') {
        Some(pattern) => pattern.clone_into(&mut mapping.input_regexp),
        None => mapping.input.clone_from(&line.name.text),
    }
    map.mappings.push(mapping);
    Ok(())
}
