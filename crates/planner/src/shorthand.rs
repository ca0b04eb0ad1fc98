//! Placeholder shorthands: `{host}` becomes `{http.request.host}`. They hold in every word of a
//! site, quoted or not. Caddy: `httpcaddyfile/shorthands.go`.

use evenkeel_caddyfile::ast::{Block, Directive, Word};

/// `{name}` and what stands for it.
static NAMES: &[(&str, &str)] = &[
    ("%path", "http.request.uri.path_escaped"),
    ("%query", "http.request.uri.query_escaped"),
    ("%uri", "http.request.uri_escaped"),
    ("?query", "http.request.uri.prefixed_query"),
    ("client_ip", "http.vars.client_ip"),
    ("dir", "http.request.uri.path.dir"),
    ("file", "http.request.uri.path.file"),
    ("file.base", "http.request.uri.path.file.base"),
    ("file.ext", "http.request.uri.path.file.ext"),
    ("host", "http.request.host"),
    ("hostport", "http.request.hostport"),
    ("method", "http.request.method"),
    ("orig_?query", "http.request.orig_uri.prefixed_query"),
    ("orig_dir", "http.request.orig_uri.path.dir"),
    ("orig_file", "http.request.orig_uri.path.file"),
    ("orig_method", "http.request.orig_method"),
    ("orig_path", "http.request.orig_uri.path"),
    ("orig_query", "http.request.orig_uri.query"),
    ("orig_uri", "http.request.orig_uri"),
    ("path", "http.request.uri.path"),
    ("port", "http.request.port"),
    ("query", "http.request.uri.query"),
    ("remote", "http.request.remote"),
    ("remote_host", "http.request.remote.host"),
    ("remote_port", "http.request.remote.port"),
    ("scheme", "http.request.scheme"),
    ("tls_cipher", "http.request.tls.cipher_suite"),
    (
        "tls_client_certificate_der_base64",
        "http.request.tls.client.certificate_der_base64",
    ),
    (
        "tls_client_certificate_pem",
        "http.request.tls.client.certificate_pem",
    ),
    (
        "tls_client_fingerprint",
        "http.request.tls.client.fingerprint",
    ),
    ("tls_client_issuer", "http.request.tls.client.issuer"),
    ("tls_client_serial", "http.request.tls.client.serial"),
    ("tls_client_subject", "http.request.tls.client.subject"),
    ("tls_version", "http.request.tls.version"),
    ("upstream_hostport", "http.reverse_proxy.upstream.hostport"),
    ("uri", "http.request.uri"),
    ("uuid", "http.request.uuid"),
];

/// `{prefix.rest}`: what stands for the prefix, and whether the rest may hold dots.
static PREFIXES: &[(&str, &str, bool)] = &[
    ("header.", "http.request.header.", false),
    ("cookie.", "http.request.cookie.", false),
    ("labels.", "http.request.host.labels.", false),
    ("path.", "http.request.uri.path.", false),
    ("query.", "http.request.uri.query.", false),
    ("re.", "http.regexp.", true),
    ("vars.", "http.vars.", false),
    ("rp.", "http.reverse_proxy.", true),
    ("resp.", "http.intercept.", true),
    ("err.", "http.error.", true),
    ("file_match.", "http.matchers.file.", false),
];

/// The block with all shorthands replaced.
pub(crate) fn expand_block(block: &Block) -> Block {
    Block {
        lines: block.lines.iter().map(expand_line).collect(),
        span: block.span,
    }
}

/// Whether a word is what a shorthand with a name of its own has become.
pub(crate) fn is_expanded(text: &str) -> bool {
    let inner = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    inner.is_some_and(|inner| NAMES.iter().any(|(_, long)| *long == inner))
}

fn expand_line(line: &Directive) -> Directive {
    Directive {
        name: expand_word(&line.name),
        args: line.args.iter().map(expand_word).collect(),
        block: line.block.as_ref().map(expand_block),
    }
}

fn expand_word(word: &Word) -> Word {
    Word {
        text: expand(&word.text),
        quote: word.quote,
        span: word.span,
    }
}

fn expand(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let taken = replace(&rest[1..], &mut out);
        if taken == 0 {
            out.push('{');
        }
        rest = &rest[1 + taken..];
    }
    out.push_str(rest);
    out
}

/// Replaces the shorthand that `text` (behind the `{`) starts with; says how long it was.
fn replace(text: &str, out: &mut String) -> usize {
    let end = text
        .bytes()
        .position(|byte| !is_inner(byte))
        .unwrap_or(text.len());
    if text.as_bytes().get(end) != Some(&b'}') {
        return 0;
    }
    let inner = &text[..end];
    if let Some((_, long)) = NAMES.iter().find(|(short, _)| *short == inner) {
        out.extend(["{", long, "}"]);
        return end + 1;
    }
    let prefixed = PREFIXES.iter().find_map(|&(prefix, long, dots)| {
        let rest = inner.strip_prefix(prefix)?;
        let is_fine = |byte| is_word(byte) || (dots && byte == b'.');
        rest.bytes().all(is_fine).then_some((long, rest))
    });
    match prefixed {
        Some((long, rest)) => {
            out.extend(["{", long, rest, "}"]);
            end + 1
        }
        None => 0,
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

const fn is_inner(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'%' | b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthands_are_replaced_wherever_they_stand() {
        let table = [
            (
                "a {host}{port} b",
                "a {http.request.host}{http.request.port} b",
            ),
            (
                "{header.X-Id} {re.name.1}",
                "{http.request.header.X-Id} {http.regexp.name.1}",
            ),
            ("{{host}}", "{{http.request.host}}"),
            (
                "{file.base}{file.x}",
                "{http.request.uri.path.file.base}{file.x}",
            ),
            (
                "{query}{?query}",
                "{http.request.uri.query}{http.request.uri.prefixed_query}",
            ),
            ("{header.a.b} {unknown} {", "{header.a.b} {unknown} {"),
            ("{host {host}", "{host {http.request.host}"),
            ("ä{uri}ä", "ä{http.request.uri}ä"),
        ];
        for (text, expected) in table {
            assert_eq!(expand(text), expected);
        }
    }
}
