//! Whole answers of a server without a socket.

mod access_log;
mod errors;
mod handlers;
mod not_yet;
mod routes;

use std::sync::Arc;

use evenkeel_plan::http::handlers::{
    Handler, HeaderOps, Headers, ResponseHeaderOps, StaticResponse, Subroute,
};
use evenkeel_plan::http::{App, LoggerNames, MatcherSet, Route, ServerLogs};
use evenkeel_plan::value::Status;

use super::*;
use crate::graph::{Graph, build};
use crate::observe::{AccessFormat, AccessSink};
use crate::trial::{self, Lines};

fn graph_of(server: Plan, lines: &Arc<Lines>, format: AccessFormat) -> Graph {
    let app = App {
        servers: [("srv0".to_owned(), server)].into(),
        ..App::default()
    };
    let sinks = |name: &str| {
        if name == "quiet" {
            vec![]
        } else {
            vec![lines.sink(format)]
        }
    };
    trial::with_parts(&sinks, |parts| build(&app, parts)).unwrap()
}

fn graph(routes: Vec<Route>) -> Graph {
    graph_of(
        Plan {
            routes,
            ..Plan::default()
        },
        &Arc::default(),
        AccessFormat::Json,
    )
}

fn respond(text: &str) -> Handler {
    Handler::StaticResponse(StaticResponse {
        body: text.to_owned(),
        ..StaticResponse::default()
    })
}

fn status(code: u16) -> Handler {
    let status_code = Some(Status::Code(code.into()));
    Handler::StaticResponse(StaticResponse {
        status_code,
        ..StaticResponse::default()
    })
}

fn header(set: &[(&str, &str)], deferred: bool) -> Handler {
    let set = set
        .iter()
        .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]));
    let response = ResponseHeaderOps {
        set: set.collect(),
        deferred,
        ..Default::default()
    };
    Handler::Headers(Box::new(Headers {
        request: None,
        response: Some(response),
    }))
}

fn route(handlers: Vec<Handler>) -> Route {
    Route {
        handlers,
        ..Route::default()
    }
}

fn at(path: &str, handlers: Vec<Handler>) -> Route {
    let set = MatcherSet {
        path: vec![path.to_owned()],
        ..MatcherSet::default()
    };
    Route {
        matcher_sets: vec![set],
        handlers,
        ..Route::default()
    }
}

fn on(host: &str, handlers: Vec<Handler>) -> Route {
    let set = MatcherSet {
        host: vec![host.to_owned()],
        ..MatcherSet::default()
    };
    Route {
        matcher_sets: vec![set],
        handlers,
        terminal: true,
        ..Route::default()
    }
}

fn grouped(group: &str, route: Route) -> Route {
    Route {
        group: group.to_owned(),
        ..route
    }
}

fn subroute(routes: Vec<Route>) -> Handler {
    Handler::Subroute(Subroute {
        routes,
        errors: None,
    })
}

async fn ask<'g>(graph: &'g Graph, exchange: &mut Exchange<'g>) -> Response<Logged> {
    graph.servers[0].respond(exchange).await.unwrap()
}

async fn text(response: Response<Logged>) -> String {
    let mut body = std::pin::pin!(response.into_body());
    let mut out = Vec::new();
    while let Some(frame) =
        std::future::poll_fn(|cx| http_body::Body::poll_frame(body.as_mut(), cx)).await
    {
        out.extend_from_slice(&frame.unwrap().into_data().unwrap());
    }
    String::from_utf8(out).unwrap()
}

async fn get(graph: &Graph, host: &str, target: &str) -> (u16, String) {
    let mut exchange = trial::exchange(trial::get(host, target));
    let response = ask(graph, &mut exchange).await;
    (response.status().as_u16(), text(response).await)
}
