//! Where certificates come from: a trait, so that tests can issue without a CA.

pub(crate) mod acme;
pub(crate) mod internal;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::Clock;
use evenkeel_storage::{LeaseError, Storage, StorageError};
use rustls::crypto::CryptoProvider;
use rustls_acme::acme::AcmeError;

use crate::challenge::{AnswerError, Challenges};
use crate::key::KeyError;
use acme::{ChallengeFailure, Problem};
use internal::AuthorityError;

/// Gives certificates. Used by several subjects at once.
pub trait Issuer: Send + Sync + fmt::Debug {
    /// Its folder among the certificates in storage.
    fn key(&self) -> &str;

    /// Does it answer at once, without asking anyone?
    fn is_local(&self) -> bool {
        false
    }

    /// A certificate for one subject. Dropping the future gives up, and tidies up.
    fn issue<'a>(&'a self, request: IssueRequest<'a>) -> IssueFuture<'a>;
}

/// What [`Issuer::issue`] returns.
pub type IssueFuture<'a> = Pin<Box<dyn Future<Output = Result<Issued, IssueError>> + Send + 'a>>;

/// What is asked of an issuer.
#[derive(Debug, Clone, Copy)]
pub struct IssueRequest<'a> {
    /// The name, in lower case.
    pub subject: &'a str,
    /// How many attempts for this subject failed so far.
    pub attempt: u32,
}

/// What an issuer gives.
#[derive(Clone)]
pub struct Issued {
    /// PEM chain, leaf first.
    pub chain: String,
    /// PEM private key.
    pub key: String,
    /// Stored beside the certificate (`issuer_data`).
    pub issuer_data: serde_json::Value,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the key.
        f.debug_struct("Issued")
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

/// What issuers work with.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Accounts, authorities and certificates.
    pub storage: Storage,
    /// The time of day.
    pub clock: Clock,
    /// Where challenges are answered.
    pub challenges: Challenges,
    /// Cryptography.
    pub provider: Arc<CryptoProvider>,
}

/// No certificate this time.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The CA gave no usable answer.
    #[error("cannot get an answer from the certificate authority {ca}")]
    Unreachable {
        /// URL of its directory.
        ca: String,
        /// Why.
        source: Box<AcmeError>,
    },
    /// The CA was too slow.
    #[error("the certificate authority {ca} did not finish within {} seconds", after.as_secs())]
    Timeout {
        /// URL of its directory.
        ca: String,
        /// How long was waited.
        after: Duration,
    },
    /// The CA said no.
    #[error("the certificate authority {ca} refused")]
    Refused {
        /// URL of its directory.
        ca: String,
        /// What it said.
        source: Problem,
    },
    /// The CA could not convince itself that we hold the name.
    #[error(
        "the certificate authority {ca} could not verify {subject}: {}",
        list(failures)
    )]
    Validation {
        /// URL of its directory.
        ca: String,
        /// The name.
        subject: String,
        /// Each challenge tried, and what came of it. At least one.
        failures: Vec<ChallengeFailure>,
    },
    /// This issuer cannot have certificates for such a name.
    #[error("no certificate for {subject} can come from {ca}: {reason}")]
    Unsupported {
        /// URL of its directory.
        ca: String,
        /// The name.
        subject: String,
        /// Why not.
        reason: &'static str,
    },
    /// A stored account is damaged.
    #[error("the ACME account in `{key}` is not usable")]
    Account {
        /// Storage key of its private key.
        key: String,
        /// Why.
        source: KeyError,
    },
    /// A key could not be made.
    #[error("the private key cannot be made")]
    Key(#[from] KeyError),
    /// A request could not be made: the name cannot stand in a certificate.
    #[error("the certificate request cannot be made")]
    Request(#[source] rcgen::Error),
    /// The answer to a challenge could not be made.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The local CA failed.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A lock could not be had.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The issuer gave something that is no certificate.
    #[error("the issued certificate is not usable")]
    Unusable(#[from] crate::certificate::CertificateError),
    /// The issuer could not be set up.
    #[error("the issuer cannot be set up")]
    Setup(#[from] crate::client::ClientError),
}

impl IssueError {
    /// What the operator can do about it, if that can be told.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } => {
                Some("check that the CA is up and that this machine can reach it")
            }
            Self::Refused { source, .. } => source.hint(),
            Self::Validation { failures, .. } => failures.iter().find_map(|one| one.problem.hint()),
            Self::Unsupported { .. } => Some("use `tls internal` or `tls CERT KEY` for this site"),
            Self::Account { .. } => Some("move the account's folder away to register a new one"),
            Self::Storage(_) | Self::Lease(_) => {
                Some("check that the storage folder is there and writable")
            }
            _ => None,
        }
    }
}

fn list(failures: &[ChallengeFailure]) -> String {
    failures
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
