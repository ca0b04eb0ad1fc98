//! The PROXY protocol towards upstreams: who the client is, said before anything else.
//! Source: HAProxy's `proxy-protocol.txt`; Caddy: `httptransport.go`, `dialContext`.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};

use crate::error::BuildError;
use crate::graph::BuildContext;

/// Which form of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Version {
    /// A line of text.
    V1,
    /// Binary.
    V2,
}

/// Begins every header of version 2.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

impl Version {
    pub(super) fn build(text: &str, cx: &mut BuildContext<'_>) -> Result<Option<Self>, BuildError> {
        match text {
            "" => Ok(None),
            "v1" => Ok(Some(Self::V1)),
            "v2" => Ok(Some(Self::V2)),
            _ => cx.within("proxy_protocol", |cx| {
                Err(cx.error(format!("`{text}` is neither `v1` nor `v2`")))
            }),
        }
    }

    /// The header for a client. As in Caddy the destination is the zero address. `None` is a
    /// client without an address.
    pub(super) fn header(self, client: Option<SocketAddr>) -> Vec<u8> {
        match self {
            Self::V1 => text(client),
            Self::V2 => binary(client),
        }
    }
}

fn text(client: Option<SocketAddr>) -> Vec<u8> {
    let Some(client) = client else {
        return b"PROXY UNKNOWN\r\n".to_vec();
    };
    let (family, none) = match client {
        SocketAddr::V4(_) => ("TCP4", "0.0.0.0"),
        SocketAddr::V6(_) => ("TCP6", "::"),
    };
    let (ip, port) = (client.ip(), client.port());
    format!("PROXY {family} {ip} {none} {port} 0\r\n").into_bytes()
}

fn binary(client: Option<SocketAddr>) -> Vec<u8> {
    let mut header = SIGNATURE.to_vec();
    let Some(client) = client else {
        // Version 2, LOCAL, no address.
        header.extend_from_slice(&[0x20, 0, 0, 0]);
        return header;
    };
    // Version 2, PROXY; TCP over either family.
    let written = match client.ip() {
        IpAddr::V4(ip) => header
            .write_all(&[0x21, 0x11, 0, 12])
            .and_then(|()| header.write_all(&ip.octets()))
            .and_then(|()| header.write_all(&[0; 4])),
        IpAddr::V6(ip) => header
            .write_all(&[0x21, 0x21, 0, 36])
            .and_then(|()| header.write_all(&ip.octets()))
            .and_then(|()| header.write_all(&[0; 16])),
    };
    written.expect("a vector takes everything");
    header.extend_from_slice(&client.port().to_be_bytes());
    header.extend_from_slice(&[0, 0]);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn version_1_is_a_line() {
        let line = |client| String::from_utf8(Version::V1.header(client)).expect("text");
        assert_eq!(
            line(Some(address("192.0.2.7:4711"))),
            "PROXY TCP4 192.0.2.7 0.0.0.0 4711 0\r\n"
        );
        assert_eq!(
            line(Some(address("[2001:db8::7]:4711"))),
            "PROXY TCP6 2001:db8::7 :: 4711 0\r\n"
        );
        assert_eq!(line(None), "PROXY UNKNOWN\r\n");
    }

    #[test]
    fn version_2_is_as_long_as_it_says() {
        for (client, length) in [
            (Some(address("192.0.2.7:4711")), 12),
            (Some(address("[2001:db8::7]:4711")), 36),
            (None, 0),
        ] {
            let header = Version::V2.header(client);
            assert_eq!(header[..12], *SIGNATURE);
            assert_eq!(usize::from(header[15]), length);
            assert_eq!(header.len(), 16 + length);
        }
        let header = Version::V2.header(Some(address("192.0.2.7:258")));
        assert_eq!(
            header[12..],
            [0x21, 0x11, 0, 12, 192, 0, 2, 7, 0, 0, 0, 0, 1, 2, 0, 0]
        );
    }
}
