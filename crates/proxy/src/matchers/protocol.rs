//! `protocol`: how the request came: scheme, version, or gRPC.

use http::Version;
use http::header::CONTENT_TYPE;

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;

/// A protocol, or the least version of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
    Grpc,
    Exactly(Version),
    AtLeast(Version),
}

impl Protocol {
    pub(super) fn build(text: &str, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        Self::parse(text).ok_or_else(|| cx.error(format!("unknown protocol `{text}`")))
    }

    /// Caddy: `MatchProtocol`. `http/1.0+` and `http/1+` are every version there is.
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "http" => Self::Http,
            "https" => Self::Https,
            "grpc" => Self::Grpc,
            "http/1.0" => Self::Exactly(Version::HTTP_10),
            "http/1.0+" => Self::AtLeast(Version::HTTP_10),
            "http/1.1" => Self::Exactly(Version::HTTP_11),
            "http/1.1+" => Self::AtLeast(Version::HTTP_11),
            "http/2" => Self::Exactly(Version::HTTP_2),
            "http/2+" => Self::AtLeast(Version::HTTP_2),
            "http/3" => Self::Exactly(Version::HTTP_3),
            "http/3+" => Self::AtLeast(Version::HTTP_3),
            _ => return None,
        })
    }

    pub(super) fn matches(self, exchange: &Exchange<'_>) -> bool {
        let request = &exchange.request;
        match self {
            Self::Http => exchange.connection.tls.is_none(),
            Self::Https => exchange.connection.tls.is_some(),
            Self::Grpc => request
                .headers()
                .get(CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc")),
            Self::Exactly(version) => request.version() == version,
            Self::AtLeast(version) => request.version() >= version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_protocol_in_any_case() {
        assert_eq!(Protocol::parse("HTTPS"), Some(Protocol::Https));
        assert_eq!(
            Protocol::parse("http/1.1+"),
            Some(Protocol::AtLeast(Version::HTTP_11))
        );
        assert_eq!(
            Protocol::parse("http/2"),
            Some(Protocol::Exactly(Version::HTTP_2))
        );
        assert_eq!(Protocol::parse("http/4"), None);
        assert!(Version::HTTP_2 >= Version::HTTP_11);
    }
}
