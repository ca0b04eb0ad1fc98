//! Certificates in storage, in Caddy's layout: chain, key, and what they are.

use std::sync::Arc;

use evenkeel_storage::{Blobs as _, Storage, StorageError, layout};
use rustls::crypto::CryptoProvider;
use serde::Serialize;

use crate::certificate::Certificate;
use crate::issuer::Issued;

/// What stands beside a certificate (certmagic `CertificateResource`).
#[derive(Debug, Serialize)]
struct Metadata<'a> {
    sans: [&'a str; 1],
    issuer_data: &'a serde_json::Value,
}

/// The certificate stored for `subject` by one of `issuers` (their folder names); of several, the
/// one issued last. What cannot be read is reported and passed over: a new one will replace it.
pub(crate) async fn load(
    storage: &Storage,
    subject: &str,
    issuers: impl Iterator<Item = &str>,
    provider: &CryptoProvider,
) -> Option<Arc<Certificate>> {
    let mut newest: Option<Certificate> = None;
    for issuer in issuers {
        let Some(found) = load_one(storage, subject, issuer, provider).await else {
            continue;
        };
        let is_newer = |old: &Certificate| old.validity.not_before < found.validity.not_before;
        if newest.as_ref().is_none_or(is_newer) {
            newest = Some(found);
        }
    }
    newest.map(Arc::new)
}

async fn load_one(
    storage: &Storage,
    subject: &str,
    issuer: &str,
    provider: &CryptoProvider,
) -> Option<Certificate> {
    let keys = layout::certificate(issuer, subject);
    let pair = async {
        let chain = storage.load(&keys.certificate).await?;
        Ok::<_, StorageError>((chain, storage.load(&keys.private_key).await?))
    };
    let path = || {
        storage
            .path_of(&keys.certificate)
            .unwrap_or_else(|| (&keys.certificate).into())
    };
    match pair.await {
        Ok((chain, key)) => Certificate::from_pem(&chain, &key, provider)
            .inspect_err(|error| {
                tracing::warn!(
                    target: "tls.cache", identifier = subject, file = %path().display(),
                    error = %crate::chain(error), "stored certificate is not usable; replacing it"
                );
            })
            .ok(),
        Err(error) if error.is_not_found() => None,
        Err(error) => {
            tracing::warn!(
                target: "tls.cache", identifier = subject,
                error = %crate::chain(&error), "stored certificate cannot be read"
            );
            None
        }
    }
}

/// Stores what an issuer gave. The chain comes after its key: seen from elsewhere, a chain without
/// its key would be an error.
pub(crate) async fn store(
    storage: &Storage,
    subject: &str,
    issuer: &str,
    given: &Issued,
) -> Result<(), StorageError> {
    let keys = layout::certificate(issuer, subject);
    let metadata = Metadata {
        sans: [subject],
        issuer_data: &given.issuer_data,
    };
    storage
        .store(&keys.private_key, given.key.as_bytes())
        .await?;
    storage
        .store(&keys.certificate, given.chain.as_bytes())
        .await?;
    storage.store(&keys.metadata, &tabbed(&metadata)).await
}

/// JSON as Go's `MarshalIndent` with tabs writes it.
pub(crate) fn tabbed(value: &impl Serialize) -> Vec<u8> {
    let mut text = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, format);
    value
        .serialize(&mut serializer)
        .expect("plain data with text keys always has a JSON form");
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::provider;
    use crate::testing::{memory_storage, noon, self_signed, self_signed_for};

    fn issued((chain, key): (String, String)) -> Issued {
        Issued {
            chain,
            key,
            issuer_data: serde_json::Value::Null,
        }
    }

    #[tokio::test]
    async fn files_and_metadata_are_caddys() {
        let storage = memory_storage();
        let given = issued(self_signed(&["localhost"]));
        store(&storage, "localhost", "local", &given).await.unwrap();
        let stem = "certificates/local/localhost/localhost";
        let json = storage.load(&format!("{stem}.json")).await.unwrap();
        let expected = "{\n\t\"sans\": [\n\t\t\"localhost\"\n\t],\n\t\"issuer_data\": null\n}";
        assert_eq!(String::from_utf8(json).unwrap(), expected);
        assert_eq!(
            storage.load(&format!("{stem}.key")).await.unwrap(),
            given.key.as_bytes()
        );
        let found = load(&storage, "localhost", ["local"].into_iter(), &provider())
            .await
            .unwrap();
        assert_eq!(found.names(), ["localhost"]);
    }

    #[tokio::test]
    async fn of_several_issuers_the_newest_certificate_is_taken() {
        let storage = memory_storage();
        let day = Duration::from_hours(24);
        let old = issued(self_signed_for(&["a.test"], noon() - day * 2, day * 30));
        let new = issued(self_signed_for(&["a.test"], noon() - day, day));
        store(&storage, "a.test", "one", &old).await.unwrap();
        store(&storage, "a.test", "two", &new).await.unwrap();
        let issuers = ["two", "one", "three"].into_iter();
        let found = load(&storage, "a.test", issuers, &provider())
            .await
            .unwrap();
        assert_eq!(found.validity().not_before, noon() - day);
    }

    #[tokio::test]
    async fn a_damaged_certificate_is_passed_over() {
        let storage = memory_storage();
        let mut given = issued(self_signed(&["a.test"]));
        given.key = "damaged".to_owned();
        store(&storage, "a.test", "one", &given).await.unwrap();
        assert!(
            load(&storage, "a.test", ["one"].into_iter(), &provider())
                .await
                .is_none()
        );
    }
}
