//! Certificates from an ACME CA (RFC 8555), over rustls-acme's low-level `acme` module: it signs
//! and sends; what to do when, and what to do when it fails, is here.

mod account;
mod api;
mod order;
mod problem;

use std::sync::Arc;
use std::time::Duration;

use evenkeel_storage::{StorageError, layout};
use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls_acme::acme::Account;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::challenge::ChallengeKind;
use crate::client::{ClientError, client_config};
use crate::issuer::{Environment, IssueError, IssueFuture, IssueRequest, Issued, Issuer};
use crate::settings::{AcmeSettings, LETS_ENCRYPT};
use crate::subject;
use account::AccountSource;
use order::{OrderError, OrderRun};

pub use order::ChallengeFailure;
pub use problem::Problem;

/// Longest wait for one order, from the first request to the certificate.
const ORDER: Duration = Duration::from_mins(5);
/// Orders at one CA at a time (certmagic starts ten per ten seconds).
const ORDERS_AT_ONCE: usize = 10;

/// An ACME CA and our account there.
#[derive(Debug)]
pub struct AcmeIssuer {
    key: String,
    main: Endpoint,
    /// Where a retry is rehearsed first: failures there do not count against rate limits.
    test: Option<Endpoint>,
}

impl AcmeIssuer {
    /// Reads the trusted roots; asks nobody yet.
    pub fn new(settings: &AcmeSettings, environment: &Environment) -> Result<Self, ClientError> {
        let tls = client_config(&environment.provider, &settings.roots, &[b"http/1.1"])?;
        let endpoint = |url: &str| Endpoint::new(url, settings, &tls, environment);
        let main = endpoint(&settings.directory);
        let test = settings.test_directory.as_deref().map(endpoint);
        Ok(Self {
            key: main.issuer_key.clone(),
            main,
            test,
        })
    }

    async fn obtain(&self, request: IssueRequest<'_>) -> Result<Issued, IssueError> {
        self.main.check(request.subject)?;
        if let Some(test) = self.test.as_ref().filter(|_| request.attempt > 0) {
            test.obtain(request.subject).await?;
        }
        self.main.obtain(request.subject).await
    }
}

impl Issuer for AcmeIssuer {
    fn key(&self) -> &str {
        &self.key
    }

    fn issue<'a>(&'a self, request: IssueRequest<'a>) -> IssueFuture<'a> {
        Box::pin(self.obtain(request))
    }
}

/// One directory: what is known and remembered of it.
#[derive(Debug)]
struct Endpoint {
    directory_url: String,
    issuer_key: String,
    email: String,
    kinds: Vec<ChallengeKind>,
    tls: Arc<ClientConfig>,
    environment: Environment,
    /// The account in use; locked while it is looked for, so that it is registered once.
    account: tokio::sync::Mutex<Option<Arc<Account>>>,
    /// The kind of challenge that convinced it last.
    learned: Mutex<Option<ChallengeKind>>,
    orders: Semaphore,
}

impl Endpoint {
    fn new(
        url: &str,
        settings: &AcmeSettings,
        tls: &Arc<ClientConfig>,
        environment: &Environment,
    ) -> Self {
        let kinds = [
            (ChallengeKind::TlsAlpn01, settings.tls_alpn_01),
            (ChallengeKind::Http01, settings.http_01),
        ];
        Self {
            directory_url: url.to_owned(),
            issuer_key: layout::issuer_key(url),
            email: settings.email.clone(),
            kinds: kinds
                .into_iter()
                .filter(|(_, is_on)| *is_on)
                .map(|(kind, _)| kind)
                .collect(),
            tls: Arc::clone(tls),
            environment: environment.clone(),
            account: tokio::sync::Mutex::default(),
            learned: Mutex::default(),
            orders: Semaphore::new(ORDERS_AT_ONCE),
        }
    }

    /// Refuses what is known to be in vain, before a CA counts it.
    fn check(&self, subject: &str) -> Result<(), IssueError> {
        let reason = if subject::address(subject).is_some() {
            "certificates for IP addresses are not supported over ACME yet"
        } else if subject.contains('*') {
            "a wildcard needs the DNS challenge, which is not supported yet"
        } else if self.directory_url == LETS_ENCRYPT && !subject::is_public(subject) {
            "the name means nothing outside this network"
        } else if self.kinds.is_empty() {
            "all challenges are disabled"
        } else {
            return Ok(());
        };
        Err(IssueError::Unsupported {
            ca: self.directory_url.clone(),
            subject: subject.to_owned(),
            reason,
        })
    }

