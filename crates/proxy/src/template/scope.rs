//! What placeholders may look at.

use http::{HeaderMap, StatusCode};

use crate::exchange::Exchange;

/// An exchange, with the header that is being edited at the moment beside it.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The exchange.
    pub(crate) exchange: &'a Exchange<'a>,
    /// The request's header, which is not in `exchange` while it is being edited.
    pub(crate) request_headers: &'a HeaderMap,
    /// The response's header so far.
    pub(crate) response_headers: &'a HeaderMap,
    /// The response's status, once there is a response.
    pub(crate) status: Option<StatusCode>,
}

impl<'a> Scope<'a> {
    /// Before there is a response.
    pub(crate) fn request(exchange: &'a Exchange<'a>) -> Self {
        Self {
            exchange,
            request_headers: exchange.request.headers(),
            response_headers: &exchange.early,
            status: None,
        }
    }

    /// When there is one.
    pub(crate) fn response(
        exchange: &'a Exchange<'a>,
        status: StatusCode,
        headers: &'a HeaderMap,
    ) -> Self {
        Self {
            response_headers: headers,
            status: Some(status),
            ..Self::request(exchange)
        }
    }
}
