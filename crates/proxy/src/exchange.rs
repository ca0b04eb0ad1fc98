//! One request and its response while in flight: what handlers read and change.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use evenkeel_balance::{Moment, Upstream};
use http::header::{HOST, SERVER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use rand::RngExt as _;
use tokio::time::Instant;

use crate::Body;
use crate::failure::Failure;
use crate::graph::Groups;
use crate::handlers::ResponseStep;
use crate::handlers::reverse_proxy::{Held, Target};
use crate::notes::Notes;
use crate::template::{Natural, Scope};
use crate::upstream::{Current, Dialled};
use crate::worker::{Busy, Connection, Local};

/// An exchange of a graph that lives for `'g`.
pub(crate) struct Exchange<'g> {
    /// The request as the handlers so far have left it. Whatever way the client named the
    /// host, it is in the field `Host`.
    pub(crate) request: Request<Body>,
    /// The connection it came on.
    pub(crate) connection: Rc<Connection>,
    /// Who it is from: the peer, or whom a trusted peer speaks for.
    pub(crate) client: Client,
    /// The worker it runs on.
    pub(crate) local: Rc<Local>,
    /// Fields that handlers set before there was a response. The response of `static_response`
    /// takes them over; an upstream's fields are appended to them, as in Caddy.
    pub(crate) early: HeaderMap,
    /// Whether the response gets the server's own `Server` field.
    pub(crate) server_field: bool,
    /// What handlers left to be done on the response, undone from the last to the first.
    pub(crate) steps: Vec<ResponseStep<'g>>,
    /// What the reverse proxy did, for logs and placeholders.
    pub(crate) proxied: Option<Proxied<'g>>,
    /// What the reverse proxy asks for instead of the client's method and target.
    pub(crate) rewritten: Option<Box<Target>>,
    /// The upstream's response that a `handle_response` is busy with.
    pub(crate) held: Option<Box<Held<'g>>>,
    /// When the head of the request was read.
    pub(crate) started: Instant,
    /// The route groups of which a route has run.
    pub(crate) groups: Groups,
    /// The request's identifier, once someone asked for it.
    pub(crate) uuid: Cell<Option<u128>>,
    /// Keeps the client's connection busy: to be held by a tunnel that is a part of it.
    pub(crate) busy: Option<Busy>,
    /// What matchers and handlers noted; mostly nothing.
    pub(crate) notes: Option<Box<Notes<'g>>>,
}

/// Who a request is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address; `None` behind a Unix socket.
    pub(crate) ip: Option<IpAddr>,
    /// Whether the peer is a proxy of our own, whose word is taken.
    pub(crate) is_trusted: bool,
}

/// Which upstream an exchange went to.
#[derive(Clone, Debug)]
pub(crate) struct Proxied<'g> {
    /// Where it was.
    pub(crate) endpoint: Dialled<'g>,
    /// Attempts after the first.
    pub(crate) retries: u32,
    /// Among whom it was chosen, and which of them it is.
    pub(crate) members: Current<'g>,
    pub(crate) index: usize,
    /// When the proxy began.
    pub(crate) began: Moment,
    /// When the last attempt began.
    pub(crate) since: Moment,
    /// How long it took to the head of the response; `None` until that is there.
    pub(crate) latency: Option<Duration>,
    /// Whether the last attempt stands among those that failed.
    pub(crate) is_noted: bool,
    /// Whether it failed without one.
    pub(crate) has_failed: bool,
    /// Status and header of the answer while it is judged.
    pub(crate) shown: Option<Box<(StatusCode, HeaderMap)>>,
}

impl Proxied<'_> {
    /// The upstream's address.
    pub(crate) fn dial(&self) -> &str {
        &self.endpoint.dial
    }

    /// Its counters.
    pub(crate) fn upstream(&self) -> Option<&Upstream> {
        self.members.balance().upstreams().get(self.index)
    }
}

/// How the client came to a proxy in front of us.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The value of the server's own `Server` field. Caddy: `server.go`, `ServeHTTP`.
pub(crate) const SERVER_NAME: HeaderValue = HeaderValue::from_static("Caddy");

impl<'g> Exchange<'g> {
    /// An exchange that starts now.
    pub(crate) fn new(
        request: Request<Body>,
        connection: Rc<Connection>,
        local: Rc<Local>,
    ) -> Self {
        let client = Client {
            ip: connection.peer.ip(),
            is_trusted: false,
        };
        Self {
            request,
            connection,
            client,
            local,
            early: HeaderMap::new(),
            server_field: true,
            steps: Vec::new(),
            proxied: None,
            rewritten: None,
            held: None,
            started: Instant::now(),
            groups: Groups::default(),
            uuid: Cell::new(None),
            busy: None,
            notes: None,
        }
    }

