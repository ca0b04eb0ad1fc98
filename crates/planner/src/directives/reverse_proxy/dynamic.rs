//! `dynamic a|srv|multi …`: upstreams that are looked up. Caddy: `upstreams.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::{
    AddressFamilies, DynamicUpstreams, FromAddresses, FromServices, Resolver,
};

use super::Proxy;
use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

const SOURCES: [&str; 3] = ["a", "srv", "multi"];

/// A `multi` in more others than this is a mistake or an attack.
const MOST_NESTED: usize = 20;

/// The options of `dynamic a`.
const ADDRESSES: &[Sub<FromAddresses>] = &[
    Sub::once("name", a_name),
    Sub::once("port", a_port),
    Sub::new("refresh", a_refresh),
    Sub::new("resolvers", a_resolvers),
    Sub::new("dial_timeout", a_dial_timeout),
    Sub::new("dial_fallback_delay", a_dial_fallback_delay),
    Sub::new("versions", versions),
];

/// The options of `dynamic srv`.
const SERVICES: &[Sub<FromServices>] = &[
    Sub::once("service", service),
    Sub::once("proto", proto),
    Sub::once("name", srv_name),
    Sub::new("refresh", srv_refresh),
    Sub::new("resolvers", srv_resolvers),
    Sub::new("dial_timeout", srv_dial_timeout),
    Sub::new("dial_fallback_delay", srv_dial_fallback_delay),
    Sub::new("grace_period", grace_period),
];

/// `dynamic SOURCE …`; the last counts.
pub(super) fn dynamic(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let name = line.first("a source")?;
    let line = Line {
        name,
        ..line.skip_first()
    };
    proxy.handler.dynamic_upstreams = Some(source(line, diagnostics, 0)?);
    Ok(())
}

/// `SOURCE …`, within `depth` others.
fn source(line: Line<'_>, diagnostics: &mut Diagnostics, depth: usize) -> Read<DynamicUpstreams> {
    if depth > MOST_NESTED {
        let message = format!("more than {MOST_NESTED} `multi` in each other");
        return Err(errors::bad_value(line.name, message, "one too many"));
    }
    match line.name.text.as_str() {
        "a" => addresses(line, diagnostics).map(DynamicUpstreams::A),
        "srv" => services(line, diagnostics).map(DynamicUpstreams::Srv),
        "multi" => {
            line.at_most(0)?;
            let mut sources = Vec::new();
            for line in line.block.into_iter().flat_map(|block| &block.lines) {
                let read = source(Line::from(line), diagnostics, depth + 1);
                match read {
                    Ok(source) => sources.push(source),
                    Err(found) => diagnostics.push(found.into()),
                }
            }
            Ok(DynamicUpstreams::Multi { sources })
        }
        _ => {
            let (id, names) = ("unknown-source", SOURCES.into_iter());
            Err(errors::unknown_value(
                id,
                "source of upstreams",
                line.name,
                names,
            ))
        }
    }
}

/// `a [NAME [PORT]] { … }`.
fn addresses(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<FromAddresses> {
    line.at_most(2)?;
    let mut source = FromAddresses::default();
    read_block(line.name, line.block, ADDRESSES, &mut source, diagnostics);
    if let Some(name) = line.args.first() {
        refuse_second_name(line, &source.name)?;
        source.name.clone_from(&name.text);
    }
    if let Some(port) = line.args.get(1) {
        source.port.clone_from(&port.text);
    }
    Ok(source)
}

/// `srv [NAME] { … }`.
fn services(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<FromServices> {
    line.at_most(1)?;
    let mut source = FromServices::default();
    read_block(line.name, line.block, SERVICES, &mut source, diagnostics);
    if let Some(name) = line.args.first() {
        refuse_second_name(line, &source.name)?;
        source.name.clone_from(&name.text);
    }
    Ok(source)
}

fn refuse_second_name(line: Line<'_>, name: &str) -> Read<()> {
    if name.is_empty() {
        return Ok(());
    }
    let message = "the name is given both in the arguments and in the block";
    Err(errors::conflict(message, line.span(), None))
}

fn a_name(line: Line<'_>, source: &mut FromAddresses, _: &mut Diagnostics) -> Read<()> {
    source.name = line.text("a name")?;
    Ok(())
}

fn a_port(line: Line<'_>, source: &mut FromAddresses, _: &mut Diagnostics) -> Read<()> {
    source.port = line.text("a port")?;
    Ok(())
}

fn a_refresh(
    line: Line<'_>,
    source: &mut FromAddresses,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.refresh = line.duration(diagnostics)?;
    Ok(())
}

fn a_resolvers(line: Line<'_>, source: &mut FromAddresses, _: &mut Diagnostics) -> Read<()> {
    source.resolver = Some(resolver(line)?);
    Ok(())
}

fn a_dial_timeout(
    line: Line<'_>,
    source: &mut FromAddresses,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.dial_timeout = line.duration(diagnostics)?;
    Ok(())
}

fn a_dial_fallback_delay(
    line: Line<'_>,
    source: &mut FromAddresses,
    _: &mut Diagnostics,
) -> Read<()> {
    source.dial_fallback_delay = line.signed_duration()?;
    Ok(())
}

/// `versions ipv4|ipv6 …`.
fn versions(line: Line<'_>, source: &mut FromAddresses, _: &mut Diagnostics) -> Read<()> {
    for word in line.some("`ipv4` or `ipv6`")? {
        let versions: &mut AddressFamilies = source.versions.get_or_insert_default();
        match word.text.as_str() {
            "ipv4" => versions.ipv4 = Some(true),
            "ipv6" => versions.ipv6 = Some(true),
            _ => {
                let (id, names) = ("unknown-ip-version", ["ipv4", "ipv6"].into_iter());
                return Err(errors::unknown_value(id, "version of IP", word, names));
            }
        }
    }
    Ok(())
}

fn service(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    source.service = line.text("a service")?;
    Ok(())
}

fn proto(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    source.proto = line.text("a protocol")?;
    Ok(())
}

fn srv_name(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    source.name = line.text("a name")?;
    Ok(())
}

fn srv_refresh(
    line: Line<'_>,
    source: &mut FromServices,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.refresh = line.duration(diagnostics)?;
    Ok(())
}

fn srv_resolvers(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    source.resolver = Some(resolver(line)?);
    Ok(())
}

fn srv_dial_timeout(
    line: Line<'_>,
    source: &mut FromServices,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.dial_timeout = line.duration(diagnostics)?;
    Ok(())
}

fn srv_dial_fallback_delay(
    line: Line<'_>,
    source: &mut FromServices,
    _: &mut Diagnostics,
) -> Read<()> {
    source.dial_fallback_delay = line.signed_duration()?;
    Ok(())
}

fn grace_period(
    line: Line<'_>,
    source: &mut FromServices,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.grace_period = line.duration(diagnostics)?;
    Ok(())
}

fn resolver(line: Line<'_>) -> Read<Resolver> {
    let addresses = texts(line.some("an address")?);
    Ok(Resolver { addresses })
}
