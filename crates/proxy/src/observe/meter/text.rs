//! The numbers of all upstreams in the text format of Prometheus (its "exposition formats",
//! version 0.0.4).

use std::fmt::{self, Write};
use std::sync::Arc;

use super::histogram::{Count, Histogram, Sum};
use super::{Meter, Outcome, Tally};

/// One upstream as it is now.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The address, as written in the plan.
    pub(crate) dial: Box<str>,
    /// Its numbers.
    pub(crate) meter: Arc<Meter>,
    /// Attempts in flight.
    pub(crate) in_flight: u32,
    /// Strikes that count.
    pub(crate) fails: u32,
    /// Whether it gets nothing new because somebody said so.
    pub(crate) is_draining: bool,
    /// Whether a probe has found it unfit.
    pub(crate) is_unfit: bool,
}

/// How an upstream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Healthy,
    /// Found unfit by a probe.
    Unhealthy,
    /// Out for its strikes.
    Ejected,
    Draining,
}

impl Health {
    const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Ejected => "ejected",
            Self::Draining => "draining",
        }
    }
}

/// The page of all upstreams.
pub(crate) fn page(readings: &[Reading]) -> String {
    let mut page = Page {
        out: String::new(),
        upstreams: readings.iter().map(Upstream::read).collect(),
    };
    page.write().expect("a string takes everything");
    page.out
}

struct Page<'r> {
    out: String,
    upstreams: Vec<Upstream<'r>>,
}

/// What is written of one upstream.
struct Upstream<'r> {
    reading: &'r Reading,
    /// `upstream="…"`.
    label: String,
    health: Health,
    reason: Box<str>,
}

impl<'r> Upstream<'r> {
    fn read(reading: &'r Reading) -> Self {
        let reasons = reading.meter.reasons();
        let ejected = reasons.strikes.filter(|(_, most)| reading.fails >= *most);
        let (health, reason) = if reading.is_unfit {
            (Health::Unhealthy, reasons.probe.unwrap_or_default())
        } else if let Some((reason, _)) = ejected {
            (Health::Ejected, reason)
        } else if reading.is_draining {
            (Health::Draining, Box::default())
        } else {
            (Health::Healthy, Box::default())
        };
        Self {
            reading,
            label: format!("upstream=\"{}\"", Escaped(&reading.dial)),
            health,
            reason,
        }
    }

    fn sum(&self, count: impl Fn(&Tally) -> &Count) -> u64 {
        let tallies = self.reading.meter.tallies();
        tallies.map(|tally| count(tally).get()).sum()
    }
}

