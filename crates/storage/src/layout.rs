//! Caddy's keys: where certificates, accounts, authorities and locks lie.
//! Source: certmagic `storage.go`, `account.go`, `acmeissuer.go`; Caddy `caddypki/ca.go`.

/// A part of a key made safe: lower case, no separators, no traversal (certmagic `KeyBuilder.Safe`).
pub fn safe(part: &str) -> String {
    let mut rest = part.to_lowercase();
    rest = rest.trim().to_owned();
    let mut replaced = String::with_capacity(rest.len());
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' => replaced.push('_'),
            '+' => replaced.push_str("_plus_"),
            '*' => replaced.push_str("wildcard_"),
            ':' => replaced.push('-'),
            '.' if chars.peek() == Some(&'.') => {
                chars.next();
            }
            c if c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '.' | '-') => {
                replaced.push(c);
            }
            _ => {}
        }
    }
    replaced
}

/// Folder name of a CA: host and path of its directory URL (certmagic `ACMEIssuer.issuerKey`).
///
/// `https://acme-v02.api.letsencrypt.org/directory` → `acme-v02.api.letsencrypt.org-directory`.
pub fn issuer_key(directory_url: &str) -> String {
    let after_scheme = directory_url
        .split_once("://")
        .map_or(directory_url, |(_, rest)| rest);
    let end = after_scheme.find(['?', '#']).unwrap_or(after_scheme.len());
    let (authority, path) = match after_scheme[..end].split_once('/') {
        Some((authority, path)) => (authority, path),
        None => (&after_scheme[..end], ""),
    };
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let path = path.replace(['/', '\\'], "-");
    let path = path.trim_matches('-');
    if path.is_empty() {
        host.to_owned()
    } else {
        format!("{host}-{path}")
    }
}

/// The three keys of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateKeys {
    /// PEM chain, leaf first.
    pub certificate: String,
    /// PEM private key.
    pub private_key: String,
    /// JSON: names, and where it came from.
    pub metadata: String,
}

/// Keys of the certificate for `subject` from the issuer with folder name `issuer`.
pub fn certificate(issuer: &str, subject: &str) -> CertificateKeys {
    let name = safe(subject);
    let stem = format!("certificates/{}/{name}/{name}", safe(issuer));
    CertificateKeys {
        certificate: format!("{stem}.crt"),
        private_key: format!("{stem}.key"),
        metadata: format!("{stem}.json"),
    }
}

/// The two keys of an ACME account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKeys {
    /// JSON: status, contact, location (the account's URL at the CA).
    pub registration: String,
    /// PEM private key.
    pub private_key: String,
}

/// Keys of the account with this email (empty: the account without one) at the CA `issuer`.
pub fn account(issuer: &str, email: &str) -> AccountKeys {
    let email = if email.is_empty() {
        "default".to_owned()
    } else {
        email.to_lowercase()
    };
    let user = match email.find('@') {
        Some(0) => &email[1..],
        Some(at) => &email[..at],
        None => email.as_str(),
    };
    let file = |fallback: &str| safe(if user.is_empty() { fallback } else { user });
    let folder = format!("{}/{}", account_folder(issuer), safe(&email));
    AccountKeys {
        registration: format!("{folder}/{}.json", file("registration")),
        private_key: format!("{folder}/{}.key", file("private")),
    }
}

/// Folder of all accounts at the CA `issuer`; its children are emails made [`safe`].
pub fn account_folder(issuer: &str) -> String {
    format!("acme/{}/users", safe(issuer))
}

/// Keys of a local certificate authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityKeys {
    /// PEM root certificate.
    pub root_certificate: String,
    /// PEM root key.
    pub root_key: String,
    /// PEM intermediate certificate.
    pub intermediate_certificate: String,
    /// PEM intermediate key.
    pub intermediate_key: String,
}

/// Keys of the local authority `id` (Caddy's default one is `local`).
pub fn authority(id: &str) -> AuthorityKeys {
    let folder = format!("pki/authorities/{}", safe(id));
    AuthorityKeys {
        root_certificate: format!("{folder}/root.crt"),
        root_key: format!("{folder}/root.key"),
        intermediate_certificate: format!("{folder}/intermediate.crt"),
        intermediate_key: format!("{folder}/intermediate.key"),
    }
}

/// Name of the lock under which a certificate for `subject` is obtained or renewed.
pub fn issue_lock(subject: &str) -> String {
    format!("issue_cert_{subject}")
}

/// Name of the lock under which an ACME account is registered.
pub fn registration_lock(email: &str) -> String {
    if email.is_empty() {
        return "register_acme_account".to_owned();
    }
    format!("register_acme_account_{email}")
}

/// Key of the file that stands for a lock.
pub fn lock_file(name: &str) -> String {
    format!("locks/{}.lock", safe(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_follows_certmagics_replacements() {
        let table = [
            ("Example.COM", "example.com"),
            (" spaced name ", "spaced_name"),
            ("*.example.com", "wildcard_.example.com"),
            ("a+b@example.com", "a_plus_b@example.com"),
            ("127.0.0.1:14000-dir", "127.0.0.1-14000-dir"),
            ("::1", "--1"),
            ("../../etc/passwd", "etcpasswd"),
            ("a..b", "ab"),
            ("bücher.example", "bcher.example"),
            ("a\0b\nc", "abc"),
        ];
        for (from, to) in table {
            assert_eq!(safe(from), to, "{from:?}");
        }
    }

    #[test]
    fn issuer_keys_are_host_and_path_of_the_directory() {
        let table = [
            (
                "https://acme-v02.api.letsencrypt.org/directory",
                "acme-v02.api.letsencrypt.org-directory",
            ),
            (
                "https://acme.zerossl.com/v2/DV90",
                "acme.zerossl.com-v2-DV90",
            ),
            ("https://127.0.0.1:14000/dir", "127.0.0.1:14000-dir"),
            ("https://ca.test/", "ca.test"),
            ("https://user@ca.test/a?b=c#d", "ca.test-a"),
        ];
        for (url, key) in table {
            assert_eq!(issuer_key(url), key, "{url}");
        }
    }

    #[test]
    fn certificate_keys_are_caddys() {
        let keys = certificate("acme.zerossl.com-v2-DV90", "*.lab.internal");
        let stem =
            "certificates/acme.zerossl.com-v2-dv90/wildcard_.lab.internal/wildcard_.lab.internal";
        assert_eq!(keys.certificate, format!("{stem}.crt"));
        assert_eq!(keys.private_key, format!("{stem}.key"));
        assert_eq!(keys.metadata, format!("{stem}.json"));
    }

    #[test]
    fn account_files_are_named_by_the_local_part() {
        let named = account("ca.test-dir", "Me@Example.com");
        assert_eq!(
            named.registration,
            "acme/ca.test-dir/users/me@example.com/me.json"
        );
        assert_eq!(
            named.private_key,
            "acme/ca.test-dir/users/me@example.com/me.key"
        );
        let unnamed = account("ca.test-dir", "");
        assert_eq!(
            unnamed.registration,
            "acme/ca.test-dir/users/default/default.json"
        );
        let odd = account("ca.test-dir", "@host");
        assert_eq!(odd.private_key, "acme/ca.test-dir/users/@host/host.key");
    }

    #[test]
    fn lock_files_carry_the_subject() {
        assert_eq!(
            lock_file(&issue_lock("*.a.test")),
            "locks/issue_cert_wildcard_.a.test.lock"
        );
        assert_eq!(registration_lock(""), "register_acme_account");
        assert_eq!(
            registration_lock("me@a.test"),
            "register_acme_account_me@a.test"
        );
    }
}
