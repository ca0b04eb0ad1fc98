//! Certificates in PEM (RFC 7468), as far as a Caddyfile can have them read.

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The certificates of a file: DER in base 64. `None` if there are none, or if something else is
/// among them. Caddy: `convertPEMFilesToDER`.
pub(crate) fn certificates(bytes: &[u8]) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(bytes);
    let mut certificates = Vec::new();
    let mut rest: &str = &text;
    while let Some(start) = rest.find(BEGIN) {
        let (label, body) = rest[start + BEGIN.len()..].split_once(DASHES)?;
        let (body, behind) = body.split_once(&format!("{END}{label}{DASHES}"))?;
        let base64: String = body.split_whitespace().collect();
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        if label != "CERTIFICATE" || base64.is_empty() || !base64.bytes().all(is_base64) {
            return None;
        }
        certificates.push(base64);
        rest = behind;
    }
    (!certificates.is_empty()).then_some(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_taken_out_of_their_lines() {
        let one = "-----BEGIN CERTIFICATE-----\nAAA+\r\nBB==\n-----END CERTIFICATE-----\n";
        let file = format!("words\n{one}more words\n{one}");
        let expected = vec!["AAA+BB==".to_owned(); 2];
        assert_eq!(certificates(file.as_bytes()), Some(expected));
    }

    #[test]
    fn anything_else_is_refused() {
        let files = [
            "",
            "AAAA",
            "-----BEGIN CERTIFICATE-----\nAAAA\n",
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\nA,A\n-----END CERTIFICATE-----",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ];
        for file in files {
            assert_eq!(certificates(file.as_bytes()), None, "{file}");
        }
    }
}
