//! Keeps one subject's certificate, for ever: obtains it if there is none, renews it when due,
//! tries again after failures. Never ends by itself.

use std::sync::Arc;
use std::time::SystemTime;

use evenkeel_storage::{Leases as _, layout};
use parking_lot::Mutex;
use rand::RngExt as _;
use rand::rngs::StdRng;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::certificate::Certificate;
use crate::index::CertificateIndex;
use crate::issuer::{Environment, IssueError, IssueRequest, Issued, Issuer};
use crate::{chain, renewal, store};

pub(super) struct Keeper {
    pub(super) name: String,
    pub(super) issuers: Vec<Arc<dyn Issuer>>,
    pub(super) environment: Environment,
    pub(super) index: CertificateIndex,
    pub(super) chance: Arc<Mutex<StdRng>>,
    /// How many certificates are being written.
    pub(super) storing: watch::Sender<usize>,
}

impl Keeper {
    /// `stored` is in the index already. `unsettled` is dropped as soon as the subject has what
    /// can be had at once.
    pub(super) async fn run(self, stored: Option<Arc<Certificate>>, unsettled: Unsettled) {
        let is_settled = stored.is_some() || !self.issuers.iter().any(|one| one.is_local());
        let mut unsettled = (!is_settled).then_some(unsettled);
        let mut next = stored.as_ref().map(|current| self.due(current));
        let mut current = stored;
        let mut attempt = 0;
        loop {
            if let Some(due) = next {
                self.wait_until(due).await;
            }
            let outcome = self.obtain(current.as_deref(), attempt).await;
            match outcome {
                Ok(certificate) => {
                    let validity = certificate.validity;
                    self.index.replace(&self.name, Arc::clone(&certificate));
                    drop(unsettled.take());
                    attempt = 0;
                    let earliest = self.now() + renewal::pause_after(validity);
                    next = Some(self.due(&certificate).max(earliest));
                    current = Some(certificate);
                }
                Err(error) => {
                    drop(unsettled.take());
                    let delay = renewal::retry_delay(attempt, self.chance());
                    attempt += 1;
                    self.report(&error, attempt, delay);
                    sleep(delay).await;
                    next = None;
                }
            }
        }
    }

    /// A certificate from whoever gives one first: another node that used the time we waited for
    /// the lock, or an issuer.
    async fn obtain(
        &self,
        current: Option<&Certificate>,
        attempt: u32,
    ) -> Result<Arc<Certificate>, IssueError> {
        let lease = self
            .environment
            .storage
            .acquire(&layout::issue_lock(&self.name))
            .await?;
        if let Some(stored) = self.stored_since(current).await {
            return Ok(stored);
        }
        let mut failure = None;
        for issuer in &self.issuers {
            match self.ask(issuer.as_ref(), attempt).await {
                Ok(certificate) => return Ok(certificate),
                Err(error) => {
                    if let Some(earlier) = failure.replace(error) {
                        self.report_passed_over(&earlier);
                    }
                }
            }
        }
        lease.release();
        Err(failure.expect("a subject has at least one issuer"))
    }

    /// What someone else has stored since we got `current`, if it need not be renewed yet.
    async fn stored_since(&self, current: Option<&Certificate>) -> Option<Arc<Certificate>> {
        let Environment {
            storage, provider, ..
        } = &self.environment;
        let keys = self.issuers.iter().map(|issuer| issuer.key());
        let stored = store::load(storage, &self.name, keys, provider).await?;
        let is_newer =
            current.is_none_or(|current| current.validity.not_before < stored.validity.not_before);
        (is_newer && self.now() < renewal::due(stored.validity, 0.0)).then_some(stored)
    }

    async fn ask(&self, issuer: &dyn Issuer, attempt: u32) -> Result<Arc<Certificate>, IssueError> {
        let request = IssueRequest {
            subject: &self.name,
            attempt,
        };
        let given = issuer.issue(request).await?;
        let provider = &self.environment.provider;
        let certificate =
            Certificate::from_pem(given.chain.as_bytes(), given.key.as_bytes(), provider)?;
        self.keep(issuer.key(), given).await;
        tracing::info!(
            target: "tls.obtain", identifier = self.name, issuer = issuer.key(),
            "certificate obtained successfully"
        );
        Ok(Arc::new(certificate))
    }

    /// Writes a certificate, in a task of its own: it was hard to get, so a stop must not lose it.
    async fn keep(&self, issuer: &str, given: Issued) {
        let (storage, name) = (self.environment.storage.clone(), self.name.clone());
        let (issuer, writing) = (issuer.to_owned(), Unsettled::new(self.storing.clone()));
        let stored = tokio::spawn(async move {
            let stored = store::store(&storage, &name, &issuer, &given).await;
            drop(writing);
            stored
        });
        // A task that does not end has been reported as a panic already.
        if let Ok(Err(error)) = stored.await {
            // It is in our hands all the same; only a restart will have to obtain it again.
            tracing::error!(
                target: "tls.obtain", identifier = self.name, error = %chain(&error),
                hint = "check that the storage folder is there and writable",
                "certificate cannot be stored; it is used, but will be lost at the next restart"
            );
        }
    }

    /// Looks at the wall clock again and again: it may have been set meanwhile.
    async fn wait_until(&self, due: SystemTime) {
        while let Ok(rest) = due.duration_since(self.now()) {
            if rest.is_zero() {
                return;
            }
            sleep(rest.min(renewal::CHECK_INTERVAL)).await;
        }
    }

    fn due(&self, certificate: &Certificate) -> SystemTime {
        renewal::due(certificate.validity, self.chance())
    }

    fn now(&self) -> SystemTime {
        self.environment.clock.now()
    }

    fn chance(&self) -> f64 {
        self.chance.lock().random()
    }

    fn report(&self, error: &IssueError, attempt: u32, delay: std::time::Duration) {
        let now = self.now();
        let has_valid = self
            .index
            .managed(&self.name)
            .is_some_and(|one| one.validity.contains(now));
        let consequence = if has_valid {
            "the present certificate stays in use"
        } else {
            "the site cannot be reached over HTTPS until then"
        };
        tracing::error!(
            target: "tls.obtain", identifier = self.name, error = %chain(error), attempt,
            retrying_in = delay.as_secs_f64(), hint = error.hint(), consequence,
            "could not get certificate; will retry"
        );
    }

    fn report_passed_over(&self, error: &IssueError) {
        tracing::warn!(
            target: "tls.obtain", identifier = self.name, error = %chain(error),
            hint = error.hint(), "could not get certificate from this issuer; tried the next"
        );
    }
}

/// Counts a subject as unsettled while it lives.
pub(super) struct Unsettled(watch::Sender<usize>);

impl Unsettled {
    pub(super) fn new(count: watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
