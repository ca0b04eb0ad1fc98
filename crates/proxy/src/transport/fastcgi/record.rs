//! Records of `FastCGI` (version 1.0, section 3): made, and read piece by piece.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};

const VERSION: u8 = 1;
const BEGIN_REQUEST: u8 = 1;
const END_REQUEST: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;
const STDERR: u8 = 7;

/// A head says type, request, length and padding.
const HEAD: usize = 8;

/// The most that fits into one record.
const MOST: usize = 0xffff;

/// The only request of a connection.
const REQUEST: u16 = 1;

/// The start of a request to a responder whose connection is closed at its end, with all its
/// parameters.
pub(super) fn begin(parameters: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parameters.len() + 64);
    put(&mut bytes, BEGIN_REQUEST, &[0, 1, 0, 0, 0, 0, 0, 0]);
    for part in parameters.chunks(MOST) {
        put(&mut bytes, PARAMS, part);
    }
    put(&mut bytes, PARAMS, &[]);
    bytes
}

/// A piece of the request's body; an empty one is its end.
pub(super) fn stdin(piece: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(piece.len() + HEAD);
    if piece.is_empty() {
        put(&mut bytes, STDIN, &[]);
    }
    for part in piece.chunks(MOST) {
        put(&mut bytes, STDIN, part);
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, kind: u8, content: &[u8]) {
    let length = u16::try_from(content.len()).expect("chunks are no longer than a record");
    bytes.extend_from_slice(&[VERSION, kind]);
    bytes.extend_from_slice(&REQUEST.to_be_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(content);
}

/// What an application says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A piece of the response.
    Output(Bytes),
    /// A piece of its error log.
    Error(Bytes),
}

/// Reads the records of an application. Never holds more than one record and one read.
pub(super) struct Records<R> {
    from: R,
    read: BytesMut,
    ended: bool,
}

impl<R: AsyncRead + Unpin> Records<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            read: BytesMut::new(),
            ended: false,
        }
    }

    /// The next piece; `None` at the end of the request. An end of the stream before that is an
    /// error.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Said>>> {
        loop {
            if self.ended {
                return Poll::Ready(Ok(None));
            }
            if let Some((kind, content)) = self.record()? {
                match kind {
                    STDOUT if !content.is_empty() => {
                        return Poll::Ready(Ok(Some(Said::Output(content))));
                    }
                    STDERR if !content.is_empty() => {
                        return Poll::Ready(Ok(Some(Said::Error(content))));
                    }
                    END_REQUEST => self.ended = true,
                    _ => {}
                }
                continue;
            }
            ready!(self.poll_read(cx))?;
        }
    }

    /// The next whole record, if it is here.
    fn record(&mut self) -> io::Result<Option<(u8, Bytes)>> {
        let [version, kind, _, _, high, low, padding, _, ..] = *self.read else {
            return Ok(None);
        };
        if version != VERSION {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "this is not FastCGI",
            ));
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let whole = HEAD + length + usize::from(padding);
        if self.read.len() < whole {
            return Ok(None);
        }
        let mut record = self.read.split_to(whole);
        record.advance(HEAD);
        record.truncate(length);
        Ok(Some((kind, record.freeze())))
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = [0; 8192];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.from).poll_read(cx, &mut buffer))?;
        if buffer.filled().is_empty() {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        self.read.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn read(mut bytes: &[u8]) -> (Vec<Said>, Option<io::ErrorKind>) {
        let mut records = Records::new(&mut bytes);
        let mut said = Vec::new();
        loop {
            match poll_fn(|cx| records.poll_next(cx)).await {
                Ok(Some(one)) => said.push(one),
                Ok(None) => return (said, None),
                Err(error) => return (said, Some(error.kind())),
            }
        }
    }

    #[tokio::test]
    async fn records_of_an_application_are_read() {
        let bytes =
            b"\x01\x06\0\x01\0\x02\x03\0hi___\x01\x07\0\x01\0\x01\0\0!\x01\x06\0\x01\0\0\0\0\
                      \x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0";
        let (said, error) = read(bytes).await;
        let expected = [
            Said::Output(Bytes::from_static(b"hi")),
            Said::Error(Bytes::from_static(b"!")),
        ];
        assert_eq!((&said[..], error), (&expected[..], None));
    }

    #[tokio::test]
    async fn an_end_in_the_middle_and_another_protocol_are_errors() {
        assert_eq!(
            read(b"\x01\x06\0\x01\0\x02").await.1,
            Some(io::ErrorKind::UnexpectedEof)
        );
        assert_eq!(
            read(b"HTTP/1.1 400 Bad").await.1,
            Some(io::ErrorKind::InvalidData)
        );
    }

    #[test]
    fn long_parameters_take_several_records() {
        let bytes = begin(&vec![b'x'; MOST + 1]);
        assert_eq!(bytes.len(), (HEAD + 8) + (HEAD + MOST) + (HEAD + 1) + HEAD);
        assert_eq!(stdin(b""), [1, 5, 0, 1, 0, 0, 0, 0]);
    }
}
