//! Reading of certificates: the few facts the rest of this crate asks for.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer as _;

/// When a certificate is valid. Both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Its first second.
    pub not_before: SystemTime,
    /// Its last second.
    pub not_after: SystemTime,
}

impl Validity {
    /// Is `now` inside?
    pub fn contains(&self, now: SystemTime) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// From the first second to the last.
    pub fn length(&self) -> Duration {
        self.not_after
            .duration_since(self.not_before)
            .unwrap_or_default()
    }
}

/// What is read from a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) validity: Validity,
    /// Common name and subject alternative names (DNS and IP), in lower case, each once.
    pub(crate) names: Vec<String>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
}

/// The certificate is not X.509 in DER.
#[derive(Debug, thiserror::Error)]
#[error("the certificate cannot be parsed")]
pub struct ParseError(#[source] Box<x509_parser::error::X509Error>);

pub(crate) fn read(der: &CertificateDer<'_>) -> Result<Facts, ParseError> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|error| {
        let inner = match error {
            x509_parser::nom::Err::Error(inner) | x509_parser::nom::Err::Failure(inner) => inner,
            x509_parser::nom::Err::Incomplete(_) => {
                x509_parser::error::X509Error::InvalidCertificate
            }
        };
        ParseError(Box::new(inner))
    })?;
    let validity = certificate.validity();
    let mut facts = Facts {
        validity: Validity {
            not_before: from_unix(validity.not_before.timestamp()),
            not_after: from_unix(validity.not_after.timestamp()),
        },
        names: Vec::new(),
        subject_key_id: None,
        authority_key_id: None,
    };
    for common_name in certificate.subject().iter_common_name() {
        facts.name(common_name.as_str().unwrap_or_default());
    }
    for extension in certificate.iter_extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                names
                    .general_names
                    .iter()
                    .for_each(|name| facts.alternative(name));
            }
            ParsedExtension::SubjectKeyIdentifier(id) => facts.subject_key_id = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                facts.authority_key_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            _ => {}
        }
    }
    Ok(facts)
}

impl Facts {
    fn alternative(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) => self.name(name),
            GeneralName::IPAddress(bytes) => {
                let address = match bytes.len() {
                    4 => <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from),
                    _ => <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from),
                };
                if let Some(address) = address {
                    self.name(&address.to_string());
                }
            }
            _ => {}
        }
    }

    fn name(&mut self, name: &str) {
        let name = name.to_ascii_lowercase();
        if !name.is_empty() && !self.names.contains(&name) {
            self.names.push(name);
        }
    }
}

fn from_unix(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        SystemTime::UNIX_EPOCH - distance
    } else {
        SystemTime::UNIX_EPOCH + distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_validity_and_key_ids_are_read() {
        let mut params =
            rcgen::CertificateParams::new(vec!["A.test".into(), "::1".into(), "1.2.3.4".into()])
                .unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "a.test");
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 1, 11);
        params.use_authority_key_identifier_extension = true;
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
        let key = rcgen::KeyPair::generate().unwrap();
        let facts = read(params.self_signed(&key).unwrap().der()).unwrap();
        assert_eq!(facts.names, ["a.test", "::1", "1.2.3.4"]);
        assert_eq!(facts.validity.length(), Duration::from_hours(240));
        assert!(facts.subject_key_id.is_some());
        assert_eq!(facts.subject_key_id, facts.authority_key_id);
    }

    #[test]
    fn rubbish_is_an_error() {
        read(&CertificateDer::from(b"rubbish".to_vec())).unwrap_err();
    }
}
