//! Where a stage's access log goes: into memory, line by line.

use std::sync::Arc;

use evenkeel_proxy::LogSink;
use parking_lot::Mutex;

/// Lines written so far; clones are the same log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().clone()
    }
}

impl LogSink for Lines {
    fn write(&self, entry: Vec<u8>) {
        self.0
            .lock()
            .push(String::from_utf8_lossy(&entry).into_owned());
    }
}
