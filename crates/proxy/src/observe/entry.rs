//! What an access log entry says, with Caddy's names in Caddy's order. Caddy: `marshalers.go`,
//! and `logRequest` in `server.go`.

use std::time::Duration;

use evenkeel_net::Peer;
use http::header::{
    AUTHORIZATION, COOKIE, HOST, HeaderName, PROXY_AUTHORIZATION, SET_COOKIE, TRANSFER_ENCODING,
};
use http::{HeaderMap, Version};
use rustls::CipherSuite;

use super::json::Json;
use super::meter;
use super::{AccessFormat, Calendar};
use crate::exchange::{Exchange, Proxied, Uuid};
use crate::template::Natural;
use crate::worker::TlsInfo;

/// What is known when an exchange is over.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) now: std::time::SystemTime,
    pub(super) duration: Duration,
    /// Bytes of the request's body that were read.
    pub(super) bytes_read: u64,
    /// Bytes of the response's body that were sent.
    pub(super) size: u64,
    /// The response's status; 0 if there was none.
    pub(super) status: u16,
    pub(super) message: &'static str,
    pub(super) uuid: Option<u128>,
}

/// Bytes that most entries do not exceed, so that their buffers need not grow.
const REQUEST_ROOM: usize = 1024;
const RESPONSE_ROOM: usize = 512;
const REST_ROOM: usize = 320;
const ATTEMPTS_ROOM: usize = 160;

/// The parts of an entry that are written while request and response are at hand.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) format: AccessFormat,
    request: Json,
    response: Json,
    attempts: Json,
}

impl Draft {
    /// Notes the request as it came in.
    pub(super) fn begin(format: AccessFormat, exchange: &Exchange<'_>, credentials: bool) -> Self {
        let spaced = format == AccessFormat::Console;
        let mut request = Json::new(spaced, REQUEST_ROOM);
        request
            .key("request")
            .object(|json| write_request(json, exchange, credentials));
        Self {
            format,
            request,
            response: Json::new(spaced, 0),
            attempts: Json::new(spaced, 0),
        }
    }

    /// Notes the response's fields.
    pub(super) fn respond(&mut self, fields: &HeaderMap, credentials: bool) {
        self.response = Json::new(self.format == AccessFormat::Console, RESPONSE_ROOM);
        self.response.key("resp_headers");
        write_fields(&mut self.response, fields, credentials);
    }

    /// Notes which upstreams were asked, and what became of it.
    pub(super) fn tried(&mut self, exchange: &Exchange<'_>) {
        let Some(proxied) = &exchange.proxied else {
            return;
        };
        let mut json = Json::new(self.format == AccessFormat::Console, ATTEMPTS_ROOM);
        write_attempts(&mut json, exchange, proxied);
        self.attempts = json;
    }

    /// Adds a field that the configuration asks for.
    pub(super) fn append(&mut self, (key, value, natural): (&str, Vec<u8>, Natural)) {
        self.response.key_text(key);
        let text = std::str::from_utf8(&value).unwrap_or_default();
        match natural {
            Natural::Whole | Natural::Fraction | Natural::Truth if !text.is_empty() => {
                self.response.plain(text);
            }
            Natural::Nothing => self.response.plain("null"),
            _ => self.response.text(&value),
        }
    }

    /// The whole entry, ending in a newline.
    pub(super) fn finish(&self, logger: &str, outcome: &Outcome) -> Vec<u8> {
        let (request, response) = (self.request.as_bytes(), self.response.as_bytes());
        let attempts = self.attempts.as_bytes();
        let room = REST_ROOM + request.len() + response.len() + attempts.len();
        let mut line = Json::new(self.format == AccessFormat::Console, room);
        let moment = Calendar::of(outcome.now);
        let is_error = outcome.status >= 500;
        match self.format {
            AccessFormat::Json => {
                line.raw(b"{");
                line.key("level")
                    .text(if is_error { b"error" } else { b"info" });
                line.key("ts").plain(seconds(moment));
                line.key("logger").text(logger.as_bytes());
                line.key("msg").text(outcome.message.as_bytes());
            }
            AccessFormat::Console => {
                let level = if is_error {
                    "\x1b[31mERROR\x1b[0m"
                } else {
                    "\x1b[34mINFO\x1b[0m"
                };
                let start = moment.wall_millis();
                let start = format!("{start}\t{level}\t{logger}\t{}\t{{", outcome.message);
                line.raw(start.as_bytes());
            }
        }
        line.fields(request);
        line.key("bytes_read").plain(outcome.bytes_read);
        line.key("user_id").text(b"");
        line.key("duration").plain(outcome.duration.as_secs_f64());
        line.key("size").plain(outcome.size);
        line.key("status").plain(outcome.status);
        if response.is_empty() {
            line.key("resp_headers").object(|_| {});
        } else {
            line.fields(response);
        }
        if let Some(uuid) = outcome.uuid {
            line.key("uuid").text(Uuid(uuid).to_string().as_bytes());
        }
        if !attempts.is_empty() {
            line.fields(attempts);
        }
        line.raw(b"}\n");
        line.into_bytes()
    }
}

