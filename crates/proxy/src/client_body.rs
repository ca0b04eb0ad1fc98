//! A request's body as the client sends it, unless it stops sending.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Sleep, sleep};

use crate::body::BodyError;

/// A client that owes more of a body and sends nothing for so long is given up: it holds a
/// connection to an upstream. Caddy 2.11: the same, measured.
const STALL: Duration = Duration::from_mins(1);

/// A body that comes from the client.
pub struct ClientBody {
    incoming: Incoming,
    stall: Option<Pin<Box<Sleep>>>,
}

impl ClientBody {
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            self.stall = None;
            let frame = frame.map(|frame| frame.map(cleaned));
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyError::Client)));
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(STALL)));
        stall
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err(BodyError::Stalled)))
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// A frame without what no trailer may say.
pub(crate) fn cleaned(mut frame: Frame<Bytes>) -> Frame<Bytes> {
    if let Some(trailers) = frame.trailers_mut() {
        crate::trailers::clean(trailers);
    }
    frame
}

impl From<Incoming> for ClientBody {
    fn from(incoming: Incoming) -> Self {
        Self {
            incoming,
            stall: None,
        }
    }
}

impl fmt::Debug for ClientBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBody").finish_non_exhaustive()
    }
}
