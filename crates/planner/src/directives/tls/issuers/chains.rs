//! `preferred_chains smallest|{ root_common_name NAME… | any_common_name NAME… }`: which of several
//! chains is taken, of one issuer or as a global option.

use evenkeel_diagnostics::{CaddyText, Diagnostics};
use evenkeel_plan::tls::ChainPreference;

use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

/// The options of `preferred_chains`.
const NAMES: &[Sub<ChainPreference>] = &[
    Sub::new("root_common_name", root).adapts_only(),
    Sub::new("any_common_name", any).adapts_only(),
    Sub::others("Received unrecognized parameter '$value'"),
];

/// Reads the line.
pub(crate) fn preferred_chains(
    line: Line<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<ChainPreference> {
    let mut preference = ChainPreference::default();
    if let Some(word) = line.args.first() {
        if word.text != "smallest" {
            let (id, names) = ("unknown-chain", ["smallest"].into_iter());
            let found = errors::unknown_value(id, "preferred chain", word, names);
            return Err(found.value_says("Invalid argument '$value'"));
        }
        line.at_most(1)?;
        if let Some(first) = line.block.and_then(|block| block.lines.first()) {
            let says = "No more options are accepted when using the 'smallest' option";
            let says = CaddyText::new(says).at(first.name.span);
            let found = line
                .no_block()
                .map_err(|found| found.caddy_text(says).sealed());
            return found.map(|()| preference);
        }
        preference.smallest = Some(true);
        return Ok(preference);
    }
    let found_before = diagnostics.len();
    read_block(line.name, line.block, NAMES, &mut preference, diagnostics);
    if preference == ChainPreference::default() && diagnostics.len() == found_before {
        let what = "`smallest`, or a block with names";
        let says = CaddyText::new("No options for preferred_chains received").at(line.end());
        return Err(errors::missing_argument(line, what)
            .caddy_text(says)
            .sealed());
    }
    Ok(preference)
}

/// `root_common_name NAME…`: the first chain whose root has one of these names.
fn root(line: Line<'_>, preference: &mut ChainPreference, _: &mut Diagnostics) -> Read<()> {
    preference.root_common_name = texts(line.some("a name")?);
    refuse_both(line, preference)
}

/// `any_common_name NAME…`: the first chain with one of these names in it.
fn any(line: Line<'_>, preference: &mut ChainPreference, _: &mut Diagnostics) -> Read<()> {
    preference.any_common_name = texts(line.some("a name")?);
    refuse_both(line, preference)
}

fn refuse_both(line: Line<'_>, preference: &ChainPreference) -> Read<()> {
    if preference.root_common_name.is_empty() || preference.any_common_name.is_empty() {
        return Ok(());
    }
    let message = "`root_common_name` cannot be combined with `any_common_name`";
    let name = line.name.text.as_str();
    let other = match name {
        "root_common_name" => "any_common_name",
        _ => "root_common_name",
    };
    let says = format!("Can't set {name} when {other} is already set");
    Err(errors::conflict(message, line.span(), None).caddy(says))
}
