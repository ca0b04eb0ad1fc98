//! What the tests of this crate log, kept per thread: a test runs on a thread of its own. One
//! subscriber serves all, because tracing caches for the whole process who wants to hear what.

use std::cell::RefCell;
use std::io::{self, Write};
use std::mem;
use std::sync::Once;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Begins to keep what is logged. To be called before anything can be.
pub(super) fn keep() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing_subscriber::fmt()
            .with_writer(|| Lines)
            .with_ansi(false)
            .without_time()
            .init();
    });
}

/// What this thread has logged since the last call.
pub(super) fn take() -> String {
    String::from_utf8(LINES.with_borrow_mut(mem::take)).expect("UTF-8")
}

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
