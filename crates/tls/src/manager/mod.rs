//! Keeps certificates ready: one task per subject, which takes the certificate from storage or
//! from an issuer and renews it. Lives as long as the process; each generation only says anew
//! which subjects there are.

mod install;
mod keeper;
mod load;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};

use evenkeel_net::Clock;
use evenkeel_storage::{Blobs as _, Storage, layout};
use parking_lot::Mutex;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::challenge::Challenges;
use crate::client::ClientError;
use crate::index::CertificateIndex;
use crate::issuer::acme::AcmeIssuer;
use crate::issuer::internal::LocalIssuer;
use crate::issuer::{Environment, Issuer};
use crate::policy::{Handshakes, PolicyError, Shared};
use crate::settings::{IssuerSettings, PolicySettings};

pub use install::{Loaded, Prepared};
pub use load::{Part, PrepareError};

/// What a manager is made of.
pub struct Parts {
    /// Where certificates, accounts and authorities last.
    pub storage: Storage,
    /// The time of day.
    pub clock: Clock,
    /// Seed of the chance that spreads renewals and retries.
    pub seed: u64,
    /// Makes issuers; [`CertManager::real_issuers`] but in tests.
    pub issuers: IssuerFactory,
}

/// Makes an issuer from its settings.
pub type IssuerFactory = Box<
    dyn Fn(&IssuerSettings, &Environment) -> Result<Arc<dyn Issuer>, ClientError> + Send + Sync,
>;

/// All certificates of the process. Clones are the same manager; the last one dropped ends its
/// tasks.
#[derive(Clone)]
pub struct CertManager {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Shared,
    environment: Environment,
    factory: IssuerFactory,
    chance: Arc<Mutex<StdRng>>,
    issuers: Mutex<HashMap<IssuerSettings, Weak<dyn Issuer>>>,
    tasks: Mutex<HashMap<String, Running>>,
    unsettled: watch::Sender<usize>,
    storing: watch::Sender<usize>,
}

/// A task that keeps one subject's certificate.
struct Running {
    issuers: Vec<IssuerSettings>,
    task: AbortHandle,
}

impl Running {
    /// Is it at work, with these issuers?
    fn keeps(&self, issuers: &[IssuerSettings]) -> bool {
        self.issuers == issuers && !self.task.is_finished()
    }
}

impl CertManager {
    /// A manager without subjects. Fails only if there is no randomness.
    pub fn new(parts: Parts) -> Result<Self, rustls::Error> {
        let provider = crate::provider();
        let challenges = Challenges::default();
        let shared = Shared {
            provider: Arc::clone(&provider),
            tickets: rustls::crypto::aws_lc_rs::Ticketer::new()?,
            index: CertificateIndex::default(),
            challenges: challenges.clone(),
            clock: parts.clock.clone(),
        };
        let environment = Environment {
            storage: parts.storage,
            clock: parts.clock,
            challenges,
            provider,
        };
        let inner = Inner {
            shared,
            environment,
            factory: parts.issuers,
            chance: Arc::new(Mutex::new(StdRng::seed_from_u64(parts.seed))),
            issuers: Mutex::default(),
            tasks: Mutex::default(),
            unsettled: watch::Sender::new(0),
            storing: watch::Sender::new(0),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// ACME CAs and local CAs.
    pub fn real_issuers() -> IssuerFactory {
        Box::new(|settings, environment| {
            Ok(match settings {
                IssuerSettings::Acme(acme) => Arc::new(AcmeIssuer::new(acme, environment)?),
                IssuerSettings::Internal(internal) => {
                    Arc::new(LocalIssuer::new(internal.clone(), environment.clone()))
                }
            })
        })
    }

    /// Answers to challenges in progress.
    pub fn challenges(&self) -> &Challenges {
        &self.inner.shared.challenges
    }

    /// The certificates in use.
    pub fn certificates(&self) -> &CertificateIndex {
        &self.inner.shared.index
    }

    /// The handshakes of one server. They see new certificates as soon as there are any.
    pub fn handshakes(&self, policies: &[PolicySettings]) -> Result<Handshakes, PolicyError> {
        Handshakes::build(policies, &self.inner.shared)
    }

    /// The root of a local authority as PEM, if there is one yet.
    pub async fn local_root(&self, id: &str) -> Option<Vec<u8>> {
        let key = layout::authority(id).root_certificate;
        self.inner.environment.storage.load(&key).await.ok()
    }

    /// Returns when each subject has a certificate, or has failed once, or waits for a CA:
    /// nothing that could be there at once is missing any more.
    pub async fn settled(&self) {
        let mut unsettled = self.inner.unsettled.subscribe();
        // The sender is in `self`, so this cannot fail.
        drop(unsettled.wait_for(|count| *count == 0).await);
    }

    /// Ends all tasks; certificates stay in use. Locks are given up, answers taken back. Returns
    /// when a certificate that had been obtained before is stored.
    pub async fn stop(&self) {
        self.inner.stop();
        let mut storing = self.inner.storing.subscribe();
        // The sender is in `self`, so this cannot fail.
        drop(storing.wait_for(|count| *count == 0).await);
    }
}

impl fmt::Debug for CertManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subjects = self.inner.tasks.lock().len();
        f.debug_struct("CertManager")
            .field("subjects", &subjects)
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn stop(&self) {
        for (_, running) in self.tasks.lock().drain() {
            running.task.abort();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests;
