//! `method` and `rewrite`: another method and target than the client's for what is sent upstream.
//! Caddy: `rewrite.go`.

use evenkeel_plan::http::handlers::Rewrite as Plan;
use http::{Method, Uri};

use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// What is put in place of the client's.
pub(super) struct Rewrite {
    method: Option<Template>,
    path: Option<Template>,
    query: Option<Template>,
}

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
        let rest = Plan {
            method: String::new(),
            uri: String::new(),
            ..plan.clone()
        };
        cx.no_field_yet("rewrite", rest != Plan::default())?;
        let template = |text: &str| Template::parse(text, Unknown::Empty, cx);
        let uri = plan.uri.split_once('#').map_or(&*plan.uri, |(uri, _)| uri);
        let (path, query) = match split_query(uri) {
            Some((path, query)) => (path, Some(query)),
            None => (uri, None),
        };
        Ok(Self {
            method: (!plan.method.is_empty()).then(|| template(&plan.method)),
            path: (!path.is_empty()).then(|| template(path)),
            query: query.map(template),
        })
    }

    /// The target of an exchange's requests.
    pub(super) fn apply(&self, exchange: &Exchange<'_>) -> Result<Target, ProxyError> {
        let request = &exchange.request;
        let scope = Scope::request(exchange);
        let method = match &self.method {
            None => request.method().clone(),
            Some(template) => {
                let name = template.expand(&scope).to_ascii_uppercase();
                Method::from_bytes(&name).map_err(|_| bad("the method is rewritten to none"))?
            }
        };
        let path = self.path.as_ref().map(|path| path.expand(&scope));
        let query = self.query.as_ref().map(|query| query.expand(&scope));
        // What came with `{uri}` is no part of the path. A query of the configuration's own wins.
        let (path, query) = match path {
            Some(path) => match path.iter().position(|&byte| byte == b'?') {
                Some(at) => {
                    let injected = path[at + 1..].to_vec().into();
                    let own = query.filter(|query| !query.is_empty());
                    (Some(path[..at].to_vec().into()), own.or(Some(injected)))
                }
                None => (Some(path), query),
            },
            None => (None, query),
        };
        let uri = match (path, query) {
            (None, None) => request.uri().clone(),
            (path, query) => {
                let own = request.uri();
                let mut text = Vec::new();
                let path = path.as_deref().unwrap_or(own.path().as_bytes());
                if path.first() != Some(&b'/') {
                    text.push(b'/');
                }
                escape(path, b"?#", &mut text);
                let query = query.as_deref().or(own.query().map(str::as_bytes));
                if let Some(query) = query.filter(|query| !query.is_empty()) {
                    text.push(b'?');
                    escape(query, b"#", &mut text);
                }
                Uri::try_from(text).map_err(|_| bad("the URI is rewritten to none"))?
            }
        };
        Ok(Target {
            drops_body: method != request.method() && matches!(method, Method::GET | Method::HEAD),
            method,
            uri,
        })
    }
}

/// At the first `?` that is not within a placeholder.
fn split_query(uri: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, byte) in uri.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'?' if depth == 0 => return Some((&uri[..at], &uri[at + 1..])),
            _ => {}
        }
    }
    None
}

/// Appends a part of a URI; what it cannot hold, or would end it, becomes `%XX`.
fn escape(part: &[u8], ends: &[u8], out: &mut Vec<u8>) {
    for &byte in part {
        if byte.is_ascii_graphic() && !ends.contains(&byte) && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
}

fn bad(message: &'static str) -> ProxyError {
    ProxyError::new(Kind::Handler, message)
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
