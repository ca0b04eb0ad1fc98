//! `bind ADDRESS… [{ protocols PROTOCOL… }]`: where a site listens, and the global option
//! `default_bind` for all sites without it. Caddy: `parseBind` in `httpcaddyfile/builtins.go`.

use evenkeel_diagnostics::Diagnostics;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::options::Options;
use crate::site::Site;
use crate::subdirective::{Sub, read_block};

pub(super) const BIND: Directive = Directive::site("bind", lower);

/// One line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bind {
    /// Interfaces: `[network/]host`, or the path of a Unix socket.
    pub(crate) addresses: Vec<String>,
    /// What is spoken there; what the server speaks if empty.
    pub(crate) protocols: Vec<String>,
}

const SUBDIRECTIVES: &[Sub<Bind>] = &[Sub::new("protocols", protocols).adapts_only()];

fn lower(line: Line<'_>, site: &mut Site, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<()> {
    site.binds.push(read(line, lowering.diagnostics)?);
    Ok(())
}

/// The global option.
pub(crate) fn option(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.default_bind.push(read(line, diagnostics)?);
    Ok(())
}

fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Bind> {
    // Without an address Caddy serves the site nowhere, and says nothing.
    line.first("an address")?;
    let mut bind = Bind {
        addresses: texts(line.args),
        protocols: Vec::new(),
    };
    read_block(line.name, line.block, SUBDIRECTIVES, &mut bind, diagnostics);
    Ok(bind)
}

fn protocols(line: Line<'_>, bind: &mut Bind, _: &mut Diagnostics) -> Read<()> {
    let words = line.some("a protocol")?;
    for word in words {
        let known = ["h1", "h2", "h2c", "h3"];
        if !known.contains(&word.text.as_str()) {
            let names = known.into_iter();
            return Err(errors::unknown_value(
                "unknown-protocol",
                "protocol",
                word,
                names,
            ));
        }
    }
    bind.protocols = texts(words);
    Ok(())
}
