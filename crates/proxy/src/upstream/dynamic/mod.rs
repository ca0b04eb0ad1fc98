//! Upstreams that are looked up: in the background, so that no request but the first waits for
//! name servers. Caddy: `upstreams.go`.

mod group;
mod looked_up;
mod order;
mod source;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::World;
use evenkeel_plan::http::handlers::reverse_proxy::DynamicUpstreams as Plan;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub(crate) use self::group::Group;
pub(crate) use self::looked_up::LookedUp;
pub(crate) use self::source::Question;
use self::source::{Asked, Source};
use super::members::Recipe;
use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::Scope;

/// How many sets of names are looked up at one time where requests name them. Caddy: 100 names.
const CAPACITY: usize = 100;

/// After how long without a request such names are forgotten.
const UNUSED: Duration = Duration::from_mins(10);

/// A source of upstreams.
#[derive(Debug)]
pub(crate) struct Dynamic {
    names: Names,
    recipe: Arc<Recipe>,
}

#[derive(Debug)]
enum Names {
    /// The same for all requests.
    Fixed(Arc<Group>),
    /// Each request may name others.
    Varying {
        sources: Box<[Source]>,
        /// By the names.
        known: Mutex<Known>,
        /// Those whose look-ups have to begin.
        new: UnboundedSender<Arc<Group>>,
        begin: Mutex<Option<UnboundedReceiver<Arc<Group>>>>,
    },
}

/// Groups by what they ask, and what becomes of the answers.
type Known = HashMap<Vec<(Question, Box<str>)>, Arc<Group>>;

impl Dynamic {
    /// Compiles a source. Nothing is asked before [`Self::run`].
    pub(super) fn build(
        plan: &Plan,
        recipe: &Arc<Recipe>,
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let sources = cx.within("dynamic_upstreams", |cx| Source::build_all(plan, cx))?;
        let fixed: Option<Vec<Asked>> = sources.iter().map(Source::fixed).collect();
        let names = if let Some(asked) = fixed {
            Names::Fixed(Arc::new(Group::new(asked, recipe)))
        } else {
            let (new, begin) = unbounded_channel();
            Names::Varying {
                sources: sources.into(),
                known: Mutex::default(),
                new,
                begin: Mutex::new(Some(begin)),
            }
        };
        Ok(Self {
            names,
            recipe: Arc::clone(recipe),
        })
    }

    /// The group of an exchange, when something is known of it or it takes too long. Fails if the
    /// request makes no names.
    pub(super) async fn group(&self, exchange: &Exchange<'_>) -> Result<Arc<Group>, ProxyError> {
        let group = match &self.names {
            Names::Fixed(group) => Arc::clone(group),
            Names::Varying { sources, .. } => {
                let scope = Scope::request(exchange);
                let asked = sources.iter().map(|source| source.of(&scope));
                let asked: Option<Vec<Asked>> = asked.collect();
                let message = "the request makes no name of the dynamic upstreams";
                self.varying(asked.ok_or_else(|| ProxyError::new(Kind::Address, message))?)
            }
        };
        group.known(self.recipe.settings.dial_timeout).await;
        Ok(group)
    }

    fn varying(&self, asked: Vec<Asked>) -> Arc<Group> {
        let Names::Varying { known, new, .. } = &self.names else {
            return Arc::new(Group::new(asked, &self.recipe));
        };
        let name = |one: &Asked| (one.question.clone(), one.rest.clone());
        let names: Vec<_> = asked.iter().map(name).collect();
        let mut known = known.lock();
        if let Some(group) = known.get(&names) {
            group.touch();
            return Arc::clone(group);
        }
        if known.len() >= CAPACITY {
            forget_oldest(&mut known);
        }
        let group = Arc::new(Group::new(asked, &self.recipe));
        known.insert(names, Arc::clone(&group));
        // Nobody receives when the graph is not installed yet, or no more.
        drop(new.send(Arc::clone(&group)));
        group
    }

    /// Looks up for ever. For one caller, on a local runtime.
    pub(super) async fn run(&self, world: &World) {
        let (known, mut begin) = match &self.names {
            Names::Fixed(group) => return group.run(world, |_| false).await,
            Names::Varying { known, begin, .. } => (known, begin.lock().take()),
        };
        let Some(begin) = &mut begin else {
            return;
        };
        let mut groups = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(group) = begin.recv() => groups.push(async move {
                    group.run(world, |group| is_over(group, known)).await;
                }),
                Some(()) = groups.next() => {}
                else => return,
            }
        }
    }
}

/// Whether nobody uses a group any more; then it is no longer among the known ones.
fn is_over(group: &Group, known: &Mutex<Known>) -> bool {
    let mut known = known.lock();
    let is_it = |other: &Arc<Group>| std::ptr::eq(Arc::as_ptr(other), group);
    let is_unused = group.seen().elapsed() >= UNUSED;
    if is_unused {
        known.retain(|_, other| !is_it(other));
    }
    is_unused
}

fn forget_oldest(known: &mut Known) {
    let oldest = known.iter().min_by_key(|(_, group)| group.seen());
    if let Some(names) = oldest.map(|(names, _)| names.clone())
        && let Some(group) = known.remove(&names)
    {
        group.retire();
    }
}
