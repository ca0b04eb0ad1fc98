//! A body of parts of a file, read beside the worker, piece by piece.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::body::BodyError;

/// Bytes that are read at once.
const PIECE: u64 = 128 * 1024;

/// Reads bytes at a place of a file; an error if they are not there.
pub(crate) type Read = fn(&File, u64, u64) -> io::Result<Bytes>;

/// Texts and parts of one file, one after the other.
pub struct FileBody {
    file: Arc<File>,
    read: Read,
    segments: VecDeque<Segment>,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
    /// Bytes that are still to come.
    left: u64,
}

/// A piece of the body.
#[derive(Debug)]
pub(crate) enum Segment {
    Text(Bytes),
    Part { start: u64, length: u64 },
}

impl FileBody {
    /// A body of these pieces.
    pub(crate) fn new(file: File, read: Read, segments: Vec<Segment>) -> Self {
        let lengths = segments.iter().map(|segment| match segment {
            Segment::Text(text) => text.len() as u64,
            Segment::Part { length, .. } => *length,
        });
        Self {
            left: lengths.sum(),
            file: Arc::new(file),
            read,
            segments: segments.into(),
            reading: None,
        }
    }

    /// Bytes that are still to come.
    pub(crate) const fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = match Pin::new(reading).poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(read) => read.unwrap_or_else(|lost| Err(io::Error::other(lost))),
                };
                self.reading = None;
                return Poll::Ready(Some(self.account(read)));
            }
            match self.segments.pop_front() {
                None => return Poll::Ready(None),
                Some(Segment::Text(text)) => return Poll::Ready(Some(self.account(Ok(text)))),
                Some(Segment::Part { start, length }) => {
                    let (piece, read) = (length.min(PIECE), self.read);
                    if length > piece {
                        self.segments.push_front(Segment::Part {
                            start: start + piece,
                            length: length - piece,
                        });
                    }
                    let file = Arc::clone(&self.file);
                    self.reading = Some(spawn_blocking(move || read(&file, start, piece)));
                }
            }
        }
    }

    fn account(&mut self, read: io::Result<Bytes>) -> Result<Frame<Bytes>, BodyError> {
        match read {
            Ok(bytes) => {
                self.left = self.left.saturating_sub(bytes.len() as u64);
                Ok(Frame::data(bytes))
            }
            Err(error) => {
                self.segments.clear();
                tracing::error!(
                    target: "http.handlers.file_server",
                    %error, "a file could not be sent to its end",
                );
                Err(BodyError::File(error))
            }
        }
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl fmt::Debug for FileBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileBody")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
