//! Private keys: P-256 keys are made here and written as Go writes them (SEC1); any PEM that Caddy
//! writes is read.

use aws_lc_rs::encoding::{AsDer as _, EcPrivateKeyRfc5915Der};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair,
};
use rustls::pki_types::PrivateKeyDer;

/// Label of a SEC1 key, the form Go writes.
const SEC1: &str = "EC PRIVATE KEY";

/// A key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is not PEM.
    #[error("it is not PEM")]
    Pem(#[source] pem::PemError),
    /// There is PEM, but no key among it.
    #[error("it holds no private key")]
    Missing,
    /// The key is neither PKCS #8, SEC1 nor PKCS #1.
    #[error("the private key has an unknown form: {0}")]
    Form(&'static str),
    /// The key is of a kind that cannot be used here.
    #[error("the private key is not accepted")]
    Rejected(#[source] KeyRejected),
    /// The key cannot sign certificates.
    #[error("the private key cannot sign")]
    Signing(#[source] rcgen::Error),
    /// No randomness, or no memory.
    #[error("the cryptographic library failed")]
    Crypto(#[source] Unspecified),
}

/// A new P-256 key as SEC1 PEM, as Caddy stores keys.
pub(crate) fn generate() -> Result<String, KeyError> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(KeyError::Crypto)?;
    sec1_pem(&key)
}

/// The SEC1 PEM of a P-256 key in PKCS #8.
pub(crate) fn pem_from_pkcs8(pkcs8: &[u8]) -> Result<String, KeyError> {
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8);
    sec1_pem(&key.map_err(KeyError::Rejected)?)
}

/// A P-256 key from PEM, for ACME's signatures (ES256).
pub(crate) fn account_key(pem: &[u8]) -> Result<EcdsaKeyPair, KeyError> {
    let der = from_pem(pem)?;
    EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_der())
        .map_err(KeyError::Rejected)
}

/// A key from PEM, to sign certificates and requests with.
pub(crate) fn signing_key(pem: &[u8]) -> Result<rcgen::KeyPair, KeyError> {
    rcgen::KeyPair::try_from(&from_pem(pem)?).map_err(KeyError::Signing)
}

/// The first private key in `pem`. Labels are not believed: Caddy labels Ed25519 keys in PKCS #8
/// as `ED25519 PRIVATE KEY`.
pub(crate) fn from_pem(pem: &[u8]) -> Result<PrivateKeyDer<'static>, KeyError> {
    let blocks = pem::parse_many(pem).map_err(KeyError::Pem)?;
    let key = blocks
        .into_iter()
        .find(|block| block.tag().ends_with("PRIVATE KEY"));
    PrivateKeyDer::try_from(key.ok_or(KeyError::Missing)?.into_contents()).map_err(KeyError::Form)
}

fn sec1_pem(key: &EcdsaKeyPair) -> Result<String, KeyError> {
    let der: EcPrivateKeyRfc5915Der<'_> = key.private_key().as_der().map_err(KeyError::Crypto)?;
    Ok(encode(SEC1, der.as_ref()))
}

/// PEM as Go writes it: 64 columns, line feeds.
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&pem::Pem::new(label, der), config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_go_writes_them() {
        let pem = generate().unwrap();
        assert!(pem.starts_with("-----BEGIN EC PRIVATE KEY-----\n"), "label");
        // RFC 5915 with parameters and public key: 121 bytes, three lines of base64.
        assert_eq!(pem.len(), 227, "Go's file has the same size");
        let PrivateKeyDer::Sec1(_) = from_pem(pem.as_bytes()).unwrap() else {
            panic!("SEC1")
        };
        account_key(pem.as_bytes()).unwrap();
        signing_key(pem.as_bytes()).unwrap();
    }

    #[test]
    fn a_pkcs8_key_is_the_same_key_as_sec1() {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let converted = pem_from_pkcs8(key.to_pkcs8v1().unwrap().as_ref()).unwrap();
        assert_eq!(converted, sec1_pem(&key).unwrap());
    }

    #[test]
    fn caddys_label_for_ed25519_is_understood() {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let pem = encode("ED25519 PRIVATE KEY", key.serialized_der());
        assert!(matches!(
            from_pem(pem.as_bytes()).unwrap(),
            PrivateKeyDer::Pkcs8(_)
        ));
        signing_key(pem.as_bytes()).unwrap();
        assert!(matches!(
            account_key(pem.as_bytes()),
            Err(KeyError::Rejected(_))
        ));
    }

    #[test]
    fn a_file_without_a_key_says_so() {
        assert!(matches!(from_pem(b"no pem at all"), Err(KeyError::Missing)));
        let certificate = encode("CERTIFICATE", b"x");
        assert!(matches!(
            from_pem(certificate.as_bytes()),
            Err(KeyError::Missing)
        ));
        let rubbish = encode("PRIVATE KEY", b"x");
        assert!(matches!(
            from_pem(rubbish.as_bytes()),
            Err(KeyError::Form(_))
        ));
    }
}
