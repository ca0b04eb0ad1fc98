//! Counts and histograms that one worker writes and others read now and then. They are atomics for
//! the readers' sake only: the one writer loads and stores, which costs what a plain number does.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A count with one writer.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    /// Adds; to be called by the one writer only.
    pub(crate) fn add(&self, more: u64) {
        let sum = self.get().wrapping_add(more);
        self.0.store(sum, Ordering::Relaxed);
    }

    /// What it is by now.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper bounds of the buckets, in microseconds, and as Prometheus writes them: those of its
/// client libraries, and two more for what is fast.
const BOUNDS: [(u64, &str); 13] = [
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (2_500_000, "2.5"),
    (5_000_000, "5"),
    (10_000_000, "10"),
];

/// How long things took.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// Of each bucket only what is not in the one before; the last has no bound.
    buckets: [Count; BOUNDS.len() + 1],
    /// In microseconds.
    sum: Count,
}

impl Histogram {
    /// Notes one; to be called by the one writer only.
    pub(crate) fn observe(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().position(|(bound, _)| micros <= *bound);
        self.buckets[bucket.unwrap_or(BOUNDS.len())].add(1);
        self.sum.add(micros);
    }
}

/// The sum of some histograms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    buckets: [u64; BOUNDS.len() + 1],
    micros: u64,
}

impl Sum {
    pub(super) fn add(&mut self, one: &Histogram) {
        for (sum, count) in self.buckets.iter_mut().zip(&one.buckets) {
            *sum += count.get();
        }
        self.micros = self.micros.wrapping_add(one.sum.get());
    }

    /// Writes its lines in the text format of Prometheus. `labels` are written as they are.
    pub(super) fn write(&self, out: &mut String, name: &str, labels: &str) -> fmt::Result {
        let mut so_far = 0;
        let bounds = BOUNDS.iter().map(|(_, bound)| *bound).chain(["+Inf"]);
        for (count, bound) in self.buckets.iter().zip(bounds) {
            so_far += count;
            writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {so_far}")?;
        }
        let seconds = Duration::from_micros(self.micros).as_secs_f64();
        writeln!(out, "{name}_sum{{{labels}}} {seconds}")?;
        writeln!(out, "{name}_count{{{labels}}} {so_far}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bucket_counts_what_took_no_longer_than_its_bound() {
        let histogram = Histogram::default();
        for micros in [0, 1_000, 1_001, 2_000_000, 60_000_000] {
            histogram.observe(Duration::from_micros(micros));
        }
        let mut sum = Sum::default();
        sum.add(&histogram);
        let mut text = String::new();
        sum.write(&mut text, "t", "u=\"a\"")
            .expect("a string takes everything");
        for line in [
            "t_bucket{u=\"a\",le=\"0.001\"} 2\n",
            "t_bucket{u=\"a\",le=\"0.0025\"} 3\n",
            "t_bucket{u=\"a\",le=\"1\"} 3\n",
            "t_bucket{u=\"a\",le=\"2.5\"} 4\n",
            "t_bucket{u=\"a\",le=\"10\"} 4\n",
            "t_bucket{u=\"a\",le=\"+Inf\"} 5\n",
            "t_sum{u=\"a\"} 62.002001\n",
            "t_count{u=\"a\"} 5\n",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
