//! One address for one file: folders end in a slash, files do not. Caddy: `staticfiles.go`.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Response, StatusCode, Uri};

use crate::Body;
use crate::exchange::Exchange;
use crate::template::decode;

/// The redirect that a request for this address gets, if there is a better one. Nothing is done
/// about what somebody has rewritten.
pub(super) fn to_canonical(exchange: &mut Exchange<'_>, is_index: bool) -> Option<Response<Body>> {
    let current = exchange.request.uri();
    let asked = exchange.original().map_or(current, |(_, uri)| uri);
    if base(asked) != base(current) {
        return None;
    }
    let path = asked.path();
    let target = match (is_index, path.strip_suffix('/')) {
        (true, None) => format!("{path}/"),
        (false, Some(file)) => file.to_owned(),
        _ => return None,
    };
    // Two slashes in front would name another host.
    let mut target = format!("/{}", target.trim_start_matches('/'));
    if let Some(query) = asked.query().filter(|query| !query.is_empty()) {
        target.push('?');
        target.push_str(query);
    }
    let location = HeaderValue::from_str(&target).ok()?;
    let (method, early) = (exchange.request.method(), &mut exchange.early);
    let body = (*method == Method::GET && !early.contains_key(CONTENT_TYPE))
        .then(|| Bytes::from(page(&target)));
    if [Method::GET, Method::HEAD].contains(method) && !early.contains_key(CONTENT_TYPE) {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        early.insert(CONTENT_TYPE, html);
    }
    early.insert(LOCATION, location);
    let mut response = Response::new(body.map_or_else(Body::empty, Body::full));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    *response.headers_mut() = std::mem::take(&mut exchange.early);
    Some(response)
}

/// The last segment, slashes behind it aside.
fn base(uri: &Uri) -> Vec<u8> {
    let path = decode(uri.path().as_bytes());
    let end = path
        .iter()
        .rposition(|&byte| byte != b'/')
        .map_or(0, |at| at + 1);
    let start = path[..end].iter().rposition(|&byte| byte == b'/');
    path[start.map_or(0, |at| at + 1)..end].to_vec()
}

/// For whoever does not follow. Caddy: Go's `http.Redirect`.
fn page(target: &str) -> String {
    let mut escaped = String::with_capacity(target.len());
    for letter in target.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    format!("<a href=\"{escaped}\">Permanent Redirect</a>.\n\n")
}
