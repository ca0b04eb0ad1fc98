//! `path_regexp` and `header_regexp`: regular expressions over the path and over fields.

use evenkeel_plan::http::matchers::Regexp as Plan;
use http::HeaderName;

use super::path;
use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::regexp::Regexp;

/// An expression that must be found in the path: decoded, `.`, `..` and double slashes resolved,
/// in the case it has. Caddy: `MatchPathRE`.
pub(super) struct PathPattern(pub(super) Regexp);

impl PathPattern {
    pub(super) fn matches<'g>(&'g self, exchange: &mut Exchange<'g>) -> bool {
        let path = path::cleaned(exchange.request.uri().path().as_bytes());
        let found = self.0.find(&path);
        found.is_some_and(|found| {
            self.0.note(found, exchange);
            true
        })
    }
}

/// Expressions of which each must be found in one of the values of its field. Caddy:
/// `MatchHeaderRE`.
pub(super) struct FieldPatterns(Box<[(HeaderName, Regexp)]>);

impl FieldPatterns {
    pub(super) fn build<'p>(
        plan: impl IntoIterator<Item = (&'p String, &'p Plan)>,
        cx: &BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let patterns = plan.into_iter().map(|(name, regexp)| {
            let field = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| cx.error(format!("`{name}` is not a header field's name")))?;
            Ok((field, Regexp::build(regexp, cx)?))
        });
        patterns.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn matches<'g>(&'g self, exchange: &mut Exchange<'g>) -> bool {
        self.0.iter().all(|(name, regexp)| {
            let mut values = exchange.request.headers().get_all(name).iter();
            let found = values.find_map(|value| regexp.find(value.as_bytes()));
            found.is_some_and(|found| {
                regexp.note(found, exchange);
                true
            })
        })
    }
}
