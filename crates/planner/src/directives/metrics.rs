//! `metrics [matcher] [{ disable_openmetrics }]`: figures for Prometheus. Caddy:
//! `modules/metrics/metrics.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Metrics;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{Read, Wording};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};

/// Answers with the metrics of the process, as Prometheus reads them.
///
/// ```caddyfile
/// metrics [MATCHER] {
///     disable_openmetrics
/// }
/// ```
pub(super) const METRICS: Directive = Directive::handlers("metrics", lower)
    .says(Wording::USUAL.counts_all())
    .adapts_only();

const SUBDIRECTIVES: &[Sub<Metrics>] = &[
    Sub::new("disable_openmetrics", disable_openmetrics),
    Sub::others("unrecognized subdirective \"$value\"").reads_on(),
];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(0)?;
    let mut handler = Metrics::default();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut handler,
        lowering.diagnostics,
    );
    Ok(vec![Action::leaf(Handler::Metrics(handler))])
}

/// `disable_openmetrics`: only the older format of Prometheus.
fn disable_openmetrics(line: Line<'_>, handler: &mut Metrics, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    handler.disable_openmetrics = true;
    Ok(())
}
