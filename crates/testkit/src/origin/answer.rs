//! What an origin does with a request.

use std::time::Duration;

/// One way to answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// These bytes, and the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes, then the connection is closed.
    BytesAndClose(Vec<u8>),
    /// These bytes, then the connection is reset.
    BytesAndReset(Vec<u8>),
    /// These bytes, one after each pause.
    Drip(Vec<u8>, Duration),
    /// Nothing, for ever.
    Hang,
    /// 200 with the head of the request, as it arrived, for a body.
    Echo,
    /// A body in chunks with a pause before each.
    Chunks(Vec<&'static str>, Duration),
    /// A body of `x` without an end.
    Endless,
    /// The head and nothing more of a body of 1000 bytes.
    HeadOnly,
    /// An answer before the request's body is read, and the connection stays open.
    Early,
    /// This answer after a pause.
    After(Duration, Box<Self>),
    /// The first for this path, the second for others.
    ByPath(&'static str, Box<Self>, Box<Self>),
    /// 101 with this protocol, then every byte is sent back.
    Upgrade(&'static str),
}

impl Answer {
    /// 200 with a body.
    pub fn ok(body: &str) -> Self {
        Self::status(200, body)
    }

    /// A status with a body.
    pub fn status(status: u16, body: &str) -> Self {
        Self::with(status, &[], body)
    }

    /// A status with fields and a body.
    pub fn with(status: u16, fields: &[(&str, &str)], body: &str) -> Self {
        let mut text = format!("HTTP/1.1 {status} Status\r\n");
        for (name, value) in fields {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.extend([
            "Content-Length: ",
            &body.len().to_string(),
            "\r\n\r\n",
            body,
        ]);
        Self::Bytes(text.into_bytes())
    }

    /// The connection is closed without a byte.
    pub fn close() -> Self {
        Self::BytesAndClose(Vec::new())
    }

    /// The connection is reset without a byte.
    pub fn reset() -> Self {
        Self::BytesAndReset(Vec::new())
    }

    /// This answer, but another for one path.
    #[must_use]
    pub fn but_for(self, path: &'static str, answer: Self) -> Self {
        Self::ByPath(path, Box::new(answer), Box::new(self))
    }

    /// This answer after a pause.
    #[must_use]
    pub fn after(self, pause: Duration) -> Self {
        Self::After(pause, Box::new(self))
    }
}
