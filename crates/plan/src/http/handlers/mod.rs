//! What a route does with an exchange. The tag is Caddy's module name.

mod acme_server;
mod authentication;
mod copy_response;
mod encode;
mod error;
mod file_server;
mod headers;
mod intercept;
mod invoke;
mod log_append;
mod map;
mod metrics;
mod push;
mod request_body;
pub mod reverse_proxy;
mod rewrite;
mod static_response;
mod subroute;
mod templates;
mod timeouts;
mod tracing;
mod vars;

use serde::{Deserialize, Serialize};

pub use acme_server::{AcmePolicy, AcmeRules, AcmeServer};
pub use authentication::{Account, Authentication, HashAlgorithm, HashCache, HttpBasic, Providers};
pub use copy_response::{CopyResponse, CopyResponseHeaders};
pub use encode::{Encode, Encodings, Gzip, Zstd};
pub use error::StaticError;
pub use file_server::{Browse, FileServer, Precompressed, Sidecar};
pub use headers::{HeaderOps, HeaderReplacement, Headers, ResponseHeaderOps, ResponseMatcher};
pub use intercept::{Intercept, ResponseHandler};
pub use invoke::Invoke;
pub use log_append::LogAppend;
pub use map::{Map, Mapping};
pub use metrics::Metrics;
pub use push::{Push, PushedResource};
pub use request_body::RequestBody;
pub use reverse_proxy::ReverseProxy;
pub use rewrite::{
    QueryOps, QueryPair, QueryReplacement, RegexpReplacement, Rewrite, SubstringReplacement,
};
pub use static_response::StaticResponse;
pub use subroute::Subroute;
pub use templates::Templates;
pub use timeouts::Timeouts;
pub use tracing::Tracing;
pub use vars::Vars;

/// A handler, named by `handler`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "handler", rename_all = "snake_case")]
pub enum Handler {
    /// Issues certificates over ACME.
    AcmeServer(Box<AcmeServer>),
    /// Asks who the user is.
    Authentication(Box<Authentication>),
    /// Answers with the response of an upstream.
    CopyResponse(CopyResponse),
    /// Takes over header fields of the response of an upstream.
    CopyResponseHeaders(CopyResponseHeaders),
    /// Compresses the response.
    Encode(Box<Encode>),
    /// Fails on purpose.
    #[serde(rename = "error")]
    StaticError(StaticError),
    /// Answers with a file.
    FileServer(Box<FileServer>),
    /// Edits request and response headers.
    Headers(Box<Headers>),
    /// Handles the response of what follows.
    Intercept(Intercept),
    /// Runs a named route.
    Invoke(Invoke),
    /// Adds a field to the access log.
    LogAppend(LogAppend),
    /// Gives placeholders values.
    Map(Box<Map>),
    /// Answers with the figures of the process.
    Metrics(Metrics),
    /// Sends resources unasked.
    Push(Box<Push>),
    /// Limits or replaces the request's body.
    RequestBody(RequestBody),
    /// Forwards to an upstream.
    ReverseProxy(Box<ReverseProxy>),
    /// Changes method or URI.
    Rewrite(Box<Rewrite>),
    /// Answers by itself.
    StaticResponse(StaticResponse),
    /// A list of routes of its own.
    Subroute(Subroute),
    /// Executes the response as a template.
    Templates(Box<Templates>),
    /// Limits how long reading and writing may take.
    Timeouts(Box<Timeouts>),
    /// Opens a span.
    Tracing(Tracing),
    /// Sets variables.
    Vars(Vars),
}

impl Handler {
    /// The name of its module.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AcmeServer(_) => "acme_server",
            Self::Authentication(_) => "authentication",
            Self::CopyResponse(_) => "copy_response",
            Self::CopyResponseHeaders(_) => "copy_response_headers",
            Self::Encode(_) => "encode",
            Self::StaticError(_) => "error",
            Self::FileServer(_) => "file_server",
            Self::Headers(_) => "headers",
            Self::Intercept(_) => "intercept",
            Self::Invoke(_) => "invoke",
            Self::LogAppend(_) => "log_append",
            Self::Map(_) => "map",
            Self::Metrics(_) => "metrics",
            Self::Push(_) => "push",
            Self::RequestBody(_) => "request_body",
            Self::ReverseProxy(_) => "reverse_proxy",
            Self::Rewrite(_) => "rewrite",
            Self::StaticResponse(_) => "static_response",
            Self::Subroute(_) => "subroute",
            Self::Templates(_) => "templates",
            Self::Timeouts(_) => "timeouts",
            Self::Tracing(_) => "tracing",
            Self::Vars(_) => "vars",
        }
    }
}
