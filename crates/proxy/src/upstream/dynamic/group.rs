//! The upstreams that one set of names stands for: looked up again and again, and checked.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use evenkeel_net::World;
use parking_lot::Mutex;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use super::looked_up::{Answer, LookedUp};
use super::order;
use super::source::Asked;
use crate::upstream::active::Check;
use crate::upstream::members::{Members, Recipe};

/// Longer than anybody waits.
const NEVER: Duration = Duration::from_hours(24);

/// After a failed attempt names are looked up again, but not more often than this.
const EAGER: Duration = Duration::from_secs(1);

/// One set of names.
#[derive(Debug)]
pub(crate) struct Group {
    names: Box<[Name]>,
    recipe: Arc<Recipe>,
    /// Who was found last; nobody if nothing was.
    members: ArcSwapOption<Members>,
    /// Whether there was an outcome yet, and who waits for it.
    is_known: AtomicBool,
    known: Notify,
    /// An attempt failed.
    doubted: Notify,
    /// No request will come for it any more.
    retired: Notify,
    /// When a request came for it.
    seen: Mutex<Instant>,
}

/// A name, and what is known about it.
#[derive(Debug)]
struct Name {
    asked: Asked,
    looked_up: Arc<LookedUp>,
}

impl Group {
    /// Of what is remembered, for a start; nothing is asked yet.
    pub(super) fn new(asked: Vec<Asked>, recipe: &Arc<Recipe>) -> Self {
        let name = |asked: Asked| Name {
            looked_up: recipe.state.looked_up(&asked.question),
            asked,
        };
        let group = Self {
            names: asked.into_iter().map(name).collect(),
            recipe: Arc::clone(recipe),
            members: ArcSwapOption::empty(),
            is_known: AtomicBool::new(false),
            known: Notify::new(),
            doubted: Notify::new(),
            retired: Notify::new(),
            seen: Mutex::new(Instant::now()),
        };
        let answers = group.names.iter().map(|name| name.looked_up.peek());
        let remembered: Vec<Option<Answer>> = answers.collect();
        if remembered.iter().any(Option::is_some) {
            let dials = group.dials(&remembered, &mut SmallRng::seed_from_u64(0));
            // Whoever runs the group starts the checks.
            let (members, _checks) = recipe.found(&dials);
            group.members.store(Some(Arc::new(members)));
            group.is_known.store(true, Ordering::Release);
        }
        group
    }

    /// Who was found last.
    pub(in crate::upstream) fn members(&self) -> Option<Arc<Members>> {
        self.members.load_full()
    }

    /// Returns when there was a first outcome, or it takes too long.
    pub(super) async fn known(&self, limit: Duration) {
        let mut known = std::pin::pin!(self.known.notified());
        known.as_mut().enable();
        if !self.is_known.load(Ordering::Acquire) {
            drop(timeout(limit, known).await);
        }
    }

    /// What was found may be out of date.
    pub(in crate::upstream) fn doubt(&self) {
        self.doubted.notify_one();
    }

    /// A request came for it.
    pub(super) fn touch(&self) {
        *self.seen.lock() = Instant::now();
    }

    /// When a request came for it last.
    pub(super) fn seen(&self) -> Instant {
        *self.seen.lock()
    }

    /// Ends [`Self::run`]: no request will come for it any more.
    pub(super) fn retire(&self) {
        self.retired.notify_one();
    }

    /// Looks its names up until it is retired, or until `is_over` says so, and has who is found
    /// checked.
    pub(super) async fn run(&self, world: &World, is_over: impl Fn(&Self) -> bool) {
        tokio::select! {
            () = self.refresh(world, is_over) => {}
            () = self.retired.notified() => {}
        }
        self.set_known();
    }

