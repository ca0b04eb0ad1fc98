//! Every word that Caddy knows and whether it works here, collected from the tables that read it:
//! what `docs/compatibility.md` and the tests of the fixtures are made of.

use std::fmt::Write as _;

use crate::subdirective::Sub;
use crate::{directives, matchers, options};

/// The words that may stand in one place of a Caddyfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// What they are and where they stand, as a heading.
    pub title: &'static str,
    /// The first part of the names of the fixtures that use them.
    pub topic: &'static str,
    /// The words, in alphabetical order.
    pub words: Vec<Known>,
}

/// A word that Caddy knows, or one of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The word.
    pub name: &'static str,
    /// How far it is supported.
    pub support: Support,
}

/// How far a word is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// It is read and served.
    Works,
    /// It is read and served, and Caddy does not know it.
    Ours,
    /// It becomes the same plan as with Caddy, which `check` and `run` refuse.
    AdaptsOnly,
    /// It is refused as "not supported yet".
    NotYet,
}

impl Support {
    /// In a table.
    const fn label(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Ours => "works; not a word of Caddy's",
            Self::AdaptsOnly => "adapts only",
            Self::NotYet => "not yet",
        }
    }
}

/// The words of all places.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn vocabularies() -> Vec<Vocabulary> {
    let place = |title, topic, mut words: Vec<Known>| {
        words.sort_unstable();
        Vocabulary {
            title,
            topic,
            words,
        }
    };
    let reverse_proxy = "reverse_proxy";
    vec![
        place("Directives", "", directives::words()),
        place(
            "Subdirectives of `reverse_proxy`",
            reverse_proxy,
            directives::reverse_proxy::words(),
        ),
        place(
            "Subdirectives of `transport http` in `reverse_proxy`",
            reverse_proxy,
            directives::reverse_proxy::transport_words(),
        ),
        place(
            "Selection policies (`lb_policy` in `reverse_proxy`)",
            reverse_proxy,
            directives::reverse_proxy::policy_words(),
        ),
        place(
            "Subdirectives of `transport fastcgi` in `reverse_proxy`",
            reverse_proxy,
            directives::reverse_proxy::fastcgi_words(),
        ),
        place(
            "Subdirectives of `forward_auth`, besides those of `reverse_proxy`",
            "forward_auth",
            directives::forward_auth::words(),
        ),
        place(
            "Subdirectives of `php_fastcgi`, besides those of `reverse_proxy`",
            "php_fastcgi",
            directives::php_fastcgi::words(),
        ),
        place(
            "Subdirectives of `intercept`",
            "intercept",
            directives::intercept::words(),
        ),
        place(
            "Subdirectives of `copy_response`",
            "copy_response",
            directives::copy_response::words(),
        ),
        place(
            "Subdirectives of `copy_response_headers`",
            "copy_response_headers",
            directives::copy_response_headers::words(),
        ),
        place("Subdirectives of `tls`", "tls", directives::tls::words()),
        place(
            "Subdirectives of `client_auth` in `tls`",
            "tls",
            directives::tls::client_auth_words(),
        ),
        place(
            "Subdirectives of `issuer acme` in `tls`",
            "tls",
            directives::tls::issuers::acme_words(),
        ),
        place(
            "Subdirectives of `issuer zerossl` in `tls`",
            "tls",
            directives::tls::issuers::zerossl_words(),
        ),
        place(
            "Subdirectives of `issuer internal` in `tls`",
            "tls",
            directives::tls::issuers::internal_words(),
        ),
        place("Subdirectives of `log`", "log", directives::log::words()),
        place(
            "Options of `output file` in `log`",
            "log",
            directives::log::file_words(),
        ),
        place(
            "Options of `output net` in `log`",
            "log",
            directives::log::net_words(),
        ),
        place(
            "Options of `format json` and `format console` in `log`",
            "log",
            directives::log::format_words(),
        ),
        place(
            "Options of `sampling` in `log`",
            "log",
            directives::log::sampling_words(),
        ),
        place("Matchers", "matchers", matchers::words()),
        place("Global options", "options", options::words()),
        place(
            "Subdirectives of the global option `servers`",
            "options",
            options::server_words(),
        ),
        place(
            "Subdirectives of `timeouts` in `servers`",
            "options",
            options::timeout_words(),
        ),
        place(
            "Subdirectives of `listener_wrappers` in `servers`",
            "options",
            options::wrapper_words(),
        ),
        place(
            "Subdirectives of the global option `metrics`",
            "options",
            options::metrics_words(),
        ),
        place(
            "Subdirectives of `ca` in the global option `pki`",
            "options",
            options::pki_words(),
        ),
        place(
            "Subdirectives of `acme_server`",
            "acme_server",
            directives::acme_server::words(),
        ),
        place(
            "Subdirectives of the global option `log`",
            "log",
            directives::log::option_words(),
        ),
    ]
}

/// `docs/compatibility.md`, from the tables.
pub fn compatibility() -> String {
    let mut page = String::from(INTRODUCTION);
    for place in vocabularies() {
        write!(page, "\n## {}\n\n| word | |\n| --- | --- |\n", place.title)
            .expect("a string takes everything");
        for word in place.words {
            writeln!(page, "| `{}` | {} |", word.name, word.support.label())
                .expect("a string takes everything");
        }
    }
    page
}

const INTRODUCTION: &str = "\
# What works today

Every word of a Caddyfile that Caddy 2.11 knows, place by place. A word \"works\" if it is served;
one that \"adapts only\" becomes the same JSON as with Caddy, but `check` and `run` refuse it; what is
\"not yet\" is refused by all. Refusals name the word and its position; nothing is ignored. Snippets
and `import` work. Words that are not Caddy's are described in `docs/differences.md`.

This page is written by `UPDATE_DOCS=1 cargo test --test tidy` from the tables that read a
Caddyfile (`crates/planner`), and a test fails when the two differ.
";

/// The words of a table, without those that belong elsewhere.
pub(crate) fn of_table<T>(table: &[Sub<T>]) -> Vec<Known> {
    let word = |row: &Sub<T>| {
        let name = row.name;
        row.support().map(|support| Known { name, support })
    };
    table.iter().filter_map(word).collect()
}
