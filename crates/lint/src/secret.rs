//! Passwords, tokens and keys that stand in the file itself: what a rule warns of, and what no
//! excerpt may show.

use evenkeel_caddyfile::ast::{Directive, File, Word};
use evenkeel_diagnostics::{SourceMap, Span};

/// One of them.
pub(crate) struct Secret<'a> {
    /// What it is for: a field, or the name of its line.
    pub(crate) owner: &'a Word,
    /// The secret without what stands around it.
    pub(crate) span: Span,
}

/// Where the secrets of a file stand, so that they can be hidden in what is shown of it.
pub fn secrets(file: &File, sources: &SourceMap) -> Vec<Span> {
    let sites = file.sites.iter().map(|site| &site.block);
    let routes = file.named_routes.iter().map(|route| &route.block);
    let blocks = file.options.iter().chain(sites).chain(routes);
    let mut found = Vec::new();
    for block in blocks {
        each(&block.lines, sources, &mut found);
    }
    found.into_iter().map(|secret| secret.span).collect()
}

/// The secrets in lines and in the blocks behind them. The depth is bounded by the parser.
pub(crate) fn each<'a>(lines: &'a [Directive], sources: &SourceMap, found: &mut Vec<Secret<'a>>) {
    for line in lines {
        let literal = candidates(line).into_iter().filter_map(|(owner, word)| {
            let span = literal(word, is_authorization(owner), sources)?;
            Some(Secret { owner, span })
        });
        found.extend(literal);
        if let Some(block) = &line.block {
            each(&block.lines, sources, found);
        }
    }
}

/// Fields whose values are a scheme and a secret.
const AUTHORIZATION: [&str; 2] = ["Authorization", "Proxy-Authorization"];
/// Fields whose values are secrets.
const TOKENS: [&str; 4] = ["X-Api-Key", "Api-Key", "X-Auth-Token", "X-Access-Token"];

/// The words of a line that are secret if they are written out, with what they are for.
fn candidates(line: &Directive) -> Vec<(&Word, &Word)> {
    let args = line.args.as_slice();
    match (line.name.text.as_str(), args) {
        ("header_up" | "request_header", [.., field, value])
            if is_one_of(field, &AUTHORIZATION) || is_one_of(field, &TOKENS) =>
        {
            vec![(field, value)]
        }
        ("lb_policy", [policy, _, rest @ ..]) if policy.text == "cookie" => {
            rest.iter().map(|secret| (policy, secret)).collect()
        }
        ("eab", [_, key]) => vec![(&line.name, key)],
        ("dns" | "acme_dns", [_, token]) => vec![(&line.name, token)],
        ("mac_key" | "api_token" | "api_key" | "secret_access_key" | "password", [secret]) => {
            vec![(&line.name, secret)]
        }
        _ => Vec::new(),
    }
}

fn is_one_of(field: &Word, names: &[&str]) -> bool {
    let field = field.text.trim_start_matches('+').trim_end_matches(':');
    names.iter().any(|name| field.eq_ignore_ascii_case(name))
}

fn is_authorization(owner: &Word) -> bool {
    is_one_of(owner, &AUTHORIZATION)
}

/// Where the secret of a word stands, if it is written out and comes from nowhere else.
fn literal(word: &Word, has_scheme: bool, sources: &SourceMap) -> Option<Span> {
    let written = sources.slice(word.span);
    let inner = written.trim_matches(['"', '`']);
    let secret = if has_scheme {
        inner.split_once(' ')?.1.trim()
    } else {
        inner
    };
    if secret.is_empty() || secret.contains('{') {
        return None;
    }
    let before = u32::try_from(written.find(secret)?).ok()?;
    let start = word.span.start + before;
    let length = u32::try_from(secret.len()).ok()?;
    Some(Span::new(word.span.source, start, start + length))
}
