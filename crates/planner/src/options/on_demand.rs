//! `on_demand_tls { ask URL | permission MODULE … }`: for which names certificates are obtained at
//! the first handshake. Caddy: `parseOptOnDemand`.

use evenkeel_diagnostics::{CaddyText, Diagnostics};
use evenkeel_plan::tls::{OnDemand, Permission};

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

const SUBDIRECTIVES: &[Sub<OnDemand>] = &[
    Sub::new("ask", ask),
    Sub::new("permission", permission).counts_taken(),
    Sub::new("interval", removed),
    Sub::new("burst", removed),
    Sub::others("unrecognized parameter '$value'").reads_on(),
];

/// Reads the option.
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    let mut on_demand = OnDemand::default();
    let found_before = diagnostics.len();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut on_demand,
        diagnostics,
    );
    if on_demand.permission.is_none() && diagnostics.len() == found_before {
        let what = "a block with `ask` or `permission`";
        return Err(errors::missing_argument(line, what)
            .caddy_text(
                CaddyText::new("expected at least one config parameter for on_demand_tls")
                    .at(line.end()),
            )
            .sealed());
    }
    options.tls.on_demand = Some(on_demand);
    let path = "apps.tls.automation.on_demand";
    options.origins.insert(path, line.span());
    Ok(())
}

/// `ask URL`, short for `permission http URL`.
fn ask(line: Line<'_>, on_demand: &mut OnDemand, _: &mut Diagnostics) -> Read<()> {
    let endpoint = line.text("a URL")?;
    grant(line, on_demand, Permission::Http { endpoint })
}

/// `permission http URL`.
fn permission(line: Line<'_>, on_demand: &mut OnDemand, _: &mut Diagnostics) -> Read<()> {
    let name = line.first("who decides")?;
    if name.text != "http" {
        let (id, names) = ("unknown-permission", ["http"].into_iter());
        return Err(errors::unknown_value(id, "permission", name, names));
    }
    let rest = Line {
        name,
        ..line.skip_first()
    };
    let endpoint = rest.text("a URL")?;
    grant(line, on_demand, Permission::Http { endpoint })
}

fn grant(line: Line<'_>, on_demand: &mut OnDemand, permission: Permission) -> Read<()> {
    if on_demand.permission.is_some() {
        let message = "it is said twice who decides";
        return Err(errors::conflict(message, line.span(), None)
            .caddy("on-demand TLS permission module (or 'ask') already specified"));
    }
    on_demand.permission = Some(permission);
    Ok(())
}

/// `interval …` and `burst …`, which Caddy has given up.
fn removed(line: Line<'_>, _: &mut OnDemand, _: &mut Diagnostics) -> Read<()> {
    let name = &line.name.text;
    let message = format!("`on_demand_tls` has no option `{name}` any more");
    Err(
        errors::bad_value(line.name, message, "remove it").caddy(format!(
            "the on_demand_tls '{name}' option is no longer supported, remove it from \
         your config"
        )),
    )
}
