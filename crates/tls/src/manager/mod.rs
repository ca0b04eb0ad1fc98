//! Keeps certificates ready: one task per subject, which takes the certificate from storage or
//! from an issuer and renews it. Lives as long as the process; each generation only says anew
//! which subjects there are.

mod keeper;
mod load;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};

use evenkeel_net::Clock;
use evenkeel_storage::Storage;
use parking_lot::Mutex;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::certificate::Certificate;
use crate::challenge::Challenges;
use crate::client::ClientError;
use crate::index::CertificateIndex;
use crate::issuer::acme::AcmeIssuer;
use crate::issuer::internal::LocalIssuer;
use crate::issuer::{Environment, Issuer};
use crate::policy::{Handshakes, PolicyError, Shared};
use crate::settings::{IssuerSettings, PolicySettings, Settings};
use keeper::{Keeper, Unsettled};

pub use load::PrepareError;

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

/// What a generation needs, read and checked, but with no effect yet.
#[derive(Debug)]
pub struct Prepared {
    loaded: Vec<Arc<Certificate>>,
    subjects: Vec<PreparedSubject>,
}

#[derive(Debug)]
struct PreparedSubject {
    name: String,
    settings: Vec<IssuerSettings>,
    issuers: Vec<Arc<dyn Issuer>>,
    /// From storage; `None` also if a task keeps this subject already.
    stored: Option<Arc<Certificate>>,
}

impl Prepared {
    /// The names on the certificates that were read from files.
    pub fn names_in_files(&self) -> Vec<String> {
        self.loaded
            .iter()
            .flat_map(|certificate| certificate.names())
            .cloned()
            .collect()
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

    /// Reads what `settings` name: certificate files, trusted roots, certificates in storage.
    /// Changes nothing.
    pub async fn prepare(&self, settings: &Settings) -> Result<Prepared, PrepareError> {
        let environment = &self.inner.environment;
        let mut loaded = Vec::with_capacity(settings.files.len());
        for files in &settings.files {
            loaded.push(Arc::new(load::files(files, environment).await?));
        }
        let mut subjects = Vec::with_capacity(settings.subjects.len());
        for subject in &settings.subjects {
            subjects.push(
                self.prepare_subject(&subject.name, &subject.issuers)
                    .await?,
            );
        }
        Ok(Prepared { loaded, subjects })
    }

    /// Shows the prepared certificates and keeps the prepared subjects' from now on, with tasks
    /// on `control`. Subjects that are not among them are given up.
    pub fn install(&self, prepared: Prepared, control: &Handle) {
        let mut tasks = self.inner.tasks.lock();
        let stored = prepared.subjects.iter().filter_map(|subject| {
            Some((subject.name.clone(), Arc::clone(subject.stored.as_ref()?)))
        });
        let is_kept = |name: &str| prepared.subjects.iter().any(|subject| subject.name == name);
        self.inner
            .shared
            .index
            .install(prepared.loaded, stored.collect(), is_kept);
        let mut kept = HashMap::with_capacity(prepared.subjects.len());
        for subject in prepared.subjects {
            let running = match tasks.remove(&subject.name) {
                Some(running) if running.keeps(&subject.settings) => running,
                replaced => {
                    if let Some(replaced) = replaced {
                        replaced.task.abort();
                    }
                    self.start(&subject, control)
                }
            };
            kept.insert(subject.name, running);
        }
        let given_up = std::mem::replace(&mut *tasks, kept);
        for running in given_up.into_values() {
            running.task.abort();
        }
        self.inner
            .issuers
            .lock()
            .retain(|_, issuer| issuer.strong_count() > 0);
    }

    /// Returns when each subject has a certificate, or has failed once, or waits for a CA:
    /// nothing that could be there at once is missing any more.
    pub async fn settled(&self) {
        let mut unsettled = self.inner.unsettled.subscribe();
        // The sender is in `self`, so this cannot fail.
        drop(unsettled.wait_for(|count| *count == 0).await);
    }

    /// Ends all tasks; certificates stay in use. Locks are given up, answers taken back.
    pub fn stop(&self) {
        self.inner.stop();
    }

    async fn prepare_subject(
        &self,
        name: &str,
        settings: &[IssuerSettings],
    ) -> Result<PreparedSubject, PrepareError> {
        let issuers = settings.iter().map(|settings| self.issuer(settings));
        let issuers: Vec<Arc<dyn Issuer>> = issuers.collect::<Result<_, _>>()?;
        let is_running = self
            .inner
            .tasks
            .lock()
            .get(name)
            .is_some_and(|running| running.keeps(settings));
        let environment = &self.inner.environment;
        let stored = if is_running {
            None
        } else {
            let keys = issuers.iter().map(|issuer| issuer.key());
            crate::store::load(&environment.storage, name, keys, &environment.provider).await
        };
        Ok(PreparedSubject {
            name: name.to_owned(),
            settings: settings.to_vec(),
            issuers,
            stored,
        })
    }

    /// The issuer with these settings; a new one only if none is in use.
    fn issuer(&self, settings: &IssuerSettings) -> Result<Arc<dyn Issuer>, ClientError> {
        let mut issuers = self.inner.issuers.lock();
        if let Some(issuer) = issuers.get(settings).and_then(Weak::upgrade) {
            return Ok(issuer);
        }
        let issuer = (self.inner.factory)(settings, &self.inner.environment)?;
        issuers.insert(settings.clone(), Arc::downgrade(&issuer));
        Ok(issuer)
    }

    fn start(&self, subject: &PreparedSubject, control: &Handle) -> Running {
        let keeper = Keeper {
            name: subject.name.clone(),
            issuers: subject.issuers.clone(),
            environment: self.inner.environment.clone(),
            index: self.inner.shared.index.clone(),
            chance: Arc::clone(&self.inner.chance),
        };
        let unsettled = Unsettled::new(self.inner.unsettled.clone());
        let task = control.spawn(keeper.run(subject.stored.clone(), unsettled));
        Running {
            issuers: subject.settings.clone(),
            task: task.abort_handle(),
        }
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
