//! `admin off|[ADDRESS] { origins ORIGIN…; enforce_origin }`, and `persist_config` with it.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::Admin;
use evenkeel_plan::admin::ConfigSettings;

use super::Options;
use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

/// Caddy writes it out as soon as the option is used.
const DEFAULT_ADDRESS: &str = "localhost:2019";

const SUBDIRECTIVES: &[Sub<Admin>] = &[
    Sub::new("origins", origins),
    Sub::new("enforce_origin", enforce_origin),
    Sub::others("unrecognized parameter '$value'").reads_on(),
];

/// The admin part of the plan.
pub(crate) fn admin(options: &Options) -> Option<Admin> {
    let mut admin = options.admin.clone();
    if options.persist_config_off {
        admin.get_or_insert_default().config = Some(ConfigSettings {
            persist: Some(false),
        });
    }
    admin
}

/// Reads the line.
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let is_off = line.args.first().is_some_and(|word| word.text == "off");
    if is_off {
        let says = "No more option is allowed after turning off admin config";
        let nothing_more = line.at_most(1).and_then(|()| line.no_block());
        nothing_more.map_err(|found| found.caddy(says).sealed())?;
    }
    line.at_most(1)?;
    let mut admin = Admin::default();
    match line.args.first() {
        Some(word) if word.text == "off" => {
            admin.disabled = true;
        }
        Some(word) if !word.text.is_empty() => admin.listen.clone_from(&word.text),
        _ => DEFAULT_ADDRESS.clone_into(&mut admin.listen),
    }
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut admin,
        diagnostics,
    );
    options.admin = Some(admin);
    options
        .origins
        .insert("admin.listen", line.args.first().unwrap_or(line.name).span);
    Ok(())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of subdirectives has it"
)]
fn origins(line: Line<'_>, admin: &mut Admin, diagnostics: &mut Diagnostics) -> Read<()> {
    if line.args.is_empty() {
        diagnostics.push(errors::no_effect(line.name, line.name.span).into());
    }
    admin.origins = texts(line.without_block(diagnostics).args);
    Ok(())
}

fn enforce_origin(line: Line<'_>, admin: &mut Admin, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    admin.enforce_origin = true;
    Ok(())
}
