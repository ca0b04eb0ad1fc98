//! How many connections and files the process may have open at one time.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files to what the system allows the process. The usual 1024 is kept
/// low for programs that use `select`; a proxy needs two per request. Go's runtime, and thus
/// Caddy, does the same at start.
pub(crate) fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(?current, %error, "the limit of open files cannot be raised");
    }
}
