//! `issuer internal { … }`: the local certificate authority.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::tls::InternalIssuer;

use crate::args::Line;
use crate::errors::Read;
use crate::subdirective::{Sub, read_block_alone};
use crate::vocabulary::{self, Known};

/// The options of `issuer internal`.
const SUBDIRECTIVES: &[Sub<InternalIssuer>] = &[
    Sub::new("ca", authority).counts_taken(),
    Sub::new("lifetime", lifetime)
        .on_value_anywhere("$why")
        .reads_on(),
    Sub::new("sign_with_root", sign_with_root),
    Sub::others("unrecognized subdirective '$value'"),
];

pub(super) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

pub(super) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> InternalIssuer {
    read_block_alone(line, SUBDIRECTIVES, diagnostics)
}

/// `ca NAME`: the local authority that signs.
fn authority(line: Line<'_>, issuer: &mut InternalIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.ca = line.text("the id of an authority")?;
    Ok(())
}

/// `lifetime DURATION`: how long a certificate is valid.
fn lifetime(
    line: Line<'_>,
    issuer: &mut InternalIssuer,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    issuer.lifetime = line.duration(diagnostics)?;
    Ok(())
}

/// `sign_with_root`: the root signs, and no intermediate.
fn sign_with_root(line: Line<'_>, issuer: &mut InternalIssuer, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    issuer.sign_with_root = true;
    Ok(())
}