    async fn obtain(&self, subject: &str) -> Result<Issued, IssueError> {
        let _permit = self
            .orders
            .acquire()
            .await
            .expect("the semaphore is never closed");
        match self.order(subject).await {
            Err(OrderError::Api(error)) if error.is_unknown_account() => {
                // The CA forgot us (a test CA was reset): register anew, once.
                self.forget_account().await?;
                self.order(subject).await
            }
            other => other,
        }
        .map_err(|error| match error {
            OrderError::Api(error) => error.at(&self.directory_url),
            OrderError::Other(error) => error,
            OrderError::Challenge(failure) => self.not_verified(subject, vec![failure]),
        })
    }

    /// Orders with one kind of challenge after the other: a failed one spoils its order.
    async fn order(&self, subject: &str) -> Result<Issued, OrderError> {
        let account = self.account().await.map_err(OrderError::Other)?;
        let mut failures = Vec::new();
        for kind in self.kinds_to_try() {
            let run = OrderRun {
                directory_url: &self.directory_url,
                account: &account,
                tls: &self.tls,
                environment: &self.environment,
                subject,
                kind,
            };
            match timeout(ORDER, run.run()).await {
                Ok(Ok(issued)) => {
                    *self.learned.lock() = Some(kind);
                    return Ok(issued);
                }
                Ok(Err(OrderError::Challenge(failure))) => {
                    tracing::warn!(
                        target: "tls.issuance.acme", identifier = subject,
                        ca = self.directory_url, challenge_type = %kind,
                        error = %failure.problem, "challenge failed"
                    );
                    failures.push(failure);
                }
                Ok(Err(other)) => return Err(other),
                Err(_) => {
                    let ca = self.directory_url.clone();
                    return Err(OrderError::Other(IssueError::Timeout { ca, after: ORDER }));
                }
            }
        }
        Err(OrderError::Other(self.not_verified(subject, failures)))
    }

    fn not_verified(&self, subject: &str, failures: Vec<ChallengeFailure>) -> IssueError {
        let (ca, subject) = (self.directory_url.clone(), subject.to_owned());
        IssueError::Validation {
            ca,
            subject,
            failures,
        }
    }

    /// What worked last comes first.
    fn kinds_to_try(&self) -> Vec<ChallengeKind> {
        let mut kinds = self.kinds.clone();
        let learned = *self.learned.lock();
        kinds.sort_by_key(|kind| Some(*kind) != learned);
        kinds
    }

    async fn account(&self) -> Result<Arc<Account>, IssueError> {
        let mut slot = self.account.lock().await;
        if let Some(account) = &*slot {
            return Ok(Arc::clone(account));
        }
        let account = Arc::new(self.source().account().await?);
        *slot = Some(Arc::clone(&account));
        Ok(account)
    }

    async fn forget_account(&self) -> Result<(), StorageError> {
        let mut slot = self.account.lock().await;
        *slot = None;
        self.source().forget().await
    }

    fn source(&self) -> AccountSource<'_> {
        AccountSource {
            directory_url: &self.directory_url,
            issuer_key: &self.issuer_key,
            email: &self.email,
            storage: &self.environment.storage,
            tls: &self.tls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Roots;
    use crate::testing::environment;

    fn endpoint(url: &str, tls_alpn_01: bool, http_01: bool) -> Endpoint {
        let settings = AcmeSettings {
            directory: url.to_owned(),
            test_directory: None,
            email: String::new(),
            roots: Roots::Files(Vec::new()),
            http_01,
            tls_alpn_01,
        };
        AcmeIssuer::new(&settings, &environment()).unwrap().main
    }

    #[tokio::test]
    async fn what_worked_is_tried_first() {
        let endpoint = endpoint("https://ca.test/dir", true, true);
        assert_eq!(
            endpoint.kinds_to_try(),
            [ChallengeKind::TlsAlpn01, ChallengeKind::Http01]
        );
        *endpoint.learned.lock() = Some(ChallengeKind::Http01);
        assert_eq!(
            endpoint.kinds_to_try(),
            [ChallengeKind::Http01, ChallengeKind::TlsAlpn01]
        );
    }

    #[tokio::test]
    async fn what_cannot_succeed_is_not_ordered() {
        let private = endpoint("https://ca.test/dir", true, true);
        assert!(private.check("host.internal").is_ok());
        assert!(private.check("*.a.test").is_err() && private.check("1.2.3.4").is_err());
        let public = endpoint(LETS_ENCRYPT, true, true);
        assert!(public.check("example.com").is_ok() && public.check("host.internal").is_err());
        let none = endpoint("https://ca.test/dir", false, false);
        let error = none.check("a.test").unwrap_err();
        assert!(error.to_string().contains("all challenges are disabled"));
    }
}
