//! Certificates: where from, which one, when renewed.
//!
//! `manager` keeps a certificate for every subject: from storage (`store`), or from an `issuer`,
//! anew when `renewal` says so. `index` holds them; `policy` and `resolver` show them in
//! handshakes; `challenge` answers the CAs. `settings` is what the plan asks of all this.

mod certificate;
mod challenge;
mod client;
mod index;
mod issuer;
mod key;
mod manager;
mod policy;
pub mod renewal;
mod resolver;
mod settings;
mod store;
pub mod subject;
#[cfg(test)]
mod testing;
mod x509;

use std::error::Error;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;

pub use certificate::{Certificate, CertificateError};
pub use challenge::{AnswerError, ChallengeKind, Challenges};
pub use client::{ClientError, LoadUpstream, Roots, UpstreamTls, UpstreamTlsError, client_config};
pub use index::CertificateIndex;
pub use issuer::acme::{AcmeIssuer, ChallengeFailure, Problem};
pub use issuer::internal::{AuthorityError, LocalIssuer};
pub use issuer::{Environment, IssueError, IssueFuture, IssueRequest, Issued, Issuer};
pub use key::KeyError;
pub use manager::{CertManager, IssuerFactory, Loaded, Part, Parts, PrepareError, Prepared};
pub use policy::{Handshakes, PolicyError, Selected};
pub use settings::{
    AcmeSettings, CertificateFiles, InternalSettings, IssuerSettings, LETS_ENCRYPT, PolicySettings,
    PolicySettingsError, Refusal, Settings, SubjectSettings, Versions, refuse_app, refuse_policy,
};
pub use x509::{ParseError, Validity};

/// The cryptography used everywhere here: aws-lc. Never taken from the process's default.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// An error with all its causes in one line, for logs. Some libraries repeat their cause in their
/// own text; it is said once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error("refused")]
        Plain,
        #[error("cannot dial: {0}")]
        Repeating(#[source] Box<Self>),
        #[error("cannot ask")]
        Proper(#[source] Box<Self>),
    }

    #[test]
    fn a_cause_is_said_once() {
        let dial = Failure::Repeating(Box::new(Failure::Plain));
        let error = Failure::Proper(Box::new(dial));
        assert_eq!(chain(&error), "cannot ask: cannot dial: refused");
    }
}
