//! Web origins: those that may use the API, and the one a browser says it comes from.

use std::fmt;

use http::Uri;

/// A scheme and an authority (RFC 6454). An allowed origin without a scheme allows every scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: Option<String>,
    authority: String,
}

impl Origin {
    /// An allowed origin given by its authority alone: `localhost:2019`.
    pub(crate) const fn any_scheme(authority: String) -> Self {
        Self {
            scheme: None,
            authority,
        }
    }

    /// One entry of `admin.origins`: an authority, or a URL of which only the origin counts.
    /// `None` if it is a URL that cannot be read.
    pub(crate) fn from_config(text: &str) -> Option<Self> {
        if text.contains("://") {
            return Self::from_url(&text.parse().ok()?);
        }
        Some(Self::any_scheme(text.to_owned()))
    }

    /// The origin of an absolute URL; `None` for anything else.
    pub(crate) fn from_url(url: &Uri) -> Option<Self> {
        Some(Self {
            scheme: Some(url.scheme_str()?.to_ascii_lowercase()),
            authority: url.authority()?.as_str().to_owned(),
        })
    }

    /// Whether a request to `host` (name and port, RFC 9110 section 7.2) is meant for it.
    pub(crate) fn is_host(&self, host: &str) -> bool {
        self.authority.eq_ignore_ascii_case(host)
    }

    /// Whether `sent` is it. Ports are compared as written, as Caddy does.
    pub(crate) fn admits(&self, sent: &Self) -> bool {
        (self.scheme.is_none() || self.scheme == sent.scheme) && self.is_host(&sent.authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = &self.scheme {
            write!(f, "{scheme}:")?;
        }
        write!(f, "//{}", self.authority)
    }
}
