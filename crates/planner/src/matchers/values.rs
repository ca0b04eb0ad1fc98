//! `query PARAMETER=VALUE…` and `vars NAME VALUE…`.

use evenkeel_diagnostics::{Diagnostics, shorten};

use super::conditions::{Reading, without_lines};
use crate::args::{Line, texts};
use crate::errors::{self, Read, Says as _};

/// Without any parameter there must be no query.
pub(super) fn query(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let parameters = reading.set.query.get_or_insert_default();
    for word in line.args.iter().filter(|word| !word.text.is_empty()) {
        let Some((key, value)) = word.text.split_once('=') else {
            let message = format!("`{}` is not a parameter with a value", shorten(&word.text));
            let found = errors::bad_value(word, message, "`=` is missing");
            let found = found.help(format!("write `{}=*` for any value", shorten(&word.text)));
            // Caddy has read the whole line when it looks at the words.
            let last = line.args.last().unwrap_or(word);
            return Err(found.caddy(format!(
                "malformed query matcher token: {}; must be in param=val format",
                last.text
            )));
        };
        let values = parameters.entry(key.to_owned()).or_default();
        values.push(value.to_owned());
    }
    without_lines(line, diagnostics)?;
    Ok(())
}

/// The name is that of a variable, or a placeholder.
pub(super) fn vars(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let caddy = "malformed vars matcher: expected field name";
    let name = line.first("a variable and its values").says(caddy)?;
    let rest = line.skip_first();
    let caddy = "malformed vars matcher: expected at least one value to match against";
    rest.first("a value").says(caddy)?;
    without_lines(line, diagnostics)?;
    let values = reading.set.vars.entry(name.text.clone()).or_default();
    values.extend(texts(rest.args));
    Ok(())
}
