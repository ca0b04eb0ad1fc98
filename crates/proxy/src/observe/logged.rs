//! A response's body with the access log entry that waits for its end.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::access_log::Pending;
use crate::body::{Body, BodyError};

/// What is given to the protocol: a body that is counted if the exchange is noted.
pub(crate) struct Logged {
    body: Body,
    pending: Option<Box<Pending>>,
}

impl Logged {
    pub(super) fn noted(body: Body, pending: Box<Pending>) -> Self {
        Self {
            body,
            pending: Some(pending),
        }
    }
}

impl From<Body> for Logged {
    fn from(body: Body) -> Self {
        Self {
            body,
            pending: None,
        }
    }
}

impl http_body::Body for Logged {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.body).poll_frame(cx);
        if let (Some(pending), Poll::Ready(Some(Ok(frame)))) = (&mut this.pending, &polled)
            && let Some(data) = frame.data_ref()
        {
            pending.sent(data.len());
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
