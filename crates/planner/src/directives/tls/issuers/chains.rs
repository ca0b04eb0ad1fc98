//! `preferred_chains smallest|{ root_common_name NAME… | any_common_name NAME… }`: which of several
//! chains is taken, of one issuer or as a global option.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::tls::ChainPreference;

use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

const NAMES: &[Sub<ChainPreference>] = &[
    Sub::new("root_common_name", root),
    Sub::new("any_common_name", any),
];

/// Reads the line.
pub(crate) fn preferred_chains(
    line: Line<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<ChainPreference> {
    line.at_most(1)?;
    let mut preference = ChainPreference::default();
    if let Some(word) = line.args.first() {
        if word.text != "smallest" {
            let (id, names) = ("unknown-chain", ["smallest"].into_iter());
            return Err(errors::unknown_value(id, "preferred chain", word, names));
        }
        line.no_block()?;
        preference.smallest = Some(true);
        return Ok(preference);
    }
    let found_before = diagnostics.len();
    read_block(line.name, line.block, NAMES, &mut preference, diagnostics);
    if preference == ChainPreference::default() && diagnostics.len() == found_before {
        let what = "`smallest`, or a block with names";
        return Err(errors::missing_argument(line, what));
    }
    Ok(preference)
}

fn root(line: Line<'_>, preference: &mut ChainPreference, _: &mut Diagnostics) -> Read<()> {
    preference.root_common_name = texts(line.some("a name")?);
    refuse_both(line, preference)
}

fn any(line: Line<'_>, preference: &mut ChainPreference, _: &mut Diagnostics) -> Read<()> {
    preference.any_common_name = texts(line.some("a name")?);
    refuse_both(line, preference)
}

fn refuse_both(line: Line<'_>, preference: &ChainPreference) -> Read<()> {
    if preference.root_common_name.is_empty() || preference.any_common_name.is_empty() {
        return Ok(());
    }
    let message = "`root_common_name` cannot be combined with `any_common_name`";
    Err(errors::conflict(message, line.span(), None))
}
