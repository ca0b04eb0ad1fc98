//! Who the client is: the peer, or whom a trusted peer says it speaks for.
//! Caddy: `server.go`, `determineTrustedProxy`.

use std::net::{IpAddr, SocketAddr};

use evenkeel_net::Peer;
use evenkeel_plan::http::matchers::AddressRanges;
use evenkeel_plan::http::{IpSource, Server as Plan};
use http::{HeaderMap, HeaderName};

use crate::error::BuildError;
use crate::exchange::Client;
use crate::graph::BuildContext;
use crate::matchers::Addresses;

/// Caddy: `server.go`: the field that is read unless others are named.
const FIELD: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whose word is taken for a client's address, and where it stands.
pub(super) struct Identity {
    trusted: Option<Addresses>,
    fields: Box<[HeaderName]>,
    is_strict: bool,
    trusts_unix: bool,
}

impl Identity {
    /// `None` if nobody is trusted: then every client is its peer.
    pub(super) fn build(
        plan: &Plan,
        cx: &mut BuildContext<'_>,
    ) -> Result<Option<Self>, BuildError> {
        let trusted = match &plan.trusted_proxies {
            None => None,
            Some(IpSource::Static { ranges }) => {
                let ranges = AddressRanges {
                    ranges: ranges.clone(),
                };
                Some(cx.within("trusted_proxies", |cx| Addresses::build(&ranges, cx))?)
            }
        };
        let fields = cx.within("client_ip_headers", |cx| fields(plan, cx))?;
        if trusted.is_none() && !plan.trusted_proxies_unix {
            return Ok(None);
        }
        Ok(Some(Self {
            trusted,
            fields,
            is_strict: plan.trusted_proxies_strict > 0,
            trusts_unix: plan.trusted_proxies_unix,
        }))
    }

    /// The client of a request with these fields.
    pub(super) fn client(&self, peer: Peer, headers: &HeaderMap) -> Client {
        let is_trusted = match peer.ip() {
            Some(ip) => self.trusts(ip),
            None => self.trusts_unix,
        };
        let named = is_trusted.then(|| {
            if self.is_strict {
                self.last_untrusted(headers)
            } else {
                self.first(headers)
            }
        });
        Client {
            ip: named.flatten().or_else(|| peer.ip()),
            is_trusted,
        }
    }

    /// The left-most address of all the fields.
    fn first(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let values = self.fields.iter().flat_map(|name| headers.get_all(name));
        values
            .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
            .flat_map(|value| value.split(','))
            .find_map(address)
    }

    /// The right-most address that no trusted proxy has, of the first field that holds one:
    /// whatever stands to its left the client may have made up.
    fn last_untrusted(&self, headers: &HeaderMap) -> Option<IpAddr> {
        self.fields.iter().find_map(|name| {
            let values = headers.get_all(name).iter().rev();
            values
                .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
                .flat_map(|value| value.rsplit(','))
                .filter_map(address)
                .find(|&ip| !self.trusts(ip))
        })
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        self.trusted
            .as_ref()
            .is_some_and(|ranges| ranges.contain(Some(ip)))
    }
}

fn fields(plan: &Plan, cx: &BuildContext<'_>) -> Result<Box<[HeaderName]>, BuildError> {
    if plan.client_ip_headers.is_empty() {
        return Ok([FIELD].into());
    }
    let field = |name: &String| {
        HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| cx.error(format!("`{name}` is not a header field's name")))
    };
    plan.client_ip_headers.iter().map(field).collect()
}

