//! Words that Caddy had once, or never had and people write all the same: what to write instead.

/// One of them.
struct Removed {
    /// The id of the finding.
    id: &'static str,
    /// The block in which it stood; empty where it stands in any.
    owner: &'static str,
    word: &'static str,
    /// What to do.
    instead: &'static str,
}

const fn removed(
    id: &'static str,
    owner: &'static str,
    word: &'static str,
    instead: &'static str,
) -> Removed {
    Removed {
        id,
        owner,
        word,
        instead,
    }
}

const OPTION: &str = "unknown-option";
const LINE: &str = "unknown-subdirective";

const WORDS: &[Removed] = &[
    removed(
        OPTION,
        "",
        "experimental_http3",
        "remove it: Caddy has dropped it, and HTTP/3 is switched by `servers { protocols … }`",
    ),
    removed(
        LINE,
        "servers",
        "protocol",
        "Caddy has replaced it by one line: `protocols h1 h2 h3`, with `h2c` for HTTP/2 without TLS",
    ),
    removed(
        LINE,
        "servers",
        "experimental_http3",
        "remove it: Caddy has dropped it, and `protocols` says what is spoken, HTTP/3 with `h3`",
    ),
    removed(
        LINE,
        "servers",
        "allow_h2c",
        "Caddy has replaced it by `protocols h1 h2 h2c h3`",
    ),
    removed(
        LINE,
        "",
        "buffer_requests",
        "Caddy has replaced it by `request_buffers SIZE`, as `request_buffers 64KiB`",
    ),
    removed(
        LINE,
        "",
        "buffer_responses",
        "Caddy has replaced it by `response_buffers SIZE`, as `response_buffers 64KiB`",
    ),
    removed(
        LINE,
        "",
        "max_buffer_size",
        "Caddy has replaced it by the sizes of `request_buffers` and `response_buffers`",
    ),
    removed(
        LINE,
        "on_demand_tls",
        "interval",
        "remove it: Caddy has dropped the rate limit of `on_demand_tls`, and `ask` decides alone",
    ),
    removed(
        LINE,
        "on_demand_tls",
        "burst",
        "remove it: Caddy has dropped the rate limit of `on_demand_tls`, and `ask` decides alone",
    ),
    removed(
        LINE,
        "cookie",
        "secret",
        "write name and secret on the line of the policy: `lb_policy cookie NAME SECRET`",
    ),
    removed(
        LINE,
        "cookie",
        "name",
        "write the name on the line of the policy: `lb_policy cookie NAME SECRET`",
    ),
    removed(
        "unknown-auto-https",
        "",
        "on",
        "remove the line: it is on if nothing else is said",
    ),
];

/// What to write instead of a word that gave this finding.
pub(super) fn instead(id: &str, word: &str, owner: Option<&str>) -> Option<&'static str> {
    let is_it = |row: &&Removed| {
        let stood_here = row.owner.is_empty() || owner == Some(row.owner);
        row.id == id && row.word == word && stood_here
    };
    WORDS.iter().find(is_it).map(|row| row.instead)
}
