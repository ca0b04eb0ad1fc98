//! One client: a request, and what must hold of its response.

use std::time::Duration;

use evenkeel_testkit::{Client, Reply, Stage};

use crate::draw::Sending;

/// Longer than this nobody may wait: three attempts of three seconds, a queue, a retry window.
const BOUND: Duration = Duration::from_secs(15);

/// What became of a request.
pub(crate) struct Outcome {
    pub(crate) number: usize,
    pub(crate) method: &'static str,
    /// Nothing for a client that went away.
    pub(crate) reply: Option<Reply>,
    /// What must not be.
    pub(crate) violation: Option<String>,
}

/// The path of a request, which no other has.
pub(crate) fn path(number: usize) -> String {
    format!("/request-{number}-")
}

/// Sends it and reads the response, unless the client goes away before.
pub(crate) async fn send(mut client: Client, number: usize, sending: Sending) -> Outcome {
    let url = format!("http://a.test{}", path(number));
    let body = "x".repeat(sending.body);
    let reply = client.send(Stage::request(sending.method, &url, &body));
    let outcome = |reply, violation| Outcome {
        number,
        method: sending.method,
        reply,
        violation,
    };
    let patience = sending.patience.unwrap_or(BOUND);
    match tokio::time::timeout(patience, reply).await {
        Ok(None) => outcome(
            None,
            Some("the connection ended without a response".to_owned()),
        ),
        Ok(Some(reply)) => {
            let violation = wrong(&reply, number);
            outcome(Some(reply), violation)
        }
        Err(_) if sending.patience.is_some() => outcome(None, None),
        Err(_) => outcome(None, Some(format!("no response within {BOUND:?}"))),
    }
}

fn wrong(reply: &Reply, number: usize) -> Option<String> {
    match reply.status {
        // Half of what the upstream announced, which broke off.
        200 if reply.broken => None,
        200 if reply.body.contains(&path(number)) => None,
        200 => Some(format!("somebody else's response: {:?}", reply.body)),
        500 | 502 | 503 | 504 => None,
        status => Some(format!("a status out of nowhere: {status}")),
    }
}
