//! `host`: names in any case; `*` stands for one label.

use std::borrow::Cow;

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// Host names of which one must be the request's.
pub(crate) struct Hosts {
    hosts: Box<[Host]>,
}

enum Host {
    Known(Pattern),
    /// Has placeholders.
    Template(Template),
}

/// A host name in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The name itself.
    Exact(Box<str>),
    /// Some labels are `*`.
    Wildcard(Box<str>),
}

impl Hosts {
    pub(super) fn build(plan: &[String], cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let mut hosts: Vec<Host> = Vec::with_capacity(plan.len());
        let mut seen = std::collections::HashMap::with_capacity(plan.len());
        for (at, text) in plan.iter().enumerate() {
            if let Some(earlier) = seen.insert(text.to_ascii_lowercase(), at) {
                return Err(cx.error(format!(
                    "host at index {earlier} is repeated at index {at}: {text}"
                )));
            }
            let template = Template::parse(text, Unknown::Empty, cx);
            hosts.push(match template.fixed() {
                None => Host::Template(template),
                Some(name) => Host::Known(known(&String::from_utf8_lossy(name), cx)?),
            });
        }
        Ok(Self {
            hosts: hosts.into(),
        })
    }

    pub(super) fn matches(&self, exchange: &Exchange<'_>) -> bool {
        let host = host_without_port(exchange.host());
        self.hosts.iter().any(|pattern| match pattern {
            Host::Known(pattern) => pattern.matches(host),
            Host::Template(template) => {
                let name = template.expand(&Scope::request(exchange));
                Pattern::parse(&String::from_utf8_lossy(&name)).matches(host)
            }
        })
    }

    /// All names, if they are known at build.
    pub(super) fn patterns(&self) -> Option<Vec<&Pattern>> {
        self.hosts
            .iter()
            .map(|host| match host {
                Host::Known(pattern) => Some(pattern),
                Host::Template(_) => None,
            })
            .collect()
    }
}

/// A name that cannot come over the wire would never match, so it is refused.
fn known(name: &str, cx: &BuildContext<'_>) -> Result<Pattern, BuildError> {
    if name.is_ascii() {
        return Ok(Pattern::parse(name));
    }
    Err(cx.error(format!(
        "the host `{name}` must be written in its ASCII form (`xn--…`)"
    )))
}

impl Pattern {
    pub(crate) fn parse(name: &str) -> Self {
        let name = name.to_ascii_lowercase().into_boxed_str();
        if name.contains('*') {
            Self::Wildcard(name)
        } else {
            Self::Exact(name)
        }
    }

    /// Whether it covers a host without a port. Caddy: `MatchHost`: as many labels, each equal or
    /// under a `*`.
    pub(crate) fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => name.eq_ignore_ascii_case(host),
            Self::Wildcard(name) => {
                let mut labels = host.split('.');
                let covered = name.split('.').all(|pattern| {
                    labels
                        .next()
                        .is_some_and(|label| pattern == "*" || pattern.eq_ignore_ascii_case(label))
                });
                covered && labels.next().is_none()
            }
        }
    }
}

/// Takes off a port and the brackets of an IPv6 address.
pub(crate) fn host_without_port(host: &str) -> &str {
    let host = split_port(host).0;
    let host = host.strip_prefix('[').unwrap_or(host);
    host.strip_suffix(']').unwrap_or(host)
}

/// Host and port; the port is empty if there is none. Brackets go with a port only. Caddy: Go's
/// `net.SplitHostPort`, and the whole text if that fails.
pub(crate) fn split_port(host: &str) -> (&str, &str) {
    let Some((name, port)) = host.rsplit_once(':') else {
        return (host, "");
    };
    if let Some(inner) = name.strip_prefix('[') {
        return inner
            .strip_suffix(']')
            .map_or((host, ""), |inner| (inner, port));
    }
    if name.contains([':', '[', ']']) || port.contains([']', '[']) {
        return (host, "");
    }
    (name, port)
}

/// In lower case; borrowed if it is already.
pub(crate) fn lower(host: &str) -> Cow<'_, str> {
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(host.to_ascii_lowercase());
    }
    Cow::Borrowed(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_covers_one_label_and_case_does_not_matter() {
        let table = [
            ("example.com", "EXAMPLE.com", true),
            ("Example.COM", "example.com", true),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.*.com", "a.b.com", true),
            ("a.*.com", "A.x.com", true),
            ("*", "localhost", true),
            ("*", "a.b", false),
            ("a*.com", "ab.com", false),
            ("example.com", "example.com.", false),
            ("", "", true),
        ];
        for (pattern, host, expected) in table {
            assert_eq!(
                Pattern::parse(pattern).matches(host),
                expected,
                "{pattern} {host}"
            );
        }
    }

    #[test]
    fn splits_as_go_does() {
        let table = [
            ("a:1", ("a", "1")),
            ("a", ("a", "")),
            ("a:", ("a", "")),
            ("[::1]:80", ("::1", "80")),
            ("[::1]", ("[::1]", "")),
            ("::1", ("::1", "")),
            ("[::1", ("[::1", "")),
            (":80", ("", "80")),
            ("", ("", "")),
        ];
        for (text, expected) in table {
            assert_eq!(split_port(text), expected, "{text}");
        }
        assert_eq!(host_without_port("[::1]"), "::1");
        assert_eq!(host_without_port("[::1]:80"), "::1");
    }
}
