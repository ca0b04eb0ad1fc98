//! Words that Caddy had once, or never had and people write all the same: what to write instead.

/// The id of the finding, the word, and what to do.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "unknown-option",
        "experimental_http3",
        "remove it: Caddy has dropped it, and HTTP/3 is switched by `servers { protocols … }`",
    ),
    (
        "unknown-subdirective",
        "buffer_requests",
        "Caddy has replaced it by `request_buffers SIZE`, as `request_buffers 64KiB`",
    ),
    (
        "unknown-subdirective",
        "buffer_responses",
        "Caddy has replaced it by `response_buffers SIZE`, as `response_buffers 64KiB`",
    ),
    (
        "unknown-subdirective",
        "max_buffer_size",
        "Caddy has replaced it by the sizes of `request_buffers` and `response_buffers`",
    ),
    (
        "unknown-subdirective",
        "interval",
        "remove it: Caddy has dropped the rate limit of `on_demand_tls`, and `ask` decides alone",
    ),
    (
        "unknown-subdirective",
        "burst",
        "remove it: Caddy has dropped the rate limit of `on_demand_tls`, and `ask` decides alone",
    ),
    (
        "unknown-subdirective",
        "secret",
        "write name and secret on the line of the policy: `lb_policy cookie NAME SECRET`",
    ),
    (
        "unknown-subdirective",
        "name",
        "write the name on the line of the policy: `lb_policy cookie NAME SECRET`",
    ),
    (
        "unknown-auto-https",
        "on",
        "remove the line: it is on if nothing else is said",
    ),
];

/// What to write instead of a word that gave this finding.
pub(super) fn instead(id: &str, word: &str, owner: Option<&str>) -> Option<&'static str> {
    let is_it = |row: &&(&str, &str, &str)| row.0 == id && row.1 == word;
    let (_, word, instead) = WORDS.iter().find(is_it)?;
    let belongs = match *word {
        "interval" | "burst" => owner == Some("on_demand_tls"),
        "secret" | "name" => owner == Some("cookie"),
        _ => true,
    };
    belongs.then_some(*instead)
}
