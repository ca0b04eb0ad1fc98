//! What name servers said last to one question. All who ask the same share it, over reloads too.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use evenkeel_net::{Network, Service};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::source::{Asking, Question};

/// No question takes longer, however many servers are silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// After a failure it is asked again so soon.
const AGAIN: Duration = Duration::from_secs(5);

/// An answer with something in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Of a name.
    Addresses(Vec<IpAddr>),
    /// Of a service.
    Services(Vec<Service>),
}

/// The memory of one question. Who asks holds the lock, so that whoever comes meanwhile gets the
/// same answer.
#[derive(Debug, Default)]
pub(crate) struct LookedUp(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    answer: Option<Answer>,
    /// When that came.
    answered: Option<Instant>,
    /// When it was asked last.
    asked: Option<Instant>,
    fails: bool,
}

impl LookedUp {
    /// The last answer, if it is known without waiting.
    pub(super) fn peek(&self) -> Option<Answer> {
        self.0.try_lock().ok()?.answer.clone()
    }

    /// The answer, not older than `age` if name servers answer; and when to ask again. Without an
    /// answer the last one stands, for ever if they fail and for the grace period if they say that
    /// there is nothing any more.
    pub(super) async fn refresh(
        &self,
        (question, asking): (&Question, &Asking),
        network: &Network,
        age: Duration,
    ) -> (Option<Answer>, Instant) {
        let mut memory = self.0.lock().await;
        let age = age.min(memory.pause(asking));
        let is_fresh = memory.asked.is_some_and(|asked| asked.elapsed() < age);
        if !is_fresh {
            let asked = tokio::time::timeout(PATIENCE, ask(question, network)).await;
            memory.take(
                question,
                asking,
                asked.unwrap_or(Err(io::ErrorKind::TimedOut.into())),
            );
        }
        let asked = memory.asked.unwrap_or_else(Instant::now);
        (memory.answer.clone(), asked + memory.pause(asking))
    }
}

impl Memory {
    /// How long nobody asks again by himself.
    fn pause(&self, asking: &Asking) -> Duration {
        if self.fails {
            asking.refresh.min(AGAIN)
        } else {
            asking.refresh
        }
    }

    fn take(&mut self, question: &Question, asking: &Asking, said: io::Result<Answer>) {
        let now = Instant::now();
        self.asked = Some(now);
        let failed = std::mem::replace(&mut self.fails, said.is_err());
        let error = match said {
            Ok(answer) => {
                self.answer = Some(answer);
                self.answered = Some(now);
                return;
            }
            Err(error) => error,
        };
        let is_nothing = error.kind() == io::ErrorKind::NotFound;
        let in_grace = |answered: Instant| now.duration_since(answered) < asking.grace;
        if is_nothing && !self.answered.is_some_and(in_grace) {
            self.answer = None;
        }
        if !failed {
            tracing::warn!(
                target: "http.handlers.reverse_proxy",
                name = question.name(), %error, keeps_last = self.answer.is_some(),
                "upstreams cannot be looked up",
            );
        }
    }
}

async fn ask(question: &Question, network: &Network) -> io::Result<Answer> {
    match question {
        Question::Addresses {
            name,
            families,
            servers,
        } => {
            if let Ok(ip) = name.parse() {
                return Ok(Answer::Addresses(vec![ip]));
            }
            let found = network.ask_addresses(servers, name, *families).await?;
            if found.is_empty() {
                return Err(io::ErrorKind::NotFound.into());
            }
            Ok(Answer::Addresses(found))
        }
        Question::Services { name, servers } => {
            let found = network.ask_services(servers, name).await?;
            if found.is_empty() {
                return Err(io::ErrorKind::NotFound.into());
            }
            Ok(Answer::Services(found))
        }
    }
}
