//! A redirect to HTTPS that exists without it.

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Site;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "explicit-https-redirect",
    severity: Severity::NoEffect,
    why: "a site with a certificate gets its redirect from HTTP by itself",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    if ["off", "disable_redirects"]
        .iter()
        .any(|value| subject.auto_https(value))
    {
        return;
    }
    for placed in subject.named(&["redir"]) {
        let site = &subject.sites[placed.site];
        let words: Vec<&str> = placed
            .line
            .args
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        let (condition, rest) = match words.as_slice() {
            [first, rest @ ..] if first.starts_with('@') || *first == "*" => (Some(*first), rest),
            rest => (None, rest),
        };
        let Some(host) = rest.first().and_then(|target| target_host(target)) else {
            continue;
        };
        let always =
            matches!(condition, None | Some("*")) && is_plain(site) && placed.owner.is_none();
        let by_scheme = condition.is_some_and(|name| asks_for_http(placed.block, name));
        let is_automatic = match (always, by_scheme) {
            (true, _) => site.keys.iter().all(|key| serves(subject, key, host)),
            (_, true) => !is_plain(site) && host == "{host}",
            _ => false,
        };
        if is_automatic {
            let message = "the redirect to HTTPS exists without this line";
            report(RULE.at(placed.line.line_span(), message, ""));
        }
    }
}

/// The host of `https://HOST{uri}`.
fn target_host(target: &str) -> Option<&str> {
    let rest = target.strip_prefix("https://")?;
    let host = ["{uri}", "{http.request.uri}"]
        .iter()
        .find_map(|uri| rest.strip_suffix(uri))?;
    Some(if placeholder::is(host, "host") {
        "{host}"
    } else {
        host
    })
}

/// Whether all addresses are plain HTTP.
fn is_plain(site: &Site<'_>) -> bool {
    let is_http = |key: &Word| key.text.starts_with("http://") || key.text == ":80";
    !site.keys.is_empty() && site.keys.iter().all(is_http)
}

/// Whether another site is the HTTPS form of this address, and the redirect leads there.
fn serves(subject: &Subject<'_>, key: &Word, host: &str) -> bool {
    let own = key
        .text
        .trim_start_matches("http://")
        .trim_end_matches(":80");
    if host != "{host}" && host != own {
        return false;
    }
    let keys = subject.sites.iter().flat_map(|site| site.keys);
    let is_https = |key: &&Word| !key.text.starts_with("http://") && !key.text.starts_with(':');
    keys.filter(is_https).any(|key| {
        let other = key
            .text
            .trim_start_matches("https://")
            .trim_end_matches(":443");
        other == own || (own.is_empty() && host == "{host}")
    })
}

/// Whether the matcher is `protocol http`.
fn asks_for_http(block: &Block, name: &str) -> bool {
    block
        .lines
        .iter()
        .filter(|line| line.name.text == name)
        .any(|line| {
            let words: Vec<&str> = line.args.iter().map(|word| word.text.as_str()).collect();
            let inner = line.block.iter().flat_map(|block| &block.lines);
            let mut inner = inner.map(|line| {
                let argument = line.args.first().map(|word| word.text.as_str());
                (line.name.text.as_str(), argument)
            });
            words == ["protocol", "http"]
                || (inner.next() == Some(("protocol", Some("http"))) && inner.next().is_none())
        })
}
