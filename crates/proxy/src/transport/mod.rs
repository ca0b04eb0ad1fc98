//! How a request is carried to an upstream: dialled or taken from the idle connections, sent, and
//! what can fail on the way.

mod acquire;
pub(crate) mod connect;
mod endpoint;
mod environment;
mod fastcgi;
mod forward;
pub(crate) mod http1;
pub(crate) mod http2;
pub(crate) mod idle;
pub(crate) mod io;
mod link;
mod places;
mod proxy_protocol;
mod settings;
mod single;
mod tls;
mod wire;

use std::net::SocketAddr;
use std::time::Duration;

use evenkeel_plan::http::handlers::reverse_proxy::{HttpTransport as HttpPlan, Transport as Plan};
use http::Request;

pub(crate) use acquire::{acquire, dial};
pub(crate) use connect::DialError;
pub(crate) use endpoint::Endpoint;
pub(crate) use http1::Http1;
pub(crate) use link::Connection;
pub(crate) use settings::{Settings, Versions};
pub(crate) use single::Single;
pub use tls::ClientTls;
pub(crate) use tls::HandshakeError;

use self::fastcgi::{Encoded, Variables};
use self::tls::Name;
use crate::Body;
use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// The transport of one `reverse_proxy`.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    /// What concerns its connections.
    pub(crate) settings: Settings,
    /// How long the head of a response may take after the request is sent.
    pub(crate) response_header_timeout: Option<Duration>,
    /// The name to ask for in TLS, if each request has its own.
    server_name: Option<Template>,
    /// For `FastCGI`.
    variables: Option<Variables>,
}

/// What about a connection depends on the request that it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    /// The name to ask for in TLS.
    pub(crate) server_name: Option<Box<str>>,
    /// The client, where the upstream is told about it before anything else.
    pub(crate) client: Option<SocketAddr>,
    /// Whether HTTP/2 cannot carry the request.
    pub(crate) http1_only: bool,
    /// What an application behind `FastCGI` is told about the request.
    variables: Option<Encoded>,
}

/// A request that got no response.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// What happened to the connection.
    pub(crate) error: hyper::Error,
    /// The request, if nothing of it was sent.
    pub(crate) unsent: Option<Box<Request<Body>>>,
    /// Whether the upstream had begun to answer.
    pub(crate) heard: bool,
    /// Whether the upstream says that it has not looked at the request.
    pub(crate) refused: bool,
}

impl Transport {
    /// Plain HTTP/1.1 with Caddy's defaults, where the plan says nothing else.
    pub(crate) fn build(
        plan: Option<&Plan>,
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let defaults = HttpPlan::default();
        let plan = match plan {
            None => &defaults,
            Some(Plan::Http(plan)) => plan,
            Some(Plan::FastCgi(plan)) => {
                return Ok(Self {
                    settings: Settings::build_fastcgi(plan),
                    response_header_timeout: None,
                    server_name: None,
                    variables: Some(cx.within("transport", |cx| Variables::build(plan, cx))?),
                });
            }
        };
        cx.within("transport", |cx| {
            let settings = Settings::build(plan, cx)?;
            let name = settings
                .tls
                .as_ref()
                .and_then(|tls| tls.server_name.as_ref());
            let server_name = match name {
                Some(Name::PerRequest(text)) => Some(Template::parse(text, Unknown::Empty, cx)),
                Some(Name::Fixed(_)) | None => None,
            };
            Ok(Self {
                settings,
                response_header_timeout: plan.response_header_timeout.positive(),
                server_name,
                variables: None,
            })
        })
    }

    /// What about a connection depends on this exchange.
    pub(crate) fn route(&self, exchange: &Exchange<'_>, http1_only: bool) -> Route {
        let server_name = self.server_name.as_ref().map(|template| {
            let name = template.expand(&Scope::request(exchange));
            String::from_utf8_lossy(&name).into()
        });
        let told = self.settings.proxy_protocol.is_some();
        Route {
            server_name,
            client: told.then(|| client_socket(exchange)).flatten(),
            http1_only,
            variables: self.variables.as_ref().map(|all| all.of(exchange)),
        }
    }
}

/// The client's address. Nobody knows the port of one that a proxy in front speaks for.
fn client_socket(exchange: &Exchange<'_>) -> Option<SocketAddr> {
    let (ip, peer) = (exchange.client.ip?, exchange.connection.peer);
    let port = if peer.ip() == Some(ip) {
        peer.port()
    } else {
        None
    };
    Some(SocketAddr::new(ip, port.unwrap_or(0)))
}

impl Route {
    /// Whether all requests may share the connections.
    pub(crate) const fn is_plain(&self) -> bool {
        self.server_name.is_none() && self.client.is_none()
    }

    /// What tells connections apart.
    fn key(&self) -> Self {
        Self {
            http1_only: false,
            variables: None,
            ..self.clone()
        }
    }
}
