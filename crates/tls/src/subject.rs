//! What a name may be on a certificate, and who can vouch for it.
//! Source: certmagic `certificates.go`, `certmagic.go` (`SubjectQualifiesFor…`, `MatchWildcard`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// May a certificate be for this name at all?
pub fn qualifies(name: &str) -> bool {
    let is_wildcard = name == "*" || name.starts_with("*.");
    !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && (!name.contains('*') || is_wildcard)
        && !name.contains(|c| "()[]{}<> \t\n\"\\!@#$%^&|;'+=".contains(c))
}

/// Can a public CA vouch for it? IP addresses count: some public CAs do.
pub fn is_public(name: &str) -> bool {
    let wildcard_is_narrow =
        !name.contains('*') || (name.matches('*').count() == 1 && name.matches('.').count() >= 2);
    qualifies(name) && !is_internal(name) && wildcard_is_narrow
}

/// Is it a name or address that means something only on this machine or network?
pub fn is_internal(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if let Some(address) = address(&name) {
        return is_internal_address(address);
    }
    name == "localhost"
        || [".localhost", ".local", ".internal", ".home.arpa"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
}

/// The address, if the name is one (IPv6 with or without brackets).
pub fn address(name: &str) -> Option<IpAddr> {
    let inner = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(name).parse().ok()
}

/// Does a certificate for `pattern` cover `name`? Labels are replaced by `*` from the left.
pub fn covers(pattern: &str, name: &str) -> bool {
    pattern.eq_ignore_ascii_case(name)
        || wildcards(name).any(|candidate| candidate.eq_ignore_ascii_case(pattern))
}

/// `*.b.c`, `*.*.c`, `*.*.*` for `a.b.c`: the wildcards that cover a name, nearest first.
pub fn wildcards(name: &str) -> impl Iterator<Item = String> + '_ {
    let mut stars = String::new();
    let mut rest = Some(name);
    std::iter::from_fn(move || {
        let (_, tail) = match rest?.split_once('.') {
            Some((label, tail)) => (label, Some(tail)),
            None => (rest?, None),
        };
        if !stars.is_empty() {
            stars.push('.');
        }
        stars.push('*');
        rest = tail;
        Some(match tail {
            Some(tail) => format!("{stars}.{tail}"),
            None => stars.clone(),
        })
    })
}

fn is_internal_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_internal_v4(v4),
        IpAddr::V6(v6) => v6
            .to_ipv4_mapped()
            .map_or_else(|| is_internal_v6(v6), is_internal_v4),
    }
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_loopback() || address.is_private() || address.is_link_local() || (a, b) == (0, 0)
}

fn is_internal_v6(address: Ipv6Addr) -> bool {
    let [head, ..] = address.segments();
    // ::1/7, fe80::/10, fc00::/7, as Caddy has them.
    head & 0xfe00 == 0 || head & 0xffc0 == 0xfe80 || head & 0xfe00 == 0xfc00
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_on_a_certificate() {
        for name in [
            "a.test",
            "localhost",
            "*.a.test",
            "*",
            "127.0.0.1",
            "::1",
            "bücher.example",
        ] {
            assert!(qualifies(name), "{name}");
        }
        for name in [
            "", ".a", "a.", "a*b.test", "a.*.test", "a b", "a+b", "{env.X}", "a=b", "a\n",
        ] {
            assert!(!qualifies(name), "{name:?}");
        }
    }

    #[test]
    fn names_of_this_machine_or_network() {
        for name in [
            "localhost",
            "A.LOCALHOST",
            "x.local",
            "db.internal",
            "nas.home.arpa",
            "127.9.9.9",
            "10.0.0.1",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.0.1",
            "0.0.0.0",
            "::1",
            "[::1]",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_internal(name), "{name}");
        }
        for name in [
            "example.com",
            "local",
            "internal",
            "8.8.8.8",
            "172.32.0.1",
            "2606:4700::1",
        ] {
            assert!(!is_internal(name), "{name}");
        }
    }

    #[test]
    fn a_public_wildcard_stands_for_one_label_of_a_registered_name() {
        assert!(is_public("a.test") && is_public("*.example.com") && is_public("8.8.8.8"));
        for name in ["*.com", "*", "localhost", "10.0.0.1", ""] {
            assert!(!is_public(name), "{name}");
        }
    }

    #[test]
    fn wildcards_replace_labels_from_the_left() {
        let of: Vec<_> = wildcards("a.b.c").collect();
        assert_eq!(of, ["*.b.c", "*.*.c", "*.*.*"]);
        assert_eq!(wildcards("a").collect::<Vec<_>>(), ["*"]);
        assert!(covers("*.b.c", "A.b.c") && covers("a.b.c", "a.B.c") && covers("*.*.c", "a.b.c"));
        assert!(!covers("*.b.c", "b.c") && !covers("*.b.c", "x.a.b.c") && !covers("b.c", "a.b.c"));
    }
}
