//! From a Caddyfile to a complete plan, as the server does it.

use evenkeel_caddyfile::MemoryHost;
use evenkeel_diagnostics::{SourceMap, render_short};
use evenkeel_plan::Plan;

/// The complete plan of a Caddyfile. Fails the test, with the messages, if the file is wrong.
pub(crate) fn plan(text: &str) -> Plan {
    let mut sources = SourceMap::new();
    let host = MemoryHost::new();
    let parsed = evenkeel_caddyfile::parse(&mut sources, "Caddyfile", text.as_bytes(), &host);
    let planned = evenkeel_planner::plan(&parsed.file, &host);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.append(planned.diagnostics);
    let messages: Vec<_> = diagnostics
        .iter()
        .map(|found| render_short(found, &sources))
        .collect();
    assert!(!diagnostics.has_errors(), "{}", messages.join("\n"));
    evenkeel_planner::complete(planned.plan, &[])
        .expect("the plan can be completed")
        .plan
}
