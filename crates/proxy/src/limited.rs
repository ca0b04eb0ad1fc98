//! A body that must not be longer than allowed.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame};

use crate::body::{Body, BodyError};

/// A body of which so many bytes may still come.
#[derive(Debug)]
pub struct Limited {
    body: Body,
    left: u64,
}

impl Limited {
    /// A body with a limit.
    pub(crate) const fn new(body: Body, limit: u64) -> Self {
        Self { body, left: limit }
    }

    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            let Some(left) = self.left.checked_sub(data.len() as u64) else {
                self.body = Body::Empty;
                return Poll::Ready(Some(Err(BodyError::TooLarge)));
            };
            self.left = left;
        }
        polled
    }

    /// What is limited.
    pub(crate) const fn inner(&self) -> &Body {
        &self.body
    }

    /// What is limited.
    pub(crate) const fn inner_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    /// Whether it is known that more will come than may.
    pub(crate) fn is_too_long(&self) -> bool {
        self.body.size_hint().lower() > self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str, limit: u64) -> Result<Option<Bytes>, BodyError> {
        let mut body = Limited::new(Body::full(text), limit);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        match body.poll(&mut cx) {
            Poll::Ready(Some(frame)) => frame.map(|frame| frame.into_data().ok()),
            _ => Ok(None),
        }
    }

    #[test]
    fn a_body_may_be_as_long_as_its_limit_and_no_longer() {
        assert_eq!(read("abc", 3).unwrap().unwrap(), "abc");
        assert!(matches!(read("abcd", 3), Err(BodyError::TooLarge)));
        assert!(Limited::new(Body::full("abcd"), 3).is_too_long());
        assert!(!Limited::new(Body::full("abc"), 3).is_too_long());
    }
}
