//! `method` and `rewrite`: another method and target than the client's for what is sent upstream.
//! Caddy: `rewrite.go`, as for the handler of that name.

use evenkeel_plan::http::handlers::Rewrite as Plan;
use http::{Method, Uri};

use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::handlers::rewrite;

/// What is put in place of the client's.
pub(super) struct Rewrite(rewrite::Rewrite);

/// What is asked of an upstream.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// Whether the method became one that has no body.
    pub(crate) drops_body: bool,
}

impl Rewrite {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        rewrite::Rewrite::build(plan, cx).map(Self)
    }

    /// The target of an exchange's requests.
    pub(super) fn apply(&self, exchange: &Exchange<'_>) -> Result<Target, ProxyError> {
        let (method, uri) = self.0.target(exchange)?;
        let own = exchange.request.method();
        Ok(Target {
            drops_body: method != *own && matches!(method, Method::GET | Method::HEAD),
            method,
            uri,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{build, exchange, get};

    fn target(method: &str, uri: &str, asked: &str) -> String {
        let plan = Plan {
            method: method.to_owned(),
            uri: uri.to_owned(),
            ..Plan::default()
        };
        let rewrite = build(|cx| Rewrite::build(&plan, cx)).expect("it builds");
        let exchange = exchange(get("h.test", asked));
        let target = rewrite.apply(&exchange).expect("it applies");
        format!("{} {}", target.method, target.uri)
    }

    #[test]
    fn path_and_query_are_replaced_apart() {
        let table = [
            ("", "/new", "/old?a=b", "GET /new?a=b"),
            ("", "/new?", "/old?a=b", "GET /new"),
            ("", "/new?c=d", "/old?a=b", "GET /new?c=d"),
            ("", "?c=d", "/old?a=b", "GET /old?c=d"),
            ("", "/in{http.request.uri}", "/old?a=b", "GET /in/old?a=b"),
            (
                "",
                "/in{http.request.uri}?c=d",
                "/old?a=b",
                "GET /in/old?c=d",
            ),
            (
                "",
                "/x{http.request.uri.path}?q={http.request.uri.query}",
                "/o%20p?a",
                "GET /x/o%20p?q=a",
            ),
            ("post", "", "/old", "POST /old"),
            ("", "new", "/old", "GET /new"),
        ];
        for (method, uri, asked, expected) in table {
            assert_eq!(target(method, uri, asked), expected, "{uri}");
        }
    }
}
