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
        path_regexp,
        method: _,
        query,
        header: _,
        header_regexp,
        protocol: _,
        tls,
        remote_ip,
        client_ip,
        vars,
        vars_regexp,
        not,
        file,
        expression,
        url_pattern,
    } = plan;
    cx.no_field_yet("path_regexp", path_regexp.is_some())?;
    cx.no_field_yet("query", query.is_some())?;
    cx.no_field_yet("header_regexp", !header_regexp.is_empty())?;
    cx.no_field_yet("tls", tls.is_some())?;
    cx.no_field_yet("remote_ip", remote_ip.is_some())?;
    cx.no_field_yet("client_ip", client_ip.is_some())?;
    cx.no_field_yet("vars", !vars.is_empty())?;
    cx.no_field_yet("vars_regexp", !vars_regexp.is_empty())?;
    cx.no_field_yet("not", !not.is_empty())?;
    cx.no_field_yet("file", file.is_some())?;
    cx.no_field_yet("expression", expression.is_some())?;
    cx.no_field_yet("url_pattern", url_pattern.is_some())
}
