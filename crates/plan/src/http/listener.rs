//! What stands between a socket and its server. Caddy: `modules/caddyhttp/proxyprotocol` and
//! `httpredirectlistener.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// A listener wrapper, named by `wrapper`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wrapper", rename_all = "snake_case")]
pub enum ListenerWrapper {
    /// Answers plain HTTP on a port of TLS with a redirect.
    HttpRedirect(HttpRedirect),
    /// Takes the client's address from a PROXY header.
    ProxyProtocol(ProxyProtocol),
    /// Where TLS begins; last if it is not named.
    Tls(TlsWrapper),
}

/// The redirect of plain HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpRedirect {
    /// Bytes of a request's header; 1 MiB if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_header_bytes: i64,
}

/// The mark where TLS begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsWrapper {}

/// The PROXY protocol, versions 1 and 2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProxyProtocol {
    /// How long a header may take; 5 s if zero, without bound if negative.
    #[serde(skip_serializing_if = "is_default")]
    pub timeout: Duration,
    /// Peers whose header is used.
    #[serde(skip_serializing_if = "is_default")]
    pub allow: Vec<String>,
    /// Peers that are turned away when they send one.
    #[serde(skip_serializing_if = "is_default")]
    pub deny: Vec<String>,
    /// What is done with the header of other peers.
    #[serde(skip_serializing_if = "is_default")]
    pub fallback_policy: FallbackPolicy,
}

/// What is done with a PROXY header. Read in any case, as Caddy does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", rename_all = "UPPERCASE")]
pub enum FallbackPolicy {
    /// It is read and not used.
    #[default]
    Ignore,
    /// It is used.
    Use,
    /// The connection is closed.
    Reject,
    /// The connection is closed when there is none.
    Require,
    /// It is not looked for.
    Skip,
}

/// Not one of the five policies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no policy `{0}`; known are ignore, use, reject, require, skip")]
pub struct UnknownPolicy(String);

impl TryFrom<String> for FallbackPolicy {
    type Error = UnknownPolicy;

    fn try_from(text: String) -> Result<Self, UnknownPolicy> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "ignore" => Self::Ignore,
            "use" => Self::Use,
            "reject" => Self::Reject,
            "require" => Self::Require,
            "skip" => Self::Skip,
            _ => return Err(UnknownPolicy(text)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_in_any_case_and_written_in_capitals() -> Result<(), serde_json::Error> {
        let text = r#"{"wrapper":"proxy_protocol","fallback_policy":"use"}"#;
        let wrapper: ListenerWrapper = serde_json::from_str(text)?;
        let written = serde_json::to_string(&wrapper)?;
        assert_eq!(
            written,
            r#"{"wrapper":"proxy_protocol","fallback_policy":"USE"}"#
        );
        assert!(FallbackPolicy::try_from("deny".to_owned()).is_err());
        Ok(())
    }

    #[test]
    fn an_unknown_field_of_a_wrapper_is_refused() {
        let text = r#"{"wrapper":"tls","x":1}"#;
        assert!(serde_json::from_str::<ListenerWrapper>(text).is_err());
    }
}
