//! A body of which the beginning is held in memory: read before it is sent on.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};

use crate::body::{Body, BodyError};

/// What was read, and where the rest comes from.
pub struct Buffered {
    read: VecDeque<Result<Frame<Bytes>, BodyError>>,
    /// Bytes in `read`.
    held: u64,
    rest: Body,
}

/// Reads up to so many bytes of a body (all if `None`) and gives it back with them in front. A
/// body that ends before the limit is a [`Body::Full`], which can be sent any number of times. What
/// goes wrong meanwhile goes wrong when that place is read.
pub(crate) async fn buffer(mut body: Body, limit: Option<u64>) -> Body {
    if matches!(body, Body::Empty | Body::Full(_)) {
        return body;
    }
    let (mut read, mut held) = (VecDeque::new(), 0);
    let mut only_data = true;
    loop {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            None if only_data => return whole(read),
            None => break,
            Some(frame) => {
                let data = frame.as_ref().ok().and_then(Frame::data_ref);
                let failed = frame.is_err();
                only_data &= data.is_some();
                held += data.map_or(0, |data| data.len() as u64);
                read.push_back(frame);
                if failed || limit.is_some_and(|limit| held >= limit) {
                    break;
                }
            }
        }
    }
    Body::Buffered(Box::new(Buffered {
        read,
        held,
        rest: body,
    }))
}

fn whole(read: VecDeque<Result<Frame<Bytes>, BodyError>>) -> Body {
    let mut pieces: Vec<Bytes> = read
        .into_iter()
        .filter_map(|frame| frame.ok()?.into_data().ok())
        .collect();
    if pieces.len() == 1 {
        return Body::full(pieces.remove(0));
    }
    let mut text = BytesMut::with_capacity(pieces.iter().map(Bytes::len).sum());
    for piece in pieces {
        text.extend_from_slice(&piece);
    }
    Body::full(text.freeze())
}

impl Buffered {
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(frame) = self.read.pop_front() else {
            return Pin::new(&mut self.rest).poll_frame(cx);
        };
        if let Ok(frame) = &frame {
            self.held -= frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        Poll::Ready(Some(frame))
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.is_end_stream()
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(self.held + rest.lower());
        if let Some(upper) = rest.upper() {
            hint.set_upper(self.held + upper);
        }
        hint
    }

    /// What is still to come from where it came.
    pub(crate) const fn rest(&mut self) -> &mut Body {
        &mut self.rest
    }
}

impl fmt::Debug for Buffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffered")
            .field("held", &self.held)
            .field("rest", &self.rest)
            .finish_non_exhaustive()
    }
}