    async fn refresh(&self, world: &World, is_over: impl Fn(&Self) -> bool) {
        let mut rng = SmallRng::seed_from_u64(seed(world));
        let mut installed = Installed {
            dials: None,
            checks: Checks::new(world),
        };
        let mut eager = false;
        while !is_over(self) {
            let (answers, next) = self.look(world, eager).await;
            self.install(self.dials(&answers, &mut rng), &mut installed);
            let earliest = Instant::now() + EAGER;
            eager = tokio::select! {
                () = sleep_until(next) => false,
                () = async {
                    self.doubted.notified().await;
                    sleep_until(earliest).await;
                } => true,
            };
        }
    }

    async fn look(&self, world: &World, eager: bool) -> (Vec<Option<Answer>>, Instant) {
        let looks = self.names.iter().map(|name| {
            let asking = &name.asked.asking;
            let age = if eager { EAGER } else { asking.refresh };
            let question = (&name.asked.question, asking);
            name.looked_up.refresh(question, &world.network, age)
        });
        let looked = futures_util::future::join_all(looks).await;
        let next = looked.iter().map(|(_, next)| *next).min();
        let answers = looked.into_iter().map(|(answer, _)| answer).collect();
        // Without names there is nothing to come back for.
        (answers, next.unwrap_or_else(|| Instant::now() + NEVER))
    }

    fn install(&self, dials: Vec<String>, installed: &mut Installed<'_>) {
        if installed.dials.as_ref() != Some(&dials) {
            let (members, checks) = self.recipe.found(&dials);
            // The old members are let go only now: who stays keeps its counters.
            let members = (!dials.is_empty()).then(|| Arc::new(members));
            self.members.store(members);
            installed.checks.replace(checks);
            let names: Vec<&str> = self.names.iter().map(Name::text).collect();
            tracing::info!(
                target: "http.handlers.reverse_proxy",
                name = names.join(" "), upstreams = dials.join(" "), "found upstreams",
            );
            installed.dials = Some(dials);
        }
        self.set_known();
    }

    fn set_known(&self) {
        self.is_known.store(true, Ordering::Release);
        self.known.notify_waiters();
    }

    fn dials(&self, answers: &[Option<Answer>], rng: &mut SmallRng) -> Vec<String> {
        let mut dials = Vec::new();
        for (name, answer) in self.names.iter().zip(answers) {
            let rest = &*name.asked.rest;
            match answer {
                Some(Answer::Addresses(found)) => dials.extend(order::of_addresses(found, rest)),
                Some(Answer::Services(found)) => dials.extend(order::of_services(found, rest, rng)),
                None => {}
            }
        }
        dials
    }
}

impl Name {
    fn text(&self) -> &str {
        self.asked.question.name()
    }
}

/// What is in force.
struct Installed<'w> {
    /// `None` before the first outcome.
    dials: Option<Vec<String>>,
    checks: Checks<'w>,
}

/// The checks under way, by address.
struct Checks<'w> {
    world: &'w World,
    tasks: JoinSet<()>,
    running: HashMap<Box<str>, AbortHandle>,
}

impl<'w> Checks<'w> {
    fn new(world: &'w World) -> Self {
        Self {
            world,
            tasks: JoinSet::new(),
            running: HashMap::new(),
        }
    }

    /// Those which are wanted and run already go on as they are.
    fn replace(&mut self, wanted: Vec<Check>) {
        let mut old = std::mem::take(&mut self.running);
        for check in wanted {
            let dial: Box<str> = check.dial().into();
            let running = old.remove(&dial).unwrap_or_else(|| {
                let world = self.world.clone();
                self.tasks
                    .spawn_local(async move { check.run_alone(&world).await })
            });
            self.running.insert(dial, running);
        }
        for (_, check) in old {
            check.abort();
        }
        while self.tasks.try_join_next().is_some() {}
    }
}

/// Different for each process and each start.
fn seed(world: &World) -> u64 {
    let now = world.clock.now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs() ^ u64::from(now.subsec_nanos()) << 32)
}
