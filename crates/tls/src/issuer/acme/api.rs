//! One request to a CA: bounded in time, repeated when only the nonce was bad.

use std::future::Future;
use std::time::Duration;

use rustls_acme::acme::AcmeError;
use tokio::time::timeout;

use super::problem::Problem;
use crate::issuer::IssueError;

/// Longest wait for one request.
const REQUEST: Duration = Duration::from_secs(30);
/// rustls-acme takes a fresh nonce for each request, so a rejected one is nobody's fault: try
/// again at once. Twenty rejections in a row are a broken CA.
const NONCES: u32 = 20;

/// Why a request failed.
#[derive(Debug)]
pub(super) enum ApiError {
    Refused(Problem),
    TimedOut,
    Other(Box<AcmeError>),
}

impl ApiError {
    pub(super) fn is_unknown_account(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.is_unknown_account())
    }

    /// The same, naming the CA.
    pub(super) fn at(self, ca: &str) -> IssueError {
        let ca = ca.to_owned();
        match self {
            Self::Refused(source) => IssueError::Refused { ca, source },
            Self::TimedOut => IssueError::Timeout { ca, after: REQUEST },
            Self::Other(source) => IssueError::Unreachable { ca, source },
        }
    }
}

impl From<AcmeError> for ApiError {
    fn from(error: AcmeError) -> Self {
        match Problem::in_error(&error) {
            Some(problem) => Self::Refused(problem),
            None => Self::Other(Box::new(error)),
        }
    }
}

/// Makes a request with `request`, as often as the CA rejects only the nonce.
pub(super) async fn call<T, F>(mut request: impl FnMut() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, AcmeError>>,
{
    let mut nonces = 0;
    loop {
        nonces += 1;
        let Ok(answer) = timeout(REQUEST, request()).await else {
            return Err(ApiError::TimedOut);
        };
        match answer.map_err(ApiError::from) {
            Err(ApiError::Refused(problem)) if problem.is_bad_nonce() && nonces < NONCES => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_ca_is_given_up() {
        let began = tokio::time::Instant::now();
        let answer = call(std::future::pending::<Result<(), AcmeError>>).await;
        assert!(matches!(answer, Err(ApiError::TimedOut)));
        assert_eq!(began.elapsed(), REQUEST);
    }

    #[tokio::test]
    async fn an_ordinary_failure_is_not_repeated() {
        let mut calls = 0;
        let answer: Result<(), _> = call(|| {
            calls += 1;
            std::future::ready(Err(AcmeError::MissingHeader("Location")))
        })
        .await;
        assert!(matches!(answer, Err(ApiError::Other(_))));
        assert_eq!(calls, 1);
    }
}
