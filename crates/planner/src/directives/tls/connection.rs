//! The subdirectives of `tls` about the connection.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;

use super::Reading;
use crate::args::{Line, texts};
use crate::errors::{self, Read};

/// In rising order.
const VERSIONS: [&str; 2] = ["tls1.2", "tls1.3"];

/// `protocols MIN [MAX]`.
pub(super) fn protocols(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    line.at_most(2)?;
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

/// `alpn PROTOCOL…`.
pub(super) fn alpn(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    reading.policy.alpn = texts(line.some("a protocol")?);
    Ok(())
}

fn version(word: &Word) -> Read<usize> {
    VERSIONS
        .iter()
        .position(|known| *known == word.text)
        .ok_or_else(|| {
            errors::unknown_value(
                "unknown-tls-version",
                "TLS version",
                word,
                VERSIONS.into_iter(),
            )
        })
}
