//! The attempts of one exchange, and whom they may go to: where upstreams are looked up, others may
//! be found between two attempts.

use evenkeel_balance::{Attempt, Moment, Round};

use crate::exchange::Proxied;
use crate::upstream::{Current, Dialled};

/// How far an exchange has got.
pub(super) struct Course<'g> {
    pub(super) members: Current<'g>,
    pub(super) round: Round,
}

impl<'g> Course<'g> {
    pub(super) fn begin(members: Current<'g>, now: Moment) -> Self {
        Self {
            round: members.balance().begin(now),
            members,
        }
    }

    /// Goes on with those who were found meanwhile.
    pub(super) fn renew(&mut self) {
        if let Some(renewed) = self.members.renewed() {
            self.round.moved(self.members.balance(), renewed.balance());
            self.members = renewed;
        }
    }

    /// What is noted about an attempt that begins.
    pub(super) fn proxied(
        &self,
        attempt: &Attempt,
        endpoint: &Dialled<'g>,
        now: Moment,
    ) -> Proxied<'g> {
        Proxied {
            endpoint: endpoint.clone(),
            retries: self.round.retries(),
            members: self.members.clone(),
            index: attempt.upstream,
            began: self.round.started(),
            since: now,
            latency: None,
            is_noted: false,
            has_failed: false,
            shown: None,
        }
    }
}