/// An address as proxies write it: some keep the port or the zone.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(ip) = text.parse() {
        return Some(ip);
    }
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Some(socket.ip());
    }
    let host = match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:").map(|(host, _)| host)?,
        None => text,
    };
    host.split_once('%')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(ranges: &[&str], change: impl FnOnce(&mut Plan)) -> Identity {
        let mut plan = Plan {
            trusted_proxies: Some(IpSource::Static {
                ranges: ranges.iter().map(|&range| range.to_owned()).collect(),
            }),
            ..Plan::default()
        };
        change(&mut plan);
        let built = crate::trial::build(|cx| Identity::build(&plan, cx));
        built.unwrap().unwrap()
    }

    fn client(identity: &Identity, peer: &str, fields: &[(&'static str, &str)]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().expect("a value"));
        }
        let peer = Peer::Tcp(SocketAddr::new(peer.parse().unwrap(), 1));
        let Client { ip, is_trusted } = identity.client(peer, &headers);
        (ip.map(|ip| ip.to_string()).unwrap_or_default(), is_trusted)
    }

    #[test]
    fn nobody_is_trusted_unless_the_plan_says_so() {
        let built = crate::trial::build(|cx| Identity::build(&Plan::default(), cx));
        assert!(built.unwrap().is_none());
    }

    #[test]
    fn only_a_trusted_peer_says_who_the_client_is() {
        let identity = identity(&["10.0.0.0/8"], |_| {});
        let told = [("x-forwarded-for", "1.2.3.4, 10.0.0.7")];
        assert_eq!(
            client(&identity, "10.0.0.1", &told),
            ("1.2.3.4".into(), true)
        );
        assert_eq!(
            client(&identity, "11.0.0.1", &told),
            ("11.0.0.1".into(), false)
        );
        assert_eq!(
            client(&identity, "10.0.0.1", &[]),
            ("10.0.0.1".into(), true)
        );
    }

    #[test]
    fn the_left_most_address_that_can_be_read_counts() {
        let identity = identity(&["10.0.0.0/8"], |plan| {
            plan.client_ip_headers = vec!["X-One".into(), "X-Two".into()];
        });
        for (one, two, expected) in [
            ("1.1.1.1:99", "2.2.2.2", "1.1.1.1"),
            ("unknown, ,", "[2::2]:80", "2::2"),
            ("fe80::1%eth0", "", "fe80::1"),
            ("[fe80::2%eth0]:9", "", "fe80::2"),
            ("x", "y", "10.0.0.1"),
        ] {
            let fields = [("x-two", two), ("x-one", one)];
            assert_eq!(client(&identity, "10.0.0.1", &fields).0, expected, "{one}");
        }
    }

    #[test]
    fn strictly_the_right_most_address_that_is_not_trusted_counts() {
        let identity = identity(&["10.0.0.0/8"], |plan| plan.trusted_proxies_strict = 1);
        let made_up = [
            ("x-forwarded-for", "6.6.6.6, 1.2.3.4"),
            ("x-forwarded-for", "10.0.0.7, 10.0.0.8"),
        ];
        assert_eq!(client(&identity, "10.0.0.1", &made_up).0, "1.2.3.4");
        let ours = [("x-forwarded-for", "10.0.0.7")];
        assert_eq!(client(&identity, "10.0.0.1", &ours).0, "10.0.0.1");
    }

    #[test]
    fn a_peer_on_a_unix_socket_is_trusted_only_if_the_plan_says_so() {
        let headers: HeaderMap = [(FIELD, "1.2.3.4".parse().expect("a value"))]
            .into_iter()
            .collect();
        let closed = identity(&["0.0.0.0/0"], |_| {});
        assert_eq!(closed.client(Peer::Unix, &headers).ip, None);
        let open = identity(&[], |plan| plan.trusted_proxies_unix = true);
        let client = open.client(Peer::Unix, &headers);
        assert_eq!(client.ip, "1.2.3.4".parse().ok());
        assert!(client.is_trusted);
    }

    #[test]
    fn a_field_that_has_no_name_is_refused() {
        let plan = Plan {
            client_ip_headers: vec!["a b".to_owned()],
            ..Plan::default()
        };
        assert!(crate::trial::build(|cx| Identity::build(&plan, cx)).is_err());
    }
}
