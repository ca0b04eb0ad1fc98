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
    Sub::new("name", a_name).on_twice("a name has already been specified"),
    Sub::new("port", a_port).on_twice("a port has already been specified"),
    Sub::new("refresh", a_refresh).on_value("parsing refresh interval duration: $why"),
    Sub::new("resolvers", a_resolvers).on_few("must specify at least one resolver address"),
    Sub::new("dial_timeout", a_dial_timeout).on_value("bad timeout value '$value': $why"),
    Sub::new("dial_fallback_delay", a_dial_fallback_delay)
        .on_value("bad delay value '$value': $why"),
    Sub::new("versions", versions)
        .on_few("must specify at least one version")
        .on_value("unsupported version: '$value'"),
    Sub::others("unrecognized a option '$value'").reads_on(),
];

/// The options of `dynamic srv`.
const SERVICES: &[Sub<FromServices>] = &[
    Sub::once("service", service).on_twice("srv service has already been specified"),
    Sub::once("proto", proto).on_twice("srv proto has already been specified"),
    Sub::new("name", srv_name).on_twice("srv name has already been specified"),
    Sub::new("refresh", srv_refresh).on_value("parsing refresh interval duration: $why"),
    Sub::new("resolvers", srv_resolvers).on_few("must specify at least one resolver address"),
    Sub::new("dial_timeout", srv_dial_timeout).on_value("bad timeout value '$value': $why"),
    Sub::new("dial_fallback_delay", srv_dial_fallback_delay)
        .on_value("bad delay value '$value': $why"),
    Sub::new("grace_period", grace_period).on_value("bad grace period value '$value': $why"),
    Sub::others("unrecognized srv option '$value'").reads_on(),
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
    let text = |index: usize| line.args.get(index).map(|word| word.text.clone());
    let mut source = FromAddresses {
        name: text(0).unwrap_or_default(),
        port: text(1).unwrap_or_default(),
        ..FromAddresses::default()
    };
    read_block(line.name, line.block, ADDRESSES, &mut source, diagnostics);
    Ok(source)
}

/// `srv [NAME] { … }`.
fn services(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<FromServices> {
    line.at_most(1)?;
    let name = line.args.first().map(|word| word.text.clone());
    let mut source = FromServices {
        name: name.unwrap_or_default(),
        ..FromServices::default()
    };
    read_block(line.name, line.block, SERVICES, &mut source, diagnostics);
    Ok(source)
}

/// A line for what is not said yet, neither in a line above nor behind the source's name.
fn set(line: Line<'_>, what: &str, field: &mut String) -> Read<()> {
    let text = line.text(what)?;
    if !field.is_empty() {
        return Err(errors::given_before(line));
    }
    *field = text;
    Ok(())
}

/// `name NAME`: the name that is looked up.
fn a_name(line: Line<'_>, source: &mut FromAddresses, _: &mut Diagnostics) -> Read<()> {
    set(line, "a name", &mut source.name)
}

/// `port PORT`: where the addresses are dialed.
fn a_port(line: Line<'_>, source: &mut FromAddresses, _: &mut Diagnostics) -> Read<()> {
    set(line, "a port", &mut source.port)
}

/// `refresh DURATION`: how long an answer is good for.
fn a_refresh(
    line: Line<'_>,
    source: &mut FromAddresses,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.refresh = line.duration(diagnostics)?;
    Ok(())
}

/// `resolvers ADDRESS…`: the name servers asked.
fn a_resolvers(line: Line<'_>, source: &mut FromAddresses, _: &mut Diagnostics) -> Read<()> {
    source.resolver = Some(resolver(line)?);
    Ok(())
}

/// `dial_timeout DURATION`: how long a name server may take to be reached.
fn a_dial_timeout(
    line: Line<'_>,
    source: &mut FromAddresses,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.dial_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `dial_fallback_delay DURATION`: when the other address family of a name server is tried.
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

/// `service NAME`: the service, as `api` for `_api._tcp.NAME`.
fn service(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    source.service = line.text("a service")?;
    Ok(())
}

/// `proto tcp|udp`: the protocol, as `tcp` for `_api._tcp.NAME`.
fn proto(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    source.proto = line.text("a protocol")?;
    Ok(())
}

/// `name NAME`: the name that is looked up, without service and protocol.
fn srv_name(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    set(line, "a name", &mut source.name)
}

/// `refresh DURATION`: how long an answer is good for.
fn srv_refresh(
    line: Line<'_>,
    source: &mut FromServices,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.refresh = line.duration(diagnostics)?;
    Ok(())
}

/// `resolvers ADDRESS…`: the name servers asked.
fn srv_resolvers(line: Line<'_>, source: &mut FromServices, _: &mut Diagnostics) -> Read<()> {
    source.resolver = Some(resolver(line)?);
    Ok(())
}

/// `dial_timeout DURATION`: how long a name server may take to be reached.
fn srv_dial_timeout(
    line: Line<'_>,
    source: &mut FromServices,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    source.dial_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `dial_fallback_delay DURATION`: when the other address family of a name server is tried.
fn srv_dial_fallback_delay(
    line: Line<'_>,
    source: &mut FromServices,
    _: &mut Diagnostics,
) -> Read<()> {
    source.dial_fallback_delay = line.signed_duration()?;
    Ok(())
}

/// `grace_period DURATION`: how long the last answer serves when a look-up fails.
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
