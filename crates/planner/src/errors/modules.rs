//! Names of modules that are not built in, and options whose names or forms are not Caddy's any
//! more.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, nearest, shorten};

use super::foreign::foreign;
use super::sites::while_looking;
use super::{Finding, go};
use crate::args::Line;
use crate::plugins::Kind;

/// A word that is not the name of a module. `what` it is for people, and the place of its kind in
/// Caddy, where plugins add to `known`.
pub(crate) fn unknown_module(
    id: &'static str,
    (what, namespace): (&str, &'static str),
    word: &Word,
    known: &[&'static str],
) -> Finding {
    let name = shorten(&word.text);
    let caddy = format!(
        "getting module named '{namespace}.{text}': module not registered: {namespace}.{text}",
        text = word.text
    );
    if let Some(found) = foreign(Kind::Module(namespace), word) {
        return Finding::new(found).caddy(caddy);
    }
    let message = format!("the {what} `{name}` is not built in");
    let found = Diagnostic::error(id, message).at(word.span, "not known here");
    if let Some(name) = nearest(&word.text, known.iter().copied()) {
        let fixed = found.fix(format!("did you mean `{name}`?"), word.span, name);
        return Finding::new(fixed).caddy(caddy);
    }
    Finding::new(match known {
        [] => found.help(format!(
            "every {what} of Caddy comes with a plugin; remove it"
        )),
        known => found.help(format!(
            "others come with plugins of Caddy; built in is `{}`",
            known.join("`, `")
        )),
    })
    .caddy(caddy)
}

/// `metrics` in the block of `servers`.
pub(crate) fn nested_metrics(name: &Word) -> Finding {
    Finding::new(
        Diagnostic::warning("deprecated", "`metrics` inside `servers` is deprecated")
            .at(name.span, "moved")
            .help("use the global option `metrics`"),
    )
    .note(
        "Caddy says: The nested 'metrics' option inside `servers` is deprecated and will be \
         removed in the next major version. Use the global 'metrics' option instead.",
    )
}

/// `name` in a block for all servers.
pub(crate) fn name_without_address(line: Line<'_>) -> Finding {
    let message = "a name needs the address of its server";
    Finding::new(
        Diagnostic::error("name-without-address", message)
            .at(line.span(), "all servers would be called the same")
            .help("write the address behind `servers`, as `servers :443 { … }`"),
    )
    .caddy("cannot set a name for a server without a listener address")
}

/// Two servers with one name.
pub(crate) fn server_name_twice(name: &Word, first: Span) -> Finding {
    let message = format!("two servers are called `{}`", shorten(&name.text));
    Finding::new(
        Diagnostic::error("server-name-twice", message)
            .at(name.span, "given again here")
            .also(first, "first given here")
            .caddy(format!(
                "applying global server options: cannot use duplicate server name '{}'",
                name.text
            )),
    )
}

/// A name that takes the place of another server.
pub(crate) fn server_replaced(name: &str, span: Option<Span>) -> Finding {
    let message = format!(
        "the server called `{}` takes the place of another",
        shorten(name)
    );
    let found = Diagnostic::warning("server-replaced", message)
        .help("choose a name that is not of the form `srv0`");
    Finding::new(match span {
        Some(span) => found.at(span, "this server is gone"),
        None => found,
    })
}

/// Two `servers` blocks for the same address.
pub(crate) fn servers_twice(line: Line<'_>, address: &str, first: Span) -> Finding {
    let message = match address {
        "" => "`servers` for all addresses is given twice".to_owned(),
        address => format!("`servers {}` is given twice", shorten(address)),
    };
    Finding::new(
        Diagnostic::error("given-twice", message)
            .at(line.span(), "given again here")
            .also(first, "first given here")
            .help("merge the two blocks")
            .caddy(
                CaddyText::new(format!(
                    "cannot have 'servers' global options with duplicate listener addresses: \
                     {address}"
                ))
                .whole(),
            ),
    )
}

/// `storage file_system` and nothing more.
pub(crate) fn storage_without_root(line: Line<'_>) -> Finding {
    let message = "`storage file_system` needs a folder";
    Finding::new(
        Diagnostic::error("missing-argument", message)
            .at(line.span(), "a folder must follow")
            .help("leave out the option to use the default folder"),
    )
    .caddy("missing root path (to use default, omit storage config entirely)")
}

/// A value that a list has already.
pub(crate) fn repeated_value(word: &Word, what: &str) -> Finding {
    let message = format!("the {what} `{}` is given twice", shorten(&word.text));
    Finding::new(Diagnostic::error("bad-value", message).at(word.span, "given before"))
}

/// `bind` and nothing more.
pub(crate) fn bind_without_address(line: Line<'_>) -> Finding {
    let message = format!("`{}` names no address", shorten(&line.name.text));
    let why = if line.name.text == "bind" {
        "the site is served nowhere"
    } else {
        "the same as all interfaces"
    };
    Finding::new(Diagnostic::warning("no-address", message).at(line.name.span, why))
}

/// A Unix socket whose owner could not write to it.
///
/// `path` it is with what follows `|`, which is `bits` if they are octal.
pub(crate) fn bad_permissions(word: &Word, path: &str, bits: Option<u32>) -> Finding {
    let message = format!("`{}` has no permissions that work", shorten(&word.text));
    Finding::new(
        Diagnostic::error("bad-permissions", message)
            .at(
                word.span,
                "octal digits must follow `|`, and let the owner write",
            )
            .help("write `|0200` for the owner alone, or `|0222` for everybody"),
    )
    .caddy_text(if let Some(bits) = bits {
        format!(
            "owner of the socket requires '-w-' (write, octal: '2') permissions at least; got \
             '{}' in {path}",
            owner(bits)
        )
    } else {
        let (_, bits) = path.split_once('|').unwrap_or_default();
        let why = go::number("ParseUint", bits);
        format!("could not parse octal permission bits in {path}: {why}")
    })
}

/// What the owner may do, as `ls` shows it.
fn owner(bits: u32) -> String {
    let letters = [(0o400, 'r'), (0o200, 'w'), (0o100, 'x')];
    let shown = letters.map(|(bit, letter)| if bits & bit == 0 { '-' } else { letter });
    shown.iter().collect()
}

impl Finding {
    /// Caddy meets a bad socket when it looks where the site of a key listens.
    pub(crate) fn refused_socket(mut self, key: &str, place: (usize, usize)) -> Self {
        if let Some(caddy) = &mut self.0.diagnostic.caddy {
            caddy.precede("parsing network address: ");
            caddy.precede(while_looking(key, place));
            *caddy = std::mem::take(caddy).whole();
        }
        self
    }
}

/// `acme_server` with `ca` in a `route`, whose block ends at `close`.
pub(crate) fn authority_in_route(span: Span, close: Option<Span>) -> Finding {
    let message = "`acme_server` with a `ca` cannot stand in a `route`";
    let caddy = CaddyText::new(
        "acme_server directive returned something other than an HTTP route or subroute: \
         &caddypki.CA{…} (only handler directives can be used in routes)",
    );
    Finding::new(
        Diagnostic::error("authority-in-route", message)
            .at(span, "names an authority")
            .help("put it into a `handle`, or directly into the site")
            .caddy(match close {
                Some(close) => caddy.at(close),
                None => caddy,
            }),
    )
}
