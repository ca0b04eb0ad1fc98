//! `transport NAME { … }`: how a request is carried upstream.

mod fastcgi;
mod http;
mod tls;

use evenkeel_diagnostics::{CaddyText, Diagnostics, Span};
use evenkeel_plan::http::handlers::reverse_proxy::{FastCgiTransport, HttpTransport, Transport};

use super::Proxy;
use super::upstreams::Scheme;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::subdirective::read_block;

pub(in crate::directives) use fastcgi::SUBDIRECTIVES as FASTCGI;
pub(crate) use fastcgi::words as fastcgi_words;
pub(crate) use http::words;

/// A transport and where it was written.
pub(super) struct TracedTransport {
    pub(super) transport: Transport,
    pub(super) span: Span,
}

/// `transport NAME { … }`, once; but one that says nothing can be followed by another.
pub(super) fn transport(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let name = line.first("a transport")?;
    let words = Line {
        block: None,
        ..line
    };
    words.keep_only(1, diagnostics);
    let transport = match name.text.as_str() {
        "http" => {
            let mut transport = HttpTransport::default();
            let table = http::SUBDIRECTIVES;
            read_block(line.name, line.block, table, &mut transport, diagnostics);
            Transport::Http(Box::new(transport))
        }
        "fastcgi" => {
            let mut transport = FastCgiTransport::default();
            read_block(line.name, line.block, FASTCGI, &mut transport, diagnostics);
            Transport::FastCgi(transport)
        }
        _ => {
            let (id, names) = ("unknown-transport", ["http", "fastcgi"].into_iter());
            return Err(errors::unknown_value(id, "transport", name, names));
        }
    };
    let span = line.span();
    if let Some(preset) = &proxy.preset {
        let message = "`php_fastcgi` has a transport of its own";
        let found = errors::conflict(message, span, Some(preset.span));
        return Err(found.caddy("transport already specified"));
    }
    proxy.transport = Some(TracedTransport { transport, span });
    Ok(())
}

/// What the transport becomes with upstreams of this scheme. Caddy leaves out one that says nothing.
pub(super) fn finish(
    traced: Option<TracedTransport>,
    scheme: Option<Scheme>,
    owner: Line<'_>,
) -> Read<Option<Transport>> {
    let (transport, span) = match traced {
        Some(traced) => (traced.transport, traced.span),
        None => (Transport::Http(Box::default()), owner.name.span),
    };
    let mut http = match (transport, scheme) {
        (Transport::Http(http), _) => http,
        (Transport::FastCgi(_), Some(Scheme::Https)) => {
            let message =
                "FastCGI cannot be spoken over TLS, but the upstreams begin with `https://`";
            let says = "upstreams are configured for HTTPS but transport module does not support \
                        TLS: *fastcgi.Transport";
            let says = CaddyText::new(says).at(owner.end());
            return Err(errors::conflict(message, span, None).caddy_text(says));
        }
        (fastcgi @ Transport::FastCgi(_), _) => return Ok(Some(fastcgi)),
    };
    match scheme {
        Some(Scheme::Https) => {
            http.tls.get_or_insert_default();
        }
        Some(Scheme::H2c) => http.versions = vec!["h2c".to_owned(), "2".to_owned()],
        Some(Scheme::Http) if http.tls.is_some() => {
            let message = "the transport speaks TLS, but the upstreams begin with `http://`";
            let says = "upstream address scheme is HTTP but transport is configured for HTTP+TLS \
                        (HTTPS)";
            let says = CaddyText::new(says).at(owner.end());
            return Err(errors::conflict(message, span, None).caddy_text(says));
        }
        Some(Scheme::Http) | None => {}
    }
    Ok((*http != HttpTransport::default()).then_some(Transport::Http(http)))
}
