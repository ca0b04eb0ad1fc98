//! tokio's streams as hyper's: the adapter between [`evenkeel_net::Stream`] (or TLS over it) and
//! `hyper::rt`, and hyper's timers on tokio's clock. Filling hyper's uninitialised buffers takes
//! unsafe code, which stays in `hyper-util`.

pub(crate) use hyper_util::rt::{TokioIo, TokioTimer};
