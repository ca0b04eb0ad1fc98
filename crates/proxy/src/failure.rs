//! What went wrong with an exchange, for the routes that answer errors. Caddy: `errors.go`.

use std::fmt;

use http::StatusCode;
use rand::RngExt as _;

use crate::error::{Chain, ProxyError};
use crate::exchange::Exchange;

/// Letters of an identifier: none that looks like another. Caddy: `randString`.
const ALPHABET: &[u8; 34] = b"abcdefghijkmnpqrstuvwxyz0123456789";

/// A failed exchange's failure.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What the client gets unless the routes for errors answer.
    pub(crate) status: StatusCode,
    /// What happened, in words.
    pub(crate) message: Box<str>,
    id: [u8; 9],
}

impl Failure {
    /// A failure with an identifier of its own.
    pub(crate) fn of(error: &ProxyError, exchange: &Exchange<'_>) -> Self {
        let mut rng = exchange.local.rng.borrow_mut();
        Self {
            status: error.status(),
            message: Chain(error).to_string().into(),
            id: std::array::from_fn(|_| ALPHABET[rng.random_range(..ALPHABET.len())]),
        }
    }

    /// The identifier.
    pub(crate) fn id(&self) -> &str {
        std::str::from_utf8(&self.id).expect("letters are ASCII")
    }
}

/// As Caddy prints it, but for the place in its source.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, status) = (self.id(), self.status.as_u16());
        write!(f, "{{id={id}}}: HTTP {status}: {}", self.message)
    }
}
