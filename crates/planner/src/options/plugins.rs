//! Options that name modules which only plugins have: `events { on EVENT HANDLER … }` and
//! `filesystem NAME MODULE …`. Caddy: `modules/caddyevents/eventsconfig` and
//! `httpcaddyfile/options.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::events;

use super::Options;
use crate::args::Line;
use crate::errors::{self, ENDED, Read};
use crate::subdirective::{Sub, read_block_alone};

const EVENTS: &[Sub<()>] = &[Sub::plugins("on", on), Sub::others(ENDED)];

/// `events [{ on EVENT|* HANDLER … }]`.
#[expect(clippy::unnecessary_wraps, reason = "as the table of options has it")]
pub(super) fn events(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    read_block_alone(line, EVENTS, diagnostics);
    options.events = Some(events::App::default());
    Ok(())
}

fn on(line: Line<'_>, (): &mut (), _: &mut Diagnostics) -> Read<()> {
    let event = line.first("an event")?;
    let rest = Line {
        name: event,
        ..line.skip_first()
    };
    let handler = rest.first("a handler")?;
    let what = ("event handler", "events.handlers");
    Err(errors::unknown_module(
        "unknown-event-handler",
        what,
        handler,
        &[],
    ))
}

/// `filesystem NAME MODULE …`.
pub(super) fn filesystem(line: Line<'_>, _: &mut Options, _: &mut Diagnostics) -> Read<()> {
    let name = line.first("a name")?;
    let rest = Line {
        name,
        ..line.skip_first()
    };
    let module = rest.first("a module")?;
    let what = ("file system", "caddy.fs");
    Err(errors::unknown_module(
        "unknown-filesystem",
        what,
        module,
        &[],
    ))
}
