//! Puts the pieces together: from a plan to a running server, and to its end.
//!
//! `generation` builds everything a plan needs without starting any of it; `supervisor` starts it,
//! waits for a reason to stop, and drains it. All that can go wrong is a [`ServeError`].

mod admin;
mod control;
mod descriptors;
mod error;
mod generation;
mod handshakes;
mod listeners;
pub mod logging;
mod not_yet;
mod signals;
mod supervisor;
mod surroundings;
mod unsupported;
mod upstream_tls;
mod workers;

use std::time::SystemTime;

use evenkeel_net::World;
use evenkeel_plan::Plan;
use evenkeel_proxy::{BuildErrors, StateRegistry};
use rand::TryRng as _;
use rand::rngs::SysRng;
use serde_json::Value;

pub use error::ServeError;
pub use supervisor::Ended;
pub use surroundings::{Files, TROUBLES, Trouble, surroundings};

/// A configuration to serve.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The file it came from, for the log.
    pub name: String,
    /// What it asks for.
    pub plan: Plan,
    /// The same as the JSON that the admin API shows.
    pub document: Value,
}

/// The process's environment, by name.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Serves until the process is told to stop. Blocks the calling thread, which becomes the control
/// thread.
pub fn serve(configuration: &Configuration, env: Environment<'_>) -> Result<Ended, ServeError> {
    let world = World::os();
    let logs = logging::Logs::start(world.clock.clone());
    descriptors::raise_limit();
    let ended = supervisor::run(configuration, env, &world, &logs);
    logs.close();
    ended
}

/// Builds a plan as [`serve`] would and starts nothing: no file, socket or task is touched.
pub fn check(plan: &Plan, env: Environment<'_>) -> Result<(), ServeError> {
    let completed = evenkeel_planner::complete(plan.clone(), &[])?;
    let mut refused = Vec::new();
    if let Some(app) = &completed.plan.apps.http {
        let parts = evenkeel_proxy::Parts {
            state: &StateRegistry::new(),
            access_sinks: &|_| Vec::new(),
            upstream_tls: &upstream_tls::check,
            environment: env,
            hostname: "",
        };
        if let Err(errors) = evenkeel_proxy::build(app, &parts) {
            refused.extend(errors.0);
        }
        if let Err(logs) = logging::check(completed.plan.logging.as_ref()) {
            refused.extend(logs.0);
        }
    }
    refused.extend(
        not_yet::refuse(plan)
            .err()
            .into_iter()
            .flat_map(|errors| errors.0),
    );
    // All refusals of a plan are said at once.
    if !refused.is_empty() {
        return Err(BuildErrors(refused).into());
    }
    if let Some(app) = &completed.plan.apps.http {
        listeners::check(app)?;
        handshakes::check(app)?;
    }
    admin::address(&completed.plan)?;
    Ok(())
}

/// A seed that nobody can guess; the time if the system has no randomness to give.
fn seed(now: SystemTime) -> u64 {
    SysRng.try_next_u64().unwrap_or_else(|_| {
        let since = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        since.as_secs() ^ u64::from(since.subsec_nanos()).rotate_left(32)
    })
}
