//! Refuses numbers that no proxy can work with: times that lie before zero, counts of less than
//! nothing. Caddy prints them; it then waits for no time at all, or for ever.

use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use evenkeel_plan::http::handlers::reverse_proxy::{
    ActiveHealthChecks, HttpTransport, LoadBalancing, PassiveHealthChecks, Transport,
};
use evenkeel_plan::value::{Count, Duration};

use crate::error::BuildError;
use crate::graph::BuildContext;

/// Refuses the plan if one of its numbers cannot be meant.
pub(super) fn build_refusal(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    if let Some(Transport::Http(plan)) = &plan.transport {
        cx.within("transport", |cx| transport(plan, cx))?;
    }
    if let Some(plan) = &plan.load_balancing {
        cx.within("load_balancing", |cx| load_balancing(plan, cx))?;
    }
    let Some(checks) = &plan.health_checks else {
        return Ok(());
    };
    if let Some(plan) = &checks.active {
        cx.within("health_checks.active", |cx| active(plan, cx))?;
    }
    if let Some(plan) = &checks.passive {
        cx.within("health_checks.passive", |cx| passive(plan, cx))?;
    }
    Ok(())
}

fn transport(plan: &HttpTransport, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    span("dial_timeout", plan.dial_timeout, cx)?;
    span("response_header_timeout", plan.response_header_timeout, cx)?;
    span("read_timeout", plan.read_timeout, cx)?;
    span("write_timeout", plan.write_timeout, cx)?;
    if let Some(tls) = &plan.tls {
        let timeout = tls.handshake_timeout;
        cx.within("tls", |cx| span("handshake_timeout", timeout, cx))?;
    }
    match &plan.keep_alive {
        None => Ok(()),
        Some(plan) => cx.within("keep_alive", |cx| {
            span("idle_timeout", plan.idle_timeout, cx)
        }),
    }
}

fn load_balancing(plan: &LoadBalancing, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    count("retries", plan.retries, cx)?;
    span("try_duration", plan.try_duration, cx)?;
    span("try_interval", plan.try_interval, cx)
}

fn active(plan: &ActiveHealthChecks, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    span("interval", plan.interval, cx)?;
    span("timeout", plan.timeout, cx)?;
    count("passes", plan.passes, cx)?;
    count("fails", plan.fails, cx)?;
    match u16::try_from(plan.port) {
        Ok(_) => Ok(()),
        Err(_) => cx.within("port", |cx| {
            let port = plan.port;
            Err(cx.error(format!("the port {port} is out of range")))
        }),
    }
}

fn passive(plan: &PassiveHealthChecks, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    span("fail_duration", plan.fail_duration, cx)?;
    span("unhealthy_latency", plan.unhealthy_latency, cx)?;
    count("max_fails", plan.max_fails, cx)?;
    let most = plan.unhealthy_request_count;
    count("unhealthy_request_count", most, cx)
}

fn span(field: &str, value: Duration, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    if !value.is_negative() {
        return Ok(());
    }
    cx.within(field, |cx| {
        Err(cx.error(format!("`{field}` cannot be negative")))
    })
}

fn count(field: &str, value: Count, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    match value.checked() {
        Ok(_) => Ok(()),
        Err(error) => cx.within(field, |cx| Err(cx.error(format!("`{field}`: {error}")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::build;

    fn refusal(change: impl FnOnce(&mut Plan)) -> String {
        let mut plan = Plan::default();
        change(&mut plan);
        let error = build(|cx| build_refusal(&plan, cx)).expect_err("it is refused");
        error.to_string()
    }

    fn active(plan: &mut Plan) -> &mut ActiveHealthChecks {
        let checks = plan.health_checks.get_or_insert_default();
        checks.active.get_or_insert_default()
    }

    fn passive(plan: &mut Plan) -> &mut PassiveHealthChecks {
        let checks = plan.health_checks.get_or_insert_default();
        checks.passive.get_or_insert_default()
    }

    const BEFORE_ZERO: Duration = Duration::from_nanos(-1);

    #[test]
    fn a_time_before_zero_is_refused_at_its_place() {
        assert_eq!(
            refusal(|plan| active(plan).interval = BEFORE_ZERO),
            "health_checks.active.interval: `interval` cannot be negative"
        );
        assert_eq!(
            refusal(|plan| plan.load_balancing.get_or_insert_default().try_duration = BEFORE_ZERO),
            "load_balancing.try_duration: `try_duration` cannot be negative"
        );
        let transport = HttpTransport {
            dial_timeout: BEFORE_ZERO,
            ..HttpTransport::default()
        };
        assert_eq!(
            refusal(|plan| plan.transport = Some(Transport::Http(Box::new(transport)))),
            "transport.dial_timeout: `dial_timeout` cannot be negative"
        );
    }

    #[test]
    fn counts_and_ports_that_there_are_not_are_refused_at_their_place() {
        assert_eq!(
            refusal(|plan| passive(plan).max_fails = Count::new(-1)),
            "health_checks.passive.max_fails: `max_fails`: -1 is not a number from 0 to 4294967295"
        );
        assert_eq!(
            refusal(|plan| active(plan).port = 70_000),
            "health_checks.active.port: the port 70000 is out of range"
        );
    }

    #[test]
    fn what_is_not_set_is_not_refused() {
        assert!(build(|cx| build_refusal(&Plan::default(), cx)).is_ok());
    }
}
