//! One probe: dialled, asked and judged, on a connection of its own.

use std::time::Duration;

use evenkeel_net::{Resolver, World};
use http::StatusCode;

use super::Check;
use super::question::Question;
use crate::transport::{DialError, Single};

/// As Go's client.
const MOST_REDIRECTS: usize = 10;

/// Why an upstream does not pass.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    /// It cannot be reached.
    #[error("it cannot be reached")]
    Dial(#[from] DialError),
    /// It does not speak HTTP, or stops before the end.
    #[error("it gives no proper answer")]
    Answer(#[from] hyper::Error),
    /// It answers something else than it should.
    #[error("unexpected status {0}")]
    Status(StatusCode),
    /// Its body is not as it should be.
    #[error("unexpected body")]
    Body,
    /// It leads in circles.
    #[error("more than {MOST_REDIRECTS} redirections")]
    Redirects,
    /// It takes too long.
    #[error("it took longer than {0:?}")]
    Timeout(Duration),
}

impl Check {
    /// Asks once.
    pub(super) async fn ask(&self, world: &World, resolver: &Resolver) -> Result<(), Unfit> {
        tokio::time::timeout(self.timeout, self.converse(world, resolver))
            .await
            .unwrap_or(Err(Unfit::Timeout(self.timeout)))
    }

    async fn converse(&self, world: &World, resolver: &Resolver) -> Result<(), Unfit> {
        let mut next = self.question.clone();
        for _ in 0..=MOST_REDIRECTS {
            match self.exchange(world, resolver, &next).await? {
                None => return Ok(()),
                Some(redirected) => next = redirected,
            }
        }
        Err(Unfit::Redirects)
    }

    /// One question and the judgement of its answer, or where that leads to.
    async fn exchange(
        &self,
        world: &World,
        resolver: &Resolver,
        question: &Question,
    ) -> Result<Option<Question>, Unfit> {
        let mut single = Single::dial(&world.network, resolver, &self.endpoint).await?;
        let answered = single.send(question.request()).await;
        let response = answered.map_err(|unanswered| Unfit::Answer(unanswered.error))?;
        if self.follows
            && let Some(next) = question.redirected(&response)
        {
            return Ok(Some(next));
        }
        let (head, body) = response.into_parts();
        self.expectation.judge(head.status, body).await?;
        Ok(None)
    }
}
