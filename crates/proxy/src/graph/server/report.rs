//! What the log says about a request that failed. Caddy: `server.go`, `ServeHTTP`.

use std::error::Error as _;
use std::fmt;

use tracing::Level;

use crate::error::ProxyError;
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
            upstream = $exchange.proxied.map(|proxied| proxied.dial),
            duration = $exchange.started.elapsed().as_secs_f64(),
            status = $error.status().as_u16(),
            "{}",
            Chain($error),
        )
    };
}
use line;

/// An error with all its causes on one line.
struct Chain<'a>(&'a ProxyError);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::error::Kind;

    #[test]
    fn names_every_cause_once() {
        let refused = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
        let error = ProxyError::caused(Kind::Dial, "dialling 10.0.0.1:80", refused);
        assert_eq!(
            Chain(&error).to_string(),
            "dialling 10.0.0.1:80: connection refused"
        );
    }
}
