//! Refuses the conditions a plan may hold and a graph cannot judge yet.

use evenkeel_plan::http::MatcherSet as Plan;

use crate::error::BuildError;
use crate::graph::BuildContext;

/// Refuses every condition that is there and not judged. The set is taken apart field by field,
/// so that a condition added to the plan must be decided on here.
pub(super) fn build_refusal(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    let Plan {
        host: _,
        path: _,
        path_regexp: _,
        method: _,
        query: _,
        header: _,
        header_regexp: _,
        protocol: _,
        tls: _,
        remote_ip: _,
        client_ip: _,
        vars: _,
        vars_regexp: _,
        not: _,
        file: _,
        expression: _,
        url_pattern,
    } = plan;
    cx.no_field_yet("url_pattern", url_pattern.is_some())
}
