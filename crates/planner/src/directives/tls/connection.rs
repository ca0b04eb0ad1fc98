//! The subdirectives of `tls` about the connection.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;

use super::Reading;
use crate::args::{Line, texts};
use crate::errors::{self, Read};

/// In rising order.
const VERSIONS: [&str; 2] = ["tls1.2", "tls1.3"];

/// Caddy: `CipherSuiteNameSupported` in `values.go`, that is what Go considers secure.
const CIPHERS: [&str; 13] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/// Caddy: `SupportedCurves` in `values.go`.
const CURVES: [&str; 5] = [
    "x25519mlkem768",
    "x25519",
    "secp256r1",
    "secp384r1",
    "secp521r1",
];

/// `protocols MIN [MAX]`.
pub(super) fn protocols(
    line: Line<'_>,
    reading: &mut Reading,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.no_block()?;
    let line = line.keep_only(2, diagnostics);
    let lowest = line.first("the lowest version")?;
    let min = version(lowest)?;
    VERSIONS[min].clone_into(&mut reading.policy.protocol_min);
    if let Some(highest) = line.args.get(1) {
        let max = version(highest)?;
        if max < min {
            let message = "the highest version lies below the lowest";
            return Err(errors::conflict(message, highest.span, Some(lowest.span)));
        }
        VERSIONS[max].clone_into(&mut reading.policy.protocol_max);
    }
    Ok(())
}

/// `ciphers SUITE…`. Without one Caddy takes the line, and it has no effect.
pub(super) fn ciphers(
    line: Line<'_>,
    reading: &mut Reading,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    warn_of_nothing(line, diagnostics)?;
    for word in line.args {
        if !CIPHERS.contains(&word.text.as_str()) {
            let (id, names) = ("unknown-cipher-suite", CIPHERS.into_iter());
            let says = "wrong cipher suite name or cipher suite not supported";
            return Err(errors::unknown_value(id, "cipher suite", word, names)
                .caddy(format!("{says}: '{}'", word.text)));
        }
        reading.policy.cipher_suites.push(word.text.clone());
    }
    Ok(())
}

/// `curves CURVE…`. Without one Caddy takes the line, and it has no effect.
pub(super) fn curves(
    line: Line<'_>,
    reading: &mut Reading,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    warn_of_nothing(line, diagnostics)?;
    for word in line.args {
        if !CURVES.contains(&word.text.as_str()) {
            let (id, names) = ("unknown-curve", CURVES.into_iter());
            let says = "Wrong curve name or curve not supported";
            return Err(errors::unknown_value(id, "curve", word, names)
                .caddy(format!("{says}: '{}'", word.text)));
        }
        reading.policy.curves.push(word.text.clone());
    }
    Ok(())
}

/// `alpn PROTOCOL…`.
pub(super) fn alpn(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    reading.policy.alpn = texts(line.some("a protocol")?);
    Ok(())
}

/// `insecure_secrets_log FILE`.
pub(super) fn secrets_log(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    reading.policy.insecure_secrets_log = line.text("a file")?;
    Ok(())
}

fn version(word: &Word) -> Read<usize> {
    let version = VERSIONS.iter().position(|known| *known == word.text);
    version.ok_or_else(|| {
        let (id, names) = ("unknown-tls-version", VERSIONS.into_iter());
        let says = "wrong protocol name or protocol not supported";
        errors::unknown_value(id, "TLS version", word, names)
            .caddy(format!("{says}: '{}'", word.text))
    })
}

fn warn_of_nothing(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    if line.args.is_empty() {
        diagnostics.push(errors::no_effect(line.name, line.span()).into());
    }
    Ok(())
}
