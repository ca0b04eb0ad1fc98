//! `FastCGI`: an application that speaks it is put behind a bridge, which speaks HTTP/1.1 with the
//! rest of this crate. So everything else (streams, limits, failures) is the same for both.
//! Caddy: `reverseproxy/fastcgi`.

mod head;
mod record;
#[cfg(test)]
mod tests;
mod variables;

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use evenkeel_net::Stream;
use http::{Request, Response};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::io::{AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf};

use self::record::{Records, Said};
pub(crate) use self::variables::{Encoded, Variables};
use super::io::TokioIo;

/// What the bridge holds at most in each direction.
const BRIDGE: usize = 64 * 1024;

/// Bound of the head of a response.
const HEAD: usize = 64 * 1024;

/// How much of one error message is logged.
const LOGGED: usize = 4096;

/// Puts an application behind a bridge. The bridge carries one request.
pub(super) fn bridge(application: Stream, variables: Encoded, logs_errors: bool) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(BRIDGE);
    tokio::task::spawn_local(async move {
        let call = Cell::new(Some((application, variables)));
        let service = service_fn(|request| {
            let call = call.take();
            async move {
                let (application, variables) = call.ok_or(io::ErrorKind::NotConnected)?;
                converse(application, variables, request, logs_errors).await
            }
        });
        let mut builder = http1::Builder::new();
        builder
            .keep_alive(false)
            .half_close(false)
            .max_header_size(BRIDGE);
        let served = builder
            .serve_connection(TokioIo::new(theirs), service)
            .await;
        if let Err(error) = served {
            tracing::debug!(
                target: "http.reverse_proxy.transport.fastcgi",
                error = &error as &dyn std::error::Error, "the application gave no proper answer",
            );
        }
    });
    ours
}

type Upload = Pin<Box<dyn Future<Output = io::Result<()>>>>;

/// Sends a request and returns the response as soon as its head is there.
async fn converse(
    application: Stream,
    variables: Encoded,
    request: Request<Incoming>,
    logs_errors: bool,
) -> io::Result<Response<Output>> {
    let (fields, body) = request.into_parts();
    let (reader, writer) = tokio::io::split(application);
    let parameters = variables.with_fields(&fields.headers);
    let mut output = Output {
        records: Records::new(reader),
        upload: Some(Box::pin(upload(writer, parameters, body))),
        start: Bytes::new(),
        logs_errors,
    };
    let mut start = BytesMut::new();
    loop {
        let piece = poll_fn(|cx| output.poll_piece(cx)).await?;
        let piece = piece.ok_or(io::ErrorKind::UnexpectedEof)?;
        start.extend_from_slice(&piece);
        if let Some((end, rest)) = head::end(&start) {
            let (status, fields) = head::parse(&start[..end])?;
            output.start = start.split_off(rest).freeze();
            let mut response = Response::new(output);
            *response.status_mut() = status;
            *response.headers_mut() = fields;
            return Ok(response);
        }
        if start.len() > HEAD {
            let message = "the head of the response does not end";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    }
}

async fn upload(
    mut writer: WriteHalf<Stream>,
    parameters: Vec<u8>,
    mut body: Incoming,
) -> io::Result<()> {
    writer.write_all(&record::begin(&parameters)).await?;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(io::Error::other)?;
        if let Some(piece) = frame.data_ref().filter(|piece| !piece.is_empty()) {
            writer.write_all(&record::stdin(piece)).await?;
        }
    }
    writer.write_all(&record::stdin(&[])).await?;
    writer.flush().await
}

/// A response's body; the request's is sent while it is read.
struct Output {
    records: Records<ReadHalf<Stream>>,
    upload: Option<Upload>,
    start: Bytes,
    logs_errors: bool,
}

impl Output {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        if let Some(upload) = &mut self.upload
            && let Poll::Ready(sent) = upload.as_mut().poll(cx)
        {
            self.upload = None;
            match sent {
                // It may have answered without reading all.
                Err(error) if is_closed(&error) => {}
                sent => sent?,
            }
        }
        loop {
            match ready!(self.records.poll_next(cx))? {
                None => return Poll::Ready(Ok(None)),
                Some(Said::Output(piece)) => return Poll::Ready(Ok(Some(piece))),
                Some(Said::Error(text)) if self.logs_errors => log(&text),
                Some(Said::Error(_)) => {}
            }
        }
    }
}

fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionReset)
}

fn log(text: &[u8]) {
    let text = String::from_utf8_lossy(&text[..text.len().min(LOGGED)]);
    tracing::warn!(
        target: "http.reverse_proxy.transport.fastcgi",
        body = text.trim_end(), "stderr",
    );
}

impl Body for Output {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let start = std::mem::take(&mut self.start);
        if !start.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        let piece = ready!(self.poll_piece(cx)).transpose();
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }
}
