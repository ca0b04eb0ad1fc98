//! Requests as an origin sees them.

use std::io;

use evenkeel_net::Stream;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, BufReader};

/// A request as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The head: request line and fields, lines ending in CRLF, without the empty line.
    pub head: String,
    /// The body, without its framing.
    pub body: String,
    /// Whether the body arrived as a whole.
    pub complete: bool,
}

impl Seen {
    /// The request line.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// The target of the request.
    pub fn path(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or_default()
    }

    /// A field's values, joined by `, `; empty if absent.
    pub fn field(&self, name: &str) -> String {
        let fields = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'));
        let values = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        values
            .map(|(_, value)| value.trim())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Whether the field is there, be it empty.
    pub fn has(&self, name: &str) -> bool {
        let mut fields = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'));
        fields.any(|(field, _)| field.eq_ignore_ascii_case(name))
    }
}

/// The head of the next request; `None` if the connection ends before it.
pub(super) async fn read_head(stream: &mut BufReader<Stream>) -> Option<String> {
    let mut head = String::new();
    loop {
        let start = head.len();
        match stream.read_line(&mut head).await {
            Ok(0) | Err(_) => return None,
            Ok(_) if &head[start..] == "\r\n" => {
                head.truncate(start);
                return Some(head);
            }
            Ok(_) => {}
        }
    }
}

/// Reads the body that `seen.head` announces into `seen`, as far as it comes.
pub(super) async fn read_body(stream: &mut BufReader<Stream>, seen: &mut Seen) {
    let mut body = Vec::new();
    let read = if seen.field("transfer-encoding") == "chunked" {
        read_chunks(stream, &mut body).await
    } else {
        let length = seen.field("content-length").parse().unwrap_or(0);
        read_exactly(stream, length, &mut body).await
    };
    seen.complete = read.is_ok();
    seen.body = String::from_utf8_lossy(&body).into_owned();
}

async fn read_exactly(
    stream: &mut (impl AsyncBufRead + Unpin),
    length: u64,
    body: &mut Vec<u8>,
) -> io::Result<()> {
    let before = body.len() as u64;
    stream.take(length).read_to_end(body).await?;
    if body.len() as u64 - before < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

async fn read_chunks(
    stream: &mut (impl AsyncBufRead + Unpin),
    body: &mut Vec<u8>,
) -> io::Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let size = u64::from_str_radix(line.trim(), 16)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        if size == 0 {
            // Trailers, to the empty line.
            while line != "\r\n" {
                line.clear();
                if stream.read_line(&mut line).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            return Ok(());
        }
        read_exactly(stream, size, body).await?;
        stream.read_line(&mut String::new()).await?;
    }
}
