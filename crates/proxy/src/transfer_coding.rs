//! What a body is encoded in for one connection only (RFC 9112 section 6.1).

use http::header::{HeaderMap, TRANSFER_ENCODING};

/// Whether the body is encoded for this connection in a way that is not understood. Whoever hands
/// it on without saying so (`Transfer-Encoding` is not forwarded) spoils it. Go, and thus Caddy:
/// one field, and nothing in it but `chunked`.
pub(crate) fn has_unknown_coding(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let Some(first) = codings.next() else {
        return false;
    };
    codings.next().is_some() || !first.as_bytes().eq_ignore_ascii_case(b"chunked")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn coded(coding: &'static str) -> HeaderMap {
        let coding = HeaderValue::from_static(coding);
        [(TRANSFER_ENCODING, coding)].into_iter().collect()
    }

    #[test]
    fn no_coding_but_chunked_alone_is_understood() {
        assert!(!has_unknown_coding(&HeaderMap::new()));
        assert!(!has_unknown_coding(&coded("Chunked")));
        for coding in ["gzip, chunked", "chunked, chunked", "identity", "gzip", ""] {
            assert!(has_unknown_coding(&coded(coding)), "{coding}");
        }
        let mut twice = coded("chunked");
        twice.append(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        assert!(has_unknown_coding(&twice));
    }
}