    /// The notes, to add to them.
    pub(crate) fn notes_mut(&mut self) -> &mut Notes<'g> {
        self.notes.get_or_insert_default()
    }

    /// The address of the client as text; empty behind a Unix socket.
    pub(crate) fn client_ip_text(&self) -> Cow<'_, str> {
        match self.client.ip {
            Some(ip) if self.connection.peer.ip() != Some(ip) => Cow::Owned(ip.to_string()),
            Some(_) | None => Cow::Borrowed(self.connection.peer_ip_text()),
        }
    }

    /// Whether the client's own connection is encrypted, as far as we or a trusted proxy know.
    /// Caddy: `selectionpolicies.go`, `CookieHashSelection`.
    pub(crate) fn is_secure(&self) -> bool {
        let told = || self.request.headers().get(FORWARDED_PROTO);
        self.connection.tls.is_some()
            || self.client.is_trusted && told().is_some_and(|proto| proto == "https")
    }

    /// Notes what the client asked for, before it is rewritten for the first time.
    pub(crate) fn keep_original(&mut self) {
        if self.original().is_none() {
            let original = (self.request.method().clone(), self.request.uri().clone());
            self.notes_mut().original = Some(original);
        }
    }

    /// What the client asked for, if it was rewritten.
    pub(crate) fn original(&self) -> Option<&(Method, Uri)> {
        self.notes.as_deref()?.original.as_ref()
    }

    /// Gives back what the client asked for, whatever rewrites have made of it.
    pub(crate) fn restore_original(&mut self) {
        if let Some((method, uri)) = self.original().cloned() {
            *self.request.method_mut() = method;
            *self.request.uri_mut() = uri;
        }
    }

    /// What went wrong, while the routes for errors run.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.notes.as_deref()?.failure.as_ref()
    }

    /// The value that a `map` gives a placeholder. Maps may ask each other, but not for ever.
    pub(crate) fn mapped(&self, name: &str, scope: &Scope<'_>) -> Option<(Vec<u8>, Natural)> {
        const DEPTH: u8 = 16;
        let notes = self.notes.as_deref()?;
        let depth = notes.map_depth.get();
        if depth == DEPTH {
            return None;
        }
        notes.map_depth.set(depth + 1);
        let value = notes.maps.iter().find_map(|map| map.value(name, scope));
        notes.map_depth.set(depth);
        value
    }

    /// Whether `log_skip` asked that the access log be silent about it.
    pub(crate) fn skips_log(&self) -> bool {
        self.notes
            .as_deref()
            .is_some_and(|notes| notes.variables.value(b"log_skip") == Some(b"true"))
    }

    /// The host asked for, with the port if there is one; empty if absent.
    pub(crate) fn host(&self) -> &str {
        host_of(self.request.headers())
    }

    /// The request's identifier, random (RFC 9562 section 5.4) and the same however often it is
    /// asked for.
    pub(crate) fn uuid(&self) -> u128 {
        self.uuid.get().unwrap_or_else(|| {
            let random: u128 = self.local.rng.borrow_mut().random();
            let version_and_variant = random & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
            self.uuid.set(Some(version_and_variant));
            version_and_variant
        })
    }

    /// The method that upstreams are sent.
    pub(crate) fn sent_method(&self) -> &Method {
        let rewritten = self.rewritten.as_ref();
        rewritten.map_or(self.request.method(), |target| &target.method)
    }

    /// Lets placeholders see an upstream's answer.
    pub(crate) fn show_answer<B>(&mut self, response: &mut Response<B>) {
        if let Some(proxied) = &mut self.proxied {
            let fields = std::mem::take(response.headers_mut());
            proxied.shown = Some(Box::new((response.status(), fields)));
        }
    }

    /// The end of [`Self::show_answer`].
    pub(crate) fn hide_answer<B>(&mut self, response: &mut Response<B>) {
        let proxied = self.proxied.as_mut();
        if let Some(shown) = proxied.and_then(|proxied| proxied.shown.take()) {
            *response.headers_mut() = shown.1;
        }
    }

    /// The header of an upstream's answer that placeholders see.
    pub(crate) fn shown_fields(&self) -> Option<&HeaderMap> {
        let shown = self.proxied.as_ref()?.shown.as_deref();
        let held = self.held.as_deref().map(Held::headers);
        shown.map(|(_, fields)| fields).or(held)
    }

    /// An upstream answers: its `Server` field passes, ours and those set earlier do not.
    /// Caddy: `reverseproxy.go`, `finalizeResponse`.
    pub(crate) fn answered_by_upstream(&mut self) {
        self.server_field = false;
        if !self.early.is_empty() {
            self.early.remove(SERVER);
        }
    }
}

/// Prints an identifier in the form of RFC 9562 section 4.
pub(crate) struct Uuid(pub(crate) u128);

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, bits: u32| (self.0 >> shift) & ((1 << bits) - 1);
        let (low, mid, high) = (part(96, 32), part(80, 16), part(64, 16));
        write!(
            f,
            "{low:08x}-{mid:04x}-{high:04x}-{:04x}-{:012x}",
            part(48, 16),
            part(0, 48)
        )
    }
}

/// The host among these fields, with the port if there is one; empty if absent or not text.
pub(crate) fn host_of(headers: &HeaderMap) -> &str {
    headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
}
