//! What a route does with an exchange. The tag is Caddy's module name.

mod headers;
pub mod reverse_proxy;
mod static_response;
mod subroute;

use serde::{Deserialize, Serialize};

pub use headers::{HeaderOps, HeaderReplacement, Headers, ResponseHeaderOps, ResponseMatcher};
pub use reverse_proxy::ReverseProxy;
pub use static_response::StaticResponse;
pub use subroute::Subroute;

/// A handler, named by `handler`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "handler", rename_all = "snake_case")]
pub enum Handler {
    /// Edits request and response headers.
    Headers(Box<Headers>),
    /// Forwards to an upstream.
    ReverseProxy(Box<ReverseProxy>),
    /// Answers by itself.
    StaticResponse(StaticResponse),
    /// A list of routes of its own.
    Subroute(Subroute),
}
