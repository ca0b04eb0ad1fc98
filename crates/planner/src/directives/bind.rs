//! `bind ADDRESS… [{ protocols PROTOCOL… }]`: where a site listens, and the global option
//! `default_bind` for all sites without it. Caddy: `parseBind` in `httpcaddyfile/builtins.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::options::Options;
use crate::site::Site;
use crate::subdirective::{Sub, read_block};

/// Says at which of the machine's addresses a site listens.
///
/// ```caddyfile
/// bind ADDRESS… {
///     protocols h1|h2|h2c|h3…
/// }
/// ```
///
/// An address is an IP address, a host, `unix//PATH` or `fd/NUMBER`; without `bind`, and without the
/// global option `default_bind`, a site listens on all interfaces.
pub(super) const BIND: Directive = Directive::site("bind", lower);

/// One line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bind {
    /// Interfaces: `[network/]host`, or the path of a Unix socket.
    pub(crate) addresses: Vec<String>,
    /// What is spoken there; what the server speaks if empty.
    pub(crate) protocols: Vec<String>,
}

const SUBDIRECTIVES: &[Sub<Bind>] = &[
    Sub::new("protocols", protocols)
        .adapts_only()
        .on_few("protocols requires one or more arguments"),
    Sub::others("unknown subdirective: $value"),
];

fn lower(line: Line<'_>, site: &mut Site, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<()> {
    let bind = read(line, lowering.diagnostics).map_err(|found| match site.addresses.first() {
        Some(key) => found.refused_socket(&key.text, key.place),
        None => found,
    })?;
    site.binds.push(bind);
    Ok(())
}

/// The global option.
pub(crate) fn option(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let mut bind = read(line, diagnostics)?;
    if bind.addresses.is_empty() {
        // All interfaces, as without the option.
        bind.addresses.push(String::new());
    }
    options.default_bind.push(bind);
    Ok(())
}

fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Bind> {
    if line.args.is_empty() {
        diagnostics.push(errors::bind_without_address(line).into());
    }
    for word in line.args {
        check_permissions(word)?;
    }
    let mut bind = Bind {
        addresses: texts(line.args),
        protocols: Vec::new(),
    };
    read_block(line.name, line.block, SUBDIRECTIVES, &mut bind, diagnostics);
    Ok(bind)
}

/// `protocols NAME…`: what is spoken on these addresses.
fn protocols(line: Line<'_>, bind: &mut Bind, diagnostics: &mut Diagnostics) -> Read<()> {
    let words = line.some("a protocol")?;
    for word in words {
        let known = ["h1", "h2", "h2c", "h3"];
        if !known.contains(&word.text.as_str()) {
            let names = known.into_iter();
            let (id, what) = ("unknown-protocol", "protocol");
            let found = errors::unknown_value(id, what, word, names);
            diagnostics.push(found.into_warning().into());
        }
    }
    bind.protocols = texts(words);
    Ok(())
}

/// What follows `|` in `unix//run/a.sock|0220`: octal digits that let the owner write. Caddy:
/// `internal.SplitUnixSocketPermissionsBits`.
fn check_permissions(word: &Word) -> Read<()> {
    let Some((network, path)) = word.text.split_once('/') else {
        return Ok(());
    };
    let network = network.trim().to_ascii_lowercase();
    let Some((_, bits)) = path.split_once('|') else {
        return Ok(());
    };
    let may_write = |bits: u32| bits & 0o200 != 0;
    let digits = Some(bits).filter(|bits| !bits.starts_with('+'));
    let bits = digits.and_then(|digits| u32::from_str_radix(digits, 8).ok());
    if !network.starts_with("unix") || bits.is_some_and(may_write) {
        return Ok(());
    }
    Err(errors::bad_permissions(word, path, bits))
}