/// The upstream of the last attempt, and all attempts with their reasons and times. Our own: Caddy
/// has no such fields.
fn write_attempts(json: &mut Json, exchange: &Exchange<'_>, proxied: &Proxied<'_>) {
    let notes = exchange.notes.as_deref();
    let failures = notes.map_or(&[][..], |notes| &notes.attempts);
    json.key("upstream").text(proxied.dial().as_bytes());
    json.key("attempts").array(|json| {
        for failure in failures {
            json.object(|json| {
                json.key("upstream").text(failure.dial.as_bytes());
                json.key("outcome").text(failure.outcome.name().as_bytes());
                json.key("reason").text(failure.reason.as_bytes());
                json.key("start").plain(failure.start.as_secs_f64());
                json.key("duration").plain(failure.took.as_secs_f64());
            });
        }
        if proxied.is_noted {
            return;
        }
        // Neither answered nor failed: the client did not wait for it.
        let (outcome, took) = if let Some(latency) = proxied.latency {
            (meter::Outcome::Answered, latency)
        } else {
            let now = exchange.local.now();
            (
                meter::Outcome::Canceled,
                now.saturating_since(proxied.since),
            )
        };
        let start = proxied.since.saturating_since(proxied.began);
        json.object(|json| {
            json.key("upstream").text(proxied.dial().as_bytes());
            json.key("outcome").text(outcome.name().as_bytes());
            json.key("start").plain(start.as_secs_f64());
            json.key("duration").plain(took.as_secs_f64());
        });
    });
}

/// Since 1970, as precise as Caddy's (a float of 64 bits: some hundreds of nanoseconds).
#[expect(
    clippy::cast_precision_loss,
    reason = "Caddy's value is a float as well"
)]
fn seconds(moment: Calendar) -> f64 {
    let nanos = u128::from(moment.unix_seconds) * 1_000_000_000 + u128::from(moment.nanos);
    nanos as f64 / 1e9
}

fn write_request(json: &mut Json, exchange: &Exchange<'_>, credentials: bool) {
    let (request, connection) = (&exchange.request, &exchange.connection);
    let uri = request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str());
    json.key("remote_ip")
        .text(connection.peer_ip_text().as_bytes());
    match connection.peer {
        Peer::Tcp(peer) => json.key("remote_port").quoted(peer.port()),
        Peer::Unix => json.key("remote_port").text(b""),
    }
    json.key("client_ip")
        .text(exchange.client_ip_text().as_bytes());
    json.key("proto")
        .text(protocol_name(request.version()).as_bytes());
    json.key("method")
        .text(request.method().as_str().as_bytes());
    json.key("host").text(exchange.host().as_bytes());
    json.key("uri").text(uri.as_bytes());
    json.key("headers");
    write_fields(json, request.headers(), credentials);
    if request.headers().contains_key(TRANSFER_ENCODING) {
        let codings = request.headers().get_all(TRANSFER_ENCODING);
        json.key("transfer_encoding").array(|json| {
            codings
                .iter()
                .for_each(|coding| json.text(coding.as_bytes()));
        });
    }
    if let Some(session) = &connection.tls {
        json.key("tls").object(|json| write_tls(json, session));
    }
}

/// Go keeps `Host` and `Transfer-Encoding` apart from the other fields, so Caddy logs them apart.
fn write_fields(json: &mut Json, fields: &HeaderMap, credentials: bool) {
    json.object(|json| {
        for name in fields
            .keys()
            .filter(|name| **name != HOST && **name != TRANSFER_ENCODING)
        {
            json.key_of(go_name(name)).array(|json| {
                if !credentials && is_secret(name) {
                    json.text(b"REDACTED");
                } else {
                    fields
                        .get_all(name)
                        .iter()
                        .for_each(|value| json.text(value.as_bytes()));
                }
            });
        }
    });
}

/// Fields with which whoever reads the log could act in a user's name.
fn is_secret(name: &HeaderName) -> bool {
    [COOKIE, SET_COOKIE, AUTHORIZATION, PROXY_AUTHORIZATION].contains(name)
}

fn write_tls(json: &mut Json, session: &TlsInfo) {
    json.key("resumed").plain(session.resumed);
    json.key("version")
        .plain(session.version.map_or(0, u16::from));
    json.key("cipher_suite")
        .plain(session.cipher.map_or(0, u16::from));
    json.key("proto").text(session.alpn.as_bytes());
    json.key("server_name")
        .text(session.sni.as_deref().unwrap_or_default().as_bytes());
    json.key("ech").plain(false);
}

/// `User-Agent` for `user-agent`. Caddy: Go's `textproto.CanonicalMIMEHeaderKey`.
fn go_name(name: &HeaderName) -> impl Iterator<Item = u8> {
    let mut start = true;
    name.as_str().bytes().map(move |byte| {
        let shown = if start {
            byte.to_ascii_uppercase()
        } else {
            byte
        };
        start = byte == b'-';
        shown
    })
}

/// `HTTP/1.1`, `HTTP/2.0`, as Go has it.
pub(crate) const fn protocol_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

/// The IANA name, which Go uses; rustls calls those of TLS 1.3 differently.
pub(crate) fn cipher_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        suite => suite.as_str().unwrap_or_default(),
    }
}
