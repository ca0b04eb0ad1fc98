//! One run: a stage, events in a row, a while of peace, and what must hold at the end.

use std::time::Duration;

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Stage};
use rand::rngs::StdRng;
use tokio::task::JoinHandle;

use crate::client::{self, Outcome};
use crate::draw::{self, Event, Sending};

/// Where the upstreams are.
pub(crate) const UPSTREAMS: [&str; 3] = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];

/// Events of a run.
const EVENTS: usize = 60;

/// Every strike, probe and slow start is over after this.
const PEACE: Duration = Duration::from_secs(20);

/// What a run showed.
pub(crate) struct Findings {
    /// What must not be.
    pub(crate) violations: Vec<String>,
    /// What happened, line by line.
    pub(crate) story: Vec<String>,
}

/// A run that is being made.
struct Run {
    stage: Stage,
    origins: Vec<Origin>,
    clients: Vec<JoinHandle<Outcome>>,
    story: Vec<String>,
}

/// Makes a run out of random numbers.
pub(crate) async fn run(mut rng: StdRng) -> Findings {
    let origins: Vec<Origin> = UPSTREAMS.map(|_| Origin::new(Answer::Echo)).into();
    let caddyfile = draw::caddyfile(&mut rng);
    let mut staging = Stage::caddyfile(&caddyfile);
    for (address, origin) in UPSTREAMS.iter().zip(&origins) {
        staging = staging.origin(address, origin);
    }
    let mut run = Run {
        stage: staging.start().await,
        origins,
        clients: Vec::new(),
        story: vec![caddyfile],
    };
    for _ in 0..EVENTS {
        run.happen(draw::event(&mut rng)).await;
    }
    run.end().await
}

impl Run {
    async fn happen(&mut self, event: Event) {
        self.story.push(format!("{event:?}"));
        match event {
            Event::Send(sending) => self.send(sending).await,
            // A probe is answered as everything else is.
            Event::Answer(upstream, answer) => self.origins[upstream].set(answer),
            Event::Network(upstream, fault) => self.set_fault(upstream, fault),
            Event::HangUp(upstream) => self.origins[upstream].hang_up(),
            Event::Install(caddyfile) => self.stage.install(&caddyfile).await,
            Event::Wait(time) => self.stage.advance(time).await,
        }
    }

    async fn send(&mut self, sending: Sending) {
        let client = self.stage.client(80).await;
        let sent = client::send(client, self.clients.len(), sending);
        self.clients.push(tokio::task::spawn_local(sent));
    }

    fn set_fault(&self, upstream: usize, fault: Option<Fault>) {
        match fault {
            Some(fault) => self.stage.fault(UPSTREAMS[upstream], fault),
            None => self.stage.heal(UPSTREAMS[upstream]),
        }
    }

    /// All is well again: what was asked is answered, and what comes now is served.
    async fn end(mut self) -> Findings {
        for (upstream, origin) in self.origins.iter().enumerate() {
            origin.set(Answer::Echo);
            self.stage.heal(UPSTREAMS[upstream]);
        }
        self.stage.advance(PEACE).await;
        let mut violations = Vec::new();
        for client in std::mem::take(&mut self.clients) {
            let outcome = client.await.expect("clients do not panic");
            self.story.push(format!("{:?}", outcome.reply));
            let number = outcome.number;
            let found = outcome.violation.iter();
            violations.extend(found.map(|found| format!("request {number}: {found}")));
            violations.extend(self.doubled(&outcome));
        }
        for _ in 0..6 {
            let reply = self.stage.get("http://a.test/after").await;
            if reply.status != 200 {
                violations.push(format!("all is well, and yet: {reply:?}"));
            }
        }
        let in_flight = self.stage.in_flight();
        if in_flight != 0 {
            violations.push(format!("nobody asks, and {in_flight} are in flight"));
        }
        self.close(violations).await
    }

    /// A request that changes something may reach upstreams once.
    fn doubled(&self, outcome: &Outcome) -> Option<String> {
        let target = client::path(outcome.number);
        let seen = self.origins.iter().flat_map(Origin::all);
        let times = seen.filter(|seen| seen.path() == target).count();
        let doubled = outcome.method != "GET" && times > 1;
        doubled.then(|| {
            format!(
                "{} {target} reached upstreams {times} times",
                outcome.method
            )
        })
    }

    /// Nothing is left open when the server has ended.
    async fn close(mut self, mut violations: Vec<String>) -> Findings {
        self.stage.drain(Some(Duration::from_secs(5)));
        self.stage.ended().await;
        drop(self.stage);
        for (address, origin) in UPSTREAMS.iter().zip(&self.origins) {
            let left = tokio::time::timeout(Duration::from_mins(1), origin.left(0)).await;
            if left.is_err() {
                violations.push(format!(
                    "{} connections to {address} are left",
                    origin.open()
                ));
            }
        }
        Findings {
            violations,
            story: self.story,
        }
    }
}
