//! An upstream whose address each request names, and the addresses seen lately: equal ones share
//! their idle connections. Caddy: `hosts.go`, `fillDialInfo`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::error::{Kind, ProxyError};
use crate::exchange::Exchange;
use crate::observe::meter::Meter;
use crate::template::{Scope, Template};
use crate::transport::{Endpoint, Settings};

/// How many addresses are remembered; requests may name any number.
const CAPACITY: usize = 1024;

/// How long an address is remembered that no request names.
const LIFETIME: Duration = Duration::from_hours(1);

/// No host and no path of a socket is as long, in bytes.
const LONGEST: usize = 512;

/// An address with placeholders of the request.
#[derive(Debug)]
pub(in crate::upstream) struct Varying {
    name: Box<str>,
    template: Template,
    settings: Settings,
    /// One for all its addresses, since there may be any number.
    meter: Arc<Meter>,
    /// Shared by all workers, since a limit of connections is.
    known: Mutex<HashMap<Box<str>, Known>>,
}

#[derive(Debug)]
struct Known {
    endpoint: Arc<Endpoint>,
    seen: Instant,
}

impl Varying {
    /// Of the address as it is written, and taken apart.
    pub(super) fn new(name: &str, template: Template, settings: &Settings) -> Self {
        Self {
            name: name.into(),
            template,
            settings: settings.clone(),
            meter: Arc::default(),
            known: Mutex::default(),
        }
    }

    /// The same, counted there.
    pub(super) fn metered(self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// The address as it is written.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where what becomes of it is counted.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// How it is dialled, wherever it is.
    pub(super) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The address of this request. Fails if that is not exactly one socket; no other attempt
    /// would help.
    pub(super) fn endpoint(&self, exchange: &Exchange<'_>) -> Result<Arc<Endpoint>, ProxyError> {
        let dial = self.template.expand(&Scope::request(exchange));
        let dial = std::str::from_utf8(&dial)
            .ok()
            .filter(|dial| dial.len() <= LONGEST)
            .ok_or_else(|| self.refusal("the request makes no address of it"))?;
        let now = Instant::now();
        if let Some(known) = self.known.lock().get_mut(dial) {
            known.seen = now;
            return Ok(Arc::clone(&known.endpoint));
        }
        // Not under the lock: where TLS is spoken this prepares it.
        let endpoint = Endpoint::parse(dial, self.settings.clone());
        let endpoint = endpoint.map_err(|error| self.refusal(error))?;
        let endpoint = endpoint.metered(Arc::clone(&self.meter));
        let mut known = self.known.lock();
        make_room(&mut known, now);
        let entry = known.entry(dial.into()).or_insert_with(|| Known {
            endpoint: Arc::new(endpoint),
            seen: now,
        });
        Ok(Arc::clone(&entry.endpoint))
    }

    fn refusal(&self, why: impl Into<Box<dyn std::error::Error>>) -> ProxyError {
        ProxyError::caused(Kind::Address, format!("upstream {}", self.name), why)
    }
}

/// Forgets what no request names any more, and what was not named for longest if that is not
/// enough. Whoever uses an address keeps it.
fn make_room(known: &mut HashMap<Box<str>, Known>, now: Instant) {
    if known.len() < CAPACITY {
        return;
    }
    known.retain(|_, known| now.saturating_duration_since(known.seen) < LIFETIME);
    if known.len() < CAPACITY {
        return;
    }
    let oldest = known.iter().min_by_key(|(_, known)| known.seen);
    if let Some(oldest) = oldest.map(|(dial, _)| dial.clone()) {
        known.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Unknown;
    use crate::trial;

    fn varying() -> Varying {
        let text = "10.0.0.1:{http.request.header.X-Port}";
        let template = trial::build(|cx| Template::parse(text, Unknown::Empty, cx));
        Varying::new(text, template, &Settings::plain())
    }

    fn endpoint(varying: &Varying, port: &str) -> Result<Arc<Endpoint>, ProxyError> {
        let request = trial::request("a.test", "/", &[("X-Port", port)]);
        varying.endpoint(&trial::exchange(request))
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_is_the_same_each_time_it_is_named() {
        let varying = varying();
        let first = endpoint(&varying, "81").expect("an address");
        let second = endpoint(&varying, "82").expect("an address");
        assert_eq!(&*second.dial, "10.0.0.1:82");
        assert!(Arc::ptr_eq(
            &first,
            &endpoint(&varying, "81").expect("an address")
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_one_socket_is_refused_and_not_remembered() {
        let varying = varying();
        let long = "1".repeat(600);
        for port in ["", "0", "seven", "80-90", "65536", "80/x", &long] {
            let error = endpoint(&varying, port).expect_err("no address");
            assert_eq!(error.status(), 502, "{port}");
        }
        assert!(varying.known.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_addresses_are_remembered_and_old_ones_go_first() {
        let varying = varying();
        for port in 1..=CAPACITY {
            tokio::time::advance(Duration::from_millis(1)).await;
            endpoint(&varying, &port.to_string()).expect("an address");
        }
        endpoint(&varying, "1").expect("an address");
        endpoint(&varying, "9999").expect("an address");
        let known = |port| {
            varying
                .known
                .lock()
                .contains_key(&*format!("10.0.0.1:{port}"))
        };
        assert_eq!(varying.known.lock().len(), CAPACITY);
        assert!(known(1), "just used");
        assert!(!known(2), "unused for longest");

        tokio::time::advance(LIFETIME).await;
        endpoint(&varying, "10000").expect("an address");
        assert_eq!(varying.known.lock().len(), 1, "the rest is too old");
    }
}
