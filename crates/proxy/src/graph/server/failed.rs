//! What a client gets when a route has failed. Caddy: `server.go`, `ServeHTTP`.

use http::{Response, StatusCode};

use super::{Server, report};
use crate::Body;
use crate::error::ProxyError;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::handlers::Flow;

impl Server {
    /// The answer of the routes for errors; the failure's status if none of them gives one, or if
    /// they fail as well. What the failed handlers left to do on a response is not done.
    pub(super) async fn answer_failure<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
        error: ProxyError,
    ) -> Flow {
        exchange.steps.clear();
        exchange.restore_original();
        report::report(exchange, &error);
        let Some(routes) = &self.errors else {
            return status_alone(error.status());
        };
        exchange.notes_mut().failure = Some(Failure::of(&error, exchange));
        // Boxed: hardly any request comes here.
        match Box::pin(routes.run(exchange)).await {
            Ok(Flow::Next | Flow::Finish) => status_alone(error.status()),
            Ok(flow) => flow,
            Err(another) => {
                exchange.steps.clear();
                report::report(exchange, &another);
                status_alone(error.status())
            }
        }
    }
}

/// The answer to a request that is not for routes at all.
pub(super) fn plain_answer(exchange: &Exchange<'_>, error: &ProxyError) -> Flow {
    report::report(exchange, error);
    status_alone(error.status())
}

/// A status that is not final cannot be an answer.
fn status_alone(status: StatusCode) -> Flow {
    let mut response = Response::new(Body::empty());
    if !status.is_informational() {
        *response.status_mut() = status;
    }
    Flow::Respond(response)
}
