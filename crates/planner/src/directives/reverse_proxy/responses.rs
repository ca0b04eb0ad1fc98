//! What is done with some responses: `@name …`, `replace_status` and `handle_response`, in
//! `reverse_proxy` and `intercept`.

use evenkeel_caddyfile::ast::{Block, Directive};
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::ResponseHandler;
use evenkeel_plan::value::Status;

use crate::args::Line;
use crate::directive::Lowering;
use crate::directives::handle::routes_of_block;
use crate::errors::{self, Read};
use crate::matchers::{ResponseMatchers, Scope};
use crate::routes::TracedRoute;

/// The response handlers of one directive while its lines are read.
#[derive(Default)]
pub(in crate::directives) struct Responses {
    matchers: ResponseMatchers,
    handlers: Vec<TracedResponse>,
    /// The lines of `handle_response`, whose routes are lowered when everything else is known.
    later: Vec<Directive>,
}

/// A response handler with its routes.
pub(in crate::directives) struct TracedResponse {
    /// Without its routes.
    pub(in crate::directives) handler: ResponseHandler,
    /// Its routes.
    pub(in crate::directives) routes: Vec<TracedRoute>,
}

impl Responses {
    /// Takes the definitions of matchers out of a block.
    pub(in crate::directives) fn take_matchers(
        &mut self,
        block: &mut Block,
        diagnostics: &mut Diagnostics,
    ) {
        block.lines.retain(|line| {
            let is_matcher = line.name.text.starts_with('@');
            if is_matcher {
                self.matchers.define(Line::from(line), diagnostics);
            }
            !is_matcher
        });
    }

    /// Adds a handler of one's own.
    pub(in crate::directives) fn push(&mut self, response: TracedResponse) {
        self.handlers.push(response);
    }

    /// `replace_status [@name] STATUS`.
    pub(in crate::directives) fn replace_status(&mut self, line: Line<'_>) -> Read<()> {
        line.at_most(2)?;
        let (matcher, status) = match line.args {
            [status] => (None, status),
            [name, status, ..] => (Some(self.matchers.find_above(name)?), status),
            [] => {
                let what = "a status";
                return Err(errors::missing_argument(line, what));
            }
        };
        if let Some(first) = line.block.and_then(|block| block.lines.first()) {
            return Err(errors::routes_of_status(line, &first.name));
        }
        self.handlers.push(TracedResponse {
            handler: ResponseHandler {
                matcher,
                status_code: Status::read(&status.text),
                routes: Vec::new(),
            },
            routes: Vec::new(),
        });
        Ok(())
    }

    /// `handle_response [@name] { directives }`.
    pub(in crate::directives) fn handle_response(&mut self, line: Line<'_>) -> Read<()> {
        line.at_most(1).map_err(|found| {
            let words: Vec<&str> = line.args.iter().map(|word| word.text.as_str()).collect();
            found.caddy(format!(
                "too many arguments for 'handle_response': only a single response matcher name is \
                 allowed, but got: [{}]",
                words.join(" ")
            ))
        })?;
        self.later.push(Directive {
            name: line.name.clone(),
            args: line.args.to_vec(),
            block: line.block.cloned(),
        });
        Ok(())
    }

    /// Lowers the routes. What has no matcher comes last.
    pub(in crate::directives) fn finish(
        mut self,
        scope: &Scope<'_>,
        lowering: &mut Lowering<'_>,
    ) -> Vec<TracedResponse> {
        for line in std::mem::take(&mut self.later) {
            let line = Line::from(&line);
            let matcher = match line.args.first() {
                None => None,
                Some(word) => match lowering.keep(self.matchers.find(word)) {
                    None => continue,
                    found => found,
                },
            };
            self.handlers.push(TracedResponse {
                handler: ResponseHandler {
                    matcher,
                    ..ResponseHandler::default()
                },
                routes: routes_of_block(line, scope, lowering),
            });
        }
        let (mut ordered, rest): (Vec<_>, Vec<_>) = self
            .handlers
            .into_iter()
            .partition(|response| response.handler.matcher.is_some());
        ordered.extend(rest);
        ordered
    }
}
