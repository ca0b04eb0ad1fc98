//! What the log says about a request that failed. Caddy: `server.go`, `ServeHTTP`.

use tracing::Level;

use crate::error::{Chain, ProxyError};
use crate::exchange::Exchange;

/// Logs a failure: ours and an upstream's as errors; the client's are not worth more than a debug
/// line.
pub(super) fn report(exchange: &Exchange<'_>, error: &ProxyError) {
    if error.status().as_u16() >= 500 {
        line!(exchange, error, Level::ERROR);
    } else {
        line!(exchange, error, Level::DEBUG);
    }
}

/// An event's level is part of its static description, so the two need a place of their own.
macro_rules! line {
    ($exchange:expr, $error:expr, $level:expr) => {
        tracing::event!(
            target: "http.log.error",
            $level,
            remote_ip = $exchange.connection.peer_ip_text(),
            method = $exchange.request.method().as_str(),
            host = $exchange.host(),
            uri = %$exchange.request.uri(),
            upstream = $exchange.proxied.as_ref().map(|proxied| proxied.dial()),
            duration = $exchange.started.elapsed().as_secs_f64(),
            status = $error.status().as_u16(),
            "{}",
            Chain($error),
        )
    };
}
use line;
