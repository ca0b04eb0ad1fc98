//! Upstreams that misbehave on purpose.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Accepts connections (the kernel does) and never answers. Keep the listener to keep it so.
pub(crate) fn hung() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    (listener, port)
}

/// The two ends of a request that waits in an upstream.
pub(crate) struct Gate {
    /// Tells that the request has arrived.
    pub(crate) arrived: Receiver<()>,
    /// Lets the response go.
    pub(crate) open: Sender<()>,
}

/// An upstream that answers one request with `done`, when the gate is opened.
pub(crate) fn slow() -> (Gate, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let (tell, arrived) = channel();
    let (open, gate) = channel::<()>();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the proxy dials");
        let mut head = [0; 4096];
        let read = stream.read(&mut head).expect("the proxy sends a request");
        assert!(head[..read].starts_with(b"GET "), "a request arrives");
        tell.send(()).expect("the test waits");
        gate.recv().expect("the test opens the gate");
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
            .expect("the proxy reads the response");
    });
    (Gate { arrived, open }, port)
}
