//! `host`: names in any case; `*` stands for one label.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// Host names of which one must be the request's.
pub(crate) struct Hosts {
    known: Box<[Pattern]>,
    /// The names among `known` without a wildcard, if there are many.
    exact: Option<HashSet<Box<str>>>,
    /// Names with placeholders.
    templates: Box<[Template]>,
}

/// With fewer names than this, comparing each costs no more than a look-up. Caddy starts its
/// binary search at 100.
const MANY: usize = 16;

/// A host name in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The name itself.
    Exact(Box<str>),
    /// Some labels are `*`.
    Wildcard(Box<str>),
}

impl Hosts {
    pub(super) fn build(plan: &[String], cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let (mut known, mut templates) = (Vec::new(), Vec::new());
        let mut seen = HashMap::with_capacity(plan.len());
        for (at, text) in plan.iter().enumerate() {
            if let Some(earlier) = seen.insert(text.to_ascii_lowercase(), at) {
                return Err(cx.error(format!(
                    "host at index {earlier} is repeated at index {at}: {text}"
                )));
            }
            let template = Template::parse(text, Unknown::Empty, cx);
            match template.fixed() {
                None => templates.push(template),
                Some(name) => known.push(ascii(&String::from_utf8_lossy(name), cx)?),
            }
        }
        let exact: HashSet<_> = known
            .iter()
            .filter_map(Pattern::exact)
            .map(Box::from)
            .collect();
        Ok(Self {
            known: known.into(),
            exact: (exact.len() >= MANY).then_some(exact),
            templates: templates.into(),
        })
    }

    pub(super) fn matches(&self, exchange: &Exchange<'_>) -> bool {
        let host = host_without_port(exchange.host());
        self.knows(host)
            || self.templates.iter().any(|template| {
                let name = template.expand(&Scope::request(exchange));
                Pattern::parse(&String::from_utf8_lossy(&name)).matches(host)
            })
    }

    fn knows(&self, host: &str) -> bool {
        match &self.exact {
            None => self.known.iter().any(|pattern| pattern.matches(host)),
            Some(exact) => {
                let wildcards = || {
                    self.known
                        .iter()
                        .filter(|pattern| pattern.exact().is_none())
                };
                exact.contains(&*lower(host)) || wildcards().any(|pattern| pattern.matches(host))
            }
        }
    }

    /// All names, if they are known at build.
    pub(super) fn patterns(&self) -> Option<&[Pattern]> {
        self.templates.is_empty().then_some(&*self.known)
    }
}

/// A name that cannot come over the wire would never match, so it is refused.
fn ascii(name: &str, cx: &BuildContext<'_>) -> Result<Pattern, BuildError> {
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

    /// The name, if it is one without wildcards.
    const fn exact(&self) -> Option<&str> {
        match self {
            Self::Exact(name) => Some(name),
            Self::Wildcard(_) => None,
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

    #[test]
    fn many_names_are_known_as_few_are() {
        let names = |count: usize| -> Vec<String> {
            let plain = (0..count).map(|n| format!("H{n}.test"));
            plain.chain(["*.wild.test".to_owned()]).collect()
        };
        for count in [2, MANY * 2] {
            let hosts = crate::trial::build(|cx| Hosts::build(&names(count), cx)).unwrap();
            assert_eq!(hosts.exact.is_some(), count >= MANY);
            assert!(hosts.knows("h1.TEST") && hosts.knows("a.wild.test"));
            assert!(!hosts.knows("h99.test") && !hosts.knows("wild.test") && !hosts.knows(""));
        }
    }

    #[test]
    fn a_name_may_be_given_by_the_environment_or_the_request() {
        let plan = [
            "{env.NAME}.test".to_owned(),
            "{http.request.uri.query.h}".to_owned(),
        ];
        let hosts = crate::trial::build(|cx| Hosts::build(&plan, cx)).unwrap();
        assert!(hosts.patterns().is_none());
        let asks =
            |host, target| hosts.matches(&crate::trial::exchange(crate::trial::get(host, target)));
        assert!(asks("value.test", "/"));
        assert!(asks("b.test", "/?h=*.TEST"));
        assert!(!asks("b.test", "/?h=c.test"));
    }

    #[test]
    fn a_name_that_can_never_come_is_refused() {
        let plan = ["b\u{fc}cher.example".to_owned()];
        assert!(crate::trial::build(|cx| Hosts::build(&plan, cx)).is_err());
    }
}
