//! `query PARAMETER=VALUE…` and `vars NAME VALUE…`.

use evenkeel_diagnostics::{Diagnostics, shorten};

use super::conditions::Reading;
use crate::args::{Line, texts};
use crate::errors::{self, Read};

/// Without any parameter there must be no query.
pub(super) fn query(line: Line<'_>, reading: &mut Reading<'_>, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    let parameters = reading.set.query.get_or_insert_default();
    for word in line.args.iter().filter(|word| !word.text.is_empty()) {
        let Some((key, value)) = word.text.split_once('=') else {
            let message = format!("`{}` is not a parameter with a value", shorten(&word.text));
            let found = errors::bad_value(word, message, "`=` is missing");
            return Err(found.help(format!("write `{}=*` for any value", shorten(&word.text))));
        };
        let values = parameters.entry(key.to_owned()).or_default();
        values.push(value.to_owned());
    }
    Ok(())
}

/// The name is that of a variable, or a placeholder.
pub(super) fn vars(line: Line<'_>, reading: &mut Reading<'_>, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    let name = line.first("a variable and its values")?;
    let rest = line.skip_first();
    if rest.args.is_empty() {
        return Err(errors::missing_argument(line, "a value"));
    }
    let values = reading.set.vars.entry(name.text.clone()).or_default();
    values.extend(texts(rest.args));
    Ok(())
}
