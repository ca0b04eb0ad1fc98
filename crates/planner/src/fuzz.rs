//! What must hold for any bytes taken for a Caddyfile: the entry point of the fuzz target `adapt`,
//! which an ordinary test calls too. Only built for tests and with the feature `fuzzing`.

use evenkeel_caddyfile::fuzz::world;
use evenkeel_diagnostics::{SourceMap, render};
use evenkeel_plan::{from_document, parse_document};

use crate::{complete, plan};

/// Plans a text and, if that went well, writes the plan as JSON, reads it back as the same plan
/// and completes it. Panics if any of that does.
pub fn adapt(bytes: &[u8]) {
    let mut sources = SourceMap::new();
    let world = world();
    let parsed = evenkeel_caddyfile::parse(&mut sources, "Caddyfile", bytes, &world);
    let planned = plan(&parsed.file, &world);
    for found in planned.diagnostics.iter().take(5) {
        assert!(!render(found, &sources, true).is_empty());
    }
    if parsed.diagnostics.has_errors() || planned.diagnostics.has_errors() {
        return;
    }
    let json = serde_json::to_vec(&planned.plan).expect("a plan is JSON");
    let document = parse_document(&json).expect("what was written can be read");
    let read = from_document(document).expect("a plan's JSON is a plan");
    let again = serde_json::to_vec(&read).expect("a plan is JSON");
    assert!(json == again, "{}\n{}", text(&json), text(&again));
    // A plan may be refused here, for an address that only the run of a proxy needs.
    drop(complete(planned.plan, &[]));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use evenkeel_caddyfile::fuzz::{Mutator, seeds};

    use super::*;

    const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

    #[test]
    fn every_seed_is_planned_or_refused_without_a_panic() {
        for text in seeds(ROOT) {
            adapt(text.as_bytes());
        }
    }

    #[test]
    fn texts_made_of_fixtures_are_planned_or_refused_without_a_panic() {
        let seeds = seeds(ROOT);
        let mut mutator = Mutator::new(7, &seeds);
        for _ in 0..1000 {
            adapt(mutator.text().as_bytes());
        }
    }
}