impl Page<'_> {
    fn write(&mut self) -> fmt::Result {
        let healthy = "caddy_reverse_proxy_upstreams_healthy";
        self.numbers(
            healthy,
            "gauge",
            "Health status of reverse proxy upstreams.",
            |one| u64::from(one.health == Health::Healthy),
        )?;
        self.states()?;
        let in_flight = "evenkeel_upstream_requests_in_flight";
        self.numbers(in_flight, "gauge", "Attempts in flight.", |one| {
            u64::from(one.reading.in_flight)
        })?;
        let fails = "evenkeel_upstream_fails";
        self.numbers(fails, "gauge", "Failures that still count.", |one| {
            u64::from(one.reading.fails)
        })?;
        let requests = "evenkeel_upstream_requests_total";
        self.numbers(
            requests,
            "counter",
            "Requests that came here first.",
            |one| {
                let attempts = |(outcome, _): &(Outcome, &str)| {
                    one.sum(|tally| &tally.attempts[*outcome as usize])
                };
                let attempts: u64 = Outcome::ALL.iter().map(attempts).sum();
                attempts.saturating_sub(one.sum(|tally| &tally.retries))
            },
        )?;
        let retries = "evenkeel_upstream_retries_total";
        let help = "Attempts that were not the first of their request.";
        self.numbers(retries, "counter", help, |one| {
            one.sum(|tally| &tally.retries)
        })?;
        self.attempts()?;
        self.connections()?;
        self.breaks()?;
        self.histogram("connect", "Time to open a connection.", |tally| {
            &tally.connect
        })?;
        let help = "Time from an attempt's begin to the head of its response.";
        self.histogram("first_byte", help, |tally| &tally.first_byte)?;
        let help = "Time from an attempt's begin to the end of its response.";
        self.histogram("total", help, |tally| &tally.total)
    }

    fn begin(&mut self, name: &str, kind: &str, help: &str) -> fmt::Result {
        write!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}\n")
    }

    fn numbers(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        number: impl Fn(&Upstream<'_>) -> u64,
    ) -> fmt::Result {
        self.begin(name, kind, help)?;
        for one in &self.upstreams {
            writeln!(self.out, "{name}{{{}}} {}", one.label, number(one))?;
        }
        Ok(())
    }

    fn states(&mut self) -> fmt::Result {
        let name = "evenkeel_upstream_state";
        self.begin(name, "gauge", "How an upstream is, and why.")?;
        for one in &self.upstreams {
            let (label, state) = (&one.label, one.health.name());
            let reason = Escaped(&one.reason);
            writeln!(
                self.out,
                "{name}{{{label},state=\"{state}\",reason=\"{reason}\"}} 1"
            )?;
        }
        Ok(())
    }

    fn attempts(&mut self) -> fmt::Result {
        let name = "evenkeel_upstream_attempts_total";
        self.begin(name, "counter", "Attempts, by what became of them.")?;
        for one in &self.upstreams {
            for (outcome, text) in Outcome::ALL {
                let count = one.sum(|tally| &tally.attempts[outcome as usize]);
                writeln!(
                    self.out,
                    "{name}{{{},outcome=\"{text}\"}} {count}",
                    one.label
                )?;
            }
        }
        Ok(())
    }

    fn connections(&mut self) -> fmt::Result {
        let name = "evenkeel_upstream_connections_total";
        self.begin(
            name,
            "counter",
            "Connections taken, by whether they were new.",
        )?;
        for one in &self.upstreams {
            let (label, new) = (&one.label, one.sum(|tally| &tally.dialled));
            let reused = one.sum(|tally| &tally.reused);
            writeln!(self.out, "{name}{{{label},reused=\"false\"}} {new}")?;
            writeln!(self.out, "{name}{{{label},reused=\"true\"}} {reused}")?;
        }
        Ok(())
    }

    fn breaks(&mut self) -> fmt::Result {
        let name = "evenkeel_upstream_responses_broken_total";
        self.begin(
            name,
            "counter",
            "Responses not sent to their end, by who ended them.",
        )?;
        for one in &self.upstreams {
            let (label, broken) = (&one.label, one.sum(|tally| &tally.broken));
            let left = one.sum(|tally| &tally.left);
            writeln!(self.out, "{name}{{{label},by=\"upstream\"}} {broken}")?;
            writeln!(self.out, "{name}{{{label},by=\"client\"}} {left}")?;
        }
        Ok(())
    }

    fn histogram(
        &mut self,
        what: &str,
        help: &str,
        histogram: impl Fn(&Tally) -> &Histogram,
    ) -> fmt::Result {
        let name = format!("evenkeel_upstream_{what}_seconds");
        self.begin(&name, "histogram", help)?;
        for one in &self.upstreams {
            let mut sum = Sum::default();
            let tallies = one.reading.meter.tallies();
            tallies.for_each(|tally| sum.add(histogram(tally)));
            sum.write(&mut self.out, &name, &one.label)?;
        }
        Ok(())
    }
}

/// The value of a label: what would end it or the line is escaped.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(meter: Meter) -> Reading {
        Reading {
            dial: "app:80".into(),
            meter: Arc::new(meter),
            in_flight: 2,
            fails: 1,
            is_draining: false,
            is_unfit: false,
        }
    }

    fn state(reading: Reading) -> String {
        let text = page(&[reading]);
        let lines = text.lines();
        let mut states = lines.filter(|line| line.starts_with("evenkeel_upstream_state{"));
        states.next().expect("each upstream has a state").to_owned()
    }

    #[test]
    fn every_worker_is_added_up() {
        let meter = Meter::new(2);
        for worker in 0..2 {
            let tally = meter.of(worker).expect("there are two");
            tally.dialled(std::time::Duration::ZERO);
        }
        let text = page(&[reading(meter)]);
        let new = "evenkeel_upstream_connections_total{upstream=\"app:80\",reused=\"false\"} 2\n";
        assert!(text.contains(new), "{text}");
        assert!(text.contains("evenkeel_upstream_connect_seconds_count{upstream=\"app:80\"} 2\n"));
    }

    #[test]
    fn a_state_has_its_reason_and_no_reason_can_break_a_line() {
        let meter = Meter::new(1);
        meter.struck(Some(("it said \"no\"\nand left".to_owned(), 1)));
        let ejected = state(reading(meter));
        let reason = r#"state="ejected",reason="it said \"no\"\nand left""#;
        assert!(ejected.contains(reason), "{ejected}");

        let meter = Meter::new(1);
        meter.struck(Some(("too few".to_owned(), 2)));
        assert!(state(reading(meter)).contains(r#"state="healthy",reason="""#));

        let meter = Meter::new(1);
        meter.probed(Some("status 500".to_owned()));
        let unfit = Reading {
            is_unfit: true,
            ..reading(meter)
        };
        assert!(state(unfit).contains(r#"state="unhealthy",reason="status 500""#));
    }
}
