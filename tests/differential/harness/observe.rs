//! What clients and upstreams saw, freed of what cannot be equal, and compared.

use std::fmt::Write as _;
use std::time::Duration;

use super::http::Answer;
use super::upstream::{Request, Upstream};

/// What was seen while a case ran.
pub(super) struct Observation {
    pub(super) answers: Vec<Answer>,
    pub(super) seen: Seen,
}

/// The requests that upstreams got, in the order they came.
pub(super) struct Seen(Vec<(String, Request)>);

impl Seen {
    /// Of these upstreams, which are named `a`, `b`, …
    pub(super) fn new(upstreams: &[Upstream]) -> Self {
        let mut arrivals: Vec<(usize, String, Request)> = Vec::new();
        for (name, upstream) in ('a'..).zip(upstreams) {
            let seen = upstream.seen().into_iter();
            arrivals.extend(seen.map(|(number, request)| (number, name.to_string(), request)));
        }
        arrivals.sort_by_key(|(number, _, _)| *number);
        let seen = arrivals.into_iter();
        Self(seen.map(|(_, name, request)| (name, request)).collect())
    }

    /// Orders them by who got what.
    pub(super) fn sort(&mut self) {
        self.0
            .sort_by_cached_key(|(name, request)| (name.clone(), format!("{request:?}")));
    }

    pub(super) fn forget_fields(&mut self, names: &[&str]) {
        for (_, request) in &mut self.0 {
            request
                .fields
                .retain(|(name, _)| !names.contains(&name.as_str()));
        }
    }
}

/// Fields that a case cannot compare: time, and how bodies are framed.
const NEVER_EQUAL: [&str; 2] = ["date", "last-modified"];

impl Observation {
    /// Takes out ports, dates, and the differences of docs/differences.md that every case has.
    pub(super) fn normalise(&mut self, upstreams: &[Upstream], not_compared: &[&str]) {
        let ports: Vec<(String, String)> = ('A'..)
            .zip(upstreams)
            .map(|(letter, upstream)| (upstream.port().to_string(), format!("$P{letter}")))
            .collect();
        let unport = |text: &mut String| {
            for (port, name) in &ports {
                if text.contains(port) {
                    *text = text.replace(port, name);
                }
            }
        };
        for answer in &mut self.answers {
            answer.fields.retain(|(name, _)| {
                !NEVER_EQUAL.contains(&name.as_str()) && !not_compared.contains(&name.as_str())
            });
            answer
                .fields
                .iter_mut()
                .for_each(|(_, value)| unport(value));
            unport(&mut answer.body);
        }
        for (_, request) in &mut self.seen.0 {
            // Caddy asks for gzip by itself and unpacks it: see docs/differences.md.
            request
                .fields
                .retain(|(name, value)| !(name == "accept-encoding" && value == "gzip"));
            request
                .fields
                .iter_mut()
                .for_each(|(_, value)| unport(value));
            unport(&mut request.line);
        }
    }

    /// What differs, for a person to read.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let mut text = String::new();
        for (number, (caddy, evenkeel)) in self.answers.iter().zip(&other.answers).enumerate() {
            if !alike(caddy, evenkeel) {
                writeln!(
                    text,
                    "response {number}:\n  Caddy    {caddy:?}\n  Evenkeel {evenkeel:?}"
                )
                .expect("strings grow");
            }
        }
        let longest = self.seen.0.len().max(other.seen.0.len());
        for number in 0..longest {
            let (caddy, evenkeel) = (self.seen.0.get(number), other.seen.0.get(number));
            if caddy != evenkeel {
                writeln!(
                    text,
                    "request {number} at an upstream:\n  Caddy    {caddy:?}\n  Evenkeel {evenkeel:?}"
                )
                .expect("strings grow");
            }
        }
        (!text.is_empty()).then_some(text)
    }
}

/// The same but for time, which is in the same class.
fn alike(one: &Answer, two: &Answer) -> bool {
    let timeless = |answer: &Answer| Answer {
        took: Duration::ZERO,
        ..answer.clone()
    };
    timeless(one) == timeless(two) && same_class(one.took, two.took)
}

/// Far enough from each other that no busy machine explains it.
fn same_class(one: Duration, two: Duration) -> bool {
    let (short, long) = (one.min(two), one.max(two));
    long < short * 2 || long.saturating_sub(short) < Duration::from_millis(700)
}
