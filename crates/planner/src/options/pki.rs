//! `pki { ca [ID] { … } }`: the local authorities, and `skip_install_trust`. Caddy:
//! `httpcaddyfile/pkiapp.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::pki::{App, Authority, KeyPair};
use evenkeel_plan::value::Ratio;

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block, read_block_alone};
use crate::vocabulary::{self, Known};

/// What the authority is called unless it has an id.
const DEFAULT: &str = "local";

const SUBDIRECTIVES: &[Sub<Pki>] = &[
    Sub::new("ca", authority).adapts_only(),
    Sub::others("unrecognized pki option '$value'"),
];

/// The authorities, and where in the plan things were written.
type Pki = (App, crate::origins::Origins);

const AUTHORITY: &[Sub<Authority>] = &[
    Sub::new("name", name).adapts_only(),
    Sub::new("root_cn", root_cn).adapts_only(),
    Sub::new("intermediate_cn", intermediate_cn).adapts_only(),
    Sub::new("intermediate_lifetime", intermediate_lifetime)
        .on_value_anywhere("$why")
        .adapts_only(),
    Sub::new("maintenance_interval", maintenance_interval)
        .on_value_anywhere("$why")
        .adapts_only(),
    Sub::new("renewal_window_ratio", renewal_window_ratio)
        .on_value("renewal_window_ratio must be a number in (0, 1], got $value")
        .adapts_only(),
    Sub::new("root", root).adapts_only(),
    Sub::new("intermediate", intermediate).adapts_only(),
    Sub::others("unrecognized pki ca option '$value'").reads_on(),
];

const ROOT: &[Sub<KeyPair>] = &[
    Sub::new("cert", certificate),
    Sub::new("key", key),
    Sub::new("format", format),
    Sub::others("unrecognized pki ca root option '$value'").reads_on(),
];

/// The same, but for what Caddy says.
const INTERMEDIATE: &[Sub<KeyPair>] = &[
    Sub::new("cert", certificate),
    Sub::new("key", key),
    Sub::new("format", format),
    Sub::others("unrecognized pki ca intermediate option '$value'").reads_on(),
];

/// The subdirectives of a `ca`, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(AUTHORITY)
}

/// The PKI app: the authorities of the option, and those that `acme_server` names. Nothing if there
/// is nothing to say.
pub(crate) fn app<'a>(options: &Options, named: impl Iterator<Item = &'a str>) -> Option<App> {
    let mut app = options.pki.clone();
    for id in named {
        app.certificate_authorities
            .entry(id.to_owned())
            .or_default();
    }
    if options.skip_install_trust {
        if app.certificate_authorities.is_empty() && !options.auto_https.off {
            app.certificate_authorities
                .insert(DEFAULT.to_owned(), Authority::default());
        }
        for authority in app.certificate_authorities.values_mut() {
            authority.install_trust = Some(false);
        }
    }
    (!app.certificate_authorities.is_empty()).then_some(app)
}

/// Reads the option.
#[expect(clippy::unnecessary_wraps, reason = "as the table of options has it")]
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let (app, origins) = read_block_alone(line, SUBDIRECTIVES, diagnostics);
    options.pki = app;
    options.origins.extend(origins);
    Ok(())
}

/// `skip_install_trust`.
#[expect(clippy::unnecessary_wraps, reason = "as the table of options has it")]
pub(super) fn skip_install_trust(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.keep_only(0, diagnostics);
    options.skip_install_trust = true;
    Ok(())
}

/// `ca [ID] { … }`. A second block for the same authority starts over.
fn authority(line: Line<'_>, pki: &mut Pki, diagnostics: &mut Diagnostics) -> Read<()> {
    line.at_most(1)?;
    let id = line.args.first().map_or(DEFAULT, |word| &word.text);
    let mut authority = Authority::default();
    read_block(
        line.name,
        line.block,
        AUTHORITY,
        &mut authority,
        diagnostics,
    );
    let (app, origins) = pki;
    origins.insert(
        format!("apps.pki.certificate_authorities.{id}"),
        line.span(),
    );
    app.certificate_authorities.insert(id.to_owned(), authority);
    Ok(())
}

fn name(line: Line<'_>, authority: &mut Authority, _: &mut Diagnostics) -> Read<()> {
    authority.name = line.text("a name")?;
    Ok(())
}

fn root_cn(line: Line<'_>, authority: &mut Authority, _: &mut Diagnostics) -> Read<()> {
    authority.root_common_name = line.text("a common name")?;
    Ok(())
}

fn intermediate_cn(line: Line<'_>, authority: &mut Authority, _: &mut Diagnostics) -> Read<()> {
    authority.intermediate_common_name = line.text("a common name")?;
    Ok(())
}

fn intermediate_lifetime(
    line: Line<'_>,
    authority: &mut Authority,
    _: &mut Diagnostics,
) -> Read<()> {
    authority.intermediate_lifetime = line.signed_duration()?;
    Ok(())
}

fn maintenance_interval(
    line: Line<'_>,
    authority: &mut Authority,
    _: &mut Diagnostics,
) -> Read<()> {
    authority.maintenance_interval = line.signed_duration()?;
    Ok(())
}

fn renewal_window_ratio(
    line: Line<'_>,
    authority: &mut Authority,
    _: &mut Diagnostics,
) -> Read<()> {
    let word = line.one("a part of 1")?;
    let ratio = word.text.parse().ok();
    let ratio = ratio.filter(|ratio| *ratio > 0.0 && *ratio <= 1.0);
    authority.renewal_window_ratio = Ratio(ratio.ok_or_else(|| {
        let message = format!("`{}` is not a part of 1", word.text);
        errors::bad_value(word, message, "a number above 0 and up to 1 is expected")
    })?);
    Ok(())
}

/// `root { cert FILE; key FILE; format pem_file }`.
fn root(line: Line<'_>, authority: &mut Authority, diagnostics: &mut Diagnostics) -> Read<()> {
    key_pair(line, ROOT, &mut authority.root, diagnostics)
}

/// `intermediate { cert FILE; key FILE; format pem_file }`.
fn intermediate(
    line: Line<'_>,
    authority: &mut Authority,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    key_pair(line, INTERMEDIATE, &mut authority.intermediate, diagnostics)
}

fn key_pair(
    line: Line<'_>,
    table: &[Sub<KeyPair>],
    pair: &mut Option<KeyPair>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    let pair = pair.get_or_insert_default();
    read_block(line.name, line.block, table, pair, diagnostics);
    Ok(())
}

fn certificate(line: Line<'_>, pair: &mut KeyPair, _: &mut Diagnostics) -> Read<()> {
    pair.certificate = line.text("a file")?;
    Ok(())
}

fn key(line: Line<'_>, pair: &mut KeyPair, _: &mut Diagnostics) -> Read<()> {
    pair.private_key = line.text("a file")?;
    Ok(())
}

fn format(line: Line<'_>, pair: &mut KeyPair, _: &mut Diagnostics) -> Read<()> {
    pair.format = line.text("a format")?;
    Ok(())
}
