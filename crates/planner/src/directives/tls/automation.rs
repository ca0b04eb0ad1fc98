//! The subdirectives of `tls` about certificates, but for those about issuers.

use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::tls::Manager;
use evenkeel_plan::value::Share;

use super::Reading;
use crate::args::{self, Line};
use crate::errors::{self, Read};

const MANAGERS: [&str; 2] = ["http", "tailscale"];

/// How the certificates of a site are obtained, but for their issuers.
#[derive(Clone, Debug, Default)]
pub(crate) struct SiteAutomation {
    /// At the first handshake.
    pub(crate) on_demand: bool,
    /// A renewed certificate keeps its key.
    pub(crate) reuse_private_keys: bool,
    /// Of every name, also below a wildcard.
    pub(crate) force_automate: bool,
    /// The kind of their keys; the default one if empty.
    pub(crate) key_type: String,
    /// When they are renewed.
    pub(crate) renewal_window_ratio: Option<Share>,
    /// Who has them already, each with its line.
    pub(crate) managers: Vec<(Manager, Span)>,
}

/// `load FOLDER…`. Without one Caddy takes the line, and it has no effect.
pub(super) fn load(
    line: Line<'_>,
    reading: &mut Reading,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.no_block()?;
    if line.args.is_empty() {
        diagnostics.push(errors::no_effect(line.name, line.span()).into());
    }
    let folders = line.args.iter();
    let folders = folders.map(|word| (word.text.clone(), word.span));
    reading.folders.extend(folders);
    Ok(())
}

/// `key_type TYPE`: whether it exists is known when the plan is built, for it may be a
/// placeholder.
pub(super) fn key_type(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    reading.automation.key_type = line.text("a type of key")?;
    Ok(())
}

/// `on_demand`.
pub(super) fn on_demand(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    reading.automation.on_demand = true;
    Ok(())
}

/// `reuse_private_keys`.
pub(super) fn reuse_private_keys(
    line: Line<'_>,
    reading: &mut Reading,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    reading.automation.reuse_private_keys = true;
    Ok(())
}

/// `renewal_window_ratio RATIO`.
pub(super) fn renewal_window_ratio(
    line: Line<'_>,
    reading: &mut Reading,
    _: &mut Diagnostics,
) -> Read<()> {
    line.at_most(1)?;
    reading.automation.renewal_window_ratio = Some(args::ratio(line)?);
    Ok(())
}

/// `get_certificate http URL`, or `get_certificate tailscale`.
pub(super) fn get_certificate(
    line: Line<'_>,
    reading: &mut Reading,
    _: &mut Diagnostics,
) -> Read<()> {
    let name = line.first("a source of certificates")?;
    let rest = Line {
        name,
        ..line.skip_first()
    };
    let manager = match name.text.as_str() {
        "http" => Manager::Http {
            url: rest.text("a URL")?,
        },
        "tailscale" => {
            rest.nothing()?;
            Manager::Tailscale {}
        }
        _ => {
            let (id, names) = ("unknown-manager", MANAGERS.into_iter());
            let what = "source of certificates";
            return Err(errors::unknown_value(id, what, name, names));
        }
    };
    reading.automation.managers.push((manager, line.span()));
    Ok(())
}
