//! Options of one word or none.

use evenkeel_diagnostics::Diagnostics;

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};

/// `http_port PORT`.
pub(super) fn http_port(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.http_port = Some(line.port(diagnostics)?);
    options.origins.insert("apps.http.http_port", line.span());
    Ok(())
}

/// `https_port PORT`.
pub(super) fn https_port(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.https_port = Some(line.port(diagnostics)?);
    options.origins.insert("apps.http.https_port", line.span());
    Ok(())
}

/// `email ADDRESS`.
pub(super) fn email(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    options.email = Some(line.text("an e-mail address")?);
    Ok(())
}

/// `acme_ca URL`.
pub(super) fn acme_ca(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    options.acme_ca = Some(line.text("the URL of a directory")?);
    Ok(())
}

/// `acme_ca_root FILE`.
pub(super) fn acme_ca_root(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    options.acme_ca_root = Some(line.text("a file")?);
    Ok(())
}

/// `local_certs`.
#[expect(clippy::unnecessary_wraps, reason = "as the table of options has it")]
pub(super) fn local_certs(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.keep_only(0, diagnostics);
    options.local_certs = Some(line.span());
    Ok(())
}

/// `debug`.
#[expect(clippy::unnecessary_wraps, reason = "as the table of options has it")]
pub(super) fn debug(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.keep_only(0, diagnostics);
    options.debug = true;
    Ok(())
}

/// `grace_period DURATION`.
pub(super) fn grace_period(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.grace_period = line.keep_only(1, diagnostics).signed_duration()?;
    let path = "apps.http.grace_period";
    options.origins.insert(path, line.span());
    Ok(())
}

/// `shutdown_delay DURATION`.
pub(super) fn shutdown_delay(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.shutdown_delay = line.keep_only(1, diagnostics).signed_duration()?;
    let path = "apps.http.shutdown_delay";
    options.origins.insert(path, line.span());
    Ok(())
}

/// `persist_config off`.
pub(super) fn persist_config(
    line: Line<'_>,
    options: &mut Options,
    _: &mut Diagnostics,
) -> Read<()> {
    let word = line.one("`off`")?;
    if word.text != "off" {
        let message = format!("`persist_config` cannot be `{}`", word.text);
        return Err(errors::bad_value(word, message, "only `off` is possible"));
    }
    options.persist_config_off = true;
    Ok(())
}
