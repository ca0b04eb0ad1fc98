//! A selection policy of the plan as `balance` takes it: policies become a choice, and what they
//! read of a request becomes numbered keys.

use evenkeel_balance::{RoundRobin, Selection, WeightedRoundRobin};
use evenkeel_plan::http::handlers::reverse_proxy::SelectionPolicy as Plan;
use evenkeel_plan::value::Count;

use super::cookie::Cookie;
use super::keys::Source;
use crate::error::BuildError;
use crate::graph::BuildContext;

/// Caddy: `RandomChoiceSelection`: 2.
const CHOOSE: u32 = 2;

/// A policy and what it works with.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) selection: Selection,
    /// By the numbers of the keys.
    pub(super) sources: Box<[Source]>,
    /// By the numbers of the marks.
    pub(super) cookies: Box<[Cookie]>,
}

#[derive(Default)]
struct Builder {
    sources: Vec<Source>,
    cookies: Vec<Cookie>,
}

impl Policy {
    /// Compiles a policy; `random` if there is none.
    pub(super) fn build(
        plan: Option<&Plan>,
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let mut builder = Builder::default();
        let selection = match plan {
            None => Selection::Random,
            Some(plan) => cx.within("selection_policy", |cx| builder.selection(plan, cx))?,
        };
        Ok(Self {
            selection,
            sources: builder.sources.into(),
            cookies: builder.cookies.into(),
        })
    }
}

impl Builder {
    fn selection(
        &mut self,
        plan: &Plan,
        cx: &mut BuildContext<'_>,
    ) -> Result<Selection, BuildError> {
        Ok(match plan {
            Plan::Random {} => Selection::Random,
            Plan::RandomChoose { choose } => random_choose(*choose, cx)?,
            Plan::RoundRobin {} => Selection::RoundRobin(RoundRobin::new()),
            Plan::WeightedRoundRobin { weights } => weighted(weights, cx)?,
            Plan::LeastConn {} => Selection::LeastConn,
            Plan::LeastLatency {} => Selection::LeastLatency,
            Plan::First {} => Selection::First,
            Plan::IpHash {} => self.hash(Source::Peer, None),
            Plan::ClientIpHash {} => self.hash(Source::client_ip(), None),
            Plan::UriHash {} => self.hash(Source::Uri, None),
            Plan::Query { key, fallback } => {
                let fallback = self.fallback(fallback.as_deref(), cx)?;
                self.hash(Source::query(key), fallback)
            }
            Plan::Header { field, fallback } => {
                let fallback = self.fallback(fallback.as_deref(), cx)?;
                self.hash(Source::header(field, cx)?, fallback)
            }
            Plan::Cookie(cookie) => {
                let fallback = self.fallback(cookie.fallback.as_deref(), cx)?;
                let cookie = Cookie::build(cookie);
                let key = self.number(Source::Cookie(cookie.name().into()));
                self.cookies.push(cookie);
                Selection::Sticky {
                    key,
                    mark: self.cookies.len() - 1,
                    fallback,
                }
            }
        })
    }

    fn hash(&mut self, source: Source, fallback: Option<Box<Selection>>) -> Selection {
        Selection::Hash {
            key: self.number(source),
            fallback,
        }
    }

    fn number(&mut self, source: Source) -> usize {
        self.sources.push(source);
        self.sources.len() - 1
    }

    fn fallback(
        &mut self,
        plan: Option<&Plan>,
        cx: &mut BuildContext<'_>,
    ) -> Result<Option<Box<Selection>>, BuildError> {
        let Some(plan) = plan else {
            return Ok(None);
        };
        let selection = cx.within("fallback", |cx| self.selection(plan, cx))?;
        Ok(Some(Box::new(selection)))
    }
}

fn random_choose(choose: Count, cx: &BuildContext<'_>) -> Result<Selection, BuildError> {
    let choose = choose.checked();
    match choose.map_err(|error| cx.error(error.to_string()))? {
        0 => Ok(CHOOSE),
        1 => Err(cx.error("`random_choose` needs at least 2 to choose from")),
        choose => Ok(choose),
    }
    .map(|choose| Selection::RandomChoose(choose as usize))
}

/// Caddy: `WeightedRoundRobinSelection.Provision`.
fn weighted(weights: &[i64], cx: &BuildContext<'_>) -> Result<Selection, BuildError> {
    let weights: Option<Vec<u32>> = weights
        .iter()
        .map(|&weight| u32::try_from(weight).ok())
        .collect();
    let weights = weights.ok_or_else(|| cx.error("a weight is a number from 0 to 4294967295"))?;
    if weights.iter().all(|&weight| weight == 0) {
        return Err(cx.error("`weighted_round_robin` needs a weight above 0"));
    }
    Ok(Selection::WeightedRoundRobin(WeightedRoundRobin::new(
        weights,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::build;

    fn refusal(plan: &Plan) -> String {
        let error = build(|cx| Policy::build(Some(plan), cx)).expect_err("it is refused");
        error.to_string()
    }

    #[test]
    fn choices_and_weights_that_choose_nothing_are_refused() {
        let negative = Plan::RandomChoose {
            choose: Count::new(-1),
        };
        assert!(refusal(&negative).contains("from 0"));
        let weights = |weights: &[i64]| Plan::WeightedRoundRobin {
            weights: weights.to_vec(),
        };
        assert!(refusal(&Plan::RandomChoose { choose: 1.into() }).contains("at least 2"));
        assert!(refusal(&weights(&[1, -1])).contains("from 0"));
        assert!(refusal(&weights(&[0, 0])).contains("above 0"));
        assert!(refusal(&weights(&[])).contains("above 0"));
    }

    #[test]
    fn a_mistake_in_a_fallback_is_named_with_its_place() {
        let nested = Plan::Query {
            key: "k".to_owned(),
            fallback: Some(Box::new(Plan::RandomChoose { choose: 1.into() })),
        };
        let text = refusal(&nested);
        assert!(text.starts_with("selection_policy.fallback: "), "{text}");
    }
}
