//! One order at a CA, from the names to the certificate (RFC 8555 section 7.4).

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls_acme::acme::{Account, Auth, AuthStatus, Challenge, ChallengeType, Order, OrderStatus};
use serde_json::json;
use tokio::time::sleep;

use super::api::{ApiError, call};
use super::problem::Problem;
use crate::challenge::{ChallengeKind, Pending};
use crate::issuer::{Environment, IssueError, Issued};
use crate::key;

/// First wait between two looks at what the CA is doing; each further one is half as long again.
const FIRST_POLL: Duration = Duration::from_millis(250);
const LONGEST_POLL: Duration = Duration::from_secs(5);

/// A challenge that was tried, and what the CA said of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {problem}")]
pub struct ChallengeFailure {
    /// Which.
    pub kind: ChallengeKind,
    /// What it said.
    pub problem: Problem,
}

/// Why there is no certificate.
#[derive(Debug)]
pub(super) enum OrderError {
    /// This challenge did not convince the CA; another may, in a new order.
    Challenge(ChallengeFailure),
    Api(ApiError),
    Other(IssueError),
}

impl From<ApiError> for OrderError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// What an order needs.
pub(super) struct OrderRun<'a> {
    pub(super) directory_url: &'a str,
    pub(super) account: &'a Account,
    pub(super) tls: &'a Arc<ClientConfig>,
    pub(super) environment: &'a Environment,
    pub(super) subject: &'a str,
    pub(super) kind: ChallengeKind,
}

impl OrderRun<'_> {
    /// Orders a certificate, answering with challenges of one kind. Waits as long as the CA says
    /// "pending": the caller bounds it.
    pub(super) async fn run(&self) -> Result<Issued, OrderError> {
        let (account, tls) = (self.account, self.tls);
        let (url, mut order) =
            call(|| account.new_order(tls, vec![self.subject.to_owned()])).await?;
        if order.status == OrderStatus::Pending {
            for authorization in &order.authorizations {
                self.authorize(authorization).await?;
            }
            order = self.wait_while(&url, order, &OrderStatus::Pending).await?;
        }
        let key_pem = key::generate().map_err(|error| OrderError::Other(error.into()))?;
        if order.status == OrderStatus::Ready {
            let request = self.request(&key_pem).map_err(OrderError::Other)?;
            order = call(|| account.finalize(tls, &order.finalize, &request)).await?;
            order = self
                .wait_while(&url, order, &OrderStatus::Processing)
                .await?;
        }
        let OrderStatus::Valid { certificate } = &order.status else {
            let problem = Problem::from_answer(order.error.as_ref());
            return Err(ApiError::Refused(problem).into());
        };
        let chain = call(|| account.certificate(tls, certificate)).await?;
        let issuer_data =
            json!({ "url": certificate, "ca": self.directory_url, "account": account.kid });
        Ok(Issued {
            chain,
            key: key_pem,
            issuer_data,
        })
    }

    /// Convinces the CA of one name.
    async fn authorize(&self, url: &str) -> Result<(), OrderError> {
        let (account, tls) = (self.account, self.tls);
        let authorization = call(|| account.auth(tls, url)).await?;
        if matches!(authorization.status, AuthStatus::Valid) {
            return Ok(());
        }
        let challenge = self.challenge_in(&authorization)?;
        let answer = self.answer(challenge)?;
        call(|| account.challenge(tls, &challenge.url)).await?;
        let outcome = self.verdict(url).await;
        drop(answer);
        outcome
    }

    /// The challenge of our kind among those offered.
    fn challenge_in<'b>(&self, authorization: &'b Auth) -> Result<&'b Challenge, OrderError> {
        let wanted = match self.kind {
            ChallengeKind::TlsAlpn01 => ChallengeType::TlsAlpn01,
            ChallengeKind::Http01 => ChallengeType::Http01,
        };
        let found = authorization
            .challenges
            .iter()
            .find(|one| one.typ == wanted);
        found.ok_or_else(|| {
            let detail = "the certificate authority does not offer it".to_owned();
            self.failed(Problem {
                kind: String::new(),
                detail,
                status: 0,
            })
        })
    }

    /// Stands ready to answer, until the guard is dropped.
    fn answer(&self, challenge: &Challenge) -> Result<Pending, OrderError> {
        let key_authorization = key_authorization(self.account, challenge)?;
        let challenges = &self.environment.challenges;
        match self.kind {
            ChallengeKind::Http01 => {
                Ok(challenges.answer_http(self.subject, &challenge.token, &key_authorization))
            }
            ChallengeKind::TlsAlpn01 => challenges
                .answer_tls_alpn(self.subject, &key_authorization, &self.environment.provider)
                .map_err(|error| OrderError::Other(error.into())),
        }
    }

    /// Waits until the CA has made up its mind about an authorization.
    async fn verdict(&self, url: &str) -> Result<(), OrderError> {
        let (account, tls) = (self.account, self.tls);
        let mut pause = FIRST_POLL;
        loop {
            sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_POLL);
            let authorization = call(|| account.auth(tls, url)).await?;
            match authorization.status {
                AuthStatus::Pending => {}
                AuthStatus::Valid => return Ok(()),
                AuthStatus::Invalid
                | AuthStatus::Revoked
                | AuthStatus::Expired
                | AuthStatus::Deactivated => {
                    let error = authorization
                        .challenges
                        .iter()
                        .find_map(|one| one.error.as_ref());
                    return Err(self.failed(Problem::from_answer(error)));
                }
            }
        }
    }

    /// Waits until the order leaves `state`.
    async fn wait_while(
        &self,
        url: &str,
        mut order: Order,
        state: &OrderStatus,
    ) -> Result<Order, ApiError> {
        let (account, tls) = (self.account, self.tls);
        let mut pause = FIRST_POLL;
        // The order was fetched before the authorizations were: look once without waiting.
        if *state == OrderStatus::Pending {
            order = call(|| account.order(tls, url)).await?;
        }
        while order.status == *state {
            sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_POLL);
            order = call(|| account.order(tls, url)).await?;
        }
        Ok(order)
    }

    /// The certificate request, DER: the name, and nothing about who we are.
    fn request(&self, key_pem: &str) -> Result<Vec<u8>, IssueError> {
        let key = key::signing_key(key_pem.as_bytes())?;
        let names = vec![self.subject.to_owned()];
        let mut params = rcgen::CertificateParams::new(names).map_err(IssueError::Request)?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        let request = params
            .serialize_request(&key)
            .map_err(IssueError::Request)?;
        Ok(request.der().to_vec())
    }

    fn failed(&self, problem: Problem) -> OrderError {
        OrderError::Challenge(ChallengeFailure {
            kind: self.kind,
            problem,
        })
    }
}

/// Token and account key, joined (RFC 8555 section 8.1). rustls-acme makes it for HTTP-01 only,
/// but it is the same for every kind.
fn key_authorization(account: &Account, challenge: &Challenge) -> Result<String, ApiError> {
    let as_http = Challenge {
        typ: ChallengeType::Http01,
        url: String::new(),
        token: challenge.token.clone(),
        error: None,
    };
    let (_, key_authorization) = account.http_01(std::slice::from_ref(&as_http))?;
    Ok(key_authorization)
}
