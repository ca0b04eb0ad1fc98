//! The account at a CA: taken over from storage (Caddy's layout), or registered and stored.

use std::sync::Arc;

use evenkeel_storage::{Blobs as _, Leases as _, Storage, StorageError, layout};
use rustls::ClientConfig;
use rustls_acme::acme::{Account, Directory};
use serde::{Deserialize, Serialize};

use super::api::{ApiError, call};
use crate::issuer::IssueError;
use crate::key;
use crate::store::tabbed;

/// How to find or make an account.
pub(super) struct AccountSource<'a> {
    pub(super) directory_url: &'a str,
    pub(super) issuer_key: &'a str,
    /// Contact; empty: the most recently used account.
    pub(super) email: &'a str,
    pub(super) storage: &'a Storage,
    pub(super) tls: &'a Arc<ClientConfig>,
}

/// The stored registration (acmez `Account`); only what is needed of it is read.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Registration {
    status: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contact: Vec<String>,
    terms_of_service_agreed: bool,
    orders: String,
    /// URL of the account: its key id (RFC 8555 section 6.2).
    location: String,
}

impl AccountSource<'_> {
    /// The account to use. Registers one only if none is stored.
    pub(super) async fn account(&self) -> Result<Account, IssueError> {
        let directory = call(|| Directory::discover(self.tls, self.directory_url)).await;
        let directory = directory.map_err(|error| error.at(self.directory_url))?;
        let email = self.email_in_use().await?;
        if let Some(account) = self.stored(&email, &directory).await? {
            return Ok(account);
        }
        let _lease = self
            .storage
            .acquire(&layout::registration_lock(&email))
            .await?;
        // Someone else may have registered meanwhile.
        if let Some(account) = self.stored(&email, &directory).await? {
            return Ok(account);
        }
        self.register(&email, directory).await
    }

    /// Forgets the stored account: the CA does not know it.
    pub(super) async fn forget(&self) -> Result<(), StorageError> {
        let email = self.email_in_use().await?;
        let keys = layout::account(self.issuer_key, &email);
        self.storage.delete(&keys.registration).await?;
        self.storage.delete(&keys.private_key).await
    }

    /// The configured email; without one, that of the account used last (certmagic
    /// `mostRecentAccountEmail`). Empty: the account without email.
    async fn email_in_use(&self) -> Result<String, StorageError> {
        if !self.email.is_empty() {
            return Ok(self.email.to_owned());
        }
        let mut newest = None;
        for folder in self
            .storage
            .list(&layout::account_folder(self.issuer_key))
            .await?
        {
            let stat = self.storage.stat(&folder).await?;
            // A file here is not an account (macOS leaves `.DS_Store`).
            if !stat.is_terminal
                && newest
                    .as_ref()
                    .is_none_or(|(date, _)| *date < stat.modified)
            {
                newest = Some((stat.modified, folder));
            }
        }
        let folder = newest.map_or_else(String::new, |(_, folder)| folder);
        let email = folder.rsplit_once('/').map_or("", |(_, email)| email);
        Ok(if email == "default" {
            String::new()
        } else {
            email.to_owned()
        })
    }

    async fn stored(
        &self,
        email: &str,
        directory: &Directory,
    ) -> Result<Option<Account>, IssueError> {
        let keys = layout::account(self.issuer_key, email);
        let Some(json) = self.load(&keys.registration).await? else {
            return Ok(None);
        };
        let Some(pem) = self.load(&keys.private_key).await? else {
            return Ok(None);
        };
        // Damaged or without location: registering again with the same key gives the same account.
        let registration: Registration = serde_json::from_slice(&json).unwrap_or_default();
        if registration.location.is_empty() {
            return Ok(None);
        }
        let key_pair = key::account_key(&pem).map_err(|source| IssueError::Account {
            key: keys.private_key,
            source,
        })?;
        let directory = directory.clone();
        Ok(Some(Account {
            key_pair,
            directory,
            kid: registration.location,
        }))
    }

    async fn register(&self, email: &str, directory: Directory) -> Result<Account, IssueError> {
        let keys = layout::account(self.issuer_key, email);
        let unusable = |source| IssueError::Account {
            key: keys.private_key.clone(),
            source,
        };
        let pem = match self.load(&keys.private_key).await? {
            Some(pem) => pem,
            None => key::pem_from_pkcs8(&Account::generate_key_pair())?.into_bytes(),
        };
        let pair = key::account_key(&pem).map_err(unusable)?;
        let pkcs8 = pair
            .to_pkcs8v1()
            .map_err(|error| unusable(key::KeyError::Crypto(error)))?;
        let contact: Vec<String> = if email.is_empty() {
            Vec::new()
        } else {
            vec![format!("mailto:{email}")]
        };
        let created = call(|| {
            Account::create_with_keypair(self.tls, directory.clone(), &contact, pkcs8.as_ref())
        });
        let account = created
            .await
            .map_err(|error: ApiError| error.at(self.directory_url))?;
        let registration = Registration {
            status: "valid".to_owned(),
            contact,
            terms_of_service_agreed: true,
            orders: String::new(),
            location: account.kid.clone(),
        };
        self.storage.store(&keys.private_key, &pem).await?;
        self.storage
            .store(&keys.registration, &tabbed(&registration))
            .await?;
        tracing::info!(
            target: "tls.issuance.acme", ca = self.directory_url, account = account.kid,
            "registered an ACME account"
        );
        Ok(account)
    }

    async fn load(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        match self.storage.load(key).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Roots, client_config};
    use crate::provider;
    use crate::testing::memory_storage;

    fn directory() -> Directory {
        let url = String::from("https://ca.test/x");
        Directory {
            new_nonce: url.clone(),
            new_account: url.clone(),
            new_order: url,
        }
    }

    struct Fixture {
        storage: Storage,
        tls: Arc<ClientConfig>,
    }

    impl Fixture {
        fn new() -> Self {
            let tls = client_config(&provider(), &Roots::Files(Vec::new()), &[]).unwrap();
            Self {
                storage: memory_storage(),
                tls,
            }
        }

        fn source(&self) -> AccountSource<'_> {
            AccountSource {
                directory_url: "https://ca.test/dir",
                issuer_key: "ca.test-dir",
                email: "",
                storage: &self.storage,
                tls: &self.tls,
            }
        }

        async fn store(&self, email: &str, json: &str) {
            let keys = layout::account("ca.test-dir", email);
            let pem = key::generate().unwrap();
            self.storage
                .store(&keys.private_key, pem.as_bytes())
                .await
                .unwrap();
            self.storage
                .store(&keys.registration, json.as_bytes())
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn an_account_of_caddy_is_taken_over() {
        let fixture = Fixture::new();
        let json = "{\n\t\"status\": \"valid\",\n\t\"contact\": [\n\t\t\"mailto:me@a.test\"\n\t],\n\t\
                    \"termsOfServiceAgreed\": true,\n\t\"externalAccountBinding\": {},\n\t\
                    \"orders\": \"\",\n\t\"location\": \"https://ca.test/acct/7\"\n}";
        fixture.store("me@a.test", json).await;
        let source = fixture.source();
        let email = source.email_in_use().await.unwrap();
        assert_eq!(email, "me@a.test");
        let account = source.stored(&email, &directory()).await.unwrap().unwrap();
        assert_eq!(account.kid, "https://ca.test/acct/7");
    }

    #[tokio::test]
    async fn without_accounts_the_one_without_email_is_meant() {
        let fixture = Fixture::new();
        assert_eq!(fixture.source().email_in_use().await.unwrap(), "");
        fixture
            .store("", r#"{"location":"https://ca.test/acct/1"}"#)
            .await;
        assert_eq!(fixture.source().email_in_use().await.unwrap(), "");
        assert!(
            fixture
                .source()
                .stored("", &directory())
                .await
                .unwrap()
                .is_some()
        );
        fixture.source().forget().await.unwrap();
        assert!(
            fixture
                .source()
                .stored("", &directory())
                .await
                .unwrap()
                .is_none()
        );
    }

    #[tokio::test]
    async fn a_registration_without_location_is_none() {
        let fixture = Fixture::new();
        for json in ["{}", "damaged", r#"{"location":""}"#] {
            fixture.store("", json).await;
            assert!(
                fixture
                    .source()
                    .stored("", &directory())
                    .await
                    .unwrap()
                    .is_none(),
                "{json}"
            );
        }
    }

    #[tokio::test]
    async fn a_damaged_account_key_names_its_place() {
        let fixture = Fixture::new();
        fixture
            .store("", r#"{"location":"https://ca.test/acct/1"}"#)
            .await;
        let keys = layout::account("ca.test-dir", "");
        fixture
            .storage
            .store(&keys.private_key, b"damaged")
            .await
            .unwrap();
        let error = fixture.source().stored("", &directory()).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("acme/ca.test-dir/users/default/default.key")
        );
        assert!(error.hint().is_some());
    }
}
