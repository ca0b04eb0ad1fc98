//! Certificates from a CA of our own, for names no public CA vouches for. Its files are Caddy's:
//! an authority that Caddy made is used as it is. Source: Caddy `caddytls/internalissuer.go`.

mod authority;

use std::path::PathBuf;
use std::time::Duration;

use evenkeel_storage::{StorageError, layout};
use tokio::sync::Mutex;

use crate::issuer::{Environment, IssueError, IssueFuture, IssueRequest, Issued, Issuer};
use crate::key::{self, KeyError};
use crate::settings::InternalSettings;
use authority::{Authority, Signer, Template};

/// The local CA could not sign.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A stored certificate or key of it is damaged.
    #[error("the local CA's `{key}` is not usable; delete it to get a new one")]
    Damaged {
        /// Its storage key.
        key: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The root's time is over.
    #[error("the local CA's root certificate `{key}` has expired; delete it to get a new one")]
    RootExpired {
        /// Its storage key.
        key: String,
    },
    /// A certificate could not be made: the name cannot stand in one.
    #[error("the certificate cannot be made")]
    Sign(#[source] rcgen::Error),
    /// A key could not be made.
    #[error("the private key cannot be made")]
    Key(#[from] KeyError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The local CA. Loaded, or made, when first asked.
#[derive(Debug)]
pub struct LocalIssuer {
    settings: InternalSettings,
    environment: Environment,
    /// Who signs; renewed here when its time comes.
    signer: Mutex<Option<Signer>>,
}

impl LocalIssuer {
    /// The authority `settings.id` in the environment's storage. Tells in the log where its root
    /// certificate lies (or will lie in a moment).
    pub fn new(settings: InternalSettings, environment: Environment) -> Self {
        let key = layout::authority(&settings.id).root_certificate;
        let path = environment
            .storage
            .path_of(&key)
            .unwrap_or_else(|| PathBuf::from(key));
        tracing::info!(
            target: "pki.ca.local", root = %path.display(),
            "local CA in use; to trust its sites, add the root certificate to the trust store of \
             your system or browser, or name it once: curl --cacert <root>"
        );
        Self {
            settings,
            environment,
            signer: Mutex::default(),
        }
    }

    async fn sign(&self, subject: &str) -> Result<Issued, IssueError> {
        let now = self.environment.clock.now();
        let mut slot = self.signer.lock().await;
        let signer = match slot.take() {
            Some(signer) if !signer.is_worn(now) => signer,
            _ => {
                let authority = Authority {
                    id: &self.settings.id,
                    environment: &self.environment,
                };
                authority.signer(self.settings.sign_with_root).await?
            }
        };
        let signer = slot.insert(signer);
        let key = key::generate().map_err(AuthorityError::Key)?;
        let leaf = signer.sign(&key, &Template::leaf(subject, now, self.settings.lifetime))?;
        // A root is not part of a chain: whoever is to believe it, has it.
        let above = if self.settings.sign_with_root {
            ""
        } else {
            signer.pem()
        };
        let chain = format!("{leaf}{above}");
        Ok(Issued {
            chain,
            key,
            issuer_data: serde_json::Value::Null,
        })
    }
}

impl Issuer for LocalIssuer {
    fn key(&self) -> &str {
        &self.settings.id
    }

    fn is_local(&self) -> bool {
        true
    }

    fn issue<'a>(&'a self, request: IssueRequest<'a>) -> IssueFuture<'a> {
        Box::pin(self.sign(request.subject))
    }
}

/// Clients whose clock is a little behind must not see a certificate from the future.
const BACKDATED: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests;
