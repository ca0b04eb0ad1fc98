//! `remote_ip RANGE…` and `client_ip RANGE…`, with `private_ranges` for those of private networks.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::matchers::AddressRanges;

use super::conditions::{Reading, without_lines};
use crate::args::Line;
use crate::errors::{self, Read};
use crate::names::PRIVATE_RANGES;

/// What Caddy says of a word that it knew until 2.7.
const FORWARDED: &str =
    "the 'forwarded' option is no longer supported; use the 'client_ip' matcher instead";

pub(super) fn remote_ip(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    if let Some(word) = line.args.iter().find(|word| word.text == "forwarded") {
        let message = "`remote_ip` has no option `forwarded`";
        let found = errors::bad_value(word, message, "not possible since Caddy 2.7");
        return Err(found
            .help("write `client_ip` instead of `remote_ip forwarded`")
            .caddy(FORWARDED));
    }
    let line = without_lines(line, diagnostics)?;
    add(line, reading.set.remote_ip.get_or_insert_default());
    Ok(())
}

pub(super) fn client_ip(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let line = without_lines(line, diagnostics)?;
    add(line, reading.set.client_ip.get_or_insert_default());
    Ok(())
}

fn add(line: Line<'_>, ranges: &mut AddressRanges) {
    for word in line.args {
        if word.text == "private_ranges" {
            ranges.ranges.extend(PRIVATE_RANGES.map(str::to_owned));
        } else {
            ranges.ranges.push(word.text.clone());
        }
    }
}
