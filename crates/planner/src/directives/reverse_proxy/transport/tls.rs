//! The subdirectives of `transport http` about TLS.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::{HttpTransport, TransportTls};

use crate::args::{Line, texts};
use crate::directives::trust_pool::{self as pools, RENEGOTIATIONS};
use crate::errors::{self, Read};

/// `tls`.
pub(super) fn enable(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    tls(transport);
    Ok(())
}

/// `tls_insecure_skip_verify`.
pub(super) fn insecure_skip_verify(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    tls(transport).insecure_skip_verify = true;
    Ok(())
}

/// `tls_client_auth SUBJECT`, or `tls_client_auth CERTIFICATE KEY`.
pub(super) fn client_auth(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    line.no_block()?;
    line.at_most(2)?;
    let first = line.first("a subject, or a certificate and a key")?;
    match line.args.get(1) {
        None => {
            let subject = &mut tls(transport).client_certificate_automate;
            subject.clone_from(&first.text);
        }
        Some(key) => {
            let tls = tls(transport);
            tls.client_certificate_file.clone_from(&first.text);
            tls.client_certificate_key_file.clone_from(&key.text);
        }
    }
    Ok(())
}

/// `tls_timeout DURATION`.
pub(super) fn timeout(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    tls(transport).handshake_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `tls_server_name NAME`.
pub(super) fn server_name(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    tls(transport).server_name = line.text("a name")?;
    Ok(())
}

/// `tls_renegotiation never|once|freely`.
pub(super) fn renegotiation(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    let word = line.one("`never`, `once` or `freely`")?;
    if !RENEGOTIATIONS.contains(&word.text.as_str()) {
        let (id, names) = ("unknown-renegotiation", RENEGOTIATIONS.into_iter());
        return Err(errors::unknown_value(id, "renegotiation", word, names));
    }
    tls(transport).renegotiation.clone_from(&word.text);
    Ok(())
}

/// `tls_except_ports PORT…`.
pub(super) fn except_ports(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    tls(transport).except_ports = texts(line.some("a port")?);
    Ok(())
}

/// `tls_curves CURVE…`.
pub(super) fn curves(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    tls(transport).curves = texts(line.some("a curve")?);
    Ok(())
}

/// `tls_trust_pool SOURCE …`.
pub(super) fn trust_pool(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let pool = pools::read(line, diagnostics)?;
    let tls = tls(transport);
    if !tls.root_ca_pem_files.is_empty() {
        let says = "cannot specify both 'tls_trust_pool' and 'tls_trusted_ca_certs'";
        return Err(both(line).caddy(says));
    }
    tls.ca = Some(pool);
    Ok(())
}

/// `tls_trusted_ca_certs FILE…`: deprecated, `tls_trust_pool file FILE…` is the same.
pub(super) fn trusted_ca_certs(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let files = texts(line.some("a file")?);
    let tls = tls(transport);
    if tls.ca.is_some() {
        // The quote is missing there.
        let says = "cannot specify both 'tls_trust_pool' and 'tls_trusted_ca_certs";
        return Err(both(line).caddy(says));
    }
    tls.root_ca_pem_files = files;
    diagnostics.push(errors::deprecated_field(line.name, "tls_trust_pool").into());
    Ok(())
}

fn both(line: Line<'_>) -> errors::Finding {
    let message = "`tls_trust_pool` cannot be combined with `tls_trusted_ca_certs`";
    errors::conflict(message, line.span(), None)
}

fn tls(transport: &mut HttpTransport) -> &mut TransportTls {
    transport.tls.get_or_insert_default()
}
