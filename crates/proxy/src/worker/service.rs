//! One request, from hyper's hands into the graph's and back.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use http::header::{CONNECTION, CONTENT_TYPE, HOST, SERVER};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;

use super::activity::{Activity, Busy};
use super::endpoint::Endpoint;
use super::extended_connect;
use super::request_checks::{self, Refusal};
use super::stream_tasks::Taken;
use super::{Connection, Local};
use crate::Body;
use crate::exchange::{Exchange, SERVER_NAME};
use crate::graph::Aborted;
use crate::observe::Logged;

/// Where a CA asks (RFC 8555 section 8.3).
const CHALLENGE_PATH: &str = "/.well-known/acme-challenge/";

/// What all requests on one connection have in common.
pub(super) struct Served {
    pub(super) endpoint: Rc<Endpoint>,
    pub(super) connection: Rc<Connection>,
    pub(super) local: Rc<Local>,
    pub(super) activity: Rc<Activity>,
}

/// Answers one request.
pub(super) async fn answer(
    served: Rc<Served>,
    request: Request<Incoming>,
) -> Result<Response<ExchangeBody>, Aborted> {
    let busy = Activity::begin(&served.activity);
    let _unwinding = Unwinding(&served.connection);
    let mut request = request.map(Body::from);
    let is_extended = extended_connect::unwrap(&mut request, &served.local);
    if let Err(refusal) = request_checks::check(&mut request) {
        return Ok(ExchangeBody::around(
            refuse(&refusal, request.version()),
            busy,
        ));
    }
    if let Some(response) = answer_challenge(&served.local, &request) {
        return Ok(ExchangeBody::around(response, busy));
    }
    // Over HTTP/2 a tunnel is a stream of a connection that goes on.
    let busy_for_tunnel = is_extended.then(|| Activity::begin(&served.activity));
    let mut response = respond(&served, request, busy_for_tunnel).await?;
    if is_extended {
        extended_connect::wrap(&mut response);
    } else if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        served.activity.set_tunnel();
    }
    Ok(ExchangeBody::around(response, busy))
}

async fn respond(
    served: &Served,
    request: Request<Body>,
    busy: Option<Busy>,
) -> Result<Response<Logged>, Aborted> {
    let installed = served.endpoint.installed();
    let (connection, local) = (Rc::clone(&served.connection), Rc::clone(&served.local));
    let mut exchange = Exchange::new(request, connection, local);
    exchange.busy = busy;
    installed.server().respond(&mut exchange).await
}

fn refuse(refusal: &Refusal, version: Version) -> Response<Logged> {
    if let Refusal::Bad(reason) = refusal {
        tracing::debug!(target: "http", reason, "refused a malformed request");
    }
    let mut response = Response::new(Logged::from(Body::empty()));
    *response.status_mut() = refusal.status();
    let headers = response.headers_mut();
    headers.insert(SERVER, SERVER_NAME);
    if matches!(refusal, Refusal::Bad(_) | Refusal::Coding) && version < Version::HTTP_2 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn answer_challenge(local: &Local, request: &Request<Body>) -> Option<Response<Logged>> {
    let token = request.uri().path().strip_prefix(CHALLENGE_PATH)?;
    if request.method() != Method::GET {
        return None;
    }
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let host = host
        .rsplit_once(':')
        .map_or(host, |(host, _)| host)
        .to_ascii_lowercase();
    let answer = local.challenges.answer(&host, token)?;
    tracing::info!(target: "tls.obtain", identifier = host, "served key authentication");
    let mut response = Response::new(Logged::from(Body::full(answer)));
    let plain = HeaderValue::from_static("text/plain");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response.headers_mut().insert(SERVER, SERVER_NAME);
    Some(response)
}

pin_project! {
    /// A response's body, and what lasts as long as it.
    pub(super) struct ExchangeBody {
        #[pin]
        body: Logged,
        busy: Busy,
        // In HTTP/2 only.
        taken: Option<Rc<Taken>>,
    }
}

impl ExchangeBody {
    fn around(response: Response<Logged>, busy: Busy) -> Response<Self> {
        let taken = Taken::own();
        response.map(|body| Self { body, busy, taken })
    }
}

impl http_body::Body for ExchangeBody {
    type Data = <Logged as http_body::Body>::Data;
    type Error = <Logged as http_body::Body>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.project();
        if let Some(taken) = this.taken {
            taken.ask();
        }
        let polled = this.body.poll_frame(cx);
        if let (Some(taken), Poll::Ready(Some(Ok(_)))) = (this.taken, &polled) {
            taken.give();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Tells that an exchange was lost to a panic. The runtime confines it to the connection's task.
struct Unwinding<'a>(&'a Connection);

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let peer = self.0.peer_ip_text();
            tracing::error!(target: "http.log.error", remote_ip = peer, "panic while serving");
        }
    }
}
