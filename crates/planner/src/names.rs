//! Names: of header fields, and of certificates (subjects). Caddy: certmagic's
//! `SubjectQualifiesForCert` and its neighbours.

use std::net::IpAddr;

/// Ranges behind the word `private_ranges`. Caddy: `PrivateRangesCIDR` in `internal/ranges.go`.
pub(crate) const PRIVATE_RANGES: [&str; 6] = [
    "192.168.0.0/16",
    "172.16.0.0/12",
    "10.0.0.0/8",
    "127.0.0.1/8",
    "fd00::/8",
    "::1",
];

/// A header field's name as Go writes it: `x-real-ip` becomes `X-Real-Ip`; what is no token stays.
pub(crate) fn canonical_header(name: &str) -> String {
    if name.is_empty() || !name.bytes().all(is_token) {
        return name.to_owned();
    }
    let mut upper = true;
    let letter = |byte: u8| {
        let byte = if upper {
            byte.to_ascii_uppercase()
        } else {
            byte.to_ascii_lowercase()
        };
        upper = byte == b'-';
        char::from(byte)
    };
    name.bytes().map(letter).collect()
}

/// RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether any issuer could make a certificate for it.
pub(crate) fn qualifies(subject: &str) -> bool {
    !subject.trim().is_empty()
        && !subject.starts_with('.')
        && !subject.ends_with('.')
        && (!subject.contains('*') || subject.starts_with("*.") || subject == "*")
        && !subject.contains(|c| "()[]{}<> \t\n\"\\!@#$%^&|;'+=".contains(c))
}

/// Whether only the local authority can.
pub(crate) fn is_internal(subject: &str) -> bool {
    const SUFFIXES: [&str; 4] = [".localhost", ".local", ".internal", ".home.arpa"];
    let subject = subject.to_ascii_lowercase();
    subject == "localhost"
        || SUFFIXES.iter().any(|suffix| subject.ends_with(suffix))
        || subject.parse().is_ok_and(is_internal_address)
}

/// Whether a public authority would, wildcards included. Caddy: `SubjectQualifiesForPublicCert`.
pub(crate) fn is_public(subject: &str) -> bool {
    let wildcard_is_fine = !subject.contains('*')
        || (subject.matches('*').count() == 1
            && subject.matches('.').count() > 1
            && subject.starts_with("*."));
    qualifies(subject) && !is_internal(subject) && wildcard_is_fine
}

/// Whether a policy without issuers leaves it to a public authority. One that works on demand does
/// so with several wildcards, too: it never asks for them. Caddy: `subjectQualifiesForPublicCert`
/// in `tlsapp.go`.
pub(crate) fn is_public_by_default(subject: &str, on_demand: bool) -> bool {
    let is_wide = subject.matches("*.").count() >= 2;
    !is_address(subject) && !is_internal(subject) && (on_demand || !is_wide)
}

/// An IP address.
pub(crate) fn is_address(subject: &str) -> bool {
    subject.parse::<IpAddr>().is_ok()
}

/// Names that a Tailscale daemon answers for.
pub(crate) fn is_tailscale(subject: &str) -> bool {
    subject.to_ascii_lowercase().ends_with(".ts.net")
}

/// Whether `pattern` is `subject`, or `subject` with labels from the left replaced by `*`.
pub(crate) fn covers(pattern: &str, subject: &str) -> bool {
    if pattern.eq_ignore_ascii_case(subject) {
        return true;
    }
    let stars = pattern.split('.').take_while(|label| *label == "*").count();
    if stars == 0 || pattern.split('.').count() != subject.split('.').count() {
        return false;
    }
    let mut labels = pattern.split('.').zip(subject.split('.')).skip(stars);
    labels.all(|(pattern, subject)| pattern.eq_ignore_ascii_case(subject))
}

fn is_internal_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            matches!(a, 127 | 10)
                || matches!((a, b), (0, 0) | (192, 168) | (169, 254) | (172, 16..=31))
        }
        IpAddr::V6(address) => {
            // Caddy writes `::1/7`, so everything whose first seven bits are zero counts.
            address.octets()[0] < 2 || address.is_unicast_link_local() || address.is_unique_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_get_capitals_after_dashes() {
        assert_eq!(canonical_header("x-REAL-ip"), "X-Real-Ip");
        assert_eq!(canonical_header("etag"), "Etag");
        assert_eq!(canonical_header("not a token"), "not a token");
    }

    #[test]
    fn subjects_are_public_internal_or_nothing() {
        let public = ["example.com", "*.example.com", "1.2.3.4", "app"];
        let internal = [
            "localhost",
            "a.LOCALHOST",
            "x.internal",
            "10.1.2.3",
            "::1",
            "172.20.0.1",
        ];
        let nothing = ["", ".a", "a.", "a b", "{env.X}", "a.*.b"];
        assert!(public.iter().all(|name| is_public(name)));
        assert!(
            internal
                .iter()
                .all(|name| is_internal(name) && qualifies(name))
        );
        assert!(nothing.iter().all(|name| !qualifies(name)));
        assert!(qualifies("*.com") && !is_public("*.com") && !is_public("*.*.a.com"));
        assert!(!is_public_by_default("1.2.3.4", false));
        assert!(!is_public_by_default("*.*.a.com", false));
        assert!(is_public_by_default("*.*.a.com", true));
    }

    #[test]
    fn a_star_covers_one_label() {
        assert!(covers("*.a.com", "B.a.com"));
        assert!(covers("*.*.com", "b.a.com"));
        assert!(!covers("*.a.com", "c.b.a.com"));
        assert!(!covers("a.*.com", "a.b.com"));
        assert!(covers("a.com", "A.com"));
    }
}
